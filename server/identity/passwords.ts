/**
 * Log-in passwords: PBKDF2-SHA512, 600,000 iterations, 64 bytes, as the Passwork 7
 * technical guide states for the server side. The parameters stand beside the hash so
 * that they can rise without locking anybody out.
 */
import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);
const digest = 'sha512';
const hashBytes = 64;

/** The iterations that every password is stored with. */
export const passwordIterations = 600_000;

/** Hashes a new password to `pbkdf2:sha512:<iterations>:<bytes>:<salt>:<hash>`. */
export async function hashPassword(password: string, iterations: number): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, iterations, hashBytes, digest);
  return ['pbkdf2', digest, iterations, hashBytes, salt.toString('base64'), hash.toString('base64')].join(
    ':',
  );
}

/** Compares a password with a stored hash in constant time; false for a damaged hash. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, storedDigest, iterations, bytes, salt, hash] = stored.split(':');
  if (scheme !== 'pbkdf2' || storedDigest !== digest || !salt || !hash) return false;
  const expected = Buffer.from(hash, 'base64');
  if (expected.length !== Number(bytes)) return false;
  const actual = await derive(
    password,
    Buffer.from(salt, 'base64'),
    Number(iterations),
    expected.length,
    digest,
  );
  return timingSafeEqual(actual, expected);
}
