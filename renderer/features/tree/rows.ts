/** The tree as the flat lines a person sees: what is collapsed is not there. */
import type { SavedSearch } from '../../../contract/searching.ts';
import type { FolderNode, TreeOverview, VaultNode } from '../../../contract/tree.ts';

export type TreeRow =
  | {
      readonly kind: 'gathered';
      readonly key: GatheredKey;
      readonly level: 1;
      readonly position: number;
      readonly siblings: number;
      readonly count: number;
    }
  | {
      readonly kind: 'saved';
      readonly key: string;
      readonly level: 1;
      readonly position: number;
      readonly siblings: number;
      readonly search: SavedSearch;
    }
  | { readonly kind: 'heading'; readonly key: 'searches' | 'corporate' | 'personal' }
  | {
      readonly kind: 'vault';
      readonly key: string;
      readonly level: 1;
      readonly position: number;
      readonly siblings: number;
      readonly vault: VaultNode;
      readonly expandable: boolean;
      readonly expanded: boolean;
    }
  | {
      readonly kind: 'folder';
      readonly key: string;
      readonly level: number;
      /** Place among its siblings, from 1, and their number: most lines are never in the page. */
      readonly position: number;
      readonly siblings: number;
      readonly folder: FolderNode;
      readonly vaultId: string;
      readonly expandable: boolean;
      readonly expanded: boolean;
    }
  | { readonly kind: 'waiting'; readonly key: string; readonly level: 2; readonly failed: boolean };

export type GatheredKey = 'favourites' | 'recent' | 'inbox' | 'shortcuts' | 'all' | 'bin';
/** A line that has a place in a vault, and so a menu and lines below it. */
export type PlaceItem = Extract<TreeRow, { kind: 'vault' | 'folder' }>;
export type TreeItem = Exclude<TreeRow, { kind: 'heading' | 'waiting' }>;

export type Folders =
  | { readonly status: 'waiting' }
  | { readonly status: 'failed' }
  | { readonly status: 'here'; readonly folders: readonly FolderNode[] };

function gathered(overview: TreeOverview): TreeRow[] {
  const counts: readonly (readonly [GatheredKey, number])[] = [
    ['favourites', overview.favouriteCount],
    ['recent', overview.recentCount],
    ['inbox', overview.inboxUnread],
    // Few people have any; a place that is always empty would only be in the way.
    ...(overview.shortcutCount > 0 ? [['shortcuts', overview.shortcutCount] as const] : []),
    ['all', overview.totalCount],
    ['bin', overview.binCount],
  ];
  return counts.map(([key, count], index) => ({
    kind: 'gathered',
    key,
    level: 1,
    position: index + 1,
    siblings: counts.length,
    count,
  }));
}

function folderRows(vaultId: string, all: readonly FolderNode[], expanded: ReadonlySet<string>): TreeRow[] {
  const children = Map.groupBy(all, (folder) => folder.parentId);
  const rows: TreeRow[] = [];
  const visit = (parentId: string | null, level: number): void => {
    const siblings = children.get(parentId) ?? [];
    for (const [index, folder] of siblings.entries()) {
      const expandable = children.has(folder.id);
      const open = expandable && expanded.has(folder.id);
      rows.push({
        kind: 'folder',
        key: folder.id,
        level,
        position: index + 1,
        siblings: siblings.length,
        folder,
        vaultId,
        expandable,
        expanded: open,
      });
      if (open) visit(folder.id, level + 1);
    }
  };
  visit(null, 2);
  return rows;
}

function vaultRows(
  vault: VaultNode,
  position: number,
  siblings: number,
  folders: ReadonlyMap<string, Folders>,
  expanded: ReadonlySet<string>,
): TreeRow[] {
  const expandable = vault.folderCount > 0;
  const open = expandable && expanded.has(vault.id);
  const rows: TreeRow[] = [
    { kind: 'vault', key: vault.id, level: 1, position, siblings, vault, expandable, expanded: open },
  ];
  if (!open) return rows;
  const known = folders.get(vault.id) ?? { status: 'waiting' };
  if (known.status === 'here') rows.push(...folderRows(vault.id, known.folders, expanded));
  else
    rows.push({ kind: 'waiting', key: `${vault.id}/waiting`, level: 2, failed: known.status === 'failed' });
  return rows;
}

/** The key of a kept search's line. */
export const savedKey = (search: SavedSearch): string => `search-${search.id}`;

function savedRows(searches: readonly SavedSearch[]): TreeRow[] {
  if (searches.length === 0) return [];
  const lines = searches.map((search, index): TreeRow => ({
    ...{ kind: 'saved', key: savedKey(search), level: 1, search },
    ...{ position: index + 1, siblings: searches.length },
  }));
  return [{ kind: 'heading', key: 'searches' }, ...lines];
}

export function treeRows(
  overview: TreeOverview,
  folders: ReadonlyMap<string, Folders>,
  expanded: ReadonlySet<string>,
  searches: readonly SavedSearch[] = [],
): TreeRow[] {
  const rows = [...gathered(overview), ...savedRows(searches)];
  for (const kind of ['corporate', 'personal'] as const) {
    const vaults = overview.vaults.filter((vault) => vault.kind === kind && !vault.hidden);
    if (vaults.length === 0) continue;
    rows.push({ kind: 'heading', key: kind });
    for (const [index, vault] of vaults.entries()) {
      rows.push(...vaultRows(vault, index + 1, vaults.length, folders, expanded));
    }
  }
  return rows;
}

export function isItem(row: TreeRow): row is TreeItem {
  return row.kind !== 'heading' && row.kind !== 'waiting';
}

export function isPlace(row: TreeItem): row is PlaceItem {
  return row.kind === 'vault' || row.kind === 'folder';
}

/** Names of an item, for type-ahead; the gathered lists are named by the caller. */
export function nameOf(row: TreeItem): string {
  if (row.kind === 'vault') return row.vault.name;
  if (row.kind === 'saved') return row.search.name;
  return row.kind === 'folder' ? row.folder.name : '';
}
