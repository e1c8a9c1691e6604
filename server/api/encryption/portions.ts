/** How much of a list of contents an answer carries: clients bound what they read. */

/** Characters of a portion after which nothing further is added to it. */
const enoughForPortion = 4 * 1024 * 1024;

/** How many of some contents, in order, fit into one answer; at least one of those that there are. */
export function fittingCount(contents: readonly unknown[]): number {
  let size = 0;
  const end = contents.findIndex((content) => {
    size += JSON.stringify(content).length;
    return size > enoughForPortion;
  });
  return end < 0 ? contents.length : Math.max(1, end);
}
