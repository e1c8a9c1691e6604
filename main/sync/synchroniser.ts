/**
 * The one place that decides when an account's mirror is brought up to date, and that says
 * how it stands.
 *
 * A sync under way is joined, never doubled. Locking aborts every request and every portion
 * of work; what was written by then stays valid.
 */
import { StrongroomError } from '../../contract/index.ts';
import type { SyncStatus } from '../../contract/sync.ts';
import type { LockedBytes } from '../custody/index.ts';
import type { Mirror, Pins, StoredRecord } from '../mirror/index.ts';
import type { RemoteClient } from '../remote/index.ts';
import { fromKeychain } from './trust/chainfailure.ts';
import { offlineTerm } from './offlineterm.ts';
import { Pace } from './pace.ts';
import { lastSyncedKey } from './pull/resume.ts';
import type { FileStore, PullContext, SyncStage } from './pullcontext.ts';
import { refreshRecord } from './pull/refresh.ts';
import { Scheduler, systemTimers, type Timers } from './scheduler.ts';
import type { VaultKeys } from './trust/vaultkeys.ts';
import { bringUpToDate } from './way.ts';

export interface SynchroniserParts {
  readonly accountId: string;
  readonly client: RemoteClient;
  readonly mirror: Mirror;
  /** Null without client-side encryption. */
  readonly vaultKeys: VaultKeys | null;
  readonly manifestKey: LockedBytes;
  /** Subkey under which typed values are sealed when their vault is lost. */
  readonly cacheKey: LockedBytes;
  /**
   * Hash of the master key, given to the gate after each verification; null without
   * client-side encryption.
   */
  readonly masterKeyHash: (() => string) | null;
  /** Size of the own RSA key in bits; null without client-side encryption. */
  readonly ownKeyBits: number | null;
  /** Null where contents of attachments are not kept on this device. */
  readonly files: FileStore | null;
  /** Unix milliseconds. */
  readonly now?: () => number;
  /** By what the scheduler goes; the system's own where nothing is given. */
  readonly timers?: Timers;
  /** Hears of failures that nobody foresaw, for diagnosis inside the process. */
  readonly report?: (failure: unknown) => void;
}

/** Changed records, or null when the tree or more than a handful changed. */
export type ChangeListener = (recordIds: readonly string[] | null) => void;

const safeKeyBits = 2048;
const weakKeyTold = 'weakOwnKeyTold';
/** Progress is told at most this often. */
const progressEveryMs = 80;

export class Synchroniser {
  readonly #parts: SynchroniserParts;
  readonly #now: () => number;
  readonly #statusListeners = new Set<(status: SyncStatus) => void>();
  readonly #changeListeners = new Set<ChangeListener>();
  readonly #abort = new AbortController();
  readonly #givenUpFiles = new Set<string>();
  readonly #refreshing = new Set<Promise<void>>();
  #running: Promise<void> | null = null;
  #state: Pick<SyncStatus, 'phase' | 'stage' | 'done' | 'total' | 'problem'>;
  #toldAt = 0;
  /** When to sync by itself: tell it what happens to the window, the network and the outbox. */
  readonly schedule: Scheduler;

  constructor(parts: SynchroniserParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#state = { phase: this.#lastSyncedAt() === null ? 'never' : 'idle', ...atRest };
    this.schedule = new Scheduler(
      parts.timers ?? systemTimers,
      () => void this.start(),
      () => this.#tell(),
    );
  }

