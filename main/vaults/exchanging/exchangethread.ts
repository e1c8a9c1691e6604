/**
 * One thread for one file that is imported or exported: started for it, ended with it, and bounded
 * in memory, so that a hostile file can end its own thread and nothing else.
 */
import { Worker } from 'node:worker_threads';
import { isErrorCode, StrongroomError } from '../../../contract/errors.ts';
import { refusedImport } from '../../exchange/index.ts';
import type { ExchangeAnswer, ExchangeJob, JobOf, JobValues } from './exchangejobs.ts';

const memory = { maxOldGenerationSizeMb: 2048 };

export class ExchangeThread {
  readonly #worker: Worker;
  #failure: StrongroomError | null = null;
  #settle: ((failure: StrongroomError) => void) | null = null;

  /** `workerFile`: the thread's script; the bundle and the tests have it at different places. */
  constructor(workerFile: string | URL) {
    this.#worker = new Worker(workerFile, { execArgv: [], resourceLimits: memory });
    this.#worker.on('error', (error: unknown) => {
      const full = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#end(
        full ? refusedImport('tooLarge', error) : new StrongroomError('internal', {}, { cause: error }),
      );
    });
    this.#worker.on('exit', () => {
      this.#end(new StrongroomError('cancelled'));
    });
    this.#worker.unref();
  }

  /** Gives one job, after the one before has ended. Throws the job's code, `cancelled` once closed. */
  ask<K extends ExchangeJob['kind']>(job: JobOf<K>): Promise<JobValues[K]> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      this.#settle = reject;
      this.#worker.ref();
      this.#worker.once('message', (answer: ExchangeAnswer) => {
        this.#settle = null;
        this.#worker.unref();
        // The thread answers each job with the value of its kind; see `JobValues`.
        if (answer.ok) resolve(answer.value as JobValues[K]);
        else reject(refusalOf(answer, job));
      });
      this.#worker.postMessage(job, movedIn(job));
    });
  }

  /** Ends the thread with everything it holds. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #end(failure: StrongroomError): void {
    this.#failure ??= failure;
    this.#settle?.(this.#failure);
    this.#settle = null;
  }
}

function movedIn(job: ExchangeJob): ArrayBuffer[] {
  const bytes = 'password' in job ? job.password : 'recordKey' in job ? job.recordKey : null;
  return bytes ? [bytes.buffer] : [];
}

/** A copy with memory of its own, which moves to the thread whole and is wiped there. */
export function movable(bytes: Uint8Array | null): Uint8Array<ArrayBuffer> | null {
  return bytes === null ? null : Uint8Array.from(bytes);
}

const diskCodes: Readonly<Record<string, 'diskFull' | 'diskReadOnly'>> = {
  ENOSPC: 'diskFull',
  EDQUOT: 'diskFull',
  EROFS: 'diskReadOnly',
  EACCES: 'diskReadOnly',
  EPERM: 'diskReadOnly',
};

function refusalOf(answer: ExchangeAnswer & { ok: false }, job: ExchangeJob): StrongroomError {
  if (isErrorCode(answer.code)) return new StrongroomError(answer.code, answer.params);
  if (job.kind === 'read' && answer.errno !== '') return new StrongroomError('fileUnreadable', { name: '' });
  if (job.kind === 'write') return new StrongroomError(diskCodes[answer.errno] ?? 'diskError');
  return new StrongroomError('internal');
}
