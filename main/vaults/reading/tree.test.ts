/** The tree comes from a server and need not be one; every folder still has its place. */
import { describe, expect, it } from 'vitest';
import { aFolder, aRecord, aVault, temporaryMirror } from '../../mirror/testmirror.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { VaultTree } from './tree.ts';

/** A tree over folders given as id and parent. */
function treeOf(parents: Readonly<Record<string, string | null>>) {
  const test = temporaryMirror();
  test.mirror.vaults.upsert(aVault({ id: 'v' }));
  const entries = Object.entries(parents);
  test.mirror.folders.replaceForVault(
    'v',
    entries.map(([id, parentId]) => aFolder({ id, vaultId: 'v', parentId, name: id })),
  );
  test.mirror.records.upsertMany(
    entries.map(([id]) => aRecord({ id: `in ${id}`, vaultId: 'v', folderId: id })),
  );
  const account = { mirror: test.mirror, profile: { mode: 'client' } } as unknown as OpenAccount;
  return { test, tree: new VaultTree(() => account) };
}

const shapeOf = (tree: VaultTree) =>
  tree
    .folders('v')
    .map(({ id, parentId, childCount, recordCount }) => [id, parentId, childCount, recordCount]);

describe('the folders of a vault', () => {
  it('come parents first, by name, with what lies below counted', () => {
    const { test, tree } = treeOf({ b: null, a: null, 'a/2': 'a', 'a/1': 'a', 'a/1/x': 'a/1' });
    expect(shapeOf(tree)).toEqual([
      ['a', null, 2, 4],
      ['a/1', 'a', 1, 2],
      ['a/1/x', 'a/1', 0, 1],
      ['a/2', 'a', 0, 1],
      ['b', null, 0, 1],
    ]);
    test[Symbol.dispose]();
  });

  it('stand at the top where their parent is out of reach', () => {
    const { test, tree } = treeOf({ seen: 'not for this user', below: 'seen' });
    expect(shapeOf(tree)).toEqual([
      ['seen', null, 1, 2],
      ['below', 'seen', 0, 1],
    ]);
    test[Symbol.dispose]();
  });

  it('are all there, once, where parents make a ring', () => {
    const { test, tree } = treeOf({ a: 'c', b: 'a', c: 'b', self: 'self', fine: null });
    const shape = shapeOf(tree);
    expect(shape.map(([id]) => id).sort()).toEqual(['a', 'b', 'c', 'fine', 'self']);
    const seen = new Set<unknown>([null]);
    for (const [id, parentId] of shape) {
      expect(seen.has(parentId)).toBe(true);
      seen.add(id);
    }
    test[Symbol.dispose]();
  });

  it('of a vault that is not here are none', () => {
    const { test, tree } = treeOf({ a: null });
    expect(tree.folders('another')).toEqual([]);
    test[Symbol.dispose]();
  });
});
