/**
 * Folds the mirror's write-ahead log into its file, in a thread with a connection of its own:
 * that means reading, encrypting, writing and waiting for the disk, tens of milliseconds that
 * the main thread must not be held for. It takes no lock that a writer or a reader waits for.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { CheckpointSignals } from './checkpointsignals.ts';
import { Engine } from './engine.ts';

/** What the thread is started with. */
export interface CheckpointWork {
  readonly path: string;
  readonly memory: SharedArrayBuffer;
}

/** What it tells after each checkpoint. */
export interface CheckpointDone {
  /** False where the disk refused; the log keeps what it has then, and nothing is lost. */
  readonly ok: boolean;
}

function checkpoint(engine: Engine): CheckpointDone {
  try {
    engine.checkpointAside();
    return { ok: true };
  } catch {
    // A full or failing disk: nothing is lost, and whoever writes next hears of it.
    return { ok: false };
  }
}

function work({ path, memory }: CheckpointWork): void {
  const signals = new CheckpointSignals(memory);
  const pageKey = signals.begin();
  if (pageKey === null) return;
  try {
    const engine = Engine.open({ path, pageKey });
    pageKey.fill(0);
    try {
      while (signals.nextWish()) parentPort?.postMessage(checkpoint(engine));
    } finally {
      engine.close();
    }
  } finally {
    pageKey.fill(0);
    signals.ended();
  }
}

// What was started by the main thread, and only there, is a `CheckpointWork`.
work(workerData as CheckpointWork);
