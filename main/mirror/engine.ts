/**
 * The encrypted database connection that all repositories share.
 *
 * SQLite with page encryption (ChaCha20-Poly1305 per page, so that an altered page fails
 * instead of decrypting to something else). The key is handed over raw: it is random
 * already, and the cipher's own password derivation would only cost time. The 16 bytes that
 * the file format reserves for a salt are then free; they hold a value derived from the key,
 * by which a wrong key and a damaged first page can be told apart.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StrongroomError } from '../../contract/errors.ts';
import { asMirrorFault, translated } from './fault.ts';

export type SqlValue = string | number | null | Buffer;

/** The engine is a drop-in of better-sqlite3 whose type declarations lack the one method it adds. */
interface KeyedDatabase extends Database.Database {
  key(key: Buffer): number;
}

function canBeKeyed(database: Database.Database): database is KeyedDatabase {
  return 'key' in database && typeof database.key === 'function';
}

/** What SQLite's `wal_checkpoint` pragma tells. Once all of the log is in the file, it begins anew. */
export interface LogState {
  readonly log: number;
  /** As many of these pages are in the file. */
  readonly checkpointed: number;
}

const pageKeyBytes = 32;
const saltBytes = 16;

/** The salt a database under this key carries in its first 16 bytes. */
function keyedSalt(pageKey: Uint8Array): Buffer {
  const check = createHmac('sha256', pageKey).update('strongroom mirror key check').digest();
  return check.subarray(0, saltBytes);
}

/** One prepared statement; its errors are the application's. */
export class Query<Row> {
  readonly #statement: Database.Statement<SqlValue[], Row>;

  constructor(statement: Database.Statement<SqlValue[], Row>) {
    this.#statement = statement;
  }

