/**
 * The bin (own addition: Passwork's endpoints for it are not public): listing, bringing back,
 * deleting for good.
 *
 * Something comes back to where it was; where that is gone, to the nearest folder above it that
 * still stands, else to the vault itself. A folder comes back with everything that went with it;
 * what had been deleted from it before has an entry of its own and stays in the bin.
 */
import { z } from 'zod';
import { mayUseBin, rightToRestore, visibleInBin } from '../access/bin.ts';
import { nearestLiving } from '../access/foldertree.ts';
import type { Caller, VaultAccess } from '../access/rights.ts';
import type { PlacedBinEntry } from '../storage/bin.ts';
import { binnedItemAnswer, folderAnswer, folderSchema, itemSchema } from './answers.ts';
import type { Api, Context } from './context.ts';
import { callerOf, unixSeconds } from './context.ts';
import { forbidden, notFound } from './errors.ts';
import { refuseTooDeep, requireFolderOf } from './folders.ts';
import { guardBinned, guardedByConstruction, guardPlace } from './guard.ts';
import { doneAnswer, idParams, objectId, pageOf, pageQuery, shortUser } from './schemas.ts';
import { shortUserAnswer } from './people/users.ts';

const entrySchema = z.object({
  binItemId: objectId,
  kind: z.enum(['item', 'folder']),
  vaultId: objectId,
  deletedAt: z.number(),
  deletedBy: shortUser.nullable(),
  item: itemSchema.nullable(),
  folder: folderSchema.nullable(),
});

const restoredSchema = z.object({
  id: objectId,
  vaultId: objectId,
  /** Where it stands now; of a folder, its parent. */
  folderId: objectId.nullable(),
  /** Of a record only. */
  revision: z.number().optional(),
  updatedAt: z.number().optional(),
});
type Restored = z.output<typeof restoredSchema>;

/** Entries of the bin with what they hold. */
async function entryAnswers(
  context: Context,
  caller: Caller,
  accesses: ReadonlyMap<string, VaultAccess>,
  entries: readonly PlacedBinEntry[],
) {
  const { storage } = context;
  const idsOf = (kind: PlacedBinEntry['kind']) =>
    entries.filter((entry) => entry.kind === kind).map(({ objectId: id }) => id);
  const items = await storage.items.findBinned(idsOf('item'));
  const folders = await storage.folders.findAll(
    idsOf('folder').length > 0 ? [...new Set(entries.map(({ vaultId }) => vaultId))] : [],
  );
  const people = await storage.users.findMany(entries.map(({ deleterId }) => deleterId));
  const favorites = await storage.items.favoritesOf(caller.userId);
  return entries.flatMap((entry) => {
    const access = accesses.get(entry.vaultId);
    if (!access) return [];
    const { id: binItemId, kind, vaultId, deletedAt, deleterId } = entry;
    const item = items.get(entry.objectId)?.item;
    const folder = folders.get(entry.objectId);
    const deleter = people.get(deleterId);
    const viewer = { wrappedKey: access.wrappedKey, isFavorite: favorites.has(entry.objectId) };
    return [
      {
        ...{ binItemId, kind, vaultId, deletedAt, deletedBy: deleter ? shortUserAnswer(deleter) : null },
        item: kind === 'item' && item ? binnedItemAnswer(item, viewer, entry) : null,
        folder: kind === 'folder' && folder ? folderAnswer(folder, access, folders) : null,
      },
    ];
  });
}

/** Where something comes back to: where it was asked to, or the nearest place that still stands. */
async function targetOf(
  context: Context,
  vaultId: string,
  former: string | null,
  wanted: string | null | undefined,
): Promise<string | null> {
  if (wanted === undefined) {
    return nearestLiving(await context.storage.folders.places([vaultId]), former);
  }
  await requireFolderOf(context, vaultId, wanted, 'folderId');
  return wanted;
}

type CheckTarget = (folderId: string | null) => Promise<unknown>;

async function restoreItem(
  context: Context,
  caller: Caller,
  entry: PlacedBinEntry,
  wanted: string | null | undefined,
  checkTarget: CheckTarget,
): Promise<Restored> {
  const { storage } = context;
  const item = (await storage.items.findBinned([entry.objectId])).get(entry.objectId)?.item;
  if (!item) throw notFound();
  const folderId = await targetOf(context, item.vaultId, item.folderId, wanted);
  await checkTarget(folderId);
  const moved = { revision: item.revision + 1, updatedAt: unixSeconds(context), editorId: caller.userId };
  const restored = { ...item, ...(folderId === item.folderId ? {} : moved), folderId };
  await storage.items.restore(restored);
  const { id, vaultId, revision, updatedAt } = restored;
  return { id, vaultId, folderId, revision, updatedAt };
}

