import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredRecord } from './model.ts';
import { foldForSearch } from './folding.ts';
import { mostRanked } from './search.ts';
import { aFolder, aRecord, aVault, temporaryMirror } from './testmirror.ts';

/** What search promises, written down as plainly as possible and without any index. */
function naiveSearch(records: readonly StoredRecord[], text: string): string[] {
  const phrase = foldForSearch(text);
  const words = phrase.split(' ').filter((word) => word !== '');
  if (words.length === 0) return [];
  const hits = records.flatMap((record) => {
    const name = foldForSearch(record.name);
    const places = [record.login, ...record.urls, ...record.tags].map(foldForSearch);
    const notes = [record.description, ...record.attachments.map((file) => file.name)].map(foldForSearch);
    const ranks = words.map((word) => {
      if (wordStarts(name).some((start) => name.startsWith(word, start))) return 1;
      if (name.includes(word)) return 2;
      if (places.some((place) => place.includes(word))) return 3;
      return notes.some((note) => note.includes(word)) ? 4 : Infinity;
    });
    const rank = name.startsWith(phrase) ? 0 : Math.max(...ranks);
    return rank === Infinity ? [] : [{ id: record.id, rank, name }];
  });
  const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return hits
    .sort((a, b) => a.rank - b.rank || byText(a.name, b.name) || byText(a.id, b.id))
    .map((hit) => hit.id);
}

function wordStarts(name: string): number[] {
  const starts: number[] = [];
  let before = '';
  let index = 0;
  for (const character of name) {
    if (!/^[\p{L}\p{N}]$/u.test(before)) starts.push(index);
    before = character;
    index += character.length;
  }
  return starts;
}

const word = fc.constantFrom(
  ...[
    'srv',
    'Prod',
    'db-01',
    'дверь',
    'Ёж',
    'ель',
    '😀',
    '👩‍💻x',
    "o'neil",
    '"q"',
    '100%',
    'a_b',
    '*',
    'AND',
    'NOT',
  ],
  ...[
    's',
    'ß',
    'ЩИТ',
    'щи',
    'pro',
    'rod',
    '1',
    '10.0.0.1',
    'NEAR(',
    'k8s',
    '\\',
    '—',
    'x😀y',
    'é',
    'o',
    'ROW',
  ],
);
const text = fc
  .array(word, { maxLength: 3 })
  .chain((words) => fc.constantFrom(words.join(' '), words.join('')));
const records = fc
  .array(fc.record({ name: text, login: text, url: text, tag: text, description: text, file: text }), {
    minLength: 1,
    maxLength: 30,
  })
  .map((rows) =>
    rows.map((row, index) =>
      aRecord({
        id: `r${String(index).padStart(3, '0')}`,
        name: row.name,
        login: row.login,
        urls: [row.url],
        tags: [row.tag],
        description: row.description,
        attachments: [
          {
            id: 'a',
            serverId: 'a',
            name: row.file,
            encryptedKey: 'k',
            hash: null,
            size: null,
            localFile: null,
          },
        ],
      }),
    ),
  );
/** A piece of a text, so that most queries find something. */
const query = fc
  .tuple(text, fc.nat({ max: 8 }), fc.integer({ min: 1, max: 8 }))
  .map(([whole, from, length]) => {
    const characters = Array.from(whole);
    return characters.slice(from, from + length).join('') || whole;
  });

