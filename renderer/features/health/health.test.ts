// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, fakeBridge, later, type FakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { Finding, HealthFacts, HealthOverview, HealthRow } from '../../../contract/health.ts';
import type { Result } from '../../../contract/index.ts';
import { healthPage, useHealth } from './health.ts';

type Page = Result<{ total: number; rows: HealthRow[] }>;

const facts: HealthFacts = {
  ...{ findings: ['weak'], score: 1, reason: 'common', others: 0, since: 1, leaks: null, totpSite: null },
};
const row = (id: string): HealthRow => ({ id, name: id, login: '', vaultName: '', facts });
const lists: Partial<Record<Finding, HealthRow[]>> = {
  weak: Array.from({ length: 120 }, (_, at) => row(`weak-${String(at)}`)),
  old: [row('old-0')],
};
const overview: HealthOverview = {
  ...{ running: null, judged: 200, unjudged: 3, asked: 0, askedAt: null, failure: null },
  counts: { breached: 0, weak: 120, reused: 0, sameAsLogin: 0, old: 1, totpMissing: 0 },
};
let bridge: FakeBridge;
let page: (finding: Finding, offset: number, limit: number) => Page | Promise<Page>;
let started: Result<Record<string, never>>;

beforeEach(() => {
  setActivePinia(createPinia());
  started = done({});
  page = (finding, offset, limit) => {
    const list = lists[finding] ?? [];
    return done({ total: list.length, rows: list.slice(offset, offset + limit) });
  };
  bridge = fakeBridge({
    health: {
      overview: () => done(overview),
      page: ({ finding, offset, limit }) => page(finding, offset, limit),
      start: () => started,
      cancel: () => done({}),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

const called = (name: string): number => bridge.calls.filter((call) => call.name === name).length;

describe('the health of the passwords', () => {
  it('is read with its first list, and further by the page', async () => {
    const health = useHealth();
    await health.load();
    expect(health.overview).toEqual(overview);
    expect([health.rows.length, health.total]).toEqual([healthPage, 120]);
    await health.more();
    await health.more();
    expect(health.rows.map(({ id }) => id)).toEqual(lists.weak?.map(({ id }) => id));
  });

  it('shows the list that was chosen last, whichever answers first', async () => {
    const health = useHealth();
    await health.load();
    const slow = later<Page>();
    const quick = page;
    page = (finding, offset, limit) => (finding === 'reused' ? slow.promise : quick(finding, offset, limit));
    const first = health.show('reused');
    await health.show('old');
    slow.resolve(done({ total: 1, rows: [row('too-late')] }));
    await first;
    expect(health.finding).toBe('old');
    expect(health.rows.map(({ id }) => id)).toEqual(['old-0']);
  });

  it('follows a run, reads everything anew at its end, and no more once nobody looks', async () => {
    const health = useHealth();
    await health.load();
    const unfollow = health.follow();
    const running = { stage: 'judging', done: 5, total: 9 } as const;
    bridge.emit('healthChanged', { running });
    expect(health.overview?.running).toEqual(running);
    expect(called('health.overview')).toBe(1);
    bridge.emit('healthChanged', { running: null });
    await vi.waitFor(() => expect(health.overview?.running).toBeNull());
    expect(called('health.overview')).toBe(2);
    unfollow();
    bridge.emit('healthChanged', { running: null });
    expect(called('health.overview')).toBe(2);
  });

  it('says why a run did not begin, until one does', async () => {
    const health = useHealth();
    started = { ok: false, error: { code: 'locked', params: {} } };
    await health.start();
    expect(health.failure?.code).toBe('locked');
    started = done({});
    await health.start();
    expect(health.failure).toBeNull();
  });

  it('forgets everything at a lock, and an answer that comes after it is not kept', async () => {
    const health = useHealth();
    await health.load();
    health.open = true;
    const slow = later<Page>();
    page = () => slow.promise;
    const reading = health.show('old');
    health.forget();
    slow.resolve(done({ total: 1, rows: [row('secret-name')] }));
    await reading;
    expect([health.open, health.overview, health.rows, health.total]).toEqual([false, null, [], 0]);
  });
});
