/**
 * The main thread's side of encrypting and decrypting a file in parts: it puts away the parts that
 * come from the thread, and brings those that the thread wants.
 */
import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StrongroomError } from '../../../contract/errors.ts';
import { asDiskFault } from '../../custody/index.ts';
import type { WireAttachment } from '../../keychain/index.ts';
import type { FromPartThread, PartJob, ToPartThread } from './partworker.ts';
import { threadRefusal } from './threadrefusal.ts';

export interface PartEncoding {
  readonly path: string;
  /** Null where client-side encryption is off. */
  readonly recordKey: Uint8Array | null;
  readonly partSize: number;
  /** Bytes of the largest file. */
  readonly limit: number;
  /** Puts one part away, in order; its memory is the thread's again afterwards. */
  readonly keep: (part: Buffer, digest: string) => Promise<void>;
}

export interface PartDecoding {
  readonly wire: WireAttachment;
  readonly recordKey: Uint8Array | null;
  readonly toPath: string;
  /** Brings a part, by number from 1; its memory is given away with it. */
  readonly bring: (number: number) => Promise<Buffer>;
}

export interface PartProgress {
  readonly signal: AbortSignal;
  /** Hears of the bytes of the file that are through. */
  readonly onProgress: (done: number) => void;
}

type Ended = FromPartThread & { kind: 'done' };

/** Each file has a thread for itself, so that a large one holds up nothing else. */
export class PartThread {
  readonly #workerFile: string | URL;

  /** `workerFile`: the thread's script; the bundle and the tests have it at different places. */
  constructor(workerFile: string | URL) {
    this.#workerFile = workerFile;
  }

  /**
   * Encrypts the file at `path`. Throws `fileTooLarge`, `fileUnreadable`, `cancelled`, and what `keep`
   * throws.
   */
  async encode(
    { path, recordKey, partSize, limit, keep }: PartEncoding,
    progress: PartProgress,
  ): Promise<{ wire: WireAttachment; size: number }> {
    const job: PartJob = { kind: 'encode', path, recordKey: copyOf(recordKey), partSize, limit };
    const { wire, size } = await this.#run(job, progress, async (message) => {
      if (message.kind !== 'part') throw new StrongroomError('internal');
      const { memory, length, digest, done } = message;
      await keep(Buffer.from(memory, 0, length), digest);
      progress.onProgress(done);
      return [{ kind: 'taken', memory }, [memory]];
    });
    if (wire === null) throw new StrongroomError('internal');
    return { wire, size };
  }

  /**
   * Decrypts to `toPath`, where the file appears only when all of it has been found to be what was
   * attached. Throws `undecipherable`, `attachmentHashMismatch`, disk codes, `cancelled`, and what
   * `bring` throws; a file that was there before then still is.
   */
  async decode({ wire, recordKey, toPath, bring }: PartDecoding, progress: PartProgress): Promise<void> {
    const part = join(dirname(toPath), `.strongroom-${randomBytes(6).toString('hex')}.part`);
    const job: PartJob = { kind: 'decode', wire, recordKey: copyOf(recordKey), toPath: part };
    try {
      await this.#run(job, progress, async (message) => {
        if (message.kind !== 'want') throw new StrongroomError('internal');
        progress.onProgress(message.done);
        const bytes = ownMemory(await bring(message.number));
        return [{ kind: 'part', bytes }, [bytes.buffer]];
      });
      await rename(part, toPath);
    } catch (error) {
      // What went wrong first is what a person must hear, not that the remains could not be removed.
      await rm(part, { force: true }).catch(() => undefined);
      throw asDiskFault(error);
    }
  }

  async #run(
    job: PartJob,
    { signal }: PartProgress,
    answer: (message: FromPartThread) => Promise<readonly [ToPartThread, readonly ArrayBuffer[]]>,
  ): Promise<Ended> {
    // Flags of this process (a debugger's, a loader's) are not the thread's business.
    const worker = new Worker(this.#workerFile, { execArgv: [] });
    const ended = new AbortController();
    let answered: Promise<void> = Promise.resolve();
    try {
      return await new Promise<Ended>((resolve, reject) => {
        const stop = (): void => reject(new StrongroomError('cancelled'));
        if (signal.aborted) return stop();
        signal.addEventListener('abort', stop, { once: true, signal: ended.signal });
        worker.on('error', (cause) => reject(new StrongroomError('internal', {}, { cause })));
        worker.on('exit', () => reject(new StrongroomError('internal')));
        worker.on('message', (message: FromPartThread) => {
          if (message.kind === 'done') return resolve(message);
          if (message.kind === 'failed') return reject(threadRefusal(message, job.kind));
          answered = answered
            .then(async () => {
              if (ended.signal.aborted) return;
              const [told, moved] = await answer(message);
              worker.postMessage(told, [...moved]);
            })
            .catch(reject);
        });
        worker.postMessage(job, job.recordKey ? [job.recordKey.buffer] : []);
      });
    } finally {
      ended.abort();
      await worker.terminate();
      // Whoever cleans up behind a failure finds nothing being written any more.
      await answered;
    }
  }
}

/** The same bytes in memory that can move to the thread; copied only where it is shared with others. */
function ownMemory(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  const isAlone = buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength;
  return isAlone ? new Uint8Array(buffer) : Uint8Array.from(bytes);
}

/** A copy with memory of its own, which moves to the thread whole and is wiped there. */
function copyOf(key: Uint8Array | null): Uint8Array<ArrayBuffer> | null {
  return key === null ? null : Uint8Array.from(key);
}
