/**
 * Which at-rest key the database is sealed with, and the secret behind its look-up hashes.
 *
 * The look-up secret is a value of its own, sealed like every other: logins and tokens are found by
 * keyed hashes, and those have to stay as they are when the key is changed.
 */
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { Engine } from './engine.ts';
import type { Tables } from './tables.ts';

export interface SealingTables {
  /** One row. */
  sealing: {
    id: number;
    /** The name of the key that rows are sealed with; while it is changed, of the former one. */
    key_id: string;
    look_up: Uint8Array;
    /** The name of the key that is on its way, and how far it is; null when none is. */
    next_key_id: string | null;
    position: string | null;
  };
}

const onlyRow = 1;
const secretBytes = 32;

/** Makes the table. */
export async function createSealingTable(
  database: Kysely<unknown>,
  bytes: Engine['bytesColumn'],
): Promise<void> {
  await database.schema
    .createTable('sealing')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('key_id', 'varchar(16)', (column) => column.notNull())
    .addColumn('look_up', bytes, (column) => column.notNull())
    .addColumn('next_key_id', 'varchar(16)')
    .addColumn('position', 'text')
    .execute();
}

/** The row, made on the first opening: with the secret that hashes were made with so far, if any were. */
export async function sealingState(database: Kysely<Tables>, seal: Seal) {
  const stored = await database.selectFrom('sealing').selectAll().executeTakeFirst();
  if (stored) return stored;
  const organisation = await database.selectFrom('organisations').select('id').executeTakeFirst();
  const secret = organisation ? seal.derivedLookUp : randomBytes(secretBytes);
  const nothingUnderWay = { next_key_id: null, position: null };
  const row = { id: onlyRow, key_id: seal.keyId, look_up: seal.sealBytes(secret), ...nothingUnderWay };
  await database.insertInto('sealing').values(row).execute();
  return row;
}

/** The seal with the look-up secret. Rejects a key that the data is not sealed with. */
export async function settledSeal(database: Kysely<Tables>, seal: Seal): Promise<Seal> {
  const state = await sealingState(database, seal);
  if (state.next_key_id !== null) {
    throw new Error('The at-rest key is being changed: run rotate-key until it says that it is done.');
  }
  if (state.key_id !== seal.keyId) {
    throw new Error('This is not the at-rest key that the data was sealed with.');
  }
  return seal.withLookUp(seal.openBytes(state.look_up));
}
