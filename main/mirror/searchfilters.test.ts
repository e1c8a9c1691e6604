import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldForSearch } from './folding.ts';
import type { StoredRecord } from './model.ts';
import { mostRanked } from './search.ts';
import { aRecord, aVault, temporaryMirror } from './testmirror.ts';

/** A filter as it is typed, and what it promises, told without any index. */
interface Filter {
  readonly typed: string;
  readonly holds: (record: StoredRecord) => boolean;
}

const has = (values: readonly string[], text: string): boolean =>
  values.some((value) => foldForSearch(value).includes(foldForSearch(text)));
const vaultNames: Readonly<Record<string, string>> = { v1: 'Сеть', v2: 'Network & more' };
const waiting = new Set<string>();
const weak = new Set<string>();

const texts = ['root', 'Root-2', 'ROOT@db', 'a:b', 'ель', 'Ёлка', 'on call', '10.0.0.1', 'x'];
const filters: fc.Arbitrary<Filter> = fc.oneof(
  fc.constantFrom(...texts).map((text) => ({
    typed: `login:"${text}"`,
    holds: (record: StoredRecord) => has([record.login], text),
  })),
  fc.constantFrom(...texts).map((text) => ({
    typed: `url:"${text}"`,
    holds: (record: StoredRecord) => has(record.urls, text),
  })),
  fc.constantFrom(...texts).map((text) => ({
    typed: `tag:"${text}"`,
    holds: (record: StoredRecord) => has(record.tags, text),
  })),
  fc.constantFrom('сет', 'e', 'more', 'none').map((text) => ({
    typed: `vault:${text}`,
    holds: (record: StoredRecord) => has([vaultNames[record.vaultId ?? ''] ?? ''], text),
  })),
  fc.constantFrom(...texts).map((text) => ({
    typed: `"${text}"`,
    holds: (record: StoredRecord) =>
      has([record.name, record.login, ...record.urls, ...record.tags, record.description], text),
  })),
  fc.constantFrom<Filter>(
    { typed: 'is:favourite', holds: ({ favourite }) => favourite },
    { typed: 'has:file', holds: ({ attachments }) => attachments.length > 0 },
    { typed: 'is:waiting', holds: ({ id }) => waiting.has(id) },
    { typed: 'is:weak', holds: ({ id }) => weak.has(id) },
    { typed: 'color:2', holds: ({ color }) => color === 2 },
    { typed: 'colour:none', holds: ({ color }) => color === 0 },
  ),
);

