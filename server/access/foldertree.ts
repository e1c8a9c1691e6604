/** Questions about the tree of a vault's folders: what lies below, how deep, what is left above. */
import type { FolderShape } from '../storage/folders.ts';

type Place = FolderShape & { isBinned: boolean };

/** A folder and everything below it. */
export function withDescendants(tree: readonly FolderShape[], folderIds: readonly string[]): string[] {
  const children = Map.groupBy(tree, (folder) => folder.parentId);
  const found = new Set(folderIds);
  for (const id of found) for (const child of children.get(id) ?? []) found.add(child.id);
  return [...found];
}

/** How many folders stand above a place, its own included: 0 for the vault itself. */
export function depthOf(tree: readonly FolderShape[], folderId: string | null): number {
  const parents = new Map(tree.map((folder) => [folder.id, folder.parentId]));
  let depth = 0;
  for (let next = folderId; next !== null; next = parents.get(next) ?? null) depth += 1;
  return depth;
}

/** How many levels a folder and what is below it take: 1 for a folder without folders. */
export function heightOf(tree: readonly FolderShape[], folderId: string): number {
  const children = Map.groupBy(tree, (folder) => folder.parentId);
  let height = 0;
  for (let level = [folderId]; level.length > 0; height += 1) {
    level = level.flatMap((id) => (children.get(id) ?? []).map((child) => child.id));
  }
  return height;
}

/** The nearest place from a folder upwards that is not in the bin; null is the vault itself. */
export function nearestLiving(places: readonly Place[], folderId: string | null): string | null {
  const byId = new Map(places.map((place) => [place.id, place]));
  for (let next = folderId; next !== null;) {
    const place = byId.get(next);
    if (!place) return null;
    if (!place.isBinned) return place.id;
    next = place.parentId;
  }
  return null;
}
