import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordScope, RecordSort } from '../../contract/records.ts';
import { hostOf, sortKey } from './folding.ts';
import type { StoredRecord } from './model.ts';
import { aFolder, aRecord, aVault, temporaryMirror } from './testmirror.ts';

const ascending = (by: RecordSort['by']): RecordSort => ({ by, descending: false });

const name = fc.constantFrom(
  'srv-1',
  'srv-2',
  'srv-10',
  'Ёлка',
  'ель',
  'Apple',
  'äpple',
  'b',
  'B',
  '',
  'x"y',
  'дом 3',
);
const rows = fc
  .array(
    fc.record({
      name,
      login: name,
      url: fc.constantFrom('https://a.example', 'b.example', '', 'https://a.example:81'),
      updatedAt: fc.option(fc.integer({ min: 0, max: 5 })),
      color: fc.integer({ min: 0, max: 3 }),
      favourite: fc.boolean(),
      place: fc.constantFrom('f1', 'f2', 'f3', 'v1', 'v2', 'inbox'),
      tags: fc.subarray(['prod', 'ops', 'a"b', ',', 'б']),
    }),
    { maxLength: 60 },
  )
  .map((list) => list.map((row, index) => recordOf(row, index)));

interface GeneratedRow {
  readonly name: string;
  readonly login: string;
  readonly url: string;
  readonly updatedAt: number | null;
  readonly color: number;
  readonly favourite: boolean;
  readonly place: string;
  readonly tags: string[];
}

function recordOf(row: GeneratedRow, index: number): StoredRecord {
  const inVaultOne = row.place.startsWith('f') || row.place === 'v1';
  return aRecord({
    id: `r${String(index).padStart(3, '0')}`,
    name: row.name,
    login: row.login,
    urls: [row.url],
    updatedAt: row.updatedAt,
    color: row.color,
    favourite: row.favourite,
    tags: row.tags,
    kind: row.place === 'inbox' ? 'inbox' : 'record',
    vaultId: row.place === 'inbox' ? null : inVaultOne ? 'v1' : 'v2',
    folderId: row.place.startsWith('f') ? row.place : null,
  });
}

const scope: fc.Arbitrary<RecordScope> = fc.constantFrom(
  { kind: 'all' },
  { kind: 'vault', vaultId: 'v1' },
  { kind: 'vault', vaultId: 'none' },
  { kind: 'folder', folderId: 'f1' },
  { kind: 'folder', folderId: 'f2' },
  { kind: 'folder', folderId: 'none' },
  { kind: 'favourites' },
  { kind: 'inbox' },
  { kind: 'shortcuts' },
  { kind: 'tag', tag: 'prod' },
  { kind: 'tag', tag: 'a"b' },
  { kind: 'tag', tag: ',' },
  { kind: 'tag', tag: 'PROD' },
);

function isIn(record: StoredRecord, place: RecordScope): boolean {
  switch (place.kind) {
    case 'all':
      return true;
    case 'vault':
      return record.vaultId === place.vaultId;
    case 'folder': {
      const subtree = place.folderId === 'f1' ? ['f1', 'f2'] : [place.folderId];
      return record.folderId !== null && subtree.includes(record.folderId);
    }
    case 'favourites':
      return record.favourite;
    case 'inbox':
      return record.kind === 'inbox';
    case 'shortcuts':
      return record.kind === 'shortcut';
    case 'tag':
      return record.tags.includes(place.tag);
    case 'recent':
      return false;
  }
}

type Key = string | number;

function keysOf(record: StoredRecord, by: RecordSort['by']): Key {
  switch (by) {
    case 'name':
      return sortKey(record.name);
    case 'login':
      return sortKey(record.login);
    case 'host':
      return sortKey(hostOf(record.urls));
    case 'updated':
      return record.updatedAt ?? 0;
    case 'color':
      return record.color;
  }
}

/** The promised order without any index: the key, then the name, then the age in the mirror. */
function naiveOrder(all: readonly StoredRecord[], place: RecordScope, sort: RecordSort): string[] {
  const compare = (a: Key, b: Key): number => (a < b ? -1 : a > b ? 1 : 0);
  const sign = sort.descending ? -1 : 1;
  const rest = sort.by === 'name' ? sign : 1;
  return all
    .filter((record) => isIn(record, place))
    .sort(
      (a, b) =>
        sign * compare(keysOf(a, sort.by), keysOf(b, sort.by)) ||
        rest * compare(sortKey(a.name), sortKey(b.name)) ||
        rest * compare(a.id, b.id),
    )
    .map((record) => record.id);
}

