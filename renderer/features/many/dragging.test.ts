// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { FolderNode, VaultNode } from '../../../contract/tree.ts';
import { useTree } from '../tree/tree.ts';
import { useDragging } from './dragging.ts';

const rights = (all: boolean): VaultNode['can'] => ({
  addRecords: all,
  editFolders: all,
  export: all,
  seeAccess: all,
  manageAccess: all,
  remove: all,
  leave: all,
});
const vault = (id: string, change: Partial<VaultNode> = {}): VaultNode => ({
  ...{ id, name: id, kind: 'corporate', recordCount: 0, folderCount: 3, trust: 'verified', writable: true },
  hidden: false,
  can: rights(true),
  ...change,
});
const folder = (id: string, parentId: string | null): FolderNode => ({
  ...{ id, parentId, name: id, recordCount: 0, childCount: 0, pending: false },
});
const outer = folder('outer', null);
const inner = folder('inner', 'outer');
const other = folder('other', null);
const home = vault('home');
const readOnly = vault('readOnly', { can: rights(false) });
const changed = vault('changed', { trust: 'keyChanged' });
const away = vault('away');

let bridge: FakeBridge;

beforeEach(async () => {
  setActivePinia(createPinia());
  bridge = fakeBridge({
    tree: { folders: () => done({ folders: [outer, inner, other] }) },
    editing: { move: () => done({}), moveFolder: () => done({}) },
  });
  vi.stubGlobal('strongroom', bridge.api);
  await useTree().loadFolders('home');
});

function carry(what: Parameters<ReturnType<typeof useDragging>['begin']>[1]): DataTransfer {
  const transfer = new DataTransfer();
  useDragging().begin({ dataTransfer: transfer } as DragEvent, what);
  return transfer;
}

describe('carrying records', () => {
  it('puts nothing of them into the drag itself', () => {
    const transfer = carry({ kind: 'records', ids: ['secret-id'] });
    for (const type of transfer.types) expect(transfer.getData(type)).toBe('');
  });

  it('goes where records may be added, and nowhere else', () => {
    carry({ kind: 'records', ids: ['a'] });
    const fits = [home, readOnly, changed].map((one) => useDragging().fits({ vault: one, folder: null }));
    expect(fits).toEqual([true, false, false]);
  });

  it('moves all of them at once', async () => {
    carry({ kind: 'records', ids: ['a', 'b'] });
    await useDragging().drop({ vault: home, folder: inner });
    expect(bridge.calls.at(-1)).toEqual({
      name: 'editing.move',
      input: { recordIds: ['a', 'b'], to: { vaultId: 'home', folderId: 'inner' } },
    });
    expect(useDragging().carried).toBeNull();
  });

  it('does nothing where they do not fit', async () => {
    carry({ kind: 'records', ids: ['a'] });
    const before = bridge.calls.length;
    await useDragging().drop({ vault: readOnly, folder: null });
    expect(bridge.calls).toHaveLength(before);
  });
});

describe('carrying a folder', () => {
  it('keeps to its vault, and out of itself and where it lies already', () => {
    carry({ kind: 'folder', folder: outer, vaultId: 'home' });
    const fits = (one: VaultNode, into: FolderNode | null): boolean =>
      useDragging().fits({ vault: one, folder: into });
    expect([
      fits(home, other),
      fits(home, null),
      fits(home, outer),
      fits(home, inner),
      fits(away, null),
    ]).toEqual([...[true, false, false, false, false]]);
  });
});
