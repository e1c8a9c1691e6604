// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { Result } from '../../../contract/errors.ts';
import type { RecordRow, SearchPage } from '../../../contract/records.ts';
import { useList } from './list.ts';

function row(id: string): RecordRow {
  return {
    id,
    kind: 'record',
    name: id,
    login: '',
    host: '',
    tags: [],
    color: 0,
    favourite: false,
    vaultId: null,
    place: [],
    hasTotp: null,
    attachmentCount: 0,
    flagged: false,
    unread: false,
    pending: false,
    conflict: false,
    updatedAt: null,
  };
}

const found = (id: string): Result<SearchPage> => done({ total: 1, capped: false, rows: [row(id)] });

let bridge: FakeBridge;
/** Searches on their way, by what was searched for. */
let underway: Map<string, (answer: Result<SearchPage>) => void>;
let frames: FrameRequestCallback[];

function nextFrame(): void {
  for (const run of frames.splice(0)) run(0);
}

beforeEach(() => {
  setActivePinia(createPinia());
  underway = new Map();
  frames = [];
  bridge = fakeBridge({
    records: {
      page: ({ scope, offset }) =>
        done({
          total: 300,
          rows: Array.from({ length: 100 }, (_, index) => row(`${scope.kind}-${offset + index}`)),
        }),
      search: ({ query }) => new Promise((resolve) => underway.set(query, resolve)),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
  vi.stubGlobal('requestAnimationFrame', (run: FrameRequestCallback) => frames.push(run));
  vi.stubGlobal('cancelAnimationFrame', () => frames.splice(0));
});

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('search', () => {
  it('starts once a frame, with what was typed last', async () => {
    const list = useList();
    for (const typed of ['p', 'po', 'pos']) list.setQuery(typed);
    nextFrame();
    await settle();
    expect(bridge.calls.map(({ input }) => input)).toEqual([
      { query: 'pos', scope: null, offset: 0, limit: 100 },
    ]);
  });

  it('drops an answer that a newer search has overtaken', async () => {
    const list = useList();
    list.showPlace();
    list.setQuery('po');
    nextFrame();
    list.setQuery('pos');
    nextFrame();
    await settle();
    underway.get('pos')?.(found('right'));
    await settle();
    underway.get('po')?.(found('stale'));
    await settle();
    expect(list.view?.rows.rowAt(0)?.id).toBe('right');
    expect(list.selectedId).toBe('right');
  });

  it('keeps the earlier results in sight until the new ones are here', async () => {
    const list = useList();
    list.setQuery('a');
    nextFrame();
    await settle();
    underway.get('a')?.(found('first'));
    await settle();
    list.setQuery('ab');
    nextFrame();
    await settle();
    expect(list.view?.rows.rowAt(0)?.id).toBe('first');
  });

  it('keeps a record that was moved to while it is still among the results', async () => {
    const list = useList();
    const hits = (...ids: string[]): Result<SearchPage> =>
      done({ total: ids.length, capped: false, rows: ids.map(row) });
    list.setQuery('a');
    nextFrame();
    await settle();
    underway.get('a')?.(hits('one', 'two', 'three'));
    await settle();
    await list.view?.select(2);
    list.setQuery('ab');
    nextFrame();
    await settle();
    underway.get('ab')?.(hits('one', 'three'));
    await settle();
    expect(list.selectedId).toBe('three');
    expect(list.view?.selectedIndex).toBe(1);
  });

  it('asks again after a failure', async () => {
    const list = useList();
    list.setQuery('a');
    nextFrame();
    await settle();
    underway.get('a')?.({ ok: false, error: { code: 'diskError', params: {} } });
    await settle();
    expect(list.searchFailure?.code).toBe('diskError');
    const again = list.retry();
    await settle();
    underway.get('a')?.(found('hit'));
    await again;
    expect(list.searchFailure).toBeNull();
    expect(list.selectedId).toBe('hit');
  });

  it('leads back to the place, its selection and its scroll position', async () => {
    const list = useList();
    list.goTo({ kind: 'favourites' });
    await settle();
    await list.view?.select(7);
    list.view?.scrolledTo(812);
    list.setQuery('x');
    nextFrame();
    await settle();
    underway.get('x')?.(found('hit'));
    await settle();
    expect(list.selectedId).toBe('hit');
    list.clearSearch();
    expect(list.query).toBe('');
    expect(list.selectedId).toBe('favourites-7');
    expect(list.view?.scrollTop).toBe(812);
  });

  it('does not come back after it was cleared', async () => {
    const list = useList();
    list.showPlace();
    await settle();
    list.setQuery('late');
    nextFrame();
    await settle();
    list.clearSearch();
    underway.get('late')?.(found('ghost'));
    await settle();
    expect(list.searching).toBe(false);
    expect(list.view?.rows.rowAt(0)?.id).toBe('all-0');
  });
});

describe('a list through sync', () => {
  it('keeps the selection with its record when rows move', async () => {
    let shift = 0;
    bridge = fakeBridge({
      records: {
        page: ({ offset }) =>
          done({
            total: 300,
            rows: Array.from({ length: 100 }, (_, index) => row(`r${offset + index - shift}`)),
          }),
      },
    });
    vi.stubGlobal('strongroom', bridge.api);
    const list = useList();
    list.showPlace();
    await settle();
    await list.view?.select(4);
    shift = 3;
    await list.mirrorChanged();
    expect(list.selectedId).toBe('r4');
    expect(list.view?.selectedIndex).toBe(7);
  });

  it('reads a place again that changed while another was shown', async () => {
    const list = useList();
    list.goTo({ kind: 'favourites' });
    await settle();
    list.goTo({ kind: 'all' });
    await settle();
    await list.mirrorChanged();
    const before = bridge.calls.length;
    list.goTo({ kind: 'favourites' });
    await settle();
    expect(bridge.calls.slice(before).map(({ input }) => (input as { scope: unknown }).scope)).toEqual([
      { kind: 'favourites' },
    ]);
  });
});

describe('what crosses the bridge', () => {
  it('is plain data that can be cloned', async () => {
    const list = useList();
    list.goTo({ kind: 'vault', vaultId: 'v' });
    list.sortBy({ by: 'host', descending: true });
    await settle();
    for (const { input } of bridge.calls) expect(structuredClone(input)).toEqual(input);
    expect(bridge.calls).toHaveLength(2);
  });
});
