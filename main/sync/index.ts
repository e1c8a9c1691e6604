/** What the floors above use of syncing. */
export { fromKeychain } from './chainfailure.ts';
export { Enrolment, type EnrolmentResult, type EnrolmentStart, type OpenedKeys } from './enrol.ts';
export type { FileStore, WireFile } from './pullcontext.ts';
export { Synchroniser, type ChangeListener, type SynchroniserParts } from './synchroniser.ts';
export { VaultKeys, type VaultKeysParts } from './vaultkeys.ts';
