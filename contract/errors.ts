/**
 * Every failure that may cross the bridge, by code.
 *
 * Only the code and a few harmless parameters (counts, host names, dates) reach the
 * renderer, which owns the words in both languages. Messages and stacks stay in the main
 * process, since they may quote paths or server text.
 */
export const errorCodes = [
  // the bridge itself
  'refused', // wrong sender, unknown channel, malformed or oversize input
  'locked', // the channel needs an unlocked account
  'tooManyReveals',
  'internal',
  // reaching a server
  'badAddress', // params: reason 'notUrl' | 'insecure'
  'unreachable', // params: host, reason 'dns' | 'refused' | 'timeout' | 'reset' | 'other'
  'certificateUntrusted', // params: host; the certificate itself comes with accounts.inspectServer
  'certificateChanged', // params: host
  'notPasswork', // something answers there, but not this protocol
  'badAnswer', // an answer that does not fit the protocol: oversize, wrong shape, cut off
  'serverBusy', // 429 and 5xx; params: status
  'forbidden',
  'notFound',
  // signing in
  'wrongCredentials',
  'blockedAccount',
  'twoFactorRequired',
  'wrongTwoFactorCode',
  'signInAgain', // tokens have ended; the account password is needed to go on syncing
  'enrolmentExpired',
  'inviteInvalid', // a code that nobody gave out, that was used, or whose time is over
  'loginTaken',
  'masterPasswordRules', // a new master password that breaks what the server asks for
  'alreadyEnrolled',
  // the key chain and the rules that keep a lying server out
  'wrongMasterPassword',
  'kdfRefused', // params: reason (see the key chain), iterations
  'encryptionModeChanged',
  'ownKeyMismatch',
  'ownKeyChanged',
  'hashDemandedTooEarly', // the server wants the hash before it hands over the private key
  'weakRecipientKey', // params: bits
  'recipientKeyMissing', // the person has made no key pair yet, or none that can be used
  'keyTooFresh', // a new key after a reset: its owner is to be asked in person first
  'recipientKeyChanged', // another key than the one that was seen or shown; stops every wrap
  'rosterDiffers', // a signed roster names another key for the person; stops every wrap
  'rosterTooLarge', // more people than one record can hold; params: people
  'keyNotCompared', // several at once only for people whose keys were compared
  'notInPeople', // whoever asks is not in the list of people
  'notEntitled', // may not enter the vault any more
  'requestGone', // confirmed, declined or withdrawn meanwhile
  'vaultKeyChanged',
  'rekeyingUnderWay', // the vault is on its way to another key already
  'rekeyingIncomplete', // records were written faster than their keys could be sealed
  'rekeyingGone', // given up, or begun anew, on another device
  'encryptionChangeUnderWay', // somebody has begun to turn client-side encryption on or off
  'encryptionAlreadySo',
  'encryptionChangeIncomplete', // something is not converted yet, or was changed since
  'encryptionChangeGone', // none is under way, or one of the other direction
  'membersChanged', // somebody else has the vault's key by now
  'vaultKeyUnverified', // the vault's key came from the server and nobody has vouched for it
  'vaultKeyMissing',
  'undecipherable',
  'tampered',
  // this device
  'profileDamaged',
  'mirrorDamaged',
  'mirrorWrongKey',
  'offlineTermOver', // params: days; the copy opens again at the next contact
  'offlineForbidden', // the server does not allow work without contact
  'mirrorNewer', // written by a newer version; params: found, known
  'diskFull',
  'diskReadOnly',
  'diskError',
  // things
  'noSuchAccount',
  'noSuchRecord',
  'noSuchField',
  'noSuchFolder',
  'noSuchVault',
  'noSuchConflict',
  'noSuchDraft', // a form that was saved or given up meanwhile
  'noSuchRevision',
  'noQrCode', // nothing in the picture, or something that makes no one-time codes; params: reason 'none' | 'other'
  'noSuchChange', // a waiting change that has gone out or been given up meanwhile
  'nameMissing',
  'folderIntoItself',
  'noSuchSearch', // a kept search that was removed meanwhile
  'tooManySearches', // params: limit
  'notOffered', // this server has no way to do it
  'notRestorable', // the server offers no way to put it back
  'changedMeanwhile', // another device changed the record since it was last seen here
  'emptyField',
  'badTotp',
  'fileTooLarge', // params: name, size, limit
  'fileUnreadable', // params: name
  'attachmentHashMismatch',
  'attachmentNotHere', // contents are not on this device and the server is not reachable
  'notArrived', // a change made here has to reach the server before the record is shared
  'sharingForbidden', // the settings of the vault do not let its records out this way
  'addressRefused', // a link that may not be opened
  'importRefused', // params: reason, see `importReasons`
  'nothingToUndo', // the last import was undone already, or the vaults were locked since
  'loginTaken', // somebody on the server has this login already
  'stillInUse', // people or vaults depend on it
  'notYourself', // somebody else has to do this to one's own account
  'masterPasswordUnset', // there is no master password to reset
  'lastAdministrator', // nobody would be left to administer it
  'administratorsChanged', // a vault type has another administrator since its dialog was opened
  'directoryUnusable', // params: fault, see `directoryFaults`
  'directorySyncUnderWay',
  'directoryPasswordNeeded', // another address: the password of the reader has to be typed once more
  'directoryTlsRequired', // passwords would be sent in the clear
  'directoryTlsTwice', // this address has TLS from the start
  'directorySettingsWrong',
  'accessThroughOthers', // a group or the vault's type keeps the person in
  'cancelled',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Parameters for the sentence the renderer makes of a code; never a secret. */
export type ErrorParams = Readonly<Record<string, string | number>>;

/** What a failed call carries across the bridge. */
export interface Failure {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
}

/** The answer to every call over the bridge. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

/**
 * The one error type of the main process above the key chain.
 * `cause` is for diagnosis inside the process and never leaves it.
 */
export class StrongroomError extends Error {
  override readonly name = 'StrongroomError';
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: { readonly cause?: unknown }) {
    super(code, options);
    this.code = code;
    this.params = params;
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && (errorCodes as readonly string[]).includes(value);
}