describe('pages of records', () => {
  it('are what a plain sort of all records gives, for every scope, order and window', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    for (const id of ['v1', 'v2']) mirror.vaults.upsert(aVault({ id }));
    mirror.folders.replaceForVault('v1', [
      aFolder({ id: 'f1', vaultId: 'v1' }),
      aFolder({ id: 'f2', vaultId: 'v1', parentId: 'f1' }),
      aFolder({ id: 'f3', vaultId: 'v1' }),
    ]);
    let before: string[] = [];
    const sort = fc.record({
      by: fc.constantFrom<RecordSort['by']>('name', 'login', 'host', 'updated', 'color'),
      descending: fc.boolean(),
    });
    const request = fc.record({
      scope,
      sort,
      offset: fc.nat({ max: 70 }),
      limit: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(rows, fc.array(request, { minLength: 8, maxLength: 8 }), (records, requests) => {
        mirror.records.removeMany(before);
        mirror.records.upsertMany(records);
        before = records.map((record) => record.id);
        for (const asked of requests) {
          const page = mirror.records.page(asked);
          const order = naiveOrder(records, asked.scope, asked.sort);
          expect(page.total).toBe(order.length);
          expect(
            page.rows.map((row) => row.id),
            JSON.stringify(asked),
          ).toEqual(order.slice(asked.offset, asked.offset + asked.limit));
          expect(mirror.records.ids(asked.scope, asked.sort)).toEqual(order);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('carry everything a line shows, with the names of its place', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    mirror.vaults.upsert(aVault({ id: 'v1', name: 'Office' }));
    mirror.folders.replaceForVault('v1', [
      aFolder({ id: 'f1', vaultId: 'v1', name: 'Network' }),
      aFolder({ id: 'f2', vaultId: 'v1', parentId: 'f1', name: 'Switches' }),
    ]);
    mirror.records.upsertMany([
      aRecord({
        id: 'r1',
        vaultId: 'v1',
        folderId: 'f2',
        name: 'sw-1',
        urls: ['https://sw.example'],
        unread: true,
      }),
    ]);
    mirror.records.setHasTotp('r1', true);
    mirror.records.setFlagged('r1', true);
    mirror.records.setFavourite('r1', true);
    const { rows: lines } = mirror.records.page({
      scope: { kind: 'all' },
      sort: ascending('name'),
      offset: 0,
      limit: 5,
    });
    expect(lines).toEqual([
      {
        id: 'r1',
        kind: 'record',
        name: 'sw-1',
        login: '',
        host: 'sw.example',
        tags: [],
        color: 0,
        favourite: true,
        vaultId: 'v1',
        folderId: 'f2',
        place: ['Office', 'Network', 'Switches'],
        hasTotp: true,
        attachmentCount: 0,
        flagged: true,
        unread: true,
        pending: false,
        conflict: false,
        updatedAt: null,
      },
    ]);
    mirror.vaults.upsert(aVault({ id: 'v1', name: 'Head office' }));
    const [renamed] = mirror.records.page({
      scope: { kind: 'all' },
      sort: ascending('host'),
      offset: 0,
      limit: 5,
    }).rows;
    expect(renamed?.place).toEqual(['Head office', 'Network', 'Switches']);
  });

  it('of the recent list are in order of use', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    mirror.records.upsertMany(['a', 'b', 'c'].map((id) => aRecord({ id, name: id })));
    mirror.recents.touch('b', 1);
    mirror.recents.touch('c', 2);
    const recent = (): string[] =>
      mirror.records
        .page({ scope: { kind: 'recent' }, sort: ascending('name'), offset: 0, limit: 10 })
        .rows.map((row) => row.id);
    expect(recent()).toEqual(['c', 'b']);
    mirror.recents.touch('b', 3);
    expect(recent()).toEqual(['b', 'c']);
    expect(mirror.recents.ids(1)).toEqual(['b']);
    mirror.records.removeMany(['b']);
    expect(recent()).toEqual(['c']);
    expect(mirror.records.counts().recent).toBe(1);
  });

  it('are right again after a transaction that was taken back', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    mirror.records.upsertMany([aRecord({ id: 'a' })]);
    const total = (): number =>
      mirror.records.page({ scope: { kind: 'all' }, sort: ascending('login'), offset: 0, limit: 1 }).total;
    expect(() =>
      mirror.transaction(() => {
        mirror.records.upsertMany([aRecord({ id: 'b' })]);
        expect(total()).toBe(2);
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');
    expect(total()).toBe(1);
  });
});
