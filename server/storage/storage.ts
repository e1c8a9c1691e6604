/**
 * The server's memory as one object: every repository, one connection, one seal.
 *
 * Repositories are bound to an executor, so the same code runs inside a transaction:
 * `storage.transaction` hands over a second set of them.
 */
import { HandleEmptyInListsPlugin, Kysely, replaceWithNoncontingentExpression } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Seal } from '../sealing/cipher.ts';
import type { Clock } from '../clock.ts';
import { accessStore, hiddenVaultStore, vaultKeyStore } from './access.ts';
import { activityStore } from './activity.ts';
import { answerStore } from './answers.ts';
import { binStore } from './bin.ts';
import { conversionStore } from './conversions.ts';
import type { OpenedPeople } from './directory.ts';
import { directoryStore } from './directory.ts';
import { encryptionChangeStore } from './encryptionchanges.ts';
import type { Engine } from './engine.ts';
import type { FilePlace } from './fileplace.ts';
import { attachmentStore } from './files.ts';
import { folderStore } from './folders.ts';
import { groupStore } from './groups.ts';
import { inviteStore } from './invites.ts';
import { itemStore } from './items.ts';
import { joining } from './joining.ts';
import { journalStore } from './journal.ts';
import { journaled } from './journaled.ts';
import { ldapStore } from './ldap.ts';
import { linkStore } from './links.ts';
import { migrations } from './migrations.ts';
import { organisationStore, userStore } from './people.ts';
import { partFiles } from './partfiles.ts';
import type { Reach } from './reach.ts';
import { reachOf } from './reach.ts';
import { rekeyingStore } from './rekeying.ts';
import { accessRequestStore } from './requests.ts';
import { roleStore } from './roles.ts';
import { settledSeal } from './sealing.ts';
import { sessionStore } from './sessions.ts';
import { inboxStore, shortcutStore } from './sharing.ts';
import { snapshotStore } from './snapshots.ts';
import { stagedFileStore } from './stagedfiles.ts';
import type { Tables } from './tables.ts';
import { uploadStore } from './uploads.ts';
import { vaultStore } from './vaults.ts';
import { vaultTypeStore } from './vaulttypes.ts';

interface Ground {
  readonly seal: Seal;
  readonly engine: Engine;
  readonly files: FilePlace;
  readonly clock: Clock;
  readonly opened: OpenedPeople;
}

function bareRepositories(database: Kysely<Tables>, { seal, engine, files, clock, opened }: Ground) {
  return {
    organisations: organisationStore(database, seal),
    users: userStore(database, seal),
    directory: directoryStore(database, seal, opened),
    ldap: ldapStore(database, seal),
    groups: groupStore(database, seal),
    roles: roleStore(database, seal),
    invites: inviteStore(database, seal),
    sessions: sessionStore(database, seal),
    vaults: vaultStore(database, seal),
    vaultKeys: vaultKeyStore(database, seal),
    vaultTypes: vaultTypeStore(database, seal),
    hiddenVaults: hiddenVaultStore(database),
    requests: accessRequestStore(database),
    rekeyings: rekeyingStore(database, seal),
    encryptionChanges: encryptionChangeStore(database),
    conversions: conversionStore(database, seal),
    stagedFiles: stagedFileStore(database, seal),
    folders: folderStore(database, seal),
    access: accessStore(database),
    items: itemStore(database, seal, engine),
    snapshots: snapshotStore(database, seal),
    attachments: attachmentStore(database, seal, files),
    uploads: uploadStore(database, seal),
    partFiles: partFiles(seal, files),
    shortcuts: shortcutStore(database, seal),
    inbox: inboxStore(database, seal),
    links: linkStore(database, seal),
    bin: binStore(database),
    journal: journalStore(database, engine, clock),
    answers: answerStore(database, seal),
    activity: activityStore(database, seal),
  };
}

export type Repositories = ReturnType<typeof bareRepositories>;

export interface Storage extends Repositories {
  /** The seal with the look-up secret of this installation. */
  readonly seal: Seal;
  /** Runs several changes as one: all of them are kept, or none. */
  transaction<Result>(work: (storage: Repositories) => Promise<Result>): Promise<Result>;
  /** Runs several reads on one state of the data, whatever is written meanwhile. */
  snapshot<Result>(work: (storage: Repositories) => Promise<Result>): Promise<Result>;
  /**
   * Runs work as one transaction that everything it asks of this storage joins, its own
   * transactions included. What it does beside the database is not taken back.
   */
  whole<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Runs work that must not happen before the changes made so far are kept for good. */
  afterCommit(work: () => Promise<void>): Promise<void>;
  /** Whether database and files can be reached now. */
  reach(): Promise<Reach>;
  /** Closes the database and lets go of the files; the storage cannot be used afterwards. */
  close(): Promise<void>;
}

/** Opens a database and brings its tables up to date. */
export async function openDatabase(engine: Engine, clock: Clock): Promise<Kysely<Tables>> {
  // Nothing stands in an empty list; only SQLite can be asked so.
  const emptyLists = new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression });
  const database = new Kysely<Tables>({ dialect: engine.dialect, plugins: [emptyLists] });
  const migrator = new Migrator({ db: database, provider: migrations(engine, clock) });
  const { error } = await migrator.migrateToLatest();
  if (error) {
    await database.destroy();
    throw new Error('The database could not be brought up to date.', { cause: error });
  }
  return database;
}

/**
 * Opens the storage and brings its tables up to date. Rejects when the key is not the one that the
 * data was sealed with, or is being changed.
 */
export async function openStorage(
  engine: Engine,
  keySeal: Seal,
  files: FilePlace,
  clock: Clock = Date.now,
): Promise<Storage> {
  const database = await openDatabase(engine, clock);
  const seal = await settledSeal(database, keySeal).catch(async (error: unknown) => {
    await database.destroy();
    throw error;
  });
  const ground = { seal, engine, files, clock, opened: new Map() };
  const on = (executor: Kysely<Tables>) => journaled(executor, (within) => bareRepositories(within, ground));
  const { joined, whole, afterCommit } = joining(database, on);
  const storage: Storage = {
    ...on(database),
    seal,
    transaction: (work) => {
      const within = joined();
      return within ? work(within) : database.transaction().execute((executor) => work(on(executor)));
    },
    snapshot: (work) => {
      const within = joined();
      if (within) return work(within);
      const frozen = database.transaction().setIsolationLevel('repeatable read');
      return frozen.execute((executor) => work(on(executor)));
    },
    ...{ whole, afterCommit },
    reach: () => reachOf(database, files),
    close: async () => {
      files.close();
      await database.destroy();
    },
  };
  return new Proxy(storage, {
    get: (own, name) => {
      const within = joined();
      return Reflect.get(within && name in within ? within : own, name);
    },
  });
}
