/**
 * What the server tells of its bin, taken into the bin of this device: by the change feed one by
 * one, on the listing way as a list that is compared.
 */
import type { Mirror, StoredRecord } from '../../mirror/index.ts';
import { listBin } from '../../remote/index.ts';
import type { RemoteBinEntry } from '../../remote/index.ts';
import { removeIdleFiles } from './idlefiles.ts';
import { folderEntry, recordEntry, takeSubtree } from '../outbox/binning.ts';
import { Creations } from './creations.ts';
import { departBinned, departRecords, type ToldBinned } from './departures.ts';
import { adopted, freshId, localFolderId, localised } from './landing.ts';
import { listingPages } from './listing.ts';
import { dropOperations, endIfSettled, filesLeftOut } from '../outbox/pending.ts';
import type { PullContext } from '../pullcontext.ts';
import { folderRow, recordRow } from './rows.ts';

/** A folder that was deleted elsewhere goes into the bin with what lies in it; false if it does already. */
export function binFolderTold(
  { mirror }: PullContext,
  serverId: string,
  { binItemId, deletedAt }: ToldBinned,
): boolean {
  const entry = mirror.bin.byServerId('folder', serverId);
  if (entry !== null) {
    settleFolder(mirror, entry.id);
    mirror.bin.put({ ...entry, binItemId, deletedAt, under: null });
    return true;
  }
  const folder = mirror.folders.byServerId(serverId);
  if (folder === null || hasWaiting(mirror, folder.id)) return false;
  const own = folderEntry(mirror, folder, deletedAt, null, binItemId);
  takeSubtree(mirror, folder, deletedAt);
  mirror.bin.put(own);
  return true;
}

/**
 * Something in it waits, or is a person's to decide: then its pieces are judged one by one, and it
 * goes when they are told.
 */
function hasWaiting(mirror: Mirror, folderId: string): boolean {
  const inside = new Set(mirror.folders.subtreeIds(folderId));
  const isInside = (recordId: string): boolean => inside.has(mirror.records.get(recordId)?.folderId ?? '');
  return (
    mirror.conflicts.all().some(({ recordId }) => isInside(recordId)) ||
    mirror.outbox
      .all()
      .some(({ object, objectId }) => (object === 'folder' ? inside.has(objectId) : isInside(objectId)))
  );
}

/** The deletion that waited here has been told of by the server: it is settled. */
function settleFolder(mirror: Mirror, id: string): void {
  dropOperations(mirror, 'folder', id);
  endIfSettled(mirror, 'folder', id);
}

/**
 * A record that is not known here by its server's id and lies in the server's bin: it can be put
 * back from here as well. It may be one that was made here, arrived without an answer, and was
 * deleted there since; then it is that one which is gone. Gives the names of stored files that
 * nothing refers to any more.
 */
export function binRecordTold(context: PullContext, delivered: StoredRecord, binned: ToldBinned): string[] {
  const { mirror } = context;
  const folderId = delivered.folderId === null ? null : localFolderId(mirror, delivered.folderId);
  const made = new Creations(mirror).find(delivered, folderId);
  if (made === null) {
    const record = localised(context, delivered, freshId(mirror, delivered), []);
    mirror.bin.put(recordEntry(mirror, record, binned.deletedAt, null, binned.binItemId));
    return [];
  }
  const row = adopted(context, made, delivered);
  if (row === null) return departBinned(mirror, made.id, binned);
  mirror.records.upsertMany([row]);
  return departRecords(context, [made.id], new Map([[made.id, binned]]));
}

/** Compares the bin with the server's list of its own; a server without one is not asked. */
export async function pullBin(context: PullContext): Promise<void> {
  const { client, features, mirror, signal, files, changed } = context;
  if (!features.has('bin')) return;
  const listed = new Set<string>();
  const pages = listingPages(
    (page) => listBin(client, page ?? { limit: 200, offset: 0 }, signal),
    ({ binItemId }) => binItemId,
    { paged: true, start: 0 },
  );
  const idle: string[] = [];
  for await (const { rows } of pages) {
    mirror.transaction(() => {
      for (const entry of rows) {
        listed.add(entry.binItemId);
        idle.push(...takeEntry(context, entry));
      }
    });
  }
  idle.push(...dropEmptied(mirror, listed));
  await removeIdleFiles(mirror, files, idle);
  if (listed.size > 0 || idle.length > 0) changed(null);
}

function takeEntry(context: PullContext, entry: RemoteBinEntry): string[] {
  const { mirror, mode } = context;
  const { binItemId, deletedAt, item, folder } = entry;
  if (mirror.vaults.get(entry.vaultId) === null) return [];
  const told = { binItemId, deletedAt };
  if (folder !== null) {
    if (
      mirror.bin.byServerId('folder', folder.id) === null &&
      mirror.folders.byServerId(folder.id) === null
    ) {
      mirror.bin.put(folderEntry(mirror, folderRow(folder), deletedAt, null, binItemId));
      return [];
    }
    binFolderTold(context, folder.id, told);
    return [];
  }
  if (item === null) return [];
  const held = mirror.records.byServerId('record', item.id);
  if (held !== null) return departRecords(context, [held.id], new Map([[held.id, told]]));
  const known = mirror.bin.byServerId('record', item.id);
  if (known === null) return binRecordTold(context, recordRow(item, entry.vaultId, mode), told);
  if (known.binItemId !== binItemId || known.under !== null) return departBinned(mirror, known.id, told);
  return [];
}

/** What the server's bin does not list any more was put back or emptied there. */
function dropEmptied(mirror: Mirror, listed: ReadonlySet<string>): string[] {
  return mirror.transaction(() => {
    const entries = mirror.vaults.all().flatMap(({ id }) => mirror.bin.ofVault(id));
    return entries.flatMap(({ id, under, binItemId }) =>
      under !== null || binItemId === null || listed.has(binItemId) ? [] : forgetBinned(mirror, id),
    );
  });
}

/**
 * Takes an entry out of the bin of this device, with everything under it; inside a transaction. Gives
 * the names of stored files that nothing refers to any more.
 */
export function forgetBinned(mirror: Mirror, id: string): string[] {
  const gone = [mirror.bin.get(id), ...mirror.bin.under(id)];
  mirror.bin.remove(id);
  return gone.flatMap((entry) => (entry?.record ? filesLeftOut(entry.record, null) : []));
}
