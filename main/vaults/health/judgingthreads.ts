/** Threads that judge passwords, one portion at a time each; started for a run and ended with it. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { StrongroomError } from '../../../contract/errors.ts';
import type { JudgingAnswer, JudgingJob, Judgement } from '../../strength/index.ts';

/** One processor is left to everything else; each thread holds the dictionaries, so there are few. */
export const threadCount = Math.max(1, Math.min(2, availableParallelism() - 1));

interface Waiting {
  readonly job: JudgingJob;
  readonly resolve: (judged: readonly Judgement[]) => void;
  readonly reject: (failure: StrongroomError) => void;
}

export class JudgingThreads {
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #busy = new Map<Worker, Waiting>();
  readonly #queue: Waiting[] = [];
  #failure: StrongroomError | null = null;

  /** `workerFile`: the thread's script; the bundle and the tests have it at different places. */
  constructor(workerFile: string | URL) {
    this.#workers = Array.from({ length: threadCount }, () => this.#start(workerFile));
    this.#idle = [...this.#workers];
  }

  /** The bytes move to a thread and are wiped there. Throws `cancelled` once closed, `internal`. */
  judge(job: JudgingJob): Promise<readonly Judgement[]> {
    return new Promise((resolve, reject) => {
      const waiting = { job, resolve, reject };
      if (this.#failure) this.#giveUp(waiting, this.#failure);
      else this.#queue.push(waiting);
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#fail(new StrongroomError('cancelled'));
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(workerFile: string | URL): Worker {
    const worker = new Worker(workerFile, { execArgv: [] });
    worker.on('message', (answer: JudgingAnswer) => {
      const waiting = this.#busy.get(worker);
      this.#busy.delete(worker);
      this.#idle.push(worker);
      if (answer.ok) waiting?.resolve(answer.judged);
      else waiting?.reject(new StrongroomError('internal'));
      this.#next();
    });
    worker.on('error', (error: unknown) => {
      this.#fail(new StrongroomError('internal', {}, { cause: error }));
    });
    worker.unref();
    return worker;
  }

  #next(): void {
    const worker = this.#queue.length > 0 ? this.#idle.pop() : undefined;
    const waiting = worker && this.#queue.shift();
    if (!worker || !waiting) return;
    this.#busy.set(worker, waiting);
    worker.postMessage(waiting.job, [waiting.job.passwords.buffer]);
  }

  #fail(failure: StrongroomError): void {
    this.#failure ??= failure;
    for (const waiting of this.#queue) this.#giveUp(waiting, this.#failure);
    // What has moved to a thread has no bytes left here, and a buffer without bytes cannot be filled.
    for (const { reject } of this.#busy.values()) reject(this.#failure);
    this.#queue.length = 0;
    this.#busy.clear();
  }

  #giveUp({ job, reject }: Waiting, failure: StrongroomError): void {
    job.passwords.fill(0);
    reject(failure);
  }
}
