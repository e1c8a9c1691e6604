/**
 * One thread for attachments, started when there is work and ended when it has been idle, so
 * that a quiet application has no thread. Jobs run one after another; a cancelled job ends with
 * its thread.
 */
import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StrongroomError } from '../../../contract/errors.ts';
import { asDiskFault } from '../../custody/index.ts';
import { wipe } from '../../keychain/index.ts';
import type { WireAttachment } from '../../keychain/index.ts';
import type { AttachmentJob, AttachmentJobAnswer } from './attachmentworker.ts';
import { threadRefusal } from './threadrefusal.ts';

const idleMs = 10_000;

export class AttachmentThread {
  readonly #workerFile: string | URL;
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  /** `workerFile`: the thread's script; the bundle and the tests have it at different places. */
  constructor(workerFile: string | URL) {
    this.#workerFile = workerFile;
  }

  /** Encrypts the file at `path`. Throws `fileTooLarge`, `fileUnreadable`, `cancelled`. */
  async encode(
    path: string,
    recordKey: Uint8Array | null,
    signal: AbortSignal,
  ): Promise<{ wire: WireAttachment; size: number }> {
    const answer = await this.#enqueue({ kind: 'encode', path, recordKey: copyOf(recordKey) }, signal);
    if (!answer.wire) throw new StrongroomError('internal');
    return { wire: answer.wire, size: answer.size };
  }

  /**
   * Decrypts to `toPath`, where the file appears only when it is complete. Throws `undecipherable`,
   * `attachmentHashMismatch`, disk codes, `cancelled`; a file that was there before then still is.
   */
  async decode(
    wire: WireAttachment,
    recordKey: Uint8Array | null,
    toPath: string,
    signal: AbortSignal,
  ): Promise<void> {
    const part = join(dirname(toPath), `.strongroom-${randomBytes(6).toString('hex')}.part`);
    try {
      const job = { kind: 'decode', wire, recordKey: copyOf(recordKey), toPath: part } as const;
      await this.#enqueue(job, signal);
      await rename(part, toPath);
    } catch (error) {
      // What went wrong first is what a person must hear, not that the remains could not be removed.
      await rm(part, { force: true }).catch(() => undefined);
      throw asDiskFault(error);
    }
  }

  /** Ends the thread; a running job fails with `cancelled`. */
  async close(): Promise<void> {
    if (this.#idle) clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #enqueue(job: AttachmentJob, signal: AbortSignal): Promise<AttachmentJobAnswer & { ok: true }> {
    const result = this.#queue.then(() => this.#run(job, signal));
    // The queue goes on whatever becomes of one job; its caller gets the error from `result`.
    this.#queue = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  #run(job: AttachmentJob, signal: AbortSignal): Promise<AttachmentJobAnswer & { ok: true }> {
    if (signal.aborted) {
      if (job.recordKey) wipe(job.recordKey);
      return Promise.reject(new StrongroomError('cancelled'));
    }
    if (this.#idle) clearTimeout(this.#idle);
    // Flags of this process (a debugger's, a loader's) are not the thread's business.
    const worker = (this.#worker ??= new Worker(this.#workerFile, { execArgv: [] }));
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        signal.removeEventListener('abort', stop);
        worker.off('message', answered).off('error', failed).off('exit', ended);
        if (this.#worker === worker) this.#rest();
        finish();
      };
      const stop = (): void => {
        void this.close();
      };
      const answered = (answer: AttachmentJobAnswer): void => {
        settle(() => {
          if (answer.ok) resolve(answer);
          else reject(threadRefusal(answer, job.kind));
        });
      };
      const failed = (error: unknown): void => {
        this.#worker = null;
        settle(() => {
          reject(new StrongroomError('internal', {}, { cause: error }));
        });
      };
      const ended = (): void => {
        if (this.#worker === worker) this.#worker = null;
        settle(() => {
          reject(new StrongroomError('cancelled'));
        });
      };
      worker.on('message', answered).on('error', failed).on('exit', ended);
      signal.addEventListener('abort', stop, { once: true });
      worker.postMessage(job, job.recordKey ? [job.recordKey.buffer] : []);
    });
  }

  #rest(): void {
    this.#idle = setTimeout(() => {
      void this.close();
    }, idleMs);
    this.#idle.unref();
  }
}

/** A copy with memory of its own, which moves to the thread whole and is wiped there. */
function copyOf(key: Uint8Array | null): Uint8Array<ArrayBuffer> | null {
  return key === null ? null : Uint8Array.from(key);
}
