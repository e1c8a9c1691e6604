/**
 * The embedded engine. Everything that is true of SQLite only stands in this file.
 *
 * `synchronous=FULL`: a client drops a change from its outbox once the server has
 * answered, so an answered change must survive a power cut.
 */
import { closeSync, openSync } from 'node:fs';
import SQLite from 'better-sqlite3';
import { SqliteDialect } from 'kysely';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import type { Engine } from './engine.ts';

/** How many statements are kept prepared, and of what length: lists of many values seldom come again. */
const mostKept = 300;
const longestKept = 4_000;

/** Opens (and creates when needed) the database file; alone where nobody else may have it open. */
export function sqliteEngine(file: string, alone = false): Engine {
  // SQLite gives its side files the mode of the main one.
  closeSync(openSync(file, 'a', 0o600));
  const database = new SQLite(file);
  try {
    prepare(database, alone);
  } catch (error) {
    database.close();
    const isLocked = error instanceof SQLite.SqliteError && error.code.startsWith('SQLITE_BUSY');
    if (!alone || !isLocked) throw error;
    throw new Error('The server is running on this data: stop it first.', { cause: error });
  }
  return {
    dialect: new SqliteDialect({ database: preparingOnce(database) }),
    bytesColumn: 'blob',
    boundValues: 30_000,
  };
}

/**
 * A database that keeps the statements it has prepared, those asked for last first: every request
 * asks the same few questions. SQLite prepares a statement anew by itself where a table has changed.
 */
function preparingOnce(database: SQLite.Database): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    prepare(sql) {
      const statement = statements.get(sql) ?? database.prepare(sql);
      statements.delete(sql);
      if (sql.length <= longestKept) statements.set(sql, statement);
      if (statements.size > mostKept) statements.delete(statements.keys().next().value ?? '');
      return statement;
    },
    close: () => void database.close(),
  };
}

function prepare(database: SQLite.Database, alone: boolean): void {
  // Before the first access: only then nothing of the file is shared with other processes.
  if (alone) database.pragma('locking_mode = EXCLUSIVE');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('busy_timeout = 5000');
  // The lock is taken with the first transaction that writes, and kept.
  if (alone) database.exec('begin immediate; commit');
}
