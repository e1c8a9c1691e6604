// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { SavedSearch } from '../../../contract/searching.ts';
import { useQuestions } from '../../ui/questions.ts';
import { useToasts } from '../../ui/toasts.ts';
import { savedKey, treeRows } from '../tree/rows.ts';
import { useSearches } from './searches.ts';

let kept: SavedSearch[];

beforeEach(() => {
  setActivePinia(createPinia());
  kept = [{ id: 's1', name: 'Roots', query: 'login:root' }];
  const { api } = fakeBridge({
    searches: {
      list: () => done({ searches: [...kept] }),
      save: ({ name, query }) => {
        kept = [
          ...kept.filter((search) => search.query !== query),
          { id: `s${kept.length + 1}`, name, query },
        ];
        return done({ id: 'new' });
      },
      rename: ({ id, name }) => {
        if (!kept.some((search) => search.id === id))
          return { ok: false, error: { code: 'noSuchSearch', params: {} } };
        kept = kept.map((search) => (search.id === id ? { ...search, name } : search));
        return done({});
      },
      remove: ({ id }) => {
        kept = kept.filter((search) => search.id !== id);
        return done({});
      },
    },
  });
  vi.stubGlobal('strongroom', api);
});

/** Answers the next question with a name. */
async function answering(name: string, work: Promise<void>): Promise<void> {
  await vi.waitFor(() => expect(useQuestions().current).not.toBeNull());
  useQuestions().settle({ choice: 'confirm', text: name });
  await work;
}

describe('kept searches', () => {
  it('are kept under the name that was given, without the spaces around the query', async () => {
    const searches = useSearches();
    await searches.load();
    await answering('Tagged', searches.askAndSave('  tag:x '));
    expect(searches.all.map(({ name, query }) => [name, query])).toEqual([
      ['Roots', 'login:root'],
      ['Tagged', 'tag:x'],
    ]);
    expect(searches.keptAs(' tag:x')?.name).toBe('Tagged');
    expect(searches.keptAs('tag:y')).toBeNull();
  });

  it('stay as they are where no name is given', async () => {
    const searches = useSearches();
    await searches.load();
    await answering('  ', searches.askAndSave('tag:x'));
    expect(kept).toHaveLength(1);
  });

  it('are removed with a way back', async () => {
    const searches = useSearches();
    await searches.load();
    await searches.remove(searches.all[0] ?? { id: '', name: '', query: '' });
    expect(searches.all).toEqual([]);
    useToasts().toasts[0]?.action?.run();
    await vi.waitFor(() => expect(searches.all.map(({ name }) => name)).toEqual(['Roots']));
  });

  it('say so when one that is renamed is gone', async () => {
    const searches = useSearches();
    await searches.load();
    kept = [];
    await answering('Other', searches.rename({ id: 's1', name: 'Roots', query: 'login:root' }));
    expect(useToasts().toasts.map(({ kind }) => kind)).toEqual(['bad']);
    expect(searches.all).toEqual([]);
  });

  it('are gone from the page at lock, a late answer included', async () => {
    const searches = useSearches();
    const late = searches.load();
    searches.forget();
    await late;
    expect(searches.all).toEqual([]);
  });

  it('stand in the tree under a heading of their own, and leave none behind', () => {
    const overview = {
      ...{ vaults: [], totalCount: 0, favouriteCount: 0, recentCount: 0, inboxCount: 0, inboxUnread: 0 },
      ...{ shortcutCount: 0, binCount: 0, conflictCount: 0 },
    };
    const keys = (searches: readonly SavedSearch[]): string[] =>
      treeRows(overview, new Map(), new Set(), searches).map(({ key }) => key);
    expect(keys([])).toEqual(['favourites', 'recent', 'inbox', 'all', 'bin']);
    expect(keys(kept).slice(5)).toEqual(['searches', ...kept.map(savedKey)]);
  });
});
