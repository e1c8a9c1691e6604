/** Keys of the list: the index to select next, or null if the key does not move. */
import type { ShortcutId } from '../shortcuts/table.ts';

export function listMove(id: ShortcutId, from: number, total: number, page: number): number | null {
  if (total === 0) return null;
  const targets: Partial<Record<ShortcutId, number>> = {
    next: from + 1,
    previous: from - 1,
    pageDown: from + page,
    pageUp: from - page,
    first: 0,
    last: total - 1,
  };
  const target = targets[id];
  return target === undefined ? null : Math.min(total - 1, Math.max(0, target));
}
