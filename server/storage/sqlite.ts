/**
 * The embedded engine. Everything that is true of SQLite only stands in this file.
 *
 * `synchronous=FULL`: a client drops a change from its outbox once the server has
 * answered, so an answered change must survive a power cut.
 */
import { closeSync, openSync } from 'node:fs';
import SQLite from 'better-sqlite3';
import { SqliteDialect } from 'kysely';
import type { Engine } from './engine.ts';

/** Opens (and creates when needed) the database file. */
export function sqliteEngine(file: string): Engine {
  // SQLite gives its side files the mode of the main one.
  closeSync(openSync(file, 'a', 0o600));
  const database = new SQLite(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('busy_timeout = 5000');
  return { dialect: new SqliteDialect({ database }), bytesColumn: 'blob', boundValues: 30_000 };
}
