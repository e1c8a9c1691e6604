/**
 * Step 9: turning client-side encryption on or off. A vault is converted as one is rekeyed: what
 * replaces its contents is put by beside them, files included, until all of it is put in force.
 */
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { createIndexes, entity, reference } from '../building.ts';
import type { Engine } from '../engine.ts';

async function changeTable(database: Kysely<unknown>): Promise<void> {
  await reference(entity(database, 'encryption_changes'), 'organisation_id', 'organisations')
    .addColumn('direction', 'varchar(3)', (column) => column.notNull())
    .addColumn('starter_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('finisher_id', 'varchar(24)')
    .addColumn('finished_at', 'bigint')
    .execute();
  await database.schema
    .createIndex('encryption_changes_once')
    .on('encryption_changes')
    .column('organisation_id')
    .unique()
    .where(sql.ref('finished_at'), 'is', null)
    .execute();
}

async function newColumns(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .alterTable('rekeyings')
    .addColumn('change_id', 'varchar(24)', (column) =>
      column.references('encryption_changes.id').onDelete('cascade'),
    )
    .execute();
  await database.schema.alterTable('rekeying_records').addColumn('revision', 'integer').execute();
  await database.schema
    .alterTable('uploads')
    .addColumn('rekeying_id', 'varchar(24)', (column) =>
      column.references('rekeyings.id').onDelete('cascade'),
    )
    .execute();
}

async function stagedTable(database: Kysely<unknown>, bytes: Engine['bytesColumn']): Promise<void> {
  const staged = database.schema
    .createTable('staged_files')
    .addColumn('id', 'varchar(24)', (column) =>
      column.primaryKey().references('attachments.id').onDelete('cascade'),
    );
  await reference(staged, 'rekeying_id', 'rekeyings')
    .addColumn('former_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .addUniqueConstraint('staged_files_once', ['rekeying_id', 'former_id'])
    .execute();
}

/** The step, for the engine at hand. */
export function encryptionChangeStep(engine: Pick<Engine, 'bytesColumn'>): Migration {
  return {
    async up(database: Kysely<unknown>) {
      await changeTable(database);
      await newColumns(database);
      await stagedTable(database, engine.bytesColumn);
      await createIndexes(database, [
        ['rekeyings', ['change_id']],
        ['uploads', ['rekeying_id']],
      ]);
    },
  };
}
