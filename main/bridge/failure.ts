/**
 * Turns whatever a use case threw into what may cross: a code and harmless parameters.
 */
import { isErrorCode, StrongroomError } from '../../contract/errors.ts';
import type { ErrorCode, Failure } from '../../contract/errors.ts';
import { KeychainError } from '../keychain/index.ts';
import type { KeychainErrorCode } from '../keychain/index.ts';

/** The key chain stands below the contract and has its own codes. */
const keychainCodes: Readonly<Record<KeychainErrorCode, ErrorCode>> = {
  undecipherable: 'undecipherable',
  emptyKey: 'undecipherable',
  kdfRefused: 'kdfRefused',
  badKeyPair: 'undecipherable',
  weakRecipientKey: 'weakRecipientKey',
  tooLarge: 'fileTooLarge',
  badTotp: 'badTotp',
  attachmentHashMismatch: 'attachmentHashMismatch',
};

/** The failure for an error; `internal` for everything that has no code of ours. */
export function failureOf(error: unknown): Failure {
  if (error instanceof StrongroomError) return { code: error.code, params: error.params };
  if (error instanceof KeychainError) {
    const code = keychainCodes[error.code];
    return { code: isErrorCode(code) ? code : 'internal', params: error.params };
  }
  return { code: 'internal', params: {} };
}
