/**
 * Another at-rest key in the place of the present one, with the server stopped.
 *
 * Rows are sealed anew in the order of their primary keys, and how far that is stands in the same
 * database and changes in the same transaction: wherever it is killed, everything up to the
 * position is under the new key and everything after it under the old one. The old key stays in place until the last
 * value is under the new one.
 */
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { FilePlace } from '../storage/fileplace.ts';
import { sealingState } from '../storage/sealing.ts';
import type { Tables } from '../storage/tables.ts';
import type { SealedTable } from './columns.ts';
import { sealedTables } from './columns.ts';
import { sealFiles } from './files.ts';

/** Where a rotation stands: tables before `table` are done, and of that one all rows up to `after`. */
interface Position {
  table: number;
  after: KeyValue[] | null;
}

/** A value of a primary key; bytes are kept in hexadecimal. */
type KeyValue = string | { bytes: string };

export interface Rotation {
  readonly database: Kysely<Tables>;
  readonly files: FilePlace;
  readonly present: Seal;
  readonly next: Seal;
  /** Told what is done, in words for whoever waits. */
  readonly tell: (done: string) => void;
  /** True once it is to stop after the portion at hand. */
  readonly isStopping: () => boolean;
}

const rowsAtOnce = 200;

/**
 * Begins a rotation or goes on with one. Answers `done` once everything is sealed with the next key
 * and the database says so, `stopped` when it was asked to stop, and rejects a key that fits neither.
 */
export async function rotate(rotation: Rotation): Promise<'done' | 'stopped'> {
  const { database, present, next } = rotation;
  const state = await sealingState(database, present);
  if (state.next_key_id === null && state.key_id === next.keyId) return 'done';
  if (state.key_id !== present.keyId || (state.next_key_id ?? next.keyId) !== next.keyId) {
    throw new Error('These are not the keys that the data is sealed with.');
  }
  if (state.next_key_id === null) await keepPosition(database, next.keyId, { table: 0, after: null });
  const from = state.position === null ? { table: 0, after: null } : (JSON.parse(state.position) as Position);
  for (let index = from.table; index < sealedTables.length; index += 1) {
    const after = index === from.table ? from.after : null;
    if (!(await sealRows(rotation, index, after))) return 'stopped';
  }
  if (!(await sealFiles(rotation))) return 'stopped';
  await finish(rotation);
  return 'done';
}

async function keepPosition(database: Kysely<Tables>, nextKeyId: string, position: Position): Promise<void> {
  const kept = { next_key_id: nextKeyId, position: JSON.stringify(position) };
  await database.updateTable('sealing').set(kept).execute();
}

/** Seals the rows of one table anew; false when it was asked to stop. */
async function sealRows(rotation: Rotation, index: number, after: KeyValue[] | null): Promise<boolean> {
  const table = sealedTables[index];
  if (!table) return true;
  let position = after;
  let sealed = 0;
  for (;;) {
    if (rotation.isStopping()) return false;
    const portion = await rotation.database.transaction().execute(async (within) => {
      const rows = await nextRows(within, table, position);
      for (const row of rows) await sealRow(within, rotation, table, row);
      const last = rows.at(-1);
      const done = last ? table.key.map((column) => storedForm(last[column])) : null;
      const reached = done ? { table: index, after: done } : { table: index + 1, after: null };
      await keepPosition(within, rotation.next.keyId, reached);
      return { count: rows.length, done };
    });
    sealed += portion.count;
    if (portion.done === null) break;
    position = portion.done;
  }
  rotation.tell(`${table.table}: ${sealed} rows`);
  return true;
}

type Row = Readonly<Record<string, unknown>>;

async function nextRows(
  database: Kysely<Tables>,
  table: SealedTable,
  after: KeyValue[] | null,
): Promise<Row[]> {
  const names = (columns: readonly string[]) => sql.join(columns.map((column) => sql.ref(column)));
  const beyond =
    after === null ? sql`` : sql` where (${names(table.key)}) > (${sql.join(after.map(boundForm))})`;
  const selected = names([...new Set([...table.key, ...table.columns])]);
  const query = sql<Row>`select ${selected} from ${sql.table(table.table)}${beyond} order by ${names(
    table.key,
  )} limit ${sql.lit(rowsAtOnce)}`;
  return (await query.execute(database)).rows;
}

async function sealRow(
  database: Kysely<Tables>,
  rotation: Rotation,
  table: SealedTable,
  row: Row,
): Promise<void> {
  const changes = table.columns.flatMap((column) => {
    const value = row[column];
    if (!(value instanceof Uint8Array)) return [];
    const anew = rotation.next.sealBytes(rotation.present.openBytes(value));
    return [sql`${sql.ref(column)} = ${anew}`];
  });
  if (changes.length === 0) return;
  const isIt = table.key.map((column) => sql`${sql.ref(column)} = ${row[column]}`);
  await sql`update ${sql.table(table.table)} set ${sql.join(changes)} where ${sql.join(isIt, sql` and `)}`.execute(
    database,
  );
}

function storedForm(value: unknown): KeyValue {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  return String(value);
}

const boundForm = (value: KeyValue): string | Buffer =>
  typeof value === 'string' ? value : Buffer.from(value.bytes, 'hex');

async function finish({ database, present, next }: Rotation): Promise<void> {
  await database.transaction().execute(async (within) => {
    const { look_up: lookUp } = await sealingState(within, present);
    const anew = next.sealBytes(present.openBytes(lookUp));
    const done = { key_id: next.keyId, look_up: anew, next_key_id: null, position: null };
    await within.updateTable('sealing').set(done).execute();
  });
}
