/** Public keys as clients name them: what was wrapped for another key is refused. */
import { publicKeyFingerprint } from '../identity/publickeys.ts';
import type { Repositories } from '../storage/storage.ts';
import { ApiError } from './errors.ts';

/** Refuses what was wrapped for another key than the person has now. */
export async function requireFingerprint(
  storage: Pick<Repositories, 'users'>,
  userId: string,
  fingerprint: string,
): Promise<void> {
  const pem = (await storage.users.find(userId))?.keys?.public;
  if (pem === undefined || publicKeyFingerprint(pem) !== fingerprint) {
    throw new ApiError(409, 'publicKeyChanged', 'The person has another public key now.');
  }
}
