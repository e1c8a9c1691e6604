// @vitest-environment happy-dom
import { effectScope } from 'vue';
import type { EffectScope } from 'vue';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { done, fakeBridge, later } from '../../../testing/renderer/fake-bridge.ts';
import type { FakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { Output, Result } from '../../../contract/index.ts';
import { samplePerson } from '../../../testing/renderer/sample-team.ts';
import { useFound } from './found.ts';
import type { FindWish } from './found.ts';

type Page = Output<'people', 'page'>;

const everybody = Array.from({ length: 120 }, (_, index) => samplePerson(index));
const group = { id: 'night', name: 'Night shift', memberCount: 3 };
let bridge: FakeBridge;
let scope: EffectScope;
let held: { promise: Promise<Result<Page>>; resolve: (answer: Result<Page>) => void } | null;

beforeEach(() => {
  vi.useFakeTimers();
  held = null;
  scope = effectScope();
  bridge = fakeBridge({
    people: {
      page: ({ search, offset, limit }) => {
        if (held !== null) return held.promise;
        const found = everybody.filter(({ login }) => login.includes(search));
        return done({ total: found.length, rows: found.slice(offset, offset + limit) });
      },
    },
    groups: { page: () => done({ total: 1, rows: [group] }) },
    // Of a stretch of fifty one was left out: oneself.
    sharing: {
      people: ({ offset, limit }) =>
        done({
          total: 60,
          people: everybody
            .slice(offset, Math.min(offset + limit, 60))
            .filter(({ id }) => id !== 'person-0')
            .map(({ id, fullName, login }) => ({ id, name: fullName, login })),
        }),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

function find(wish: FindWish): ReturnType<typeof useFound> {
  const found = scope.run(() => useFound(wish));
  if (found === undefined) throw new Error('The scope has ended.');
  return found;
}

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(250);

describe('finding people', () => {
  it('begins with everybody, by the stretch, with the login of whoever has no name', async () => {
    everybody[1] = { ...samplePerson(1), fullName: '' };
    const found = find({ people: 'everyone', groups: false });
    expect(found.isNobody.value).toBe(false);
    await settle();
    expect(found.people.value).toHaveLength(50);
    expect(found.people.value[1]).toEqual({
      id: 'person-1',
      name: samplePerson(1).login,
      login: samplePerson(1).login,
    });
    await found.more();
    await found.more();
    expect(found.people.value.map(({ id }) => id)).toEqual(everybody.map(({ id }) => id));
    expect(found.hasMore.value).toBe(false);
    expect(found.groups.value).toEqual([]);
  });

  it('asks once for what was typed in one go, without the blanks around it', async () => {
    const found = find({ people: 'everyone', groups: false });
    await settle();
    bridge.calls.length = 0;
    for (const typed of [' n', ' no', ' novak ']) {
      found.search.value = typed;
      await vi.advanceTimersByTimeAsync(50);
    }
    await settle();
    expect(bridge.calls.map(({ input }) => input)).toMatchObject([{ search: 'novak', offset: 0 }]);
    expect(found.people.value.every(({ login }) => login.includes('novak'))).toBe(true);
  });

  it('shows no answer to what was typed before', async () => {
    const found = find({ people: 'everyone', groups: false });
    await settle();
    held = later<Result<Page>>();
    const { resolve } = held;
    found.search.value = 'roux';
    await settle();
    held = null;
    found.search.value = 'novak';
    await settle();
    resolve(done({ total: 1, rows: [samplePerson(0)] }));
    await settle();
    expect(found.people.value.some(({ id }) => id === 'person-0')).toBe(false);
    expect(found.people.value.length).toBeGreaterThan(0);
  });

  it('finds groups beside receivers, and passes over those who were left out', async () => {
    const found = find({ people: 'receivers', groups: true });
    await settle();
    expect(found.groups.value).toEqual([group]);
    expect(found.people.value).toHaveLength(49);
    await found.more();
    expect(found.people.value).toHaveLength(59);
    expect(found.groups.value).toEqual([group]);
    expect(found.hasMore.value).toBe(false);
  });

  it('asks nothing about people where only groups are wanted', async () => {
    const found = find({ people: 'nobody', groups: true });
    await settle();
    expect(bridge.calls.map(({ name }) => name)).toEqual(['groups.page']);
    expect(found.isNobody.value).toBe(false);
  });

  it('says that nobody was found, and tells a failure until the next answer', async () => {
    const found = find({ people: 'everyone', groups: false });
    await settle();
    found.search.value = 'nobody is called that';
    await settle();
    expect(found.isNobody.value).toBe(true);
    held = later<Result<Page>>();
    held.resolve({ ok: false, error: { code: 'unreachable', params: {} } });
    found.search.value = 'novak';
    await settle();
    expect(found.failure.value?.code).toBe('unreachable');
    held = null;
    found.search.value = 'roux';
    await settle();
    expect(found.failure.value).toBeNull();
    expect(found.isNobody.value).toBe(false);
  });
});
