// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import type { WaitingRow } from '../../../contract/sync.ts';
import { useWaiting, waitingPage } from './waiting.ts';

const row = (index: number): WaitingRow => ({
  id: `w${index}`,
  kind: 'edit',
  name: `Record ${index}`,
  recordId: null,
  since: index,
  state: 'held',
  attempts: 1,
  problem: null,
});
let rows: WaitingRow[];
let refusal: ErrorCode | null;
let bridge: FakeBridge;

beforeEach(() => {
  setActivePinia(createPinia());
  rows = Array.from({ length: 250 }, (_, index) => row(index));
  refusal = null;
  bridge = fakeBridge({
    sync: {
      waiting: ({ offset, limit }) => done({ total: rows.length, rows: rows.slice(offset, offset + limit) }),
      discard: ({ id }) => {
        if (refusal) return { ok: false, error: { code: refusal, params: {} } };
        rows = rows.filter((other) => other.id !== id);
        return done({});
      },
      retry: () => done({}),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

describe('what waits', () => {
  it('comes by the page, and the page grows when asked', async () => {
    const waiting = useWaiting();
    await waiting.load();
    expect(waiting.rows).toHaveLength(waitingPage);
    expect(waiting.total).toBe(250);
    await waiting.more();
    await waiting.more();
    expect(waiting.rows.map(({ id }) => id)).toEqual(rows.slice(0, 220).map(({ id }) => id));
  });

  it('is read again after a change was given up', async () => {
    const waiting = useWaiting();
    await waiting.load();
    await waiting.discard('w0');
    expect(waiting.rows[0]?.id).toBe('w1');
    expect(waiting.failure).toBeNull();
  });

  it('says why one could not be given up, but not that it had gone already', async () => {
    const waiting = useWaiting();
    refusal = 'diskFull';
    await waiting.discard('w0');
    expect(waiting.failure?.code).toBe('diskFull');
    refusal = 'noSuchChange';
    await waiting.discard('w0');
    expect(waiting.failure).toBeNull();
  });

  it('asks for all or for one to be tried again', async () => {
    const waiting = useWaiting();
    await waiting.retry(null);
    await waiting.retry('w3');
    const asked = bridge.calls.filter(({ name }) => name === 'sync.retry').map(({ input }) => input);
    expect(asked).toEqual([{ id: null }, { id: 'w3' }]);
  });
});
