/**
 * The one error family of the key chain.
 *
 * Every failure to decrypt is the same error: same code, same message, no cause. A server that
 * could tell a bad padding from a wrong key would have a padding oracle, so the difference is
 * dropped here, at the source, and no layer above can leak what it never gets.
 */
export type KeychainErrorCode =
  | 'undecipherable'
  | 'emptyKey'
  | 'kdfRefused'
  | 'badKeyPair'
  | 'weakRecipientKey'
  | 'tooLarge'
  | 'badTotp'
  | 'attachmentHashMismatch';

/** Facts for the message a person reads: never a secret, a key or a piece of plaintext. */
export type KeychainErrorParams = Readonly<Record<string, string | number>>;

const messages: Readonly<Record<KeychainErrorCode, string>> = {
  undecipherable: 'The value does not open with this key',
  emptyKey: 'An empty key is not accepted',
  kdfRefused: 'The key derivation parameters are not accepted',
  badKeyPair: 'The RSA key cannot be used',
  weakRecipientKey: "The recipient's RSA key is too weak",
  tooLarge: 'The value is larger than the protocol allows',
  badTotp: 'The text is not a TOTP secret',
  attachmentHashMismatch: 'The attachment does not match its hash',
};

/** What every function of the key chain throws; `code` is for the program, the message for a log. */
export class KeychainError extends Error {
  override readonly name = 'KeychainError';
  readonly code: KeychainErrorCode;
  readonly params: KeychainErrorParams;

  constructor(code: KeychainErrorCode, params: KeychainErrorParams = {}) {
    super(messages[code]);
    this.code = code;
    this.params = params;
  }
}

/** The only way a decryption fails. */
export function undecipherable(): KeychainError {
  return new KeychainError('undecipherable');
}

/** What is opened, or null where the key chain refuses it; anything else that is thrown passes. */
export function ifItOpens<T>(open: () => T): T | null {
  try {
    return open();
  } catch (failure) {
    if (failure instanceof KeychainError) return null;
    throw failure;
  }
}
