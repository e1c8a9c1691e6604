/**
 * Step 4: vault types with administrators and rules, vaults in the bin and out of sight, access
 * requests, roles with permissions, and whom an entry of the activity log is about.
 */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { createIndexes, entity, reference } from '../building.ts';
import type { Engine } from '../engine.ts';

type Bytes = Engine['bytesColumn'];

async function vaultColumns(database: Kysely<unknown>): Promise<void> {
  await database.schema.alterTable('vaults').addColumn('type_id', 'varchar(24)').execute();
  await database.schema.alterTable('vaults').addColumn('deleted_at', 'bigint').execute();
  await database.schema.alterTable('vaults').addColumn('deleter_id', 'varchar(24)').execute();
  await database.schema.alterTable('users').addColumn('role_id', 'varchar(24)').execute();
  await database.schema.alterTable('activity').addColumn('subject_id', 'varchar(24)').execute();
}

async function typeTables(database: Kysely<unknown>, bytes: Bytes): Promise<void> {
  // The built-in types have the same ids in every organisation, so an id alone is no key.
  const types = database.schema
    .createTable('vault_types')
    .addColumn('id', 'varchar(24)', (column) => column.notNull());
  await reference(types, 'organisation_id', 'organisations')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('vault_types_pk', ['organisation_id', 'id'])
    .execute();
  const administrators = database.schema
    .createTable('vault_type_administrators')
    .addColumn('type_id', 'varchar(24)', (column) => column.notNull());
  await reference(administrators, 'user_id', 'users')
    .addPrimaryKeyConstraint('vault_type_administrators_pk', ['type_id', 'user_id'])
    .execute();
  const hidden = database.schema.createTable('hidden_vaults');
  await reference(reference(hidden, 'user_id', 'users'), 'vault_id', 'vaults')
    .addPrimaryKeyConstraint('hidden_vaults_pk', ['user_id', 'vault_id'])
    .execute();
}

async function requestTables(database: Kysely<unknown>, bytes: Bytes): Promise<void> {
  const request = reference(entity(database, 'access_requests'), 'vault_id', 'vaults');
  await reference(request, 'user_id', 'users')
    .addColumn('group_id', 'varchar(24)')
    .addColumn('requester_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('reason', 'varchar(12)', (column) => column.notNull())
    .addColumn('state', 'varchar(12)', (column) => column.notNull())
    .addUniqueConstraint('access_requests_once', ['vault_id', 'user_id'])
    .execute();
  await reference(entity(database, 'roles'), 'organisation_id', 'organisations')
    .addColumn('content', bytes, (column) => column.notNull())
    .execute();
}

/** The step, for the engine at hand. */
export function vaultAdministrationStep(engine: Pick<Engine, 'bytesColumn'>): Migration {
  return {
    async up(database: Kysely<unknown>) {
      await vaultColumns(database);
      await typeTables(database, engine.bytesColumn);
      await requestTables(database, engine.bytesColumn);
      await createIndexes(database, [
        ['vault_type_administrators', ['user_id']],
        ['access_requests', ['user_id']],
        ['roles', ['organisation_id']],
      ]);
    },
  };
}
