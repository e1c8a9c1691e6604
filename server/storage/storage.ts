/**
 * The server's memory as one object: every repository, one connection, one seal.
 *
 * Repositories are bound to an executor, so the same code runs inside a transaction:
 * `storage.transaction` hands over a second set of them.
 */
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Seal } from '../sealing/cipher.ts';
import type { Engine } from './engine.ts';
import { attachmentStore } from './files.ts';
import { itemStore, snapshotStore } from './items.ts';
import { migrations } from './migrations.ts';
import { groupStore, organisationStore, userStore } from './people.ts';
import { sessionStore } from './sessions.ts';
import { binStore, inboxStore, linkStore, shortcutStore } from './sharing.ts';
import type { Tables } from './tables.ts';
import { accessStore, folderStore, vaultStore } from './vaults.ts';

function repositories(database: Kysely<Tables>, seal: Seal, engine: Engine, filesFolder: string) {
  return {
    organisations: organisationStore(database, seal),
    users: userStore(database, seal),
    groups: groupStore(database, seal),
    sessions: sessionStore(database, seal),
    vaults: vaultStore(database, seal),
    folders: folderStore(database, seal),
    access: accessStore(database),
    items: itemStore(database, seal, engine),
    snapshots: snapshotStore(database, seal),
    attachments: attachmentStore(database, seal, filesFolder),
    shortcuts: shortcutStore(database, seal),
    inbox: inboxStore(database, seal),
    links: linkStore(database, seal),
    bin: binStore(database),
  };
}

export type Repositories = ReturnType<typeof repositories>;

export interface Storage extends Repositories {
  /** Runs several changes as one: all of them are kept, or none. */
  transaction<Result>(work: (storage: Repositories) => Promise<Result>): Promise<Result>;
  /** Closes the database; the storage cannot be used afterwards. */
  close(): Promise<void>;
}

/** Opens the storage and brings its tables up to date. */
export async function openStorage(engine: Engine, seal: Seal, filesFolder: string): Promise<Storage> {
  const database = new Kysely<Tables>({ dialect: engine.dialect });
  const migrator = new Migrator({ db: database, provider: migrations(engine) });
  const { error } = await migrator.migrateToLatest();
  if (error) {
    await database.destroy();
    throw new Error('The database could not be brought up to date.', { cause: error });
  }
  return {
    ...repositories(database, seal, engine, filesFolder),
    transaction: (work) =>
      database
        .transaction()
        .execute((transaction) => work(repositories(transaction, seal, engine, filesFolder))),
    close: () => database.destroy(),
  };
}
