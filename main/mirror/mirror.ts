/**
 * The mirror: the encrypted local copy of everything its user may see, and the only source
 * the application reads from.
 */
import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { StrongroomError } from '../../contract/errors.ts';
import { Bases } from './bases.ts';
import { Bin } from './bin.ts';
import { Checkpointer } from './checkpointer.ts';
import { Conflicts } from './conflicts.ts';
import { Engine } from './engine.ts';
import { translated } from './fault.ts';
import { DraftStore } from './drafts.ts';
import { Folders } from './folders.ts';
import { ImportSteps } from './importsteps.ts';
import { HealthRows } from './health.ts';
import { KeyCache } from './keycache.ts';
import { MadeValueStore } from './madevalues.ts';
import { Manifest } from './manifest.ts';
import { loadMigrations, migrate } from './migrations.ts';
import { Notices } from './notices.ts';
import { OfflineReads } from './offlinereads.ts';
import { Outbox } from './outbox.ts';
import { PinStore } from './pins.ts';
import { Recents } from './recents.ts';
import { RecordList } from './recordlist.ts';
import { Records } from './records.ts';
import { Revisions } from './revisions.ts';
import { RosterStore } from './rosters.ts';
import { Search } from './search.ts';
import { SavedSearches } from './savedsearches.ts';
import { SearchMerge } from './searchmerge.ts';
import { SearchRenewal } from './searchrenewal.ts';
import { SyncState } from './syncstate.ts';
import { Upkeep } from './upkeep.ts';
import { Users } from './users.ts';
import { Vaults } from './vaults.ts';

export interface MirrorOptions {
  readonly path: string;
  /** 32 bytes; not kept. */
  readonly pageKey: Uint8Array;
  /** The folder of the numbered SQL files. */
  readonly migrationsDir: string;
  /** Script of the checkpoint thread; without it SQLite makes checkpoints inside commits. */
  readonly checkpointWorker?: string | URL | undefined;
}

/** One page. */
const leastFileSize = 4096;

/** Files that SQLite keeps beside a database. */
const companions = ['-wal', '-shm'];

export class Mirror {
  readonly vaults: Vaults;
  readonly folders: Folders;
  readonly records: Records;
  readonly search: Search;
  readonly users: Users;
  readonly pins: PinStore;
  readonly manifest: Manifest;
  readonly keyCache: KeyCache;
  readonly notices: Notices;
  readonly syncState: SyncState;
  readonly recents: Recents;
  readonly savedSearches: SavedSearches;
  readonly upkeep: Upkeep;
  readonly outbox: Outbox;
  readonly bases: Bases;
  readonly conflicts: Conflicts;
  readonly bin: Bin;
  readonly offlineReads: OfflineReads;
  readonly drafts: DraftStore;
  readonly madeValues: MadeValueStore;
  readonly importSteps: ImportSteps;
  readonly revisions: Revisions;
  readonly rosters: RosterStore;
  readonly health: HealthRows;
  readonly #engine: Engine;
  readonly #checkpointer: Checkpointer | null;

  private constructor(engine: Engine, checkpointer: Checkpointer | null, path: string) {
    this.#engine = engine;
    this.#checkpointer = checkpointer;
    this.vaults = new Vaults(engine);
    this.folders = new Folders(engine);
    const list = new RecordList(engine, this.vaults, this.folders);
    this.records = new Records(engine, list);
    this.search = new Search(engine, list, this.vaults);
    this.users = new Users(engine);
    this.pins = new PinStore(engine);
    this.manifest = new Manifest(engine);
    this.keyCache = new KeyCache(engine);
    this.notices = new Notices(engine);
    this.syncState = new SyncState(engine);
    const renewal = new SearchRenewal({
      ...{ engine, syncState: this.syncState },
      renewAfter: (row, most) => this.records.renewSearchAfter(row, most),
    });
    this.upkeep = new Upkeep({ renewal, merge: new SearchMerge(engine), checkpointer, path });
    this.recents = new Recents(engine);
    this.savedSearches = new SavedSearches(engine);
    this.outbox = new Outbox(engine);
    this.bases = new Bases(engine);
    this.conflicts = new Conflicts(engine);
    this.bin = new Bin(engine);
    this.offlineReads = new OfflineReads(engine);
    this.drafts = new DraftStore(engine);
    this.madeValues = new MadeValueStore(engine);
    this.importSteps = new ImportSteps(engine);
    this.revisions = new Revisions(engine);
    this.rosters = new RosterStore(engine);
    this.health = new HealthRows(engine);
  }