async function restoreFolder(
  context: Context,
  entry: PlacedBinEntry,
  wanted: string | null | undefined,
  checkTarget: CheckTarget,
): Promise<Restored> {
  const { storage } = context;
  const folder = (await storage.folders.findBinned(entry.objectId))?.folder;
  if (!folder) throw notFound();
  const { id, vaultId } = folder;
  const parentId = await targetOf(context, vaultId, folder.parentId, wanted);
  await checkTarget(parentId);
  await refuseTooDeep(context, vaultId, parentId, folder.id);
  await storage.folders.restore(folder, entry.id, parentId);
  return { id, vaultId, folderId: parentId };
}

/** Deletes what an entry holds for good; files go once that is certain. */
async function purge(context: Context, entry: PlacedBinEntry): Promise<void> {
  const { storage } = context;
  const files = await storage.attachments.filesInBin(entry.id);
  const folder = entry.kind === 'folder' ? await storage.folders.findBinned(entry.objectId) : undefined;
  await storage.items.purge(entry.id);
  await storage.bin.remove(entry, folder ? folder.folder.parentId : entry.folderId);
  await storage.folders.dropEmpty(entry.vaultId);
  await storage.afterCommit(() => storage.attachments.discard(files));
}

function listingRoute(app: Api, context: Context): void {
  app.get(
    '/bin',
    {
      config: { needs: 'item:delete' },
      schema: {
        summary: 'What is in the bin and the caller could bring back, the latest first (own addition)',
        querystring: z.object({ vaultId: objectId.optional(), ...pageQuery.shape }),
        response: { 200: z.object({ items: z.array(entrySchema), total: z.number() }) },
      },
    },
    async (request) => {
      guardedByConstruction(request);
      const caller = callerOf(request);
      const { vaultId } = request.query;
      const named = vaultId === undefined ? undefined : await context.rights.toVault(caller, vaultId);
      if (vaultId !== undefined && !named) throw notFound();
      const open = named ? [named] : await context.rights.toAllVaults(caller);
      const accesses = new Map(open.map((access) => [access.vault.id, access]));
      const entries = await context.storage.bin.list([...accesses.keys()]);
      const visible = visibleInBin(accesses, entries);
      if (named && visible.length === 0 && !mayUseBin(named)) throw forbidden('item:delete');
      const items = await entryAnswers(context, caller, accesses, pageOf(visible, request.query));
      return { items, total: visible.length };
    },
  );
}

/** Registers the endpoints of this file. */
export function binRoutes(app: Api, context: Context): void {
  listingRoute(app, context);

  app.post(
    '/bin/:id/restore',
    {
      config: { needs: 'item:delete', logs: 'noted' },
      schema: {
        summary: 'Bring something back from the bin (own addition)',
        params: idParams,
        body: z.object({ folderId: objectId.nullish() }).nullish(),
        response: { 200: restoredSchema },
      },
    },
    async (request) =>
      context.storage.whole(async () => {
        const { entry } = await guardBinned(context, request, request.params.id, rightToRestore);
        const wanted = request.body?.folderId;
        const checkTarget: CheckTarget = (place) =>
          guardPlace(context.rights, request, entry.vaultId, place, 'object:createAndImport');
        const restored =
          entry.kind === 'item'
            ? await restoreItem(context, callerOf(request), entry, wanted, checkTarget)
            : await restoreFolder(context, entry, wanted, checkTarget);
        request.activityNotes.push({
          event: entry.kind === 'item' ? 'item_restored_from_bin' : 'folder_restored_from_bin',
          objectId: entry.objectId,
        });
        await context.storage.bin.remove(entry, restored.folderId);
        await context.storage.folders.dropEmpty(entry.vaultId);
        return restored;
      }),
  );

  app.delete(
    '/bin/:id',
    {
      config: { needs: 'bin:manage', logs: 'noted' },
      schema: {
        summary: 'Delete something in the bin for good (own addition)',
        params: idParams,
        response: { 200: doneAnswer },
      },
    },
    async (request) =>
      context.storage.whole(async () => {
        const { entry } = await guardBinned(context, request, request.params.id);
        await purge(context, entry);
        request.activityNotes.push({
          event: entry.kind === 'item' ? 'item_deleted' : 'folder_deleted',
          objectId: entry.objectId,
        });
        return { success: true as const };
      }),
  );
}
