/**
 * The change feed of our own server (feature `changes`): what was touched since a cursor, in
 * the shapes of the listings, and beside it what the server states of the account.
 */
import { z } from 'zod';
import type { RemoteClient } from './client.ts';
import { statedDirection } from './appinfo.ts';
import { fullItem, inboxItem, shortcutItem } from './items.ts';
import { offlinePolicy } from './offline.ts';
import { passwordPolicies } from './passwordpolicies.ts';
import { optionalId, serverId, shortText, unixSeconds } from './shapes.ts';
import { folder, vault } from './vaults.ts';

/** More things in one page than are ever asked for, folders of a whole vault aside. */
const mostChanges = 2000;
const mostInStretch = 200_000;

/** Between these two ids the vault holds what is listed and nothing else; null is an open end. */
const stretch = { vaultId: serverId, after: serverId.nullable(), through: serverId.nullable() };

/** A folder in the bin (feature `bin`), for whoever could put it back. */
const binnedFolder = z
  .object({
    binItemId: serverId,
    deletedAt: unixSeconds,
    name: shortText,
    vaultId: serverId,
    parentFolderId: optionalId,
  })
  .nullish()
  .transform((entry) => entry ?? null);

const change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('vault'), id: serverId, vault: vault.nullable() }),
  z.object({
    kind: z.literal('folder'),
    id: serverId,
    folder: folder.nullable(),
    bin: binnedFolder,
  }),
  z.object({ kind: z.literal('item'), id: serverId, item: fullItem.nullable() }),
  z.object({ kind: z.literal('shortcut'), id: serverId, shortcut: shortcutItem.nullable() }),
  z.object({ kind: z.literal('inbox'), id: serverId, inbox: inboxItem.nullable() }),
  z.object({ kind: z.literal('folders'), ...stretch, items: z.array(folder).max(mostInStretch) }),
  z.object({ kind: z.literal('items'), ...stretch, items: z.array(fullItem).max(mostChanges) }),
  z.object({ kind: z.literal('shortcuts'), ...stretch, items: z.array(shortcutItem).max(mostChanges) }),
]);
/** One thing that the feed tells; a null object is gone, or closed to this user now. */
export type RemoteChange = z.output<typeof change>;

const page = z.object({
  changes: z.array(change).max(mostChanges),
  cursor: z.string().min(1).max(2000),
  hasMore: z.boolean(),
  account: z.object({
    id: serverId,
    isClientSideEncryptionEnabled: z.boolean(),
    masterKeyOptions: z
      .string()
      .max(1024)
      .nullish()
      .transform((options) => options || null),
    publicKey: z
      .string()
      .max(16_384)
      .nullish()
      .transform((pem) => pem || null),
    offline: offlinePolicy,
    passwordPolicies,
    encryptionChange: statedDirection,
  }),
});

/** A page of the feed. `account` is a claim until it was held against the pins. */
export type ChangePage = z.output<typeof page>;
export type StatedAccount = ChangePage['account'];

/**
 * Why the server cannot go on from a cursor: it is too old or not one of ours, or it is from a
 * time that this server has not lived through, since it was put back to an older backup.
 */
export type LostCursor = 'expired' | 'lostFuture';

/**
 * The next page after a cursor; without one, an empty page with a cursor of this moment. Where the
 * server cannot go on from this cursor everything must be listed anew.
 */
export async function readChanges(
  client: RemoteClient,
  wish: { readonly since: string | null; readonly limit: number },
  signal?: AbortSignal,
): Promise<ChangePage | LostCursor> {
  const { since, limit } = wish;
  const query = since === null ? { limit } : { since, limit };
  const answer = await client.send({ method: 'GET', path: '/changes', query, signal });
  if (answer.status !== 410) return client.read(page, answer);
  return answer.errorCodes.includes('cursorFromLostFuture') ? 'lostFuture' : 'expired';
}
