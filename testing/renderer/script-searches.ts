/** The scripted searches that were kept, in the page's own memory. */
import type { Handlers } from './scripted.ts';

export function scriptSearches(): Pick<Handlers, 'searches'> {
  const kept = new Map([
    ['s1', { name: 'On call, with codes', query: 'tag:prod has:totp' }],
    ['s2', { name: 'Root anywhere', query: 'login:root' }],
  ]);
  return {
    searches: {
      list: () => ({ searches: [...kept].map(([id, search]) => ({ id, ...search })) }),
      save: (search) => {
        const id = `s${String(kept.size + 1)}`;
        kept.set(id, search);
        return { id };
      },
      rename: ({ id, name }) => {
        const search = kept.get(id);
        if (search === undefined) return { fails: 'noSuchSearch' };
        kept.set(id, { ...search, name });
        return {};
      },
      remove: ({ id }) => {
        kept.delete(id);
        return {};
      },
    },
  };
}
