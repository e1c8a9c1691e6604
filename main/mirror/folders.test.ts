import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aFolder, aRecord, aVault, temporaryMirror, type TestMirror } from './testmirror.ts';

/** A vault with folders given as `id: parent`. */
function withFolders(parents: Readonly<Record<string, string | null>>): TestMirror {
  const test = temporaryMirror();
  test.mirror.vaults.upsert(aVault({ id: 'v' }));
  test.mirror.folders.replaceForVault(
    'v',
    Object.entries(parents).map(([id, parentId]) => aFolder({ id, vaultId: 'v', parentId, name: id })),
  );
  return test;
}

describe('folders', () => {
  it('come parents first, each level by name', () => {
    using test = withFolders({ b: null, 'a-2': 'a', a: null, 'a-10': 'a', deep: 'a-2', 'b-1': 'b' });
    expect(test.mirror.folders.ofVault('v').map((folder) => folder.id)).toEqual([
      ...['a', 'a-2', 'deep', 'a-10', 'b', 'b-1'],
    ]);
  });

  it('know their subtree and their path', () => {
    using test = withFolders({ a: null, b: 'a', c: 'b', d: null });
    const { folders } = test.mirror;
    expect(folders.subtreeIds('a').sort()).toEqual(['a', 'b', 'c']);
    expect(folders.subtreeIds('none')).toEqual([]);
    expect(folders.path('c').map((folder) => folder.id)).toEqual(['a', 'b', 'c']);
    expect(folders.path('none')).toEqual([]);
    folders.replaceForVault('v', [aFolder({ id: 'c', vaultId: 'v' })]);
    expect(folders.path('c').map((folder) => folder.id)).toEqual(['c']);
  });

  it('are written and erased one by one, and found by the id that the server gave', () => {
    using test = withFolders({ a: null, b: 'a' });
    const { folders, records } = test.mirror;
    folders.upsert(aFolder({ id: 'new-1', serverId: '', vaultId: 'v', parentId: 'a', name: 'aa' }));
    folders.upsert(aFolder({ id: 'b', vaultId: 'v', name: 'Moved up' }));
    expect(folders.ofVault('v').map(({ id }) => id)).toEqual(['a', 'new-1', 'b']);
    expect(folders.path('b').map(({ id }) => id)).toEqual(['b']);
    expect(folders.byServerId('')).toBeNull();
    folders.setServerId('new-1', 's1');
    expect(folders.byServerId('s1')?.id).toBe('new-1');
    expect(folders.byServerId('b')?.id).toBe('b');
    expect(folders.byServerId('new-1')).toBeNull();
    records.upsertMany([aRecord({ id: 'r', vaultId: 'v', folderId: 'b' })]);
    folders.remove(['b', 'unknown']);
    expect(folders.get('b')).toBeNull();
    expect(records.get('r')?.folderId).toBe('b');
  });

  it('count records below them as well', () => {
    using test = withFolders({ a: null, b: 'a', c: 'b', d: 'a' });
    const places = ['a', 'b', 'b', 'c', null, 'gone'];
    test.mirror.records.upsertMany(
      places.map((folderId, index) => aRecord({ id: `r${String(index)}`, vaultId: 'v', folderId })),
    );
    expect(test.mirror.folders.countsOfVault('v')).toEqual(
      new Map([
        ['a', { records: 4, children: 2, pending: false }],
        ['b', { records: 3, children: 1, pending: false }],
        ['c', { records: 1, children: 0, pending: false }],
        ['d', { records: 0, children: 0, pending: false }],
      ]),
    );
  });

  it('may form any graph at all: each is listed once and nothing runs in circles', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const parents = fc.dictionary(fc.constantFrom(...ids), fc.option(fc.constantFrom(...ids, 'missing')));
    fc.assert(
      fc.property(parents, (graph) => {
        using test = withFolders(graph);
        const { folders } = test.mirror;
        const listed = folders.ofVault('v').map((folder) => folder.id);
        expect([...listed].sort()).toEqual(Object.keys(graph).sort());
        expect([...folders.countsOfVault('v').keys()].sort()).toEqual(Object.keys(graph).sort());
        for (const id of listed) {
          expect(folders.subtreeIds(id)).toContain(id);
          expect(folders.path(id).at(-1)?.id).toBe(id);
        }
      }),
      { numRuns: 50 },
    );
  });
});
