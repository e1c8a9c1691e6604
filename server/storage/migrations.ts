/**
 * The numbered steps that build the database. A step is never changed once released;
 * the next change is the next number.
 */
import type { Kysely } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';
import type { Clock } from '../clock.ts';
import { createIndexes, entity, reference } from './building.ts';
import type { Engine } from './engine.ts';
import { newMark } from './journal.ts';
import type { Tables } from './tables.ts';
import { createLdapTable } from './ldap.ts';
import { createSealingTable } from './sealing.ts';
import { createUploadTables } from './uploadtables.ts';
import { encryptionChangeStep } from './steps/encryptionchange.ts';
import { peopleAndSharingStep } from './steps/peopleandsharing.ts';
import { vaultAdministrationStep } from './steps/vaultadministration.ts';

type Bytes = Engine['bytesColumn'];

async function peopleTables(database: Kysely<unknown>, bytes: Bytes): Promise<void> {
  await entity(database, 'organisations')
    .addColumn('client_side_encryption', 'smallint', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .execute();
  await reference(entity(database, 'users'), 'organisation_id', 'organisations')
    .addColumn('login_key', bytes, (column) => column.notNull().unique())
    .addColumn('role', 'varchar(20)', (column) => column.notNull())
    .addColumn('is_owner', 'smallint', (column) => column.notNull())
    .addColumn('is_blocked', 'smallint', (column) => column.notNull())
    .addColumn('is_deleted', 'smallint', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .execute();
  await reference(entity(database, 'sessions'), 'user_id', 'users')
    .addColumn('access_key', bytes, (column) => column.notNull().unique())
    .addColumn('access_expires_at', 'bigint', (column) => column.notNull())
    .addColumn('refresh_key', bytes, (column) => column.notNull().unique())
    .addColumn('refresh_expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await reference(entity(database, 'user_groups'), 'organisation_id', 'organisations')
    .addColumn('content', bytes, (column) => column.notNull())
    .execute();
  const members = database.schema.createTable('group_members');
  await reference(reference(members, 'group_id', 'user_groups'), 'user_id', 'users')
    .addPrimaryKeyConstraint('group_members_pk', ['group_id', 'user_id'])
    .execute();
}

async function vaultTables(database: Kysely<unknown>, bytes: Bytes): Promise<void> {
  await reference(entity(database, 'vaults'), 'organisation_id', 'organisations')
    .addColumn('type', 'varchar(20)', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .execute();
  const keys = database.schema.createTable('vault_keys');
  await reference(reference(keys, 'vault_id', 'vaults'), 'user_id', 'users')
    .addColumn('content', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('vault_keys_pk', ['vault_id', 'user_id'])
    .execute();
  await reference(entity(database, 'folders'), 'vault_id', 'vaults')
    .addColumn('parent_id', 'varchar(24)', (column) => column.references('folders.id').onDelete('cascade'))
    .addColumn('bin_id', 'varchar(24)')
    .addColumn('content', bytes, (column) => column.notNull())
    .execute();
  const access = database.schema
    .createTable('access')
    .addColumn('id', 'varchar(24)', (column) => column.primaryKey());
  const onVault = reference(access, 'vault_id', 'vaults');
  const onFolder = reference(onVault, 'folder_id', 'folders', false);
  const ofUser = reference(onFolder, 'user_id', 'users', false);
  await reference(ofUser, 'group_id', 'user_groups', false)
    .addColumn('level', 'varchar(12)', (column) => column.notNull())
    .execute();
}

async function itemTables(database: Kysely<unknown>, bytes: Bytes): Promise<void> {
  const item = reference(entity(database, 'items'), 'vault_id', 'vaults');
  await reference(item, 'folder_id', 'folders', false)
    .addColumn('bin_id', 'varchar(24)')
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('editor_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .execute();
  await reference(entity(database, 'attachments'), 'item_id', 'items')
    .addColumn('file_name', 'varchar(64)', (column) => column.notNull())
    .execute();
  await reference(entity(database, 'snapshots'), 'item_id', 'items')
    .addColumn('creator_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .execute();
  const favorites = database.schema.createTable('favorites');
  await reference(reference(favorites, 'user_id', 'users'), 'item_id', 'items')
    .addPrimaryKeyConstraint('favorites_pk', ['user_id', 'item_id'])
    .execute();
  await reference(entity(database, 'bin'), 'vault_id', 'vaults')
    .addColumn('kind', 'varchar(10)', (column) => column.notNull())
    .addColumn('object_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('deleter_id', 'varchar(24)', (column) => column.notNull())
    .execute();
}

async function sharingTables(database: Kysely<unknown>, bytes: Bytes): Promise<void> {
  const shortcut = reference(entity(database, 'shortcuts'), 'item_id', 'items');
  await reference(reference(shortcut, 'vault_id', 'vaults'), 'folder_id', 'folders', false)
    .addColumn('creator_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .execute();
  const inbox = reference(entity(database, 'inbox'), 'item_id', 'items');
  await reference(reference(inbox, 'receiver_id', 'users'), 'sender_id', 'users')
    .addColumn('access', 'varchar(10)', (column) => column.notNull())
    .addColumn('is_viewed', 'smallint', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .execute();
  const link = reference(entity(database, 'links'), 'item_id', 'items');
  await reference(link, 'creator_id', 'users')
    .addColumn('shortcut_id', 'varchar(24)')
    .addColumn('type', 'varchar(12)', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('content', bytes, (column) => column.notNull())
    .execute();
}

const indexes: readonly (readonly [table: string, columns: string[]])[] = [
  ['users', ['organisation_id']],
  ['sessions', ['user_id']],
  ['group_members', ['user_id']],
  ['vaults', ['organisation_id']],
  ['vault_keys', ['user_id']],
  ['folders', ['vault_id']],
  ['access', ['vault_id']],
  ['access', ['user_id']],
  ['access', ['group_id']],
  ['items', ['vault_id']],
  ['items', ['folder_id']],
  ['attachments', ['item_id']],
  ['snapshots', ['item_id']],
  ['shortcuts', ['vault_id']],
  ['shortcuts', ['item_id']],
  ['inbox', ['receiver_id']],
  ['inbox', ['item_id']],
];

async function journalTables(database: Kysely<unknown>): Promise<void> {
  const journals = database.schema.createTable('journals');
  await reference(journals, 'organisation_id', 'organisations')
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('horizon', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('journals_pk', ['organisation_id'])
    .execute();
  await reference(database.schema.createTable('journal_marks'), 'organisation_id', 'organisations')
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('mark', 'varchar(24)', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('journal_marks_pk', ['organisation_id', 'position'])
    .execute();
  // Objects are named without a reference: an entry outlives what it tells the end of.
  await reference(database.schema.createTable('changes'), 'organisation_id', 'organisations')
    .addColumn('kind', 'varchar(10)', (column) => column.notNull())
    .addColumn('object_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('vault_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('folder_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('user_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('changes_pk', [
      ...(['organisation_id', 'kind', 'object_id', 'vault_id', 'folder_id', 'user_id'] as const),
    ])
    .execute();
}

const journalIndexes: readonly (readonly [table: string, columns: string[]])[] = [
  ['changes', ['organisation_id', 'position']],
  ['changes', ['organisation_id', 'user_id', 'position']],
  ['items', ['vault_id', 'id']],
];

/** Organisations from before the journal begin theirs now; their clients start with whole listings. */
async function beginJournals(database: Kysely<Tables>, clock: Clock): Promise<void> {
  const created = Math.floor(clock() / 1000);
  for (const { id } of await database.selectFrom('organisations').select('id').execute()) {
    await database.insertInto('journals').values({ organisation_id: id, position: 1, horizon: 1 }).execute();
    await database
      .insertInto('journal_marks')
      .values({ organisation_id: id, position: 1, mark: newMark(), created_at: created })
      .execute();
  }
}

/** Kept answers and the activity log. */
async function offlineTables(database: Kysely<unknown>, bytes: Bytes): Promise<void> {
  await reference(database.schema.createTable('kept_answers'), 'user_id', 'users')
    .addColumn('request_key', bytes, (column) => column.notNull())
    .addColumn('fingerprint', bytes, (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('kept_answers_pk', ['user_id', 'request_key'])
    .execute();
  // Objects are named without a reference: the log outlives what it tells of.
  await reference(entity(database, 'activity'), 'organisation_id', 'organisations')
    .addColumn('actor_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('event', 'varchar(60)', (column) => column.notNull())
    .addColumn('object_id', 'varchar(24)', (column) => column.notNull())
    .addColumn('vault_id', 'varchar(24)')
    .addColumn('acted_at', 'bigint', (column) => column.notNull())
    .addColumn('is_offline', 'smallint', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .execute();
}

const offlineIndexes: readonly (readonly [table: string, columns: string[]])[] = [
  ['kept_answers', ['created_at']],
  ['activity', ['organisation_id', 'created_at']],
  ['bin', ['vault_id']],
  ['folders', ['bin_id']],
  ['items', ['bin_id']],
];

/** The steps, in order, for the engine at hand. */
export function migrations(engine: Engine, clock: Clock): MigrationProvider {
  const foundation: Migration = {
    async up(database: Kysely<unknown>) {
      await peopleTables(database, engine.bytesColumn);
      await vaultTables(database, engine.bytesColumn);
      await itemTables(database, engine.bytesColumn);
      await sharingTables(database, engine.bytesColumn);
      await createIndexes(database, indexes);
    },
  };
  const journal: Migration = {
    async up(database: Kysely<unknown>) {
      await journalTables(database);
      await createIndexes(database, journalIndexes);
      await beginJournals(database.withTables<Pick<Tables, keyof Tables>>(), clock);
    },
  };
  const offline: Migration = {
    async up(database: Kysely<unknown>) {
      await offlineTables(database, engine.bytesColumn);
      await createIndexes(database, offlineIndexes);
    },
  };
  const fileParts: Migration = {
    up: (database: Kysely<unknown>) => createUploadTables(database, engine.bytesColumn),
  };
  const ldap: Migration = {
    up: (database: Kysely<unknown>) => createLdapTable(database, engine.bytesColumn),
  };
  const sealing: Migration = {
    up: (database: Kysely<unknown>) => createSealingTable(database, engine.bytesColumn),
  };
  const steps = {
    ...{ '0001_foundation': foundation, '0002_journal': journal, '0003_offline_edits': offline },
    '0004_vault_administration': vaultAdministrationStep(engine),
    '0005_file_parts': fileParts,
    '0006_people_and_sharing': peopleAndSharingStep(engine),
    '0007_directory': ldap,
    '0008_sealing': sealing,
    '0009_encryption_change': encryptionChangeStep(engine),
  };
  return { getMigrations: async () => steps };
}
