/**
 * Keeps the write-ahead log short without holding the main thread.
 *
 * SQLite would checkpoint inside whichever commit makes the log long. Instead a thread does it,
 * started when the log is long for the first time. As long as somebody writes, the log cannot
 * begin anew, so a long stretch of writing has to pause now and then until the thread is
 * through: that is what `relief` is for.
 */
import { Worker } from 'node:worker_threads';
import { CheckpointSignals } from './checkpointsignals.ts';
import type { CheckpointDone, CheckpointWork } from './checkpointworker.ts';
import type { Engine } from './engine.ts';

/** Pages in the log from which on it is folded into the file; what SQLite does by itself as well. */
const longLog = 1000;
/** Pages in the log at which a long stretch of writing should pause: 24 MiB. */
const tooLongLog = 6000;
/** The length is asked for once in so many commits; it costs some microseconds. */
const commitsPerLook = 4;
/** A checkpoint that takes longer than this at the end is left to itself. */
const endLimitMs = 10_000;

export interface CheckpointerOptions {
  readonly path: string;
  /** 32 bytes. Kept in memory shared with the thread until it takes them over, or until the end. */
  readonly pageKey: Uint8Array;
  /** The thread's script; the bundle and the tests have it at different places. */
  readonly workerFile: string | URL;
}

export class Checkpointer {
  readonly #engine: Engine;
  readonly #options: Omit<CheckpointerOptions, 'pageKey'>;
  readonly #signals = new CheckpointSignals();
  #worker: Worker | null = null;
  #commits = 0;
  #underWay: PromiseWithResolvers<void> | null = null;
  /** Neither closed nor given up. */
  #works = true;

  /** From now on `engine` makes no checkpoints by itself. */
  constructor(engine: Engine, { path, pageKey, workerFile }: CheckpointerOptions) {
    this.#engine = engine;
    this.#options = { path, workerFile };
    this.#signals.layOut(pageKey);
    engine.checkpointsByItself(false);
    engine.onCommit(() => {
      this.#commits += 1;
      if (this.#commits % commitsPerLook === 0) this.#look();
    });
  }

  /** Null while the log is short enough; else resolves, without ever failing, after a checkpoint. */
  relief(): Promise<void> | null {
    if (!this.#works) return null;
    const { log, checkpointed } = this.#engine.log();
    if (log < tooLongLog || log === checkpointed) return null;
    this.#start();
    return this.#underWay?.promise ?? null;
  }

  /** Ends the thread; when this returns, it does not have the file open any more. */
  close(): void {
    this.#works = false;
    if (!this.#signals.end(endLimitMs)) {
      throw new Error('the checkpoint thread did not end');
    }
    this.#signals.wipeKey();
    this.#settle();
    this.#worker?.unref();
  }

  #look(): void {
    if (this.#underWay !== null) return;
    const { log, checkpointed } = this.#engine.log();
    if (log - checkpointed >= longLog) this.#start();
  }

  #start(): void {
    if (!this.#works || this.#underWay !== null) return;
    this.#worker ??= this.#startWorker();
    this.#underWay = Promise.withResolvers<void>();
    this.#signals.wantCheckpoint();
  }

  #startWorker(): Worker {
    const work: CheckpointWork = { path: this.#options.path, memory: this.#signals.memory };
    // Flags of this process (a debugger's, a loader's) are not the thread's business.
    const worker = new Worker(this.#options.workerFile, { workerData: work, execArgv: [] });
    worker.unref();
    worker.on('message', ({ ok }: CheckpointDone) => {
      if (ok) this.#settle();
      else this.#giveUp();
    });
    worker.on('error', () => this.#giveUp());
    return worker;
  }

  /**
   * SQLite looks after its log itself from now on: that holds writers longer and is as safe, since
   * whatever a checkpoint could not write stays in the log.
   */
  #giveUp(): void {
    if (this.#works) this.#engine.checkpointsByItself(true);
    this.#works = false;
    this.#settle();
  }

  #settle(): void {
    this.#underWay?.resolve();
    this.#underWay = null;
  }
}
