/**
 * Step 6: invitations, sessions that wait for a second factor, records sent to groups, links that
 * can be opened, and vaults on their way to another key.
 */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { createIndexes, entity, reference } from '../building.ts';
import type { Engine } from '../engine.ts';

type Bytes = Engine['bytesColumn'];

async function newColumns(database: Kysely<unknown>, bytes: Bytes): Promise<void> {
  const alter = (table: string) => database.schema.alterTable(table);
  await alter('sessions')
    .addColumn('awaits_second_factor', 'smallint', (column) => column.notNull().defaultTo(0))
    .execute();
  await alter('inbox').addColumn('group_id', 'varchar(24)').execute();
  await alter('links').addColumn('token_key', bytes).execute();
  await alter('links')
    .addColumn('views', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await alter('links').addColumn('opened_at', 'bigint').execute();
}

async function inviteTable(database: Kysely<unknown>, bytes: Bytes): Promise<void> {
  await reference(entity(database, 'invites'), 'organisation_id', 'organisations')
    .addColumn('creator_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('code_key', bytes, (column) => column.notNull().unique())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .execute();
}

async function rekeyingTables(database: Kysely<unknown>, bytes: Bytes): Promise<void> {
  await reference(entity(database, 'rekeyings'), 'vault_id', 'vaults')
    .addColumn('starter_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .addUniqueConstraint('rekeyings_once', ['vault_id'])
    .execute();
  const keys = reference(database.schema.createTable('rekeying_keys'), 'rekeying_id', 'rekeyings');
  await reference(keys, 'user_id', 'users')
    .addColumn('content', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('rekeying_keys_pk', ['rekeying_id', 'user_id'])
    .execute();
  await reference(database.schema.createTable('rekeying_records'), 'rekeying_id', 'rekeyings')
    .addColumn('kind', 'varchar(10)', (column) => column.notNull())
    .addColumn('object_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('former_key', bytes, (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('rekeying_records_pk', ['rekeying_id', 'kind', 'object_id'])
    .execute();
}

/** The step, for the engine at hand. */
export function peopleAndSharingStep(engine: Pick<Engine, 'bytesColumn'>): Migration {
  return {
    async up(database: Kysely<unknown>) {
      await newColumns(database, engine.bytesColumn);
      await inviteTable(database, engine.bytesColumn);
      await rekeyingTables(database, engine.bytesColumn);
      await createIndexes(database, [
        ['invites', ['organisation_id']],
        ['inbox', ['sender_id']],
        ['links', ['token_key']],
        ['links', ['item_id']],
      ]);
    },
  };
}
