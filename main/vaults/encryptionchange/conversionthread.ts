/** The main thread's side of bringing files from one mode of encryption to the other, one at a time. */
import { Worker } from 'node:worker_threads';
import { isErrorCode, StrongroomError } from '../../../contract/errors.ts';
import type { AttachmentKey, RecordKey, WireAttachment } from '../../keychain/index.ts';
import type { ConversionAnswer, ConversionJob } from './conversionworker.ts';

export class ConversionThread {
  readonly #workerFile: string | URL;
  readonly #signal: AbortSignal;
  #worker: Worker | null = null;

  /**
   * `workerFile`: the thread's script; the bundle and the tests have it at different places. The
   * thread begins with the first file; who makes one has to close it.
   */
  constructor(workerFile: string | URL, signal: AbortSignal) {
    this.#workerFile = workerFile;
    this.#signal = signal;
  }

  /**
   * A file in the other mode; keys stay the caller's to wipe. @throws StrongroomError
   * `undecipherable`, `attachmentHashMismatch`, `fileTooLarge`, `cancelled`
   */
  async file(
    wire: WireAttachment,
    from: RecordKey | null,
    to: { readonly fileKey: AttachmentKey; readonly recordKey: RecordKey } | null,
  ): Promise<WireAttachment> {
    const under = to && { fileKey: copyOf(to.fileKey), recordKey: copyOf(to.recordKey) };
    const answer = await this.#run({ kind: 'file', wire, from: from && copyOf(from), to: under }, []);
    if (answer.kind !== 'file') throw new StrongroomError('internal');
    return answer.wire;
  }

  /** One part in the other mode, with its digest; `bytes` is given away. Throws as `file`. */
  async part(
    { bytes, digest, length }: { readonly bytes: Buffer; readonly digest: string; readonly length: number },
    from: AttachmentKey | null,
    to: AttachmentKey | null,
  ): Promise<{ bytes: Buffer; digest: string }> {
    const own = Uint8Array.from(bytes);
    const keys = { from: from && copyOf(from), to: to && copyOf(to) };
    const answer = await this.#run({ kind: 'part', bytes: own, digest, length, ...keys }, [own.buffer]);
    if (answer.kind !== 'part') throw new StrongroomError('internal');
    return { bytes: Buffer.from(answer.bytes.buffer), digest: answer.digest };
  }

  /** Ends the thread; a running job fails with `cancelled`. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #run(
    job: ConversionJob,
    moved: readonly ArrayBuffer[],
  ): Promise<Exclude<ConversionAnswer, { kind: 'failed' }>> {
    if (this.#signal.aborted) throw new StrongroomError('cancelled');
    // Flags of this process (a debugger's, a loader's) are not the thread's business.
    const worker = (this.#worker ??= new Worker(this.#workerFile, { execArgv: [] }));
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        this.#signal.removeEventListener('abort', stop);
        worker.off('message', answered).off('error', failed).off('exit', ended);
        finish();
      };
      const refuse = (failure: StrongroomError): void => settle(() => reject(failure));
      const stop = (): void => {
        refuse(new StrongroomError('cancelled'));
        void this.close();
      };
      const answered = (answer: ConversionAnswer): void => {
        if (answer.kind === 'failed') refuse(refusalOf(answer.code));
        else settle(() => resolve(answer));
      };
      const failed = (cause: unknown): void => {
        this.#worker = null;
        refuse(new StrongroomError('internal', {}, { cause }));
      };
      const ended = (): void => refuse(new StrongroomError('cancelled'));
      worker.on('message', answered).on('error', failed).on('exit', ended);
      this.#signal.addEventListener('abort', stop, { once: true });
      worker.postMessage(job, [...moved]);
    });
  }
}

function refusalOf(code: string): StrongroomError {
  if (code === 'tooLarge') return new StrongroomError('fileTooLarge');
  return new StrongroomError(isErrorCode(code) ? code : 'undecipherable');
}

/** A copy with memory of its own, which is wiped in the thread. */
function copyOf(key: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(key);
}
