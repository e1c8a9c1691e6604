/** Other people, and their public keys as the server states them. */
import { z } from 'zod';
import type { RemoteClient } from './client.ts';
import { flag, listOf, serverId, shortText } from './shapes.ts';

/** The short form of a user inside other objects (Passwork 7 protocol, "User"). */
export const shortUser = z.object({ id: serverId, login: shortText, fullName: shortText });

const user = z.object({
  id: serverId,
  login: shortText,
  fullName: shortText,
  email: shortText,
  isDeleted: flag,
});
export type RemoteUser = z.output<typeof user>;

const users = listOf(user, 1000);
const seconds = z
  .number()
  .int()
  .nonnegative()
  .nullish()
  .catch(null)
  .transform((at) => at ?? null);

const publicKey = z.object({
  /** Null for somebody who has made no key pair yet. */
  publicKey: z
    .string()
    .max(16_384)
    .nullish()
    .transform((pem) => (pem === undefined || pem === '' ? null : pem)),
  madeAt: seconds,
  reset: z
    .object({ at: seconds, by: shortUser.nullish().catch(null) })
    .nullish()
    .catch(null)
    .transform((reset) => reset ?? null),
});
/** A public key and what the server tells of its origin; all of it is a claim. Times in Unix seconds. */
export type RemotePublicKey = z.output<typeof publicKey>;

/** One page of the organisation's users. */
export async function listUsers(
  client: RemoteClient,
  page: { readonly limit: number; readonly offset: number },
  signal?: AbortSignal,
): Promise<RemoteUser[]> {
  return (await client.call(users, { method: 'GET', path: '/users', query: page, signal })).items;
}

/**
 * A person's public key as the server states it: unsigned, so a claim. Our server also tells when
 * it was made and which reset explains it (feature `keyFingerprints`).
 */
export async function readPublicKey(
  client: RemoteClient,
  userId: string,
  signal?: AbortSignal,
): Promise<RemotePublicKey> {
  const path = `/users/${serverId.parse(userId)}/public-key`;
  return client.call(publicKey, { method: 'GET', path, signal });
}
