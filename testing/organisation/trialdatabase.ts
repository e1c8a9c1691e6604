/**
 * The database of a trial: a file in its data folder, or one of its own in the PostgreSQL that
 * `TRIAL_POSTGRES` names. It goes by the folder, so that a server that starts again on a folder
 * finds what it had stored.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import type { Engine } from '../../server/storage/engine.ts';
import { postgresEngine } from '../../server/storage/postgres.ts';
import { sqliteEngine } from '../../server/storage/sqlite.ts';

/** The URL of a folder's database, created when it is missing; undefined where trials are in SQLite. */
export async function trialDatabase(folder: string): Promise<string | undefined> {
  const cluster = process.env['TRIAL_POSTGRES'];
  if (cluster === undefined) return undefined;
  const name = `trial_${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  const client = new pg.Client({ connectionString: cluster });
  await client.connect();
  try {
    const known = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (known.rowCount === 0) await client.query(`create database ${name} template template0`);
  } finally {
    await client.end();
  }
  const url = new URL(cluster);
  url.pathname = `/${name}`;
  return url.href;
}

/** The engine of a folder's database. */
export async function trialEngine(folder: string): Promise<Engine> {
  const url = await trialDatabase(folder);
  return url === undefined ? sqliteEngine(join(folder, 'server.db')) : postgresEngine(url);
}