const text = fc.constantFrom('', ...texts);
const file = { serverId: null, name: 'f', encryptedKey: 'k', hash: null, size: null, localFile: null };
const records = fc.array(
  fc.record({
    name: text,
    login: text,
    urls: fc.array(text, { maxLength: 2 }),
    tags: fc.array(text, { maxLength: 2 }),
    description: text,
    favourite: fc.boolean(),
    color: fc.integer({ min: 0, max: 3 }),
    vaultId: fc.constantFrom('v1', 'v2'),
    files: fc.boolean(),
    waiting: fc.boolean(),
    weak: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25 },
);

describe('filters', () => {
  it('leave over exactly what they ask for, turned round or not', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    for (const [id, name] of Object.entries(vaultNames)) mirror.vaults.upsert(aVault({ id, name }));
    mirror.search.tellWeak(() => [...weak]);
    let before: readonly string[] = [];
    const query = fc.array(fc.record({ filter: filters, negative: fc.boolean() }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(records, fc.array(query, { minLength: 5, maxLength: 12 }), (drafts, queries) => {
        mirror.records.removeMany(before);
        for (const id of before)
          for (const one of mirror.outbox.ofObject('record', id)) mirror.outbox.remove(one.id);
        for (const set of [waiting, weak]) set.clear();
        const rows = drafts.map(({ files, ...draft }, index) =>
          aRecord({ ...draft, id: `r${String(index)}`, attachments: files ? [{ ...file, id: 'a' }] : [] }),
        );
        mirror.records.upsertMany(rows);
        drafts.forEach((draft, index) => {
          const id = `r${String(index)}`;
          if (draft.weak) weak.add(id);
          if (!draft.waiting) return;
          waiting.add(id);
          mirror.outbox.add({ object: 'record', objectId: id, name: '', change: { kind: 'remove' }, at: 1 });
        });
        before = rows.map(({ id }) => id);
        for (const asked of queries) {
          const typed = asked.map(({ filter, negative }) => (negative ? '-' : '') + filter.typed).join(' ');
          const expected = rows.filter((row) =>
            asked.every(({ filter, negative }) => filter.holds(row) !== negative),
          );
          const found = mirror.search.query({ text: typed, scope: null, offset: 0, limit: 200 });
          expect(found.rows.map(({ id }) => id).sort(), typed).toEqual(expected.map(({ id }) => id).sort());
        }
      }),
      { numRuns: 60 },
    );
  });

  it('find the same among many records, where the index is asked, and give them by title', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    mirror.vaults.upsert(aVault({ id: 'v1', name: 'Net' }));
    const rows = Array.from({ length: 1600 }, (_, index) =>
      aRecord({
        id: `r${String(index)}`,
        name: `Server ${String(1600 - index).padStart(4, '0')}`,
        login: index % 3 === 0 ? 'administrator' : 'root',
        tags: index % 2 === 0 ? ['administrators only'] : [],
        vaultId: index < 900 ? 'v1' : null,
        favourite: index % 2 === 0,
      }),
    );
    mirror.records.upsertMany(rows);
    const found = (typed: string): string[] => {
      const ask = (offset: number): string[] =>
        mirror.search.query({ text: typed, scope: null, offset, limit: 200 }).rows.map(({ id }) => id);
      return [...ask(0), ...ask(200), ...ask(400)];
    };
    const expected = (holds: (row: StoredRecord) => boolean): string[] =>
      rows
        .filter(holds)
        .map(({ id }) => id)
        .reverse();
    const isAdmin = ({ login }: StoredRecord): boolean => login === 'administrator';
    expect(found('login:administrator vault:net')).toEqual(
      expected((row) => isAdmin(row) && row.vaultId === 'v1'),
    );
    expect(found('server login:ministra is:favourite')).toEqual(
      expected((row) => isAdmin(row) && row.favourite),
    );
    expect(found('-is:favourite -login:root')).toEqual(expected((row) => !row.favourite && isAdmin(row)));
    expect(found('vault:net -tag:only -login:root')).toEqual(
      expected((row) => row.vaultId === 'v1' && row.tags.length === 0 && isAdmin(row)),
    );
    expect(found('is:favourite')).toEqual(expected((row) => row.favourite).slice(0, mostRanked));
    expect(mirror.search.query({ text: 'is:favourite', scope: null, offset: 0, limit: 1 })).toMatchObject({
      total: mostRanked,
      capped: true,
    });
    expect(
      mirror.search.query({
        text: 'login:root',
        scope: { kind: 'vault', vaultId: 'v1' },
        offset: 0,
        limit: 1,
      }).capped,
    ).toBe(true);
  });

  it('know a weak password only when somebody told, and follow what is told', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    mirror.records.upsertMany([aRecord({ id: 'a' }), aRecord({ id: 'b', name: 'is:weak' })]);
    const ids = (): string[] =>
      mirror.search.query({ text: 'is:weak', scope: null, offset: 0, limit: 5 }).rows.map(({ id }) => id);
    expect(ids()).toEqual(['b']);
    let told: readonly string[] = ['a'];
    mirror.search.tellWeak(() => told);
    expect(ids()).toEqual(['a']);
    told = [];
    expect(ids()).toEqual([]);
  });

  it('know a one-time code once it is told, and that there is none without fields', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    const customs = [{ name: 'n', value: 'v', type: 't' }];
    mirror.records.upsertMany([
      aRecord({ id: 'a', customs }),
      aRecord({ id: 'b' }),
      aRecord({ id: 'c', customs }),
    ]);
    const ids = (typed: string): string[] =>
      mirror.search.query({ text: typed, scope: null, offset: 0, limit: 5 }).rows.map(({ id }) => id);
    expect(ids('has:totp')).toEqual([]);
    expect(mirror.records.untoldTotp(0, 10).map(({ record }) => record.id)).toEqual(['a', 'c']);
    mirror.records.setHasTotp('a', true);
    mirror.records.setHasTotp('c', false);
    expect(mirror.records.untoldTotp(0, 10)).toEqual([]);
    expect(ids('has:totp')).toEqual(['a']);
    expect(ids('-has:totp')).toEqual(['b', 'c']);
  });
});

describe('kept searches', () => {
  it('are listed by name, renamed, removed, and never kept twice', () => {
    using test = temporaryMirror();
    const kept = (): string[] =>
      test.mirror.savedSearches.all().map(({ name, query }) => `${name} = ${query}`);
    const id = test.mirror.savedSearches.save('Zebra', 'tag:z');
    test.mirror.savedSearches.save('apple', 'login:a');
    expect(kept()).toEqual(['apple = login:a', 'Zebra = tag:z']);
    expect(test.mirror.savedSearches.save('Aardvark', 'tag:z')).toBe(id);
    expect(
      test
        .reopen()
        .savedSearches.all()
        .map(({ name }) => name),
    ).toEqual(['Aardvark', 'apple']);
    expect(test.mirror.savedSearches.rename(id, 'Bear')).toBe(true);
    test.mirror.savedSearches.remove(id);
    expect(test.mirror.savedSearches.rename(id, 'Gone')).toBe(false);
    expect(kept()).toEqual(['apple = login:a']);
  });

  it('end at a hundred', () => {
    using test = temporaryMirror();
    for (let index = 0; index < 100; index += 1) test.mirror.savedSearches.save('s', `q${String(index)}`);
    expect(() => test.mirror.savedSearches.save('s', 'one more')).toThrow(
      expect.objectContaining({ code: 'tooManySearches', params: { limit: 100 } }) as Error,
    );
  });
});
