/** What the floors above use of syncing. */
export { fromKeychain } from './chainfailure.ts';
export { announcedFeatures, serverRestores } from './announced.ts';
export { binFolder, binRecord, canBePutBack, putBack, sendAsNew, type PutBack } from './binning.ts';
export { decide, pickSides, resolveFields, type DecideOptions, type Pick } from './decisions.ts';
export { discardOperation, retryOperations } from './discard.ts';
export { Enrolment, type EnrolmentResult, type EnrolmentStart, type OpenedKeys } from './enrol.ts';
export { noteContact, offlineTerm, type OfflinePolicy, type OfflineTerm } from './offlineterm.ts';
export { removeIdleFiles } from './idlefiles.ts';
export { allFieldsOf, changedFields, isMadeHere } from './pending.ts';
export type { FileStore, WireFile } from './pullcontext.ts';
export { Synchroniser, type ChangeListener, type SynchroniserParts } from './synchroniser.ts';
export { filesOfSealedConflicts, forgetTyped, openTyped, type TypedRecord } from './typed.ts';
export { VaultKeys, type VaultKeysParts } from './vaultkeys.ts';
