import { describe, expect, it } from 'vitest';
import type { FolderNode, VaultNode } from '../../../contract/tree.ts';
import { narrow, type PlaceQuestion, placeRows } from './placeRows.ts';

const rights = (all: boolean): VaultNode['can'] => ({
  addRecords: all,
  editFolders: all,
  export: all,
  seeAccess: all,
  manageAccess: all,
  remove: all,
  leave: all,
});
const vault = (id: string, more: Partial<VaultNode> = {}): VaultNode => ({
  id,
  name: `Vault ${id}`,
  kind: 'corporate',
  recordCount: 0,
  folderCount: 0,
  trust: 'verified',
  writable: true,
  hidden: false,
  can: rights(true),
  ...more,
});
const folder = (id: string, parentId: string | null): FolderNode => ({
  id,
  parentId,
  name: id,
  recordCount: 0,
  childCount: 0,
  pending: false,
});

const vaults = [
  vault('a'),
  vault('b', { can: rights(false) }),
  vault('c', { trust: 'keyChanged', can: rights(false) }),
];
const folders = new Map([['a', [folder('top', null), folder('deep', 'top'), folder('side', null)]]]);
const records: PlaceQuestion = { what: 'records', folderId: null, vaultId: null, from: null };
const bars = (question: PlaceQuestion) =>
  placeRows(vaults, folders, question).map(({ key, bar }) => [key, bar]);

describe('places to put something in', () => {
  it('stand in the order of the tree, and say why one cannot be picked', () => {
    expect(bars(records)).toEqual([
      ['a', null],
      ['top', null],
      ['deep', null],
      ['side', null],
      ['b', 'readOnly'],
      ['c', 'keyChanged'],
    ]);
  });

  it('leave out other vaults, the folder itself, what is in it, and where it lies', () => {
    const from = { vaultId: 'a', folderId: null };
    expect(bars({ what: 'folder', folderId: 'top', vaultId: 'a', from })).toEqual([
      ['a', 'here'],
      ['top', 'itself'],
      ['deep', 'itself'],
      ['side', null],
    ]);
  });

  it('are found by any words of their way', () => {
    const rows = placeRows(vaults, folders, records);
    expect(narrow(rows, ' DEEP vault ').map(({ key }) => key)).toEqual(['deep']);
    expect(narrow(rows, 'top').map(({ key }) => key)).toEqual(['top', 'deep']);
    expect(narrow(rows, '')).toEqual(rows);
    expect(narrow(rows, 'nowhere')).toEqual([]);
  });
});
