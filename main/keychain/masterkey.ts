/**
 * The master key ("Passwork 7 protocol", master key): base64 of PBKDF2-HMAC over the master
 * password, with parameters that the server sends as `pbkdf:<digest>:<iterations>:<bytes>:<salt>`.
 *
 * The server chooses the parameters and receives a hash of the result, so a server that asked for
 * one iteration would learn the master password. Hence two steps that callers keep apart: parsing
 * is tolerant, {@link checkMasterKeyOptions} decides whether to go on. Nothing may be derived for a
 * live account without the check.
 */
import { pbkdf2, randomInt } from 'node:crypto';
import { encodeBase64 } from './base64.ts';
import { KeychainError } from './error.ts';
import { asMasterKey, keyAlphabet, textHash, type MasterKey } from './keys.ts';
import { wipe } from './secrets.ts';

/** PBKDF2 parameters; `salt` is used as the text it is, not decoded. */
export interface MasterKeyOptions {
  /** Lower-case name of the HMAC digest, `sha256` for accounts of today. */
  readonly digest: string;
  readonly iterations: number;
  /** Output length in bytes, before base64. */
  readonly bytes: number;
  readonly salt: string;
}

/** Why a set of parameters was refused: the `reason` of a `kdfRefused` error. */
export type KdfRefusal =
  'malformed' | 'tooFew' | 'tooMany' | 'digest' | 'bytes' | 'fellBelowPin' | 'saltChanged';

/** Below this the hash in the server's hands is too cheap to attack. */
export const MINIMUM_ITERATIONS = 300_000;
/** Above this the parameters are an attack on the user's processor. */
export const MAXIMUM_ITERATIONS = 10_000_000;
const requiredDigest = 'sha256';
const requiredBytes = 64;
const saltLength = 20;

function refused(reason: KdfRefusal, facts: Readonly<Record<string, string | number>> = {}): KeychainError {
  return new KeychainError('kdfRefused', { reason, ...facts });
}

function wholeNumber(text: string, absent: number): number {
  if (text === '') return absent;
  if (!/^\d{1,12}$/.test(text)) throw refused('malformed');
  return Number(text);
}

/**
 * Reads the server's text. Tolerant in what does no harm: an empty digest, iteration or length
 * field means the protocol's default, and `SHA-256` means `sha256`. Throws `kdfRefused` with
 * `malformed` for anything that does not have the five fields.
 */
export function parseMasterKeyOptions(text: string): MasterKeyOptions {
  const [scheme, digest, iterations, bytes, salt, ...more] = text.trim().split(':');
  const complete = digest !== undefined && iterations !== undefined && bytes !== undefined;
  if (scheme !== 'pbkdf' || !complete || salt === undefined || salt === '' || more.length > 0) {
    throw refused('malformed');
  }
  return {
    digest: digest === '' ? requiredDigest : digest.toLowerCase().replace(/^sha-/, 'sha'),
    iterations: wholeNumber(iterations, MINIMUM_ITERATIONS),
    bytes: wholeNumber(bytes, requiredBytes),
    salt,
  };
}

/** The wire text of `options`, the reverse of {@link parseMasterKeyOptions}. */
export function formatMasterKeyOptions(options: MasterKeyOptions): string {
  return `pbkdf:${options.digest}:${options.iterations}:${options.bytes}:${options.salt}`;
}

/**
 * Options for a new master password: never fewer iterations than the floor, whatever the server
 * offers. `salt` is the server's; without one, 20 characters are drawn here. Throws `kdfRefused`
 * when the outcome would not pass the check.
 */
export function newMasterKeyOptions(
  salt: string = newSalt(),
  iterations = MINIMUM_ITERATIONS,
): MasterKeyOptions {
  const options: MasterKeyOptions = {
    digest: requiredDigest,
    iterations: Math.max(iterations, MINIMUM_ITERATIONS),
    bytes: requiredBytes,
    salt,
  };
  if (salt === '' || salt.includes(':')) throw refused('malformed');
  checkMasterKeyOptions(options);
  return options;
}

function newSalt(): string {
  return Array.from({ length: saltLength }, () => keyAlphabet.charAt(randomInt(keyAlphabet.length))).join('');
}

/**
 * Refuses parameters that would weaken the account, by throwing `kdfRefused` with a `reason`:
 * SHA-256 and 64 bytes only, 300,000 to 10,000,000 iterations. Against `pinned` (what this device
 * accepted before) iterations may rise but never fall, and the salt stays: a new salt comes only
 * with the user's own change of the master password, which sets a new pin.
 */
export function checkMasterKeyOptions(options: MasterKeyOptions, pinned?: MasterKeyOptions): void {
  const { iterations } = options;
  if (!Number.isSafeInteger(iterations) || options.salt === '') throw refused('malformed');
  if (options.digest !== requiredDigest) throw refused('digest');
  if (options.bytes !== requiredBytes) throw refused('bytes', { bytes: options.bytes });
  if (iterations < MINIMUM_ITERATIONS) throw refused('tooFew', { iterations, minimum: MINIMUM_ITERATIONS });
  if (iterations > MAXIMUM_ITERATIONS) throw refused('tooMany', { iterations, maximum: MAXIMUM_ITERATIONS });
  if (pinned === undefined) return;
  if (iterations < pinned.iterations)
    throw refused('fellBelowPin', { iterations, pinned: pinned.iterations });
  if (options.salt !== pinned.salt) throw refused('saltChanged');
}

const digests: ReadonlySet<string> = new Set(['sha1', 'sha224', 'sha256', 'sha384', 'sha512']);
const maximumBytes = 1024;

/**
 * Derives the master key off the main thread, about 200 ms at 300,000 iterations. `password` is
 * UTF-8 and not normalised: the same letter in two spellings is two passwords. Checks nothing but
 * that the parameters can be computed (else `kdfRefused`).
 */
export async function deriveMasterKey(password: Uint8Array, options: MasterKeyOptions): Promise<MasterKey> {
  const { digest, iterations, bytes, salt } = options;
  if (!digests.has(digest)) throw refused('digest');
  if (!(bytes >= 1 && bytes <= maximumBytes)) throw refused('bytes', { bytes });
  if (!(iterations >= 1)) throw refused('tooFew', { iterations, minimum: 1 });
  if (!(iterations <= MAXIMUM_ITERATIONS))
    throw refused('tooMany', { iterations, maximum: MAXIMUM_ITERATIONS });
  const raw = await new Promise<Buffer>((resolve, reject) => {
    pbkdf2(password, Buffer.from(salt, 'utf8'), iterations, bytes, digest, (error, derived) => {
      if (error) reject(error);
      else resolve(derived);
    });
  });
  const text = encodeBase64(raw);
  wipe(raw);
  return asMasterKey(text);
}

/**
 * What the server knows of the master key: hex SHA-256 of its base64 text, '' for an empty one. It
 * works as a credential, so it leaves only after the private key has opened, and never to a log.
 */
export function masterKeyHash(masterKey: Uint8Array): string {
  return textHash(masterKey);
}