  /**
   * Opens the mirror, or makes a new one where there is no file. Throws `mirrorWrongKey`,
   * `mirrorDamaged`, `mirrorNewer`, `diskFull`, `diskReadOnly` or `diskError`.
   */
  static open(options: MirrorOptions): Mirror {
    const migrations = loadMigrations(options.migrationsDir);
    if (!existsSync(options.path)) createFile(options);
    // A new file gets its name only when it is complete, so one without a whole page was cut;
    // SQLite would take it for a new database.
    if (translated(() => statSync(options.path)).size < leastFileSize) {
      throw new StrongroomError('mirrorDamaged');
    }
    const engine = Engine.open(options);
    try {
      migrate(engine, options.path, migrations);
      const { path, pageKey, checkpointWorker: workerFile } = options;
      const thread =
        workerFile === undefined ? null : new Checkpointer(engine, { path, pageKey, workerFile });
      return new Mirror(engine, thread, path);
    } catch (error) {
      engine.close();
      throw error;
    }
  }

  /**
   * Puts a damaged database out of the way, so that a new one can be pulled from the server.
   * Returns the new name; `at` in Unix milliseconds becomes part of it.
   */
  static setAside(path: string, at: number = Date.now()): string {
    const aside = `${path}.damaged-${new Date(at).toISOString().replace(/[:.]/g, '-')}`;
    translated(() => {
      renameSync(path, aside);
      for (const companion of companions) {
        if (existsSync(path + companion)) renameSync(path + companion, aside + companion);
      }
    });
    return aside;
  }

  /** Reads every page and index. Throws `mirrorDamaged` if anything is not as written. */
  checkIntegrity(): void {
    const answer = this.#engine.pragma('integrity_check');
    if (answer !== 'ok') throw new StrongroomError('mirrorDamaged');
    this.#engine.execute("INSERT INTO search_index (search_index) VALUES ('integrity-check')");
  }

  /** All or nothing; may be nested. */
  transaction<T>(work: () => T): T {
    return this.#engine.transaction(work);
  }

  /** Like `transaction`, and surely on the disk when it returns, even if the power fails then. */
  durable<T>(work: () => T): T {
    return this.#engine.durable(work);
  }

  /** One of many portions, durable with the next `durable` transaction; see the engine. */
  portion<T>(work: () => T): T {
    return this.#engine.portion(work);
  }

  /** Nothing of the mirror may be used afterwards. */
  close(): void {
    try {
      this.#checkpointer?.close();
    } finally {
      this.#engine.close();
    }
  }
}

function createFile(options: MirrorOptions): void {
  const unfinished = `${options.path}.new`;
  const migrations = loadMigrations(options.migrationsDir);
  translated(() => {
    for (const suffix of ['', ...companions]) rmSync(unfinished + suffix, { force: true });
    // Made by hand for its mode, and because a disk that refuses says why only here.
    closeSync(openSync(unfinished, 'wx', 0o600));
  });
  const engine = Engine.open({ ...options, path: unfinished });
  try {
    migrate(engine, unfinished, migrations);
    engine.checkpoint();
  } finally {
    engine.close();
  }
  translated(() => {
    // A log left by an earlier database of this name must not be replayed into the new one.
    for (const companion of companions) rmSync(options.path + companion, { force: true });
    renameSync(unfinished, options.path);
  });
}
