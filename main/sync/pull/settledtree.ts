/**
 * A vault's tree as the server last told it, beneath what was changed here: what a delivered tree
 * is compared with, and what of it stays away because it was deleted here.
 */
import type { Mirror, StoredFolder } from '../../mirror/index.ts';
import { isMadeHere } from '../outbox/pending.ts';

/** The folder as the server last told it; null if it has never had it. */
function settledState(mirror: Mirror, folder: StoredFolder): StoredFolder | null {
  const base = mirror.bases.folder(folder.id);
  if (base !== undefined) return base;
  // One that was never sent has lost its base in the bin.
  return isMadeHere(folder) ? null : folder;
}

/** A vault's tree as the server last told it, under the server's ids. */
export function settledTree(mirror: Mirror, vaultId: string): StoredFolder[] {
  const standing = mirror.folders.ofVault(vaultId).flatMap((folder) => settledState(mirror, folder) ?? []);
  const serverIdOf = (id: string): string =>
    mirror.folders.get(id)?.serverId ?? mirror.bin.get(id)?.folder?.serverId ?? id;
  return [...standing, ...removedHere(mirror, vaultId)].map((folder) => ({
    ...folder,
    id: folder.serverId,
    parentId: folder.parentId === null ? null : serverIdOf(folder.parentId),
  }));
}

/** Whether a vault's tree is as it was last told, so that it needs not be taken in. */
export function isSettledTree(mirror: Mirror, vaultId: string, delivered: readonly StoredFolder[]): boolean {
  const known = new Map(
    settledTree(mirror, vaultId).map(({ serverId, contentHash }) => [serverId, contentHash]),
  );
  return (
    known.size === delivered.length &&
    !isAskedBack(mirror, vaultId) &&
    delivered.every(({ serverId, contentHash }) => known.get(serverId) === contentHash)
  );
}

/** Whether a folder is to be put back, which somebody else may have done without changing it. */
function isAskedBack(mirror: Mirror, vaultId: string): boolean {
  return mirror.outbox
    .all()
    .some(
      ({ change, objectId }) =>
        change.kind === 'restoreFolder' && mirror.folders.get(objectId)?.vaultId === vaultId,
    );
}

/** Folders that were deleted here and whose deletion is not settled, with what lay in them. */
export function removedHere(mirror: Mirror, vaultId: string): StoredFolder[] {
  if (mirror.bin.count() === 0) return [];
  const entries = mirror.bin.ofVault(vaultId).filter(({ kind }) => kind === 'folder');
  const isWaiting = (id: string): boolean =>
    mirror.outbox.ofObject('folder', id).some(({ change }) => change.kind === 'removeFolder');
  const roots = new Set(entries.filter(({ id }) => isWaiting(id)).map(({ id }) => id));
  return entries
    .filter(({ id, under }) => roots.has(id) || (under !== null && roots.has(under)))
    .flatMap(({ folder }) => folder ?? [])
    .flatMap((folder) => settledState(mirror, folder) ?? []);
}

/**
 * Without what somebody else put into a folder that was deleted here: it goes with that folder as
 * soon as the server hears of the deletion, and until then it would hang in the air.
 */
export function outsideDeleted(
  mirror: Mirror,
  vaultId: string,
  delivered: readonly StoredFolder[],
): readonly StoredFolder[] {
  const removed = new Set(removedHere(mirror, vaultId).map(({ serverId }) => serverId));
  if (removed.size === 0) return delivered;
  const parents = new Map(delivered.map(({ serverId, parentId }) => [serverId, parentId]));
  const isUnderRemoved = ({ serverId, parentId }: StoredFolder): boolean => {
    if (removed.has(serverId) || mirror.folders.byServerId(serverId) !== null) return false;
    const seen = new Set<string>();
    for (let at = parentId; at !== null && !seen.has(at); at = parents.get(at) ?? null) {
      if (removed.has(at)) return true;
      seen.add(at);
    }
    return false;
  };
  return delivered.filter((folder) => !isUnderRemoved(folder));
}
