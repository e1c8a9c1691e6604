/**
 * Who may see what is in the bin, and do what with it.
 *
 * Passwork names one right (`bin:manage`) and says that rights are computed from the place that
 * something comes back to. Chosen here: whoever may delete a thing where it was may see it in
 * the bin and bring it back, so that a slip can be mended by whoever made it; deleting for good
 * takes `bin:manage`. Access to the place counts as it is now, also when it is in the bin itself.
 */
import type { BinEntry, PlacedBinEntry } from '../storage/bin.ts';
import type { Folder } from '../storage/folders.ts';
import type { Item } from '../storage/items.ts';
import type { Repositories } from '../storage/storage.ts';
import type { Right } from './levels.ts';
import { rightsAt } from './levels.ts';
import type { VaultAccess } from './rights.ts';

/** The right that shows an entry of the bin and brings it back. */
export function rightToRestore({ kind }: Pick<BinEntry, 'kind'>): Right {
  return kind === 'item' ? 'item:delete' : 'directory:delete';
}

/** Whether the person may see an entry of the bin; `place` is a record's folder, or the folder itself. */
export function maySeeBinned(
  access: VaultAccess,
  entry: Pick<BinEntry, 'kind'>,
  place: string | null,
): boolean {
  return rightsAt(access.levelAt(place)).has(rightToRestore(entry));
}

/** Whether there is a place in the vault that something deleted could come back to by the person. */
export function mayUseBin(access: VaultAccess): boolean {
  return access.readablePlaces().some((place) => rightsAt(access.levelAt(place)).has('item:delete'));
}

/** Those of some entries that the person may see. */
export function visibleInBin(
  accesses: ReadonlyMap<string, VaultAccess>,
  entries: readonly PlacedBinEntry[],
): PlacedBinEntry[] {
  return entries.filter((entry) => {
    const access = accesses.get(entry.vaultId);
    return access !== undefined && maySeeBinned(access, entry, entry.folderId);
  });
}

/** Something in the bin, as those are told who could bring it back. */
export interface Binned<Row> {
  entry: BinEntry;
  row: Row;
}

type Stored = Pick<Repositories, 'bin' | 'items' | 'folders'>;

/** Those of some records that were deleted by themselves; others come back with their folder. */
export async function binnedItems(
  storage: Stored,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Binned<Item>>> {
  const found = await storage.items.findBinned(ids);
  const entries = await storage.bin.findMany([...found.values()].map(({ binId }) => binId));
  const binned = new Map<string, Binned<Item>>();
  for (const { item, binId } of found.values()) {
    const entry = entries.get(binId);
    if (entry?.objectId === item.id) binned.set(item.id, { entry, row: item });
  }
  return binned;
}

/** A folder that was deleted by itself, if the person may see it in the bin. */
export async function binnedFolder(
  storage: Stored,
  access: VaultAccess,
  id: string,
): Promise<Binned<Folder> | null> {
  const found = await storage.folders.findBinned(id);
  const entry = found && (await storage.bin.find(found.binId));
  if (!found || entry?.objectId !== id || !maySeeBinned(access, entry, id)) return null;
  return { entry, row: found.folder };
}
