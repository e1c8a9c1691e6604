/** Keys of the tree, as the tree view pattern of WAI-ARIA describes them. */
import type { RecordScope } from '../../../contract/records.ts';
import type { ShortcutId } from '../shortcuts/table.ts';
import { isItem, isPlace, type TreeItem, type TreeRow } from './rows.ts';

/** What a key asks of the tree. */
export type TreeMove =
  | { readonly kind: 'go'; readonly key: string }
  | { readonly kind: 'expand' | 'collapse'; readonly key: string }
  | { readonly kind: 'open' };

const strides: Partial<Record<ShortcutId, number>> = { next: 1, previous: -1, pageDown: 10, pageUp: -10 };

function parentOf(rows: readonly TreeRow[], at: number): TreeItem | null {
  const row = rows[at];
  if (!row || !isItem(row)) return null;
  for (let index = at - 1; index >= 0; index -= 1) {
    const above = rows[index];
    if (above && isItem(above) && above.level < row.level) return above;
  }
  return null;
}

function sideways(rows: readonly TreeRow[], active: TreeItem, id: ShortcutId): TreeMove | null {
  const expandable = isPlace(active) && active.expandable;
  const expanded = isPlace(active) && active.expanded;
  const at = rows.indexOf(active);
  if (id === 'expand') {
    if (!expandable) return null;
    if (!expanded) return { kind: 'expand', key: active.key };
    const child = rows[at + 1];
    return child && isItem(child) ? { kind: 'go', key: child.key } : null;
  }
  if (expanded) return { kind: 'collapse', key: active.key };
  const parent = parentOf(rows, at);
  return parent ? { kind: 'go', key: parent.key } : null;
}

export function treeMove(rows: readonly TreeRow[], activeKey: string, id: ShortcutId): TreeMove | null {
  const items = rows.filter(isItem);
  const at = items.findIndex((item) => item.key === activeKey);
  const active = items[at];
  if (id === 'open') return { kind: 'open' };
  if (active && (id === 'expand' || id === 'collapse')) return sideways(rows, active, id);
  const stride = strides[id];
  const last = items.length - 1;
  const target = id === 'first' ? 0 : id === 'last' ? last : stride === undefined ? null : at + stride;
  if (target === null) return null;
  const item = items[Math.min(last, Math.max(0, target))];
  return item ? { kind: 'go', key: item.key } : null;
}

/** The list that a line of the tree stands for; null for the bin and for kept searches, which are none. */
export function scopeOf(item: TreeItem): RecordScope | null {
  if (item.kind === 'vault') return { kind: 'vault', vaultId: item.key };
  if (item.kind === 'folder') return { kind: 'folder', folderId: item.key };
  return item.kind === 'saved' || item.key === 'bin' ? null : { kind: item.key };
}

/** The line that stands for a list, whether or not it is in sight; null for lists of no line. */
export function keyOfScope(scope: RecordScope): string | null {
  if (scope.kind === 'vault') return scope.vaultId;
  if (scope.kind === 'folder') return scope.folderId;
  return scope.kind === 'tag' ? null : scope.kind;
}

/** The next line whose name begins with what was typed, after the active one and round again. */
export function typeAhead(
  items: readonly TreeItem[],
  names: (item: TreeItem) => string,
  activeKey: string,
  typed: string,
): TreeItem | null {
  const wanted = typed.toLocaleLowerCase();
  const at = items.findIndex((item) => item.key === activeKey);
  const start = typed.length > 1 ? at : at + 1;
  const ordered = [...items.slice(Math.max(0, start)), ...items.slice(0, Math.max(0, start))];
  return ordered.find((item) => names(item).toLocaleLowerCase().startsWith(wanted)) ?? null;
}
