/**
 * From the key to the first page of a list, in a mirror of 50,000 records: open the encrypted
 * file, prepare everything, count and read the first 100 lines by name. The peer is a plain
 * SQLite file with the same texts and an index by name. The files are in the system's cache.
 */
import path from 'node:path';
import Database from 'better-sqlite3';
import { Mirror, sortKey } from '../main/mirror/index.ts';
import { migrationsDir, temporaryMirror } from '../main/mirror/testmirror.ts';
import { alternate } from './measure.ts';
import { mirrorContent } from './mirror-content.ts';
import { benchRow, percentile } from './table.ts';
import type { BenchRow } from './table.ts';

const recordCount = 50_000;
const batch = 500;
const rounds = 40;
const pageSize = 100;

const firstPage = {
  scope: { kind: 'all' },
  sort: { by: 'name', descending: false },
  offset: 0,
  limit: pageSize,
} as const;

function fillMirror(mirror: Mirror, plain: Database.Database): void {
  const content = mirrorContent(recordCount);
  mirror.transaction(() => {
    for (const vault of content.vaults) {
      mirror.vaults.upsert(vault);
      const folders = content.folders.filter((folder) => folder.vaultId === vault.id);
      mirror.folders.replaceForVault(vault.id, folders);
    }
  });
  plain.exec(
    `CREATE TABLE plain (id TEXT PRIMARY KEY, name TEXT, name_key TEXT, login TEXT, urls TEXT, tags TEXT,
       description TEXT, secrets TEXT)`,
  );
  const insert = plain.prepare('INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const records = [...content.records];
  plain.transaction(() => {
    for (const record of records) {
      const secrets = JSON.stringify([record.keyWrapped, record.passwordEncrypted, record.customs]);
      insert.run(
        record.id,
        record.name,
        sortKey(record.name),
        record.login,
        JSON.stringify(record.urls),
        JSON.stringify(record.tags),
        record.description,
        secrets,
      );
    }
  })();
  plain.exec('CREATE INDEX plain_by_name ON plain (name_key)');
  for (let start = 0; start < records.length; start += batch) {
    mirror.records.upsertMany(records.slice(start, start + batch));
  }
}

export function run(): Promise<BenchRow[]> {
  using test = temporaryMirror();
  const plainPath = path.join(test.directory, 'plain.db');
  const plain = new Database(plainPath);
  fillMirror(test.mirror, plain);
  plain.close();
  // A fresh opening finds a closed file, not the log of the writing before it.
  test.reopen();
  const openMirror = (): void => {
    const mirror = Mirror.open({ path: test.path, pageKey: test.pageKey, migrationsDir });
    if (mirror.records.page(firstPage).rows.length !== pageSize) throw new Error('the first page is short');
    mirror.close();
  };
  const openPlain = (): void => {
    const database = new Database(plainPath);
    database.prepare('SELECT count(*) FROM plain').get();
    const page = database.prepare('SELECT * FROM plain ORDER BY name_key LIMIT ?').all(pageSize);
    if (page.length !== pageSize) throw new Error('the first page is short');
    database.close();
  };
  const { ours, peers } = alternate(rounds, openMirror, openPlain);
  const row = benchRow({
    name: `key to first page, ${recordCount.toLocaleString('en')} records`,
    unit: 'ms',
    better: 'less',
    ours,
    peer: 'plain SQLite file',
    peers,
    target: 'p95 < 60 ms (unlock: 400 ms)',
    met: () => percentile(ours, 0.95) < 60,
  });
  return Promise.resolve([row]);
}
