// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, type FakeBridge, fakeBridge, later } from '../../../testing/renderer/fake-bridge.ts';
import type { ComparedField, RevisionList } from '../../../contract/history.ts';
import type { Result } from '../../../contract/errors.ts';
import { useHistory } from './history.ts';

const row = (id: string) => ({ id, at: 1, by: 'Anna', name: 'Router', broken: false });
const record = { id: 'r1', name: 'Router', updatedAt: null, writable: true };
const field = (differs: boolean): ComparedField => ({
  ...{ kind: 'login', label: '', type: null, differs },
  left: { text: 'a', field: null, empty: false, broken: false },
  right: { text: 'b', field: null, empty: false, broken: false },
});
let bridge: FakeBridge;
let list: RevisionList;
let listing: (() => Promise<Result<RevisionList>>) | null;

beforeEach(() => {
  setActivePinia(createPinia());
  list = { rows: [row('s2'), row('s1')], readAt: 5, stale: null };
  listing = null;
  bridge = fakeBridge({
    history: {
      list: () => listing?.() ?? done(list),
      compare: () => done({ fields: [field(true), field(false)] }),
      restore: ({ fields }) =>
        fields === null ? done({}) : { ok: false, error: { code: 'undecipherable', params: {} } },
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

const compared = (): unknown =>
  bridge.calls.filter(({ name }) => name === 'history.compare').map(({ input }) => input);

describe('the history of a record', () => {
  it('begins with the newest state beside the record as it is', async () => {
    const history = useHistory();
    await history.open(record);
    expect(compared()).toEqual([{ recordId: 'r1', left: 's2', right: null }]);
    expect(history.differing).toHaveLength(1);
    await history.choose('right', 's1');
    expect(compared()).toContainEqual({ recordId: 'r1', left: 's2', right: 's1' });
  });

  it('says why something was not put back, and stays', async () => {
    const history = useHistory();
    await history.open(record);
    expect(await history.restore([{ kind: 'password', index: null }])).toBe(false);
    expect(history.refusal?.code).toBe('undecipherable');
    expect(await history.restore(null)).toBe(true);
    expect(history.refusal).toBeNull();
  });

  it('drops an answer that comes after it was closed or everything locked', async () => {
    const answer = later<Result<RevisionList>>();
    listing = () => answer.promise;
    const history = useHistory();
    const opening = history.open(record);
    history.forget();
    answer.resolve(done(list));
    await opening;
    expect(history.list).toBeNull();
    expect(history.record).toBeNull();
    expect(compared()).toEqual([]);
  });
});
