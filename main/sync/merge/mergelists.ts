/**
 * Merging lists whose order matters little and whose members matter: addresses, tags, and the
 * order of custom fields. Additions and removals of both sides count.
 */

/**
 * Puts the members of `keep` in order. A side's order is that of the members it shares with the
 * base: mine counts if I changed it, otherwise theirs. What stands on the other side only follows
 * the member behind which it stands there.
 */
export function mergedOrder<T>(
  keep: ReadonlySet<T>,
  base: readonly T[],
  mine: readonly T[],
  theirs: readonly T[],
): T[] {
  const [leading, other] = isReordered(keep, base, mine) ? [mine, theirs] : [theirs, mine];
  const inOrder = new Set(leading);
  const atStart: T[] = [];
  const behind = new Map<T, T[]>();
  let followers = atStart;
  for (const member of new Set(other)) {
    if (!keep.has(member)) continue;
    if (!inOrder.has(member)) followers.push(member);
    else behind.set(member, (followers = []));
  }
  const led = [...inOrder].filter((member) => keep.has(member));
  return [...atStart, ...led.flatMap((member) => [member, ...(behind.get(member) ?? [])])];
}

/** Members that do not stay tell nothing: what is left of a side's order is compared. */
function isReordered<T>(keep: ReadonlySet<T>, base: readonly T[], side: readonly T[]): boolean {
  const inSide = new Set(side);
  const inBase = new Set(base);
  const before = base.filter((member) => keep.has(member) && inSide.has(member));
  const after = side.filter((member) => keep.has(member) && inBase.has(member));
  return !sameList(before, after);
}

export function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((member, index) => member === b[index]);
}

/** What either side added, without what either removed. */
export function mergedSet(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): string[] {
  const [inBase, inMine, inTheirs] = [new Set(base), new Set(mine), new Set(theirs)];
  const stays = (member: string): boolean =>
    !inBase.has(member) || (inMine.has(member) && inTheirs.has(member));
  return mergedOrder(new Set([...mine, ...theirs].filter(stays)), base, mine, theirs);
}

/**
 * Whether both sides replaced the same member: it is gone on both, and each has something new
 * that the other has not. Which of the new ones was meant in its place cannot be told, so with
 * several members this may ask once too often; it never decides what a person should.
 */
export function replacedTwice(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): boolean {
  const news = (side: readonly string[], other: readonly string[]): boolean =>
    side.some((member) => !base.includes(member) && !other.includes(member));
  const goneTwice = base.some((member) => !mine.includes(member) && !theirs.includes(member));
  return goneTwice && news(mine, theirs) && news(theirs, mine);
}
