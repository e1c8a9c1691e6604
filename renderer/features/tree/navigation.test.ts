import { describe, expect, it } from 'vitest';
import type { FolderNode, TreeOverview, VaultNode } from '../../../contract/tree.ts';
import { keyOfScope, scopeOf, treeMove, typeAhead } from './navigation.ts';
import { type Folders, isItem, nameOf, type TreeRow, treeRows } from './rows.ts';

const vault = (id: string, kind: VaultNode['kind'], folderCount = 0): VaultNode => ({
  id,
  name: id,
  kind,
  recordCount: 1,
  folderCount,
  trust: 'verified',
  writable: true,
  hidden: false,
  can: {
    addRecords: true,
    editFolders: true,
    export: true,
    seeAccess: true,
    manageAccess: true,
    remove: true,
    leave: true,
  },
});
const folder = (id: string, parentId: string | null): FolderNode => ({
  id,
  parentId,
  name: id,
  recordCount: 1,
  childCount: 0,
  pending: false,
});

const overview: TreeOverview = {
  vaults: [vault('infra', 'corporate', 3), vault('finance', 'corporate'), vault('anna', 'personal')],
  totalCount: 3,
  favouriteCount: 0,
  recentCount: 0,
  inboxCount: 0,
  inboxUnread: 2,
  shortcutCount: 0,
  binCount: 1,
  conflictCount: 0,
};
const folders = new Map<string, Folders>([
  [
    'infra',
    {
      status: 'here',
      folders: [folder('production', null), folder('staging', null), folder('databases', 'production')],
    },
  ],
]);

const rows = (...expanded: string[]): TreeRow[] => treeRows(overview, folders, new Set(expanded));
const keys = (of: readonly TreeRow[]): string[] => of.map(({ key }) => key);

describe('lines of the tree', () => {
  it('hide what is collapsed, also below an open parent', () => {
    const gathered = ['favourites', 'recent', 'inbox', 'all', 'bin', 'corporate'];
    expect(keys(rows())).toEqual([...gathered, 'infra', 'finance', 'personal', 'anna']);
    expect(keys(rows('infra'))).toEqual([
      ...gathered,
      'infra',
      'production',
      'staging',
      'finance',
      'personal',
      'anna',
    ]);
    expect(keys(rows('infra', 'production'))).toContain('databases');
    expect(keys(rows('production'))).not.toContain('databases');
  });

  it('say their level, place and siblings', () => {
    const databases = rows('infra', 'production').find(({ key }) => key === 'databases');
    expect(databases).toMatchObject({ level: 3, position: 1, siblings: 1 });
    expect(rows('infra').find(({ key }) => key === 'staging')).toMatchObject({
      level: 2,
      position: 2,
      siblings: 2,
    });
  });

  it('show that folders are on their way, or could not be read', () => {
    const waiting = treeRows(overview, new Map(), new Set(['infra']));
    expect(waiting).toContainEqual({ kind: 'waiting', key: 'infra/waiting', level: 2, failed: false });
    const failed = treeRows(overview, new Map([['infra', { status: 'failed' }]]), new Set(['infra']));
    expect(failed).toContainEqual({ kind: 'waiting', key: 'infra/waiting', level: 2, failed: true });
  });
});

describe('keys of the tree', () => {
  it('move over headings and stop at the ends', () => {
    expect(treeMove(rows(), 'bin', 'next')).toEqual({ kind: 'go', key: 'infra' });
    expect(treeMove(rows(), 'anna', 'next')).toEqual({ kind: 'go', key: 'anna' });
    expect(treeMove(rows(), 'infra', 'first')).toEqual({ kind: 'go', key: 'favourites' });
    expect(treeMove(rows(), 'infra', 'last')).toEqual({ kind: 'go', key: 'anna' });
    expect(treeMove(rows(), 'favourites', 'pageUp')).toEqual({ kind: 'go', key: 'favourites' });
  });

  it('open, step in, step out and close', () => {
    expect(treeMove(rows(), 'infra', 'expand')).toEqual({ kind: 'expand', key: 'infra' });
    expect(treeMove(rows('infra'), 'infra', 'expand')).toEqual({ kind: 'go', key: 'production' });
    expect(treeMove(rows('infra'), 'staging', 'expand')).toBeNull();
    expect(treeMove(rows('infra', 'production'), 'databases', 'collapse')).toEqual({
      kind: 'go',
      key: 'production',
    });
    expect(treeMove(rows('infra', 'production'), 'production', 'collapse')).toEqual({
      kind: 'collapse',
      key: 'production',
    });
    expect(treeMove(rows(), 'all', 'collapse')).toBeNull();
  });

  it('begin at the top when the active line has gone', () => {
    expect(treeMove(rows(), 'gone', 'next')).toEqual({ kind: 'go', key: 'favourites' });
  });

  it('find a line by its first letters, after the active one and round again', () => {
    const items = rows('infra').filter(isItem);
    expect(typeAhead(items, nameOf, 'infra', 'f')?.key).toBe('finance');
    expect(typeAhead(items, nameOf, 'finance', 'f')?.key).toBe('finance');
    expect(typeAhead(items, nameOf, 'anna', 'P')?.key).toBe('production');
    expect(typeAhead(items, nameOf, 'infra', 'in')?.key).toBe('infra');
    expect(typeAhead(items, nameOf, 'infra', 'zz')).toBeNull();
  });
});

describe('lines and lists', () => {
  it('stand for each other', () => {
    for (const item of rows('infra', 'production').filter(isItem)) {
      const scope = scopeOf(item);
      expect(scope && keyOfScope(scope)).toBe(item.key === 'bin' ? null : item.key);
    }
    expect(keyOfScope({ kind: 'tag', tag: 'prod' })).toBeNull();
  });
});