  /** Starts a sync or joins the running one. Resolves when it has ended, however it ended. */
  start(): Promise<void> {
    if (this.#abort.signal.aborted) return Promise.resolve();
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Something was put into the outbox, or a person decided something: it goes out soon. */
  edited(): void {
    this.#tell();
    this.schedule.edited();
  }

  /** Fetches one record again after it was changed from here. Throws `notFound`, network codes. */
  async refresh(record: StoredRecord): Promise<void> {
    const { mode } = this.#pins();
    const refreshing = refreshRecord(this.#context(mode, new Set()), record);
    this.#refreshing.add(refreshing);
    try {
      await refreshing;
    } finally {
      this.#refreshing.delete(refreshing);
    }
  }

  /** Ends the running sync for good, at lock. Nothing touches the mirror once this has resolved. */
  async stop(): Promise<void> {
    this.schedule.end();
    this.#abort.abort();
    this.#statusListeners.clear();
    this.#changeListeners.clear();
    await this.#running;
    await Promise.allSettled(this.#refreshing);
  }

  status(): SyncStatus {
    const { accountId, mirror } = this.#parts;
    return {
      accountId,
      ...this.#state,
      lastSyncedAt: this.#lastSyncedAt(),
      nextTryAt: this.schedule.nextTryAt,
      ...mirror.outbox.counts(),
      conflicts: mirror.conflicts.count(),
      offlineUntil: offlineTerm(mirror, this.#now()).until,
      notices: mirror.notices.all(),
    };
  }

  /** Forgets a notice that a person has read. */
  dismissNotice(id: string): void {
    this.#parts.mirror.notices.dismiss(id);
    this.#tell();
  }

  /** Calls back on each change of the status; the returned function ends that. */
  onStatus(listener: (status: SyncStatus) => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  /** Calls back when the mirror changed; the returned function ends that. */
  onChanged(listener: ChangeListener): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  async #run(): Promise<void> {
    this.schedule.began();
    this.#set({ phase: 'running', stage: 'connecting', done: 0, total: 0, problem: null });
    try {
      await this.#sync();
      this.schedule.settled({ kind: 'done' });
      this.#set({ phase: 'idle', ...atRest });
    } catch (failure) {
      this.#fail(fromKeychain(failure));
    }
  }

  async #sync(): Promise<void> {
    const { client, mirror, masterKeyHash } = this.#parts;
    const pins = this.#pins();
    client.gate.close();
    this.#noteWeakKey();
    await bringUpToDate({
      pins,
      context: (features) => this.#context(pins.mode, features),
      openGate: () => {
        if (masterKeyHash !== null) client.gate.open(masterKeyHash());
      },
      report: (failure) => this.#parts.report?.(failure),
    });
    mirror.syncState.set(lastSyncedKey, String(this.#now()));
    // Edits made here owe the mirror something as well.
    await new Pace(mirror.upkeep).rest(this.#abort.signal);
  }

  #pins(): Pins {
    const pins = this.#parts.mirror.pins.read();
    if (pins === null) throw new StrongroomError('internal', {}, { cause: new Error('nothing is pinned') });
    return pins;
  }

  #context(mode: PullContext['mode'], features: ReadonlySet<string>): PullContext {
    const { client, mirror, vaultKeys, manifestKey, cacheKey, files } = this.#parts;
    return {
      client,
      mirror,
      mode,
      vaultKeys,
      manifestKey,
      cacheKey,
      files,
      givenUpFiles: this.#givenUpFiles,
      features,
      pace: new Pace(mirror.upkeep),
      signal: this.#abort.signal,
      now: this.#now,
      progress: (stage, done, total) => this.#progress(stage, done, total),
      changed: (recordIds) => this.#changed(recordIds),
    };
  }

  /** A short own key protects everything of this account; its owner is told once. */
  #noteWeakKey(): void {
    const { ownKeyBits, mirror } = this.#parts;
    if (ownKeyBits === null || ownKeyBits >= safeKeyBits || mirror.syncState.get(weakKeyTold) !== null)
      return;
    mirror.transaction(() => {
      mirror.notices.add({
        at: this.#now(),
        kind: 'weakOwnKey',
        subject: `RSA-${ownKeyBits}`,
        recordId: null,
      });
      mirror.syncState.set(weakKeyTold, String(ownKeyBits));
    });
  }

  #fail(failure: unknown): void {
    const foreseen = failure instanceof StrongroomError && failure.code !== 'internal';
    if (!foreseen) this.#parts.report?.(failure);
    const { code, params } = foreseen ? failure : new StrongroomError('internal');
    if (code === 'cancelled') {
      this.schedule.settled({ kind: 'stopped' });
      return this.#set({ phase: this.#restingPhase(), ...atRest });
    }
    // A busy server comes back by itself, as a missing network does; everything else needs a person.
    const phase = code === 'unreachable' || code === 'serverBusy' ? 'offline' : 'stopped';
    const { retryAfterMs } = params;
    this.schedule.settled(
      phase === 'stopped'
        ? { kind: 'stopped' }
        : { kind: 'failed', retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null },
    );
    this.#set({ phase, ...atRest, problem: { code, params: { ...params } } });
  }

  #restingPhase(): SyncStatus['phase'] {
    return this.#lastSyncedAt() === null ? 'never' : 'idle';
  }

  #progress(stage: SyncStage, done: number, total: number): void {
    const changedStage = stage !== this.#state.stage;
    this.#state = { ...this.#state, stage, done, total };
    if (changedStage || performance.now() - this.#toldAt >= progressEveryMs) this.#tell();
  }

  #changed(recordIds: readonly string[] | null): void {
    for (const listener of this.#changeListeners) listener(recordIds);
  }

  #set(state: Pick<SyncStatus, 'phase' | 'stage' | 'done' | 'total' | 'problem'>): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    this.#toldAt = performance.now();
    if (this.#statusListeners.size === 0) return;
    const status = this.status();
    for (const listener of this.#statusListeners) listener(status);
  }

  #lastSyncedAt(): number | null {
    const text = this.#parts.mirror.syncState.get(lastSyncedKey);
    return text === null ? null : Number(text);
  }
}

const atRest = { stage: null, done: 0, total: 0, problem: null } as const;