/** Quotes and a minus at the start of a word are no literal text; searchfilters.test.ts has them. */
const hasMeaning = (typed: string): boolean => /(^| )(-?"|-[^- ])/.test(foldForSearch(typed));

describe('search', () => {
  it('finds and ranks exactly what a plain reading of every record does', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    let before: string[] = [];
    fc.assert(
      fc.property(records, fc.array(query, { minLength: 5, maxLength: 15 }), (rows, queries) => {
        mirror.records.removeMany(before);
        mirror.records.upsertMany(rows);
        before = rows.map((row) => row.id);
        for (const asked of queries.filter((typed) => !hasMeaning(typed))) {
          const found = mirror.search.query({ text: asked, scope: null, offset: 0, limit: 200 });
          expect(
            found.rows.map((row) => row.id),
            JSON.stringify(asked),
          ).toEqual(naiveSearch(rows, asked));
          expect(found).toMatchObject({ total: found.rows.length, capped: false });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('follows every change of a record', () => {
    using test = temporaryMirror();
    const { records: store, search } = test.mirror;
    const ids = (asked: string): string[] =>
      search.query({ text: asked, scope: null, offset: 0, limit: 10 }).rows.map((row) => row.id);
    store.upsertMany([aRecord({ id: 'r1', name: 'Старый сервер', description: 'в подвале' })]);
    expect(ids('подв')).toEqual(['r1']);
    store.upsertMany([aRecord({ id: 'r1', name: 'Новый сервер', tags: ['крыша'] })]);
    expect(ids('подв')).toEqual([]);
    expect(ids('стар')).toEqual([]);
    expect(ids('крыш')).toEqual(['r1']);
    store.removeMany(['r1']);
    expect(ids('нов')).toEqual([]);
  });

  it('stays within the asked scope, large or small', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    for (const id of ['v1', 'v2']) mirror.vaults.upsert(aVault({ id }));
    mirror.folders.replaceForVault('v1', [
      aFolder({ id: 'f1', vaultId: 'v1' }),
      aFolder({ id: 'f2', vaultId: 'v1', parentId: 'f1' }),
    ]);
    const rows = Array.from({ length: 1500 }, (_, index) =>
      aRecord({
        id: `r${String(index)}`,
        name: `Server ${String(index)}`,
        vaultId: index < 1000 ? 'v1' : 'v2',
        folderId: index < 600 ? 'f2' : null,
        favourite: index % 100 === 0,
        tags: index % 2 === 0 ? ['even'] : [],
      }),
    );
    mirror.records.upsertMany(rows);
    mirror.recents.touch('r7', 1);
    const total = (scope: Parameters<typeof mirror.search.query>[0]['scope']): number =>
      mirror.search.query({ text: 'ver 7', scope, offset: 0, limit: 10 }).total;
    const expected = (fits: (row: StoredRecord) => boolean): number =>
      naiveSearch(rows.filter(fits), 'ver 7').length;
    expect(total(null)).toBe(expected(() => true));
    expect(total({ kind: 'all' })).toBe(expected(() => true));
    expect(total({ kind: 'vault', vaultId: 'v1' })).toBe(expected((row) => row.vaultId === 'v1'));
    expect(total({ kind: 'vault', vaultId: 'v2' })).toBe(expected((row) => row.vaultId === 'v2'));
    expect(total({ kind: 'folder', folderId: 'f1' })).toBe(expected((row) => row.folderId === 'f2'));
    expect(total({ kind: 'favourites' })).toBe(expected((row) => row.favourite));
    expect(total({ kind: 'tag', tag: 'even' })).toBe(expected((row) => row.tags.includes('even')));
    expect(total({ kind: 'recent' })).toBe(1);
    expect(total({ kind: 'inbox' })).toBe(0);
  });

  it('caps what it ranks, keeps the best, and pages through one ranking', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    const count = mostRanked + 100;
    mirror.records.upsertMany(
      Array.from({ length: count }, (_, index) =>
        aRecord({ id: `r${String(index)}`, name: `Host ${String(index)}`, description: 'gateway' }),
      ),
    );
    mirror.records.upsertMany([
      aRecord({ id: 'best', name: 'Gateway' }),
      aRecord({ id: 'good', name: 'My gateway' }),
    ]);
    const page = (offset: number): string[] =>
      mirror.search.query({ text: 'gate', scope: null, offset, limit: 200 }).rows.map((row) => row.id);
    const first = mirror.search.query({ text: 'gate', scope: null, offset: 0, limit: 2 });
    expect(first).toMatchObject({ total: mostRanked, capped: true });
    expect(first.rows.map((row) => row.id)).toEqual(['best', 'good']);
    const all = Array.from({ length: Math.ceil(mostRanked / 200) }, (_, index) => page(index * 200)).flat();
    expect(new Set(all).size).toBe(mostRanked);
    expect(page(mostRanked)).toEqual([]);
    expect(mirror.search.query({ text: 'h', scope: null, offset: 0, limit: 1 }).capped).toBe(true);
  });

  it('finds nothing for nothing and survives the longest query', () => {
    using test = temporaryMirror();
    test.mirror.records.upsertMany([aRecord({ id: 'r1', name: 'abc '.repeat(100) })]);
    const find = (asked: string): number =>
      test.mirror.search.query({ text: asked, scope: null, offset: 0, limit: 10 }).total;
    expect(find('')).toBe(0);
    expect(find(' \t\u0000')).toBe(0);
    expect(find('"*()^:-+{}'.repeat(50))).toBe(0);
    expect(find('abc '.repeat(99))).toBe(1);
    expect(find(Array.from({ length: 100 }, (_, index) => `w${String(index)}`).join(' '))).toBe(0);
  });
});
