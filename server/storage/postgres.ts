/**
 * PostgreSQL. Everything that is true of this engine only stands in this file.
 *
 * Reads go over several connections at once; transactions that write take one lock of the
 * database first. PostgreSQL's own "serializable" would let them run side by side and make
 * some of them fail and come again, and what an endpoint does beside the database (files,
 * messages to the collector) must not happen twice.
 */
import { CompiledQuery, PostgresDialect, PostgresDriver } from 'kysely';
import type { DatabaseConnection, Driver, PostgresDialectConfig, TransactionSettings } from 'kysely';
import pg from 'pg';
import type { DatabasePlace, Engine } from './engine.ts';

/** Any number will do that nothing else in the database locks: "strongro" in ASCII. */
const writersLock = Buffer.from('strongro', 'ascii').readBigInt64BE();
const connections = 10;
const patience = 30_000;

/** Times, sizes and positions are `bigint` columns whose values all fit a number. */
function parserOf(type: number, format?: 'text' | 'binary') {
  if (type === pg.types.builtins.INT8) return Number;
  return format === 'binary' ? pg.types.getTypeParser(type, 'binary') : pg.types.getTypeParser(type);
}

class OneWriterDriver extends PostgresDriver {
  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings) {
    await super.beginTransaction(connection, settings);
    // An isolation level is only asked for by transactions that read.
    if (settings.isolationLevel !== undefined) return;
    await connection.executeQuery(CompiledQuery.raw('select pg_advisory_xact_lock($1)', [writersLock]));
  }
}

class OneWriterDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;

  constructor(config: PostgresDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new OneWriterDriver(this.#config);
  }
}

function connectionTo(url: string) {
  return {
    connectionString: url,
    application_name: 'strongroom',
    connectionTimeoutMillis: patience,
    types: { getTypeParser: parserOf },
  };
}

/** The engine on the database that a `postgres://` URL names. Connects when the first query comes. */
export function postgresEngine(url: string): Engine {
  const pool = new pg.Pool({ ...connectionTo(url), max: connections });
  // An idle connection that breaks is out of the pool already, and nobody waits for it; a query
  // that finds the database gone fails by itself.
  pool.on('error', () => undefined);
  return { dialect: new OneWriterDialect({ pool }), bytesColumn: 'bytea', boundValues: 30_000 };
}

/** Refuses while another of our processes is connected. */
async function requireNobodyElse(url: string): Promise<void> {
  const client = new pg.Client(connectionTo(url));
  await client.connect();
  try {
    const others = await client.query(
      `select 1 from pg_stat_activity where datname = current_database()
        and application_name = 'strongroom' and pid <> pg_backend_pid() limit 1`,
    );
    if (others.rowCount !== 0) throw new Error('The server is running on this database: stop it first.');
  } finally {
    await client.end();
  }
}

/** The database that a `postgres://` URL names; errors never repeat the URL. */
export function postgresPlace(url: string): DatabasePlace {
  return {
    open: () => postgresEngine(url),
    async openAlone() {
      await requireNobodyElse(url);
      return postgresEngine(url);
    },
    async isNew() {
      const client = new pg.Client(connectionTo(url));
      try {
        await client.connect();
        const found = await client.query<{ table: string | null }>(
          "select to_regclass('organisations')::text as table",
        );
        return found.rows[0]?.table === null;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
        throw new Error(`The PostgreSQL database cannot be used (${code}).`, { cause: error });
      } finally {
        await client.end();
      }
    },
  };
}
