/** The bin: what lies there, putting it back, and erasing it (additions of our server, feature `bin`). */
import { z } from 'zod';
import type { RemoteClient } from './client.ts';
import { fullItem, type Listing, type PageWish } from './items.ts';
import { listOf, optionalId, serverId, unixSeconds } from './shapes.ts';
import { folder } from './vaults.ts';
import { keyHeader, written, type Sending } from './writing.ts';

const entry = z.object({
  binItemId: serverId,
  kind: z.enum(['item', 'folder']),
  vaultId: serverId,
  deletedAt: unixSeconds,
  item: fullItem.nullish().transform((item) => item ?? null),
  folder: folder.nullish().transform((row) => row ?? null),
});
/** One entry; what a folder's entry takes along is not listed. */
export type RemoteBinEntry = z.output<typeof entry>;

const entries = listOf(entry, 200_000);

/** What the caller may see in the bin. @throws StrongroomError `forbidden`, `badAnswer`, network codes */
export async function listBin(
  client: RemoteClient,
  page: PageWish,
  signal?: AbortSignal,
): Promise<Listing<RemoteBinEntry>> {
  const read = await client.call(entries, { method: 'GET', path: '/bin', query: { ...page }, signal });
  return { rows: read.items, total: read.total ?? null };
}

const restored = z.object({ id: serverId, vaultId: serverId, folderId: optionalId }).and(written);
/** Where something came back to; of a folder, `folderId` is its parent. */
export type Restored = z.output<typeof restored>;

/**
 * Puts an entry back to where it lay, or the nearest place that is left of it.
 * @throws StrongroomError `notFound` for an entry that is gone, `forbidden`, network codes
 */
export function restoreFromBin(client: RemoteClient, binItemId: string, sending: Sending): Promise<Restored> {
  const path = `/bin/${serverId.parse(binItemId)}/restore`;
  const { signal } = sending;
  return client.call(restored, { method: 'POST', path, body: {}, headers: keyHeader(sending), signal });
}

/**
 * Erases an entry for good, with everything that went with it.
 * @throws StrongroomError `notFound` for an entry that is gone, `forbidden`, network codes
 */
export async function eraseFromBin(client: RemoteClient, binItemId: string): Promise<void> {
  await client.call(z.unknown(), { method: 'DELETE', path: `/bin/${serverId.parse(binItemId)}` });
}
