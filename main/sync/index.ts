/** What the floors above use of syncing. */
export { fromKeychain } from './trust/chainfailure.ts';
export { announcedFeatures, serverRestores } from './announced.ts';
export {
  hasRoomFor,
  isWantedHere,
  offlineRules,
  setOfflineRules,
  type StoredOfflineRules,
} from './offlinefiles.ts';
export { announcedEncryptionChange } from './encryptionchange.ts';
export { binFolder, binRecord, canBePutBack, putBack, sendAsNew, type PutBack } from './outbox/binning.ts';
export { decide, pickSides, resolveFields, type DecideOptions, type Pick } from './outbox/decisions.ts';
export { discardOperation, retryOperations } from './outbox/discard.ts';
export { Enrolment, type EnrolmentResult, type EnrolmentStart, type OpenedKeys } from './trust/enrol.ts';
export { notePasswordPolicies, passwordPoliciesOf, type PasswordPolicies } from './passwordpolicies.ts';
export { noteContact, offlineTerm, type OfflinePolicy, type OfflineTerm } from './offlineterm.ts';
export { removeIdleFiles } from './pull/idlefiles.ts';
export { forgetBinned } from './pull/toldbin.ts';
export { allFieldsOf, changedFields, isMadeHere } from './outbox/pending.ts';
export type { FileStore, StoredPart, WireFile } from './pullcontext.ts';
export { sideBySide } from './pace.ts';
export { Synchroniser, type ChangeListener, type SynchroniserParts } from './synchroniser.ts';
export { filesOfSealedConflicts, forgetTyped, openTyped, type TypedRecord } from './outbox/typed.ts';
export {
  Recipients,
  safeKeyBits,
  type Recipient,
  type RecipientFacts,
  type RecipientTrust,
  type RecipientWish,
} from './trust/recipients.ts';
export type { KeyRosters, RosterSigner, RosterWord } from './trust/rosterword.ts';
export {
  acceptedOptions,
  fingerprintIfKey,
  openOwnKey,
  proveChangedPassword,
  readStatedKeys,
  refuseFewerRounds,
  type StatedKeys,
} from './trust/masterpassword.ts';
export { isKept, makeKeys, sealAnew, type KeysUnderPassword } from './trust/newkeys.ts';
export { rewrapped, type SealedWraps } from './trust/rewrapping.ts';
export { VaultKeys, type VaultKeysParts } from './trust/vaultkeys.ts';
export { verifyOnReturn } from './trust/verification.ts';
