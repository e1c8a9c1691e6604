// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, type FakeBridge, fakeBridge, later } from '../../../testing/renderer/fake-bridge.ts';
import type { Result } from '../../../contract/index.ts';
import type { Person, PeoplePage } from '../../../contract/people.ts';
import { usePeople } from './people.ts';
import { createRemoteRows, rowPageSize } from './rowPages.ts';

const person = (index: number): Person => ({
  ...{ id: `p${index}`, login: `login${index}`, fullName: `Person ${index}`, email: '' },
  ...{ blocked: index % 2 === 1, roleId: 'r', hasKeys: true },
});
const everybody = Array.from({ length: 10_000 }, (_, index) => person(index));
let bridge: FakeBridge;

beforeEach(() => {
  setActivePinia(createPinia());
  bridge = fakeBridge({
    people: {
      page: ({ search, blocked, offset, limit }) => {
        const found = everybody.filter(
          (each) => each.fullName.includes(search) && (blocked === null || each.blocked === blocked),
        );
        return done({ total: found.length, rows: found.slice(offset, offset + limit) });
      },
      read: ({ userId }) => done({ ...person(Number(userId.slice(1))), groups: [], self: false }),
      reach: () => done({ vaults: [], hidden: 0 }),
      setBlocked: () => ({ ok: false, error: { code: 'forbidden', params: {} } }),
      unlock: () => done({}),
      forgetHandout: () => done({}),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

const asked = (name: string) => bridge.calls.filter((call) => call.name === name);

describe('a long list', () => {
  it('fetches the pages in sight, each once', async () => {
    const people = usePeople();
    await people.load();
    expect(people.rows.total).toBe(10_000);
    await people.rows.want(9_950, 9_999);
    await people.rows.want(9_900, 9_999);
    expect(people.rows.rowAt(9_999)?.id).toBe('p9999');
    expect(people.rows.rowAt(5_000)).toBeUndefined();
    expect(asked('people.page').map(({ input }) => input)).toMatchObject([
      { offset: 0, limit: rowPageSize },
      { offset: 9_900, limit: rowPageSize },
    ]);
  });

  it('never shows an answer to an older filter', async () => {
    const first = later<Result<PeoplePage>>();
    const answers = [first.promise, Promise.resolve(done<PeoplePage>({ total: 1, rows: [person(7)] }))];
    const rows = createRemoteRows<Person>(() => answers.shift() ?? first.promise);
    const slow = rows.restart();
    await rows.restart();
    first.resolve(done<PeoplePage>({ total: 2, rows: [person(1), person(2)] }));
    await slow;
    expect([rows.total, rows.rowAt(0)?.id]).toEqual([1, 'p7']);
  });

  it('says why it could not be read, and reads once more', async () => {
    const failed: Result<PeoplePage> = { ok: false, error: { code: 'unreachable', params: {} } };
    const answers = [failed, done<PeoplePage>({ total: 1, rows: [person(0)] })];
    const rows = createRemoteRows<Person>(() => Promise.resolve(answers.shift() ?? failed));
    await rows.restart();
    expect([rows.failure?.code, rows.total]).toEqual(['unreachable', null]);
    await rows.restart();
    expect([rows.failure, rows.total]).toEqual([null, 1]);
  });
});

describe('people', () => {
  it('are narrowed by the filter', async () => {
    const people = usePeople();
    people.filter.state = 'blocked';
    people.filter.search = 'Person 12';
    await people.load();
    expect(people.rows.rowAt(0)?.id).toBe('p121');
  });

  it('are read once more after something was done to them, and not after a failure', async () => {
    const people = usePeople();
    await people.show('p3');
    expect(people.open?.login).toBe('login3');
    const { api } = bridge;
    expect(await people.act(api.people.unlock({ userId: 'p3' }))).toBeNull();
    expect(asked('people.read')).toHaveLength(2);
    const refused = await people.act(api.people.setBlocked({ userId: 'p3', blocked: true }));
    expect(refused?.code).toBe('forbidden');
    expect(asked('people.read')).toHaveLength(2);
  });

  it('forget a secret once it is handed over, and hold none of it at any time', async () => {
    const people = usePeople();
    people.offered = { handoutId: 'h', keptUntil: 1, kind: 'password', who: 'Clara', expiresAt: null };
    await people.handedOver();
    expect(people.offered).toBeNull();
    expect(asked('people.forgetHandout').map(({ input }) => input)).toEqual([{ handoutId: 'h' }]);
    expect(asked('people.showHandout')).toEqual([]);
  });

  it('are gone after a lock', async () => {
    const people = usePeople();
    await people.show('p3');
    people.filter.search = 'somebody';
    people.forget();
    expect([people.open, people.openId, people.filter.search]).toEqual([null, null, '']);
  });
});
