/**
 * Searching as a person types, in mirrors of 50,000 and 100,000 records, against the two ways
 * it would otherwise be done: LIKE over the five columns of a plain database, and `includes`
 * over folded texts held in memory. All three give the number of matches and the first page.
 */
import Database from 'better-sqlite3';
import { foldForSearch, type Mirror, type StoredRecord } from '../main/mirror/index.ts';
import { temporaryMirror } from '../main/mirror/testmirror.ts';
import { mirrorContent, seededRandom } from './mirror-content.ts';
import { benchRow, percentile } from './table.ts';
import type { BenchRow } from './table.ts';

const sizes = [50_000, 100_000];
const pageSize = 50;
const queryCount = 120;
/** Peers are slow; every so many keystrokes are enough for their median. */
const peerEvery = 12;
const batch = 500;

type SearchFunction = (typed: string) => number;

/** What is typed: titles, parts of titles, logins, hosts, tags and words of notes, key by key. */
function keystrokes(records: readonly StoredRecord[]): string[] {
  const random = seededRandom(7);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const typed: string[] = [];
  for (let index = 0; index < queryCount; index += 1) {
    const record = pick(records);
    if (record === undefined) break;
    const words = record.name.split(' ');
    const candidates = [
      record.name,
      pick(words) ?? '',
      pick(record.name.split(/[ -]/)) ?? '',
      words.toReversed().join(' '),
      record.login,
      record.urls[0]?.split('/')[2] ?? record.name,
      pick(record.tags) ?? 'prod',
      pick(record.description.split(' ')) ?? '',
      `${pick(record.tags) ?? 'dev'} ${words[0] ?? ''}`,
    ];
    const query = (candidates[index % candidates.length] ?? record.name).slice(0, 16);
    for (let length = 1; length <= query.length; length += 1) typed.push(query.slice(0, length));
  }
  return typed;
}

function searchMirror(mirror: Mirror): SearchFunction {
  return (typed) => mirror.search.query({ text: typed, scope: null, offset: 0, limit: pageSize }).total;
}

/** A plain database without encryption, folded beforehand so that LIKE finds Cyrillic in any case. */
function searchByLike(records: readonly StoredRecord[]): { search: SearchFunction; close: () => void } {
  const database = new Database(':memory:');
  database.exec('CREATE TABLE plain (name TEXT, login TEXT, urls TEXT, tags TEXT, description TEXT)');
  const insert = database.prepare('INSERT INTO plain VALUES (?, ?, ?, ?, ?)');
  database.transaction(() => {
    for (const record of records) {
      const columns = [
        record.name,
        record.login,
        record.urls.join('\n'),
        record.tags.join('\n'),
        record.description,
      ];
      insert.run(columns.map(foldForSearch));
    }
  })();
  const search: SearchFunction = (typed) => {
    const words = foldForSearch(typed).split(' ');
    const columns = ['name', 'login', 'urls', 'tags', 'description'];
    const where = words
      .map(() => `(${columns.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(' OR ')})`)
      .join(' AND ');
    const values = words.flatMap((word) => columns.map(() => `%${word.replace(/[\\%_]/g, '\\$&')}%`));
    return database
      .prepare<string[]>(
        `SELECT rowid, count(*) OVER () FROM plain WHERE ${where} ORDER BY name LIMIT ${String(pageSize)}`,
      )
      .all(...values).length;
  };
  return {
    search,
    close: () => {
      database.close();
    },
  };
}

function searchInMemory(records: readonly StoredRecord[]): SearchFunction {
  const rows = records.map((record) => ({
    name: foldForSearch(record.name),
    text: [record.name, record.login, ...record.urls, ...record.tags, record.description]
      .map(foldForSearch)
      .join('\n'),
  }));
  return (typed) => {
    const words = foldForSearch(typed).split(' ');
    const found = rows.filter((row) => words.every((word) => row.text.includes(word)));
    found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    return found.slice(0, pageSize).length;
  };
}

function times(search: SearchFunction, typed: readonly string[]): number[] {
  return typed.map((text) => {
    const begun = performance.now();
    search(text);
    return performance.now() - begun;
  });
}

function rowsFor(mirror: Mirror, records: readonly StoredRecord[]): BenchRow[] {
  const typed = keystrokes(records);
  const search = searchMirror(mirror);
  times(
    search,
    typed.filter((_, index) => index % 10 === 0),
  );
  const ours = times(search, typed);
  const forPeers = typed.filter((_, index) => index % peerEvery === 0);
  const like = searchByLike(records);
  const peers = [
    { peer: 'SQL LIKE, plain', samples: times(like.search, forPeers) },
    { peer: 'includes in memory', samples: times(searchInMemory(records), forPeers) },
  ];
  like.close();
  return peers.map(({ peer, samples }) =>
    benchRow({
      name: `search, ${records.length.toLocaleString('en')} records, ${String(typed.length)} keystrokes`,
      unit: 'ms',
      better: 'less',
      ours,
      peer,
      peers: samples,
      target: 'p95 < 5 ms',
      met: () => percentile(ours, 0.95) < 5,
    }),
  );
}

export function run(): Promise<BenchRow[]> {
  const largest = Math.max(...sizes);
  using test = temporaryMirror();
  const content = mirrorContent(largest);
  test.mirror.transaction(() => {
    for (const vault of content.vaults) test.mirror.vaults.upsert(vault);
  });
  const records: StoredRecord[] = [];
  const rows: BenchRow[] = [];
  for (const record of content.records) {
    records.push(record);
    if (records.length % batch === 0) test.mirror.records.upsertMany(records.slice(-batch));
    if (!sizes.includes(records.length)) continue;
    // A sync leaves no mirror without this.
    while (test.mirror.upkeep.mergeSome());
    rows.push(...rowsFor(test.mirror, records));
  }
  return Promise.resolve(rows);
}
