/**
 * What the server knows of master keys: the options that clients derive them with, and
 * a keyed hash of the hash that clients send. The key itself never comes here.
 *
 * Form of the options: Passwork 7 protocol, "Master key"; the salt is used as text.
 */
import { randomInt } from 'node:crypto';

const saltAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@!';
const saltLength = 20;

/** The options that new users get; `salt` is fresh on every call. */
export function newMasterKeyOptions() {
  let salt = '';
  while (salt.length < saltLength) salt += saltAlphabet[randomInt(saltAlphabet.length)];
  return { salt, iterations: 300_000, bytes: 64, digest: 'sha256' } as const;
}

/** The one-string form in which options are stored and answered. */
export function formatMasterKeyOptions(options: ReturnType<typeof newMasterKeyOptions>): string {
  return ['pbkdf', options.digest, options.iterations, options.bytes, options.salt].join(':');
}

/** Options that the server accepts from a client: never weaker than its own. */
export function acceptableMasterKeyOptions(text: string): boolean {
  const match = /^pbkdf:sha256:(\d{6,8}):64:[A-Za-z0-9@!]{20,64}$/.exec(text);
  const iterations = Number(match?.[1] ?? 0);
  return iterations >= 300_000 && iterations <= 10_000_000;
}
