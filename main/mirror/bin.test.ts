import { describe, expect, it } from 'vitest';
import type { BinEntry } from './outboxmodel.ts';
import { aFolder, aRecord, temporaryMirror, type TestMirror } from './testmirror.ts';

const binned = (id: string, change: Partial<BinEntry> = {}): BinEntry => ({
  id,
  kind: 'record',
  binItemId: null,
  vaultId: 'v1',
  name: `Record ${id}`,
  place: ['Office'],
  deletedAt: 5,
  under: null,
  record: aRecord({ id, serverId: `server ${id}`, vaultId: 'v1' }),
  folder: null,
  ...change,
});

const binnedFolder = (id: string, change: Partial<BinEntry> = {}): BinEntry =>
  binned(id, {
    kind: 'folder',
    record: null,
    folder: aFolder({ id, serverId: `server ${id}`, vaultId: 'v1' }),
    ...change,
  });

/** Folder `f` with folder `g` in it, and records at three depths. */
function withTree(): TestMirror {
  const test = temporaryMirror();
  const entries = [
    binnedFolder('f'),
    binnedFolder('g', { under: 'f' }),
    binned('in-f', { under: 'f' }),
    binned('in-g', { under: 'g' }),
    binned('alone', { deletedAt: 7 }),
    binned('elsewhere', { vaultId: 'v2', deletedAt: 6 }),
  ];
  for (const entry of entries) test.mirror.bin.put(entry);
  return test;
}

const ids = (entries: readonly BinEntry[]): string[] => entries.map(({ id }) => id);
const all = { vaultId: null, offset: 0, limit: 50 };

describe('the bin', () => {
  it('gives back whole entries, also after it was closed', () => {
    using test = temporaryMirror();
    const record = binned('r', { binItemId: 'b1', place: [], deletedAt: null });
    test.mirror.bin.put(record);
    test.mirror.bin.put(binnedFolder('f'));
    const { bin } = test.reopen();
    expect(bin.get('r')).toEqual(record);
    expect(bin.get('f')).toEqual(binnedFolder('f'));
    expect(bin.get('none')).toBeNull();
    bin.put({ ...record, deletedAt: 9 });
    expect(bin.get('r')?.deletedAt).toBe(9);
  });

  it('finds what the server names, records and folders apart, and nothing that it has not', () => {
    using test = temporaryMirror();
    const { bin } = test.mirror;
    bin.put(binned('r'));
    bin.put(binned('own', { record: aRecord({ id: 'own', serverId: '' }) }));
    expect(bin.byServerId('record', 'server r')?.id).toBe('r');
    expect(bin.byServerId('folder', 'server r')).toBeNull();
    expect(bin.byServerId('record', 'r')).toBeNull();
    expect(bin.byServerId('record', '')).toBeNull();
  });

  it('lists what was deleted by itself, newest first, of one vault or all', () => {
    using test = withTree();
    const { bin } = test.mirror;
    bin.put(binned('timeless', { deletedAt: null }));
    expect(ids(bin.page(all).rows)).toEqual(['alone', 'elsewhere', 'f', 'timeless']);
    expect(bin.page({ ...all, offset: 1, limit: 2 })).toMatchObject({
      total: 4,
      rows: [{ id: 'elsewhere' }, { id: 'f' }],
    });
    const ofVault = bin.page({ ...all, vaultId: 'v1' });
    expect(ids(ofVault.rows)).toEqual(['alone', 'f', 'timeless']);
    expect(ofVault.total).toBe(3);
    expect(bin.count()).toBe(4);
  });

  it('knows what lies under a folder, at any depth', () => {
    using test = withTree();
    const { bin } = test.mirror;
    expect(ids(bin.under('f'))).toEqual(['g', 'in-f', 'in-g']);
    expect(bin.countUnder('f')).toBe(2);
    expect(bin.countUnder('g')).toBe(1);
    expect(bin.under('alone')).toEqual([]);
  });

  it('takes what lies under a folder out with it', () => {
    using test = withTree();
    const { bin } = test.mirror;
    bin.remove('f');
    expect(ids(bin.ofVault('v1'))).toEqual(['alone']);
    bin.remove('f');
    bin.removeVault('v2');
    expect(ids(bin.page(all).rows)).toEqual(['alone']);
  });

  it('does not run in circles where folders lie in each other', () => {
    using test = temporaryMirror();
    const { bin } = test.mirror;
    bin.put(binnedFolder('a', { under: 'b' }));
    bin.put(binnedFolder('b', { under: 'a' }));
    expect(ids(bin.under('a'))).toEqual(['b']);
    expect(bin.countUnder('a')).toBe(0);
    bin.remove('a');
    expect(bin.ofVault('v1')).toEqual([]);
  });
});

describe('reads without contact', () => {
  it('are kept in order until they were told', () => {
    using test = temporaryMirror();
    const read = { itemServerId: 'i1', at: 3, action: 'revealed' } as const;
    test.mirror.offlineReads.add(read);
    test.mirror.offlineReads.add({ ...read, action: 'copied', at: 2 });
    test.mirror.offlineReads.add({ ...read, action: 'saved' });
    const { offlineReads } = test.reopen();
    const [first, second] = offlineReads.oldest(2);
    expect(first).toEqual({ ...read, seq: first?.seq });
    expect(second).toMatchObject({ action: 'copied', at: 2 });
    offlineReads.removeThrough(second?.seq ?? 0);
    expect(offlineReads.oldest(10)).toMatchObject([{ action: 'saved' }]);
    expect(offlineReads.count()).toBe(1);
  });

  it('never take a number again, so that nothing told late forgets a newer one', () => {
    using test = temporaryMirror();
    const { offlineReads } = test.mirror;
    const read = { itemServerId: 'i1', at: 3, action: 'revealed' } as const;
    offlineReads.add(read);
    const seq = offlineReads.oldest(1)[0]?.seq ?? 0;
    offlineReads.removeThrough(seq);
    offlineReads.add(read);
    offlineReads.removeThrough(seq);
    expect(offlineReads.count()).toBe(1);
  });
});
