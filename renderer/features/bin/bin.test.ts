// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { BinRow } from '../../../contract/bin.ts';
import { binPage, useBin } from './bin.ts';

const row = (index: number): BinRow => ({
  id: `b${index}`,
  kind: 'record',
  name: `Record ${index}`,
  login: '',
  vaultId: 'v',
  vaultName: 'Net',
  place: [],
  recordCount: 0,
  deletedAt: index,
  pending: false,
  restorable: index !== 1,
  erasable: index !== 1,
});
let rows: BinRow[];

beforeEach(() => {
  setActivePinia(createPinia());
  rows = Array.from({ length: 230 }, (_, index) => row(index));
  const { api } = fakeBridge({
    bin: {
      page: ({ offset, limit }) => done({ total: rows.length, rows: rows.slice(offset, offset + limit) }),
      restore: ({ ids }) => {
        if (ids.includes('b1')) return { ok: false, error: { code: 'notRestorable', params: {} } };
        rows = rows.filter(({ id }) => !ids.includes(id));
        return done({});
      },
      erase: ({ id }) => {
        if (id === 'b1') return { ok: false, error: { code: 'forbidden', params: {} } };
        rows = rows.filter((each) => each.id !== id);
        return done({});
      },
    },
  });
  vi.stubGlobal('strongroom', api);
});

describe('the bin', () => {
  it('is read by the page', async () => {
    const bin = useBin();
    await bin.load();
    expect(bin.rows).toHaveLength(binPage);
    await bin.more();
    await bin.more();
    expect(bin.rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(bin.total).toBe(230);
  });

  it('loses a line that was put back, and keeps one that cannot be', async () => {
    const bin = useBin();
    await bin.load();
    expect(await bin.restore('b0')).toBeNull();
    expect(bin.rows[0]?.id).toBe('b1');
    expect((await bin.restore('b1'))?.code).toBe('notRestorable');
    expect(bin.rows[0]?.id).toBe('b1');
    expect(bin.total).toBe(229);
  });

  it('loses a line that was erased, and keeps one that may not be', async () => {
    const bin = useBin();
    await bin.load();
    expect(await bin.erase('b0')).toBeNull();
    expect((await bin.erase('b1'))?.code).toBe('forbidden');
    expect(bin.rows[0]?.id).toBe('b1');
    expect(bin.total).toBe(229);
  });

  it('follows the mirror only once it was looked at', async () => {
    const bin = useBin();
    await bin.mirrorChanged();
    expect(bin.total).toBeNull();
    await bin.load();
    rows = [];
    await bin.mirrorChanged();
    expect(bin.rows).toEqual([]);
    expect(bin.total).toBe(0);
  });
});
