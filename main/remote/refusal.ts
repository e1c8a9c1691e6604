/**
 * What a server's refusal means to a person, by status and by the codes of its error form
 * (Passwork 7 protocol, "Base, headers, envelope" and "Auth flow").
 *
 * Only the status goes on: a server's own text may hold anything.
 */
import { StrongroomError } from '../../contract/index.ts';
import type { Answer } from './connection.ts';

/** The access token has ended or is not known; codes differ between servers, so the rest counts as well. */
export function asksForNewToken(answer: Answer): boolean {
  return answer.status === 401 && !asksForMasterKey(answer) && !asksForTwoFactor(answer);
}

/** The server wants the hash of the master key, or wants another one. */
export function asksForMasterKey(answer: Answer): boolean {
  return answer.errorCodes.some((code) => code.toLowerCase().includes('masterkey'));
}

export function asksForTwoFactor(answer: Answer): boolean {
  return answer.errorCodes.includes('twoFactorAuthRequired');
}

/** The failure that a refused request amounts to. */
export function refusalOf(answer: Answer): StrongroomError {
  const { status } = answer;
  if (asksForTwoFactor(answer)) return new StrongroomError('twoFactorRequired');
  if (asksForMasterKey(answer)) return new StrongroomError('wrongMasterPassword');
  if (answer.errorCodes.some((code) => /blocked/i.test(code))) return new StrongroomError('blockedAccount');
  if (status === 401) return new StrongroomError('signInAgain');
  if (status === 403) return new StrongroomError('forbidden');
  if (status === 404) return new StrongroomError('notFound');
  if (status === 409 && answer.errorCodes.includes('revisionConflict')) {
    return new StrongroomError('changedMeanwhile');
  }
  // Sealed under a key that the vault had before (an addition of our server, feature `vaultKeyCheck`).
  if (status === 409 && answer.errorCodes.includes('vaultKeyChanged')) {
    return new StrongroomError('vaultKeyChanged');
  }
  // Client-side encryption was turned on or off while the request was on its way (feature `encryptionChange`).
  if (status === 409 && answer.errorCodes.includes('encryptionChanged')) {
    return new StrongroomError('encryptionModeChanged');
  }
  if (answer.errorCodes.includes('idempotencyKeyReused')) {
    return new StrongroomError('badAnswer', { reason: 'keyReused', status });
  }
  if (status === 408 || status === 423 || status === 429 || status >= 500) {
    const { retryAfterMs } = answer;
    return new StrongroomError('serverBusy', {
      status,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  return new StrongroomError('badAnswer', { reason: 'status', status });
}
