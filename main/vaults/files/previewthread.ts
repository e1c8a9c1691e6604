/** Starts the thread that decrypts a file to be looked at; one thread for one file. */
import { Worker } from 'node:worker_threads';
import { isErrorCode, StrongroomError } from '../../../contract/errors.ts';
import type { PreviewAnswer, PreviewJob } from './previewworker.ts';

export type OpenedFile = PreviewAnswer & { readonly ok: true };

/**
 * What a file is, and its bytes where it can be shown. `recordKey` is null where client-side encryption
 * is off. Throws `undecipherable`, `attachmentHashMismatch`, `cancelled`.
 */
export function openForPreview(
  workerFile: string | URL,
  { recordKey, ...job }: Omit<PreviewJob, 'recordKey'> & { readonly recordKey: Uint8Array | null },
  signal: AbortSignal,
): Promise<OpenedFile> {
  return new Promise((resolve, reject) => {
    const key = recordKey === null ? null : Uint8Array.from(recordKey);
    const worker = new Worker(workerFile, {
      // Flags of this process (a debugger's, a loader's) are not the thread's business.
      execArgv: [],
      workerData: { ...job, recordKey: key } satisfies PreviewJob,
      transferList: key ? [key.buffer] : [],
    });
    const stop = (): void => void worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    worker.once('message', (answer: PreviewAnswer) => {
      if (answer.ok) resolve(answer);
      else reject(new StrongroomError(isErrorCode(answer.code) ? answer.code : 'undecipherable'));
    });
    worker.once('error', (error) => {
      reject(new StrongroomError('internal', {}, { cause: error }));
    });
    // After an answer this changes nothing any more.
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      reject(new StrongroomError('cancelled'));
    });
  });
}
