/**
 * Profiles as they are not made any more: one whose mirror an earlier version wrote, and one that
 * has been enrolled and never synced. Both are made of a copy of a profile of today.
 */
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DeviceKey } from '../../main/custody/index.ts';
import { Engine } from '../../main/mirror/engine.ts';
import type { SqlValue } from '../../main/mirror/engine.ts';
import { loadMigrations, migrate } from '../../main/mirror/migrations.ts';
import { Mirror } from '../../main/mirror/index.ts';
import { copyOf } from './killing.ts';
import type { Profile } from './killing.ts';

const mirrorOf = ({ folder, accountId }: Profile): string => join(folder, 'profiles', accountId, 'mirror.db');

/** Runs `work` with the key of a profile's mirror. */
function withPageKey<T>({ deviceKey }: Profile, work: (pageKey: Buffer) => T): T {
  using key = DeviceKey.adopt(Buffer.from(deviceKey, 'hex'));
  const pageKey = key.subkey('mirror');
  try {
    return work(pageKey.bytes);
  } finally {
    pageKey.dispose();
  }
}

const namesOfTables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'search_index%'";

/** Copies every row of a table, as far as the older one has its columns. */
function copyTable(from: Engine, to: Engine, table: string): void {
  const columns = to.values<string>(`SELECT name FROM pragma_table_info('${table}')`).all();
  const rows = from.query<Record<string, SqlValue>>(`SELECT ${columns.join(', ')} FROM "${table}"`).all();
  to.execute(`DELETE FROM "${table}"`);
  const places = columns.map(() => '?').join(', ');
  const insert = to.query(`INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${places})`);
  for (const row of rows) insert.run(...columns.map((column) => row[column] ?? null));
}

/** A copy of a profile whose mirror has the first schema, with everything that this one could hold. */
export function downgraded(profile: Profile, device: string): Profile & { remove(): void } {
  const copy = copyOf(profile, device);
  const path = mirrorOf(copy);
  withPageKey(profile, (pageKey) => {
    const now = Engine.open({ path, pageKey });
    const before = Engine.open({ path: `${path}.old`, pageKey });
    migrate(before, `${path}.old`, loadMigrations(profile.migrationsDir).slice(0, 1));
    before.pragma('foreign_keys = OFF');
    before.transaction(() => {
      for (const table of before.values<string>(namesOfTables).all()) copyTable(now, before, table);
      // The index's own tables cannot be written by hand; what it holds is of no account here.
      before.execute('INSERT INTO search_index (rowid, pieces) SELECT row, name FROM search_text');
    });
    before.checkpoint();
    before.close();
    now.close();
  });
  for (const companion of ['', '-wal', '-shm']) rmSync(path + companion, { force: true });
  renameSync(`${path}.old`, path);
  return copy;
}

/** A copy of a profile that holds its keys and pins and nothing that a sync would bring. */
export function neverSynced(profile: Profile, device: string): Profile & { remove(): void } {
  const copy = copyOf(profile, device);
  withPageKey(profile, (pageKey) => {
    const { migrationsDir } = profile;
    const mirror = Mirror.open({ path: mirrorOf(copy), pageKey, migrationsDir });
    const ids = [...mirror.records.batches(500)].flat().map(({ id }) => id);
    mirror.records.removeMany(ids);
    mirror.close();
    const engine = Engine.open({ path: mirrorOf(copy), pageKey });
    for (const table of ['folders', 'vaults', 'sync_state', 'manifest', 'bin', 'users', 'recents']) {
      engine.execute(`DELETE FROM ${table}`);
    }
    engine.close();
  });
  rmSync(join(copy.folder, 'profiles', copy.accountId, 'files'), { recursive: true, force: true });
  return copy;
}
