/**
 * Time-based one-time passwords (RFC 6238: SHA-1, 6 digits, 30 seconds, as every authenticator
 * application has them) with recovery codes for the day when the device is lost.
 *
 * A code is good for its own step and one before and after, for clocks that differ, and is never
 * taken twice. Recovery codes are kept as keyed hashes and spent once.
 */
import { Secret, TOTP } from 'otpauth';
import type { Seal } from '../sealing/cipher.ts';
import type { TwoFactor } from '../storage/people.ts';
import { newRecoveryCode } from './codes.ts';

const stepSeconds = 30;
const secretBytes = 20;
const recoveryCodes = 10;

const generatorOf = (secret: string, label = '', issuer = '') =>
  new TOTP({ secret: Secret.fromBase32(secret), label, issuer, period: stepSeconds, digits: 6 });

const recoveryKey = (seal: Seal, userId: string, code: string) =>
  seal
    .fingerprint(`recovery code of ${userId}`, code.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
    .toString('hex');

/** A new secret that is not in force yet, and the address that authenticator applications read. */
export function newTwoFactor(login: string, issuer: string): { twoFactor: TwoFactor; uri: string } {
  const secret = new Secret({ size: secretBytes }).base32;
  const twoFactor = { secret, isEnabled: false, lastStep: 0, recovery: [] };
  return { twoFactor, uri: generatorOf(secret, login, issuer).toString() };
}

/** The second factor after a code was accepted; null when the code is wrong or has been used. */
export function acceptCode(twoFactor: TwoFactor, code: string, now: number): TwoFactor | null {
  const delta = generatorOf(twoFactor.secret).validate({ token: code, timestamp: now, window: 1 });
  if (delta === null) return null;
  const step = Math.floor(now / 1000 / stepSeconds) + delta;
  return step > twoFactor.lastStep ? { ...twoFactor, lastStep: step } : null;
}

/** The second factor after a recovery code was spent; null when there is no such code. */
export function spendRecoveryCode(
  seal: Seal,
  userId: string,
  twoFactor: TwoFactor,
  code: string,
): TwoFactor | null {
  const key = recoveryKey(seal, userId, code);
  if (!twoFactor.recovery.includes(key)) return null;
  return { ...twoFactor, recovery: twoFactor.recovery.filter((each) => each !== key) };
}

/** New recovery codes in place of all former ones: what is shown once, and what is kept. */
export function newRecoveryCodes(
  seal: Seal,
  userId: string,
  twoFactor: TwoFactor,
): { codes: string[]; twoFactor: TwoFactor } {
  const codes = Array.from({ length: recoveryCodes }, newRecoveryCode);
  const recovery = codes.map((code) => recoveryKey(seal, userId, code));
  return { codes, twoFactor: { ...twoFactor, recovery } };
}
