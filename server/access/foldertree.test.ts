/** Whatever the tree, the answers about it fit together. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depthOf, heightOf, nearestLiving, withDescendants } from './foldertree.ts';

const vaultId = 'v';

/** Trees in which every folder stands under an earlier one, or under the vault. */
const trees = fc
  .array(fc.record({ above: fc.nat(), isBinned: fc.boolean() }), { minLength: 1, maxLength: 30 })
  .map((folders) =>
    folders.map(({ above, isBinned }, index) => {
      const parent = above % (index + 1);
      return { id: `f${index}`, vaultId, parentId: parent === index ? null : `f${parent}`, isBinned };
    }),
  );

describe('a tree of folders', () => {
  it('has every folder below exactly those that stand above it', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        for (const { id, parentId } of tree) {
          expect(depthOf(tree, id)).toBe(depthOf(tree, parentId) + 1);
          const below = withDescendants(tree, [id]);
          expect(below[0]).toBe(id);
          const depths = below.map((each) => depthOf(tree, each));
          expect(heightOf(tree, id)).toBe(Math.max(...depths) - depthOf(tree, id) + 1);
          if (parentId !== null) expect(withDescendants(tree, [parentId])).toContain(id);
        }
      }),
    );
  });

  it('lets things come back to the nearest place that is not in the bin', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        for (const { id, parentId, isBinned } of tree) {
          expect(nearestLiving(tree, id)).toBe(isBinned ? nearestLiving(tree, parentId) : id);
        }
        expect(nearestLiving(tree, null)).toBeNull();
        expect(nearestLiving(tree, 'unknown')).toBeNull();
      }),
    );
  });
});
