/**
 * Who may see what is in the bin, and do what with it.
 *
 * Passwork names one right (`bin:manage`) and says that rights are computed from the place that
 * something comes back to. Chosen here: whoever may delete a thing where it was may see it in
 * the bin and bring it back, so that a slip can be mended by whoever made it; deleting for good
 * takes `bin:manage`. Access to the place counts as it is now, also when it is in the bin itself.
 */
import type { BinEntry, PlacedBinEntry } from '../storage/bin.ts';
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
