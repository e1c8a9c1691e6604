/**
 * Encrypts and decrypts files in a thread of its own, so that the main process answers while a
 * file is on its way. The thread reads and writes the files itself; what it gets of keys is one
 * record key for one job, wiped when the job ends.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import {
  asRecordKey,
  decodeAttachment,
  decodePlainAttachment,
  encodeAttachment,
  encodePlainAttachment,
  KeychainError,
  wipe,
} from '../../keychain/index.ts';
import type { WireAttachment } from '../../keychain/index.ts';

/** A record key whose memory moves to the thread. */
type JobKey = Uint8Array<ArrayBuffer> | null;

/** Work for the thread; `recordKey` is null where client-side encryption is off. */
export type AttachmentJob =
  | { readonly kind: 'encode'; readonly path: string; readonly recordKey: JobKey }
  | {
      readonly kind: 'decode';
      readonly wire: WireAttachment;
      readonly recordKey: JobKey;
      readonly toPath: string;
    };

export type AttachmentJobAnswer =
  | { readonly ok: true; readonly wire: WireAttachment | null; readonly size: number }
  | { readonly ok: false; readonly code: string; readonly errno: string };

async function encode(path: string, recordKey: JobKey): Promise<AttachmentJobAnswer> {
  const file = await readFile(path);
  try {
    const wire =
      recordKey === null
        ? encodePlainAttachment(file)
        : encodeAttachment(file, asRecordKey(Buffer.from(recordKey.buffer)));
    return { ok: true, wire, size: file.length };
  } finally {
    wipe(file);
  }
}

async function decode(wire: WireAttachment, recordKey: JobKey, toPath: string): Promise<AttachmentJobAnswer> {
  const file =
    recordKey === null
      ? decodePlainAttachment(wire)
      : decodeAttachment(wire, asRecordKey(Buffer.from(recordKey.buffer)));
  try {
    await writeFile(toPath, file, { mode: 0o600 });
    return { ok: true, wire: null, size: file.length };
  } finally {
    wipe(file);
  }
}

function refusalOf(error: unknown): AttachmentJobAnswer {
  const code = error instanceof KeychainError ? error.code : '';
  const errno = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { ok: false, code, errno };
}

async function run(job: AttachmentJob): Promise<AttachmentJobAnswer> {
  try {
    return await (job.kind === 'encode'
      ? encode(job.path, job.recordKey)
      : decode(job.wire, job.recordKey, job.toPath));
  } catch (error) {
    return refusalOf(error);
  } finally {
    if (job.recordKey) wipe(job.recordKey);
  }
}

parentPort?.on('message', (job: AttachmentJob) => {
  void run(job).then((answer) => {
    parentPort?.postMessage(answer);
  });
});