  get(...values: SqlValue[]): Row | undefined {
    return translated(() => this.#statement.get(...values));
  }

  all(...values: SqlValue[]): Row[] {
    return translated(() => this.#statement.all(...values));
  }

  /** Returns how many rows changed. */
  run(...values: SqlValue[]): number {
    return translated(() => this.#statement.run(...values).changes);
  }

  /** Returns the row number of the one row that was inserted. */
  insert(...values: SqlValue[]): number {
    return translated(() => Number(this.#statement.run(...values).lastInsertRowid));
  }

  /** Rows one by one; nothing may be written until the iteration has ended. */
  *each(...values: SqlValue[]): Generator<Row, void, undefined> {
    try {
      yield* this.#statement.iterate(...values);
    } catch (error) {
      throw asMirrorFault(error);
    }
  }
}

export interface EngineOptions {
  readonly path: string;
  /** 32 bytes. Copied for the engine; the copy is wiped here, the original stays the caller's. */
  readonly pageKey: Uint8Array;
}

export class Engine {
  readonly #database: KeyedDatabase;
  #durable = false;
  #generation = 0;
  #committed: () => void = () => undefined;

  private constructor(database: KeyedDatabase) {
    this.#database = database;
  }

  /** Opens or creates the file and proves the key on it. */
  static open(options: EngineOptions): Engine {
    if (options.pageKey.length !== pageKeyBytes || options.pageKey.every((byte) => byte === 0)) {
      throw new StrongroomError(
        'internal',
        {},
        { cause: new Error('a page key has 32 bytes, not all zero') },
      );
    }
    const database = translated(() => new Database(options.path));
    try {
      if (!canBeKeyed(database)) throw new Error('the SQLite engine in use cannot encrypt');
      prepareConnection(database, options.pageKey);
      return new Engine(database);
    } catch (error) {
      database.close();
      throw refineKeyFault(asMirrorFault(error), options);
    }
  }

  /** A statement that gives whole rows. */
  query<Row>(sql: string): Query<Row> {
    return new Query(translated(() => this.#database.prepare<SqlValue[], Row>(sql)));
  }

  /** A statement that gives the first column only. */
  values<Value>(sql: string): Query<Value> {
    return new Query(translated(() => this.#database.prepare<SqlValue[], Value>(sql).pluck()));
  }

  /** Runs SQL text of the application's own (a migration, a pragma). */
  execute(sql: string): void {
    translated(() => this.#database.exec(sql));
  }

  pragma(source: string): unknown {
    return translated(() => this.#database.pragma(source, { simple: true }));
  }

  /** All or nothing. Inside another transaction it becomes a savepoint of it. */
  transaction<T>(work: () => T): T {
    let result: T;
    try {
      result = this.#database.transaction(work).immediate();
    } catch (error) {
      this.noteChange();
      throw asMirrorFault(error);
    }
    if (!this.#database.inTransaction) this.#committed();
    return result;
  }

  /** Calls back after each transaction that is committed. */
  onCommit(listener: () => void): void {
    this.#committed = listener;
  }

  /** Like `transaction`, and on the disk itself when it returns. Not inside a plain transaction. */
  durable<T>(work: () => T): T {
    if (this.#durable) return this.transaction(work);
    if (this.#database.inTransaction) {
      throw new StrongroomError('internal', {}, { cause: new Error('durable inside a plain transaction') });
    }
    this.pragma('synchronous = FULL');
    this.#durable = true;
    try {
      return this.transaction(work);
    } finally {
      this.#durable = false;
      this.pragma('synchronous = NORMAL');
    }
  }

  /**
   * For many portions that belong together: what asks to be durable inside is so only when the next
   * durable transaction returns, which the caller owes. The log is flushed in order, so one is enough.
   */
  portion<T>(work: () => T): T {
    if (this.#durable) return this.transaction(work);
    this.#durable = true;
    try {
      return this.transaction(work);
    } finally {
      this.#durable = false;
    }
  }

  /** Rises whenever something that lists show may have changed; caches compare it. */
  get generation(): number {
    return this.#generation;
  }

  noteChange(): void {
    this.#generation += 1;
  }

  /** Folds the write-ahead log into the file and empties it. */
  checkpoint(): void {
    this.pragma('wal_checkpoint(TRUNCATE)');
  }

  /** Folds what nobody reads any more, and waits for no one; some may stay in the log. */
  checkpointAside(): void {
    this.pragma('wal_checkpoint(PASSIVE)');
  }

  /** Whether a commit that makes the log long folds it into the file at once. */
  checkpointsByItself(does: boolean): void {
    this.pragma(`wal_autocheckpoint = ${does ? '1000' : '0'}`);
  }

  /** How long the write-ahead log is, in pages; read from memory, the disk is not touched. */
  log(): LogState {
    const [state] = translated(() => this.#database.pragma('wal_checkpoint(NOOP)')) as LogState[];
    return state ?? { log: 0, checkpointed: 0 };
  }

  close(): void {
    translated(() => this.#database.close());
  }
}

function prepareConnection(database: KeyedDatabase, pageKey: Uint8Array): void {
  database.pragma("cipher = 'chacha20'");
  const key = Buffer.concat([Buffer.from('raw:'), pageKey, keyedSalt(pageKey)]);
  try {
    database.key(key);
  } finally {
    key.fill(0);
  }
  // The first read is where a wrong key shows.
  database.prepare('SELECT count(*) FROM sqlite_schema').get();
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('foreign_keys = ON');
  // Freed content is overwritten wherever that costs no further page; the cipher covers the rest.
  database.pragma('secure_delete = FAST');
  database.pragma('temp_store = MEMORY');
  database.pragma('mmap_size = 0');
  database.pragma('cache_size = -32768');
  database.pragma('trusted_schema = OFF');
}

/**
 * SQLite says "not a database" both for a wrong key and for a first page that fails its
 * check. If the file's salt is the one this key would have written, the key is right and
 * the page is damaged. A salt that differs in a few bits only is a damaged one too: the
 * salts of two keys differ in about half of their 128 bits.
 */
function refineKeyFault(fault: unknown, options: EngineOptions): unknown {
  if (!(fault instanceof StrongroomError) || fault.code !== 'mirrorWrongKey') return fault;
  const found = Buffer.alloc(saltBytes);
  const file = openSync(options.path, 'r');
  try {
    if (readSync(file, found, 0, saltBytes, 0) < saltBytes) return damaged(fault);
  } finally {
    closeSync(file);
  }
  const expected = keyedSalt(options.pageKey);
  const erased = found.every((byte) => byte === 0);
  if (erased || timingSafeEqual(found, expected) || differingBits(found, expected) <= 24)
    return damaged(fault);
  return fault;
}

function damaged(cause: StrongroomError): StrongroomError {
  return new StrongroomError('mirrorDamaged', {}, { cause });
}

function differingBits(a: Buffer, b: Buffer): number {
  let bits = 0;
  for (let index = 0; index < a.length; index += 1) {
    for (let rest = (a[index] ?? 0) ^ (b[index] ?? 0); rest !== 0; rest &= rest - 1) bits += 1;
  }
  return bits;
}
