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
const publicKey = z.object({ publicKey: z.string().min(1).max(16_384) });

/** One page of the organisation's users. */
export async function listUsers(
  client: RemoteClient,
  page: { readonly limit: number; readonly offset: number },
  signal?: AbortSignal,
): Promise<RemoteUser[]> {
  return (await client.call(users, { method: 'GET', path: '/users', query: page, signal })).items;
}

/** A user's public key in PEM: unsigned, so a claim of the server. */
export async function readPublicKey(
  client: RemoteClient,
  userId: string,
  signal?: AbortSignal,
): Promise<string> {
  const path = `/users/${serverId.parse(userId)}/public-key`;
  return (await client.call(publicKey, { method: 'GET', path, signal })).publicKey;
}
