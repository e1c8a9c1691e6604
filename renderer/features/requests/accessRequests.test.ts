// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, fakeBridge, type FakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import { requestsPage } from '../../../contract/requests.ts';
import type { AccessRequestView } from '../../../contract/requests.ts';
import { useAccessRequests } from './accessRequests.ts';

const row = (index: number): AccessRequestView => ({
  ...{ id: `r${index}`, vault: { id: 'v', name: 'Net' }, group: null, requester: null },
  person: { id: `p${index}`, name: `Person ${index}`, login: `p${index}` },
  ...{ reason: 'person', createdAt: index, trust: 'verified', obstacle: null },
  ...{ roster: null, isCompared: true },
  fingerprint: index === 2 ? null : 'ab'.repeat(32),
});
let rows: AccessRequestView[];
let bridge: FakeBridge;

beforeEach(() => {
  setActivePinia(createPinia());
  rows = Array.from({ length: 51 }, (_, index) => row(index));
  bridge = fakeBridge({
    requests: {
      waiting: () => done({ count: rows.length }),
      list: ({ offset }) => done({ total: rows.length, requests: rows.slice(offset, offset + requestsPage) }),
      confirm: ({ requests }) => {
        const stopped = new Set(['r1']);
        const ids = new Set(requests.map(({ id }) => id));
        rows = rows.filter(({ id }) => !ids.has(id) || stopped.has(id));
        const failure = { code: 'recipientKeyChanged' as const, params: {} };
        return done({
          outcomes: [...ids].map((id) => ({ id, failure: stopped.has(id) ? failure : null })),
        });
      },
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

const asked = (name: string): unknown[] =>
  bridge.calls.filter((call) => call.name === name).map(({ input }) => input);

describe('the queue of access requests', () => {
  it('confirms under the fingerprints shown, never one without a key, and says what was stopped', async () => {
    const queue = useAccessRequests();
    await queue.load();
    expect(queue.waiting).toBe(51);
    await queue.confirm([row(0), row(1), row(2)]);
    expect(asked('requests.confirm')).toEqual([
      {
        requests: ['0', '1'].map((index) => ({
          ...{ id: `r${index}`, vaultId: 'v', userId: `p${index}`, allowWeak: false },
          fingerprint: 'ab'.repeat(32),
        })),
      },
    ]);
    expect([...queue.stopped]).toEqual([['r1', { code: 'recipientKeyChanged', params: {} }]]);
    expect(queue.waiting).toBe(50);
  });

  it('asks nothing to confirm nothing', async () => {
    await useAccessRequests().confirm([row(2)]);
    expect(asked('requests.confirm')).toEqual([]);
  });

  it('goes back a page when the last one is empty', async () => {
    const queue = useAccessRequests();
    await queue.load(requestsPage);
    expect(queue.page?.map(({ id }) => id)).toEqual(['r50']);
    await queue.confirm([row(50)]);
    expect(queue.offset).toBe(0);
    expect(queue.page).toHaveLength(requestsPage);
  });

  it('knows nothing any more after a lock', async () => {
    const queue = useAccessRequests();
    await queue.load();
    queue.forget();
    expect([queue.page, queue.waiting, queue.stopped.size]).toEqual([null, 0, 0]);
  });
});
