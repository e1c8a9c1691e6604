/** The rule that every three-way merge here comes down to. */

/** Whose value counts; `clash` where both sides changed it, to different ones. */
export type Choice = 'mine' | 'theirs' | 'clash';

/**
 * Who changed a value is right; where both came to the same one, theirs is taken, so that what
 * needs no sending is byte for byte what the server has.
 */
export function choose<T>(base: T, mine: T, theirs: T, same: (a: T, b: T) => boolean): Choice {
  if (same(mine, base)) return 'theirs';
  if (same(theirs, base)) return 'mine';
  return same(mine, theirs) ? 'theirs' : 'clash';
}
