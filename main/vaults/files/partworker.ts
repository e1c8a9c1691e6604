/**
 * Encrypts and decrypts one file in parts, in a thread of its own that ends with the file.
 *
 * Nothing of the file is whole in memory at any time. Parts go to the main thread and come from it
 * one by one, because what lies on this device is sealed under a key that does not leave that thread,
 * and because the network is there. The memory of parts wanders back and forth: two buffers are
 * all that a file of any size takes.
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import {
  asRecordKey,
  generatePartedKey,
  KeychainError,
  openPart,
  openPartList,
  partDigest,
  sealedPartLength,
  sealPart,
  sealPartList,
  wipe,
} from '../../keychain/index.ts';
import type { AttachmentKey, OpenedPartList, RecordKey, WireAttachment } from '../../keychain/index.ts';

/** A record key whose memory moves to the thread; null where client-side encryption is off. */
type JobKey = Uint8Array<ArrayBuffer> | null;

/** The work of the thread. `limit` is the largest file, in bytes. */
export type PartJob =
  | {
      readonly kind: 'encode';
      readonly path: string;
      readonly recordKey: JobKey;
      readonly partSize: number;
      readonly limit: number;
    }
  | {
      readonly kind: 'decode';
      readonly wire: WireAttachment;
      readonly recordKey: JobKey;
      readonly toPath: string;
    };

/** What the thread says: a part that is ready, one that it needs (numbers from 1), or the end. */
export type FromPartThread =
  | {
      readonly kind: 'part';
      readonly memory: ArrayBuffer;
      readonly length: number;
      readonly digest: string;
      /** Bytes of the file up to here. */
      readonly done: number;
    }
  | { readonly kind: 'want'; readonly number: number; readonly done: number }
  | { readonly kind: 'done'; readonly wire: WireAttachment | null; readonly size: number }
  | { readonly kind: 'failed'; readonly code: string; readonly errno: string };

/** What it is told besides its job: memory that is free again, or a part that it wanted. */
export type ToPartThread =
  | { readonly kind: 'taken'; readonly memory: ArrayBuffer }
  | { readonly kind: 'part'; readonly bytes: Uint8Array };

/** Answers of the main thread, in the order in which they come. */
class Answers<Answer> {
  readonly #came: Answer[] = [];
  #waiting: ((answer: Answer) => void) | null = null;

  give(answer: Answer): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting === null) this.#came.push(answer);
    else waiting(answer);
  }

  next(): Promise<Answer> {
    const came = this.#came.shift();
    if (came !== undefined) return Promise.resolve(came);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}

const freed = new Answers<ArrayBuffer>();
const fetched = new Answers<Uint8Array>();

function say(message: FromPartThread, moved: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...moved]);
}

/** Reads until the target is full or the file has ended. */
async function fill(file: FileHandle, target: Buffer): Promise<Buffer> {
  let filled = 0;
  while (filled < target.length) {
    const { bytesRead } = await file.read(target, filled, target.length - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return target.subarray(0, filled);
}

async function encode(
  { path, partSize, limit }: PartJob & { kind: 'encode' },
  recordKey: RecordKey | null,
): Promise<FromPartThread> {
  const key = recordKey === null ? null : generatePartedKey();
  const plain = Buffer.allocUnsafeSlow(partSize);
  const file = await open(path, 'r');
  try {
    const { size, digest, parts } = await encodeParts(file, plain, key, limit);
    const list = { size, partSize, digest, parts };
    return { kind: 'done', wire: sealPartList(list, key, recordKey), size };
  } finally {
    wipe(plain);
    if (key) wipe(key);
    await file.close();
  }
}

async function encodeParts(file: FileHandle, plain: Buffer, key: AttachmentKey | null, limit: number) {
  const room = sealedPartLength(plain.length, key !== null);
  for (let count = 0; count < 2; count += 1) freed.give(new ArrayBuffer(room));
  const whole = createHash('sha256');
  const parts: string[] = [];
  let size = 0;
  for (;;) {
    const part = await fill(file, plain);
    // An empty file would be one part of nothing; files that small do not come here.
    if (part.length === 0) break;
    size += part.length;
    if (size > limit) throw new KeychainError('tooLarge', { limit });
    whole.update(part);
    const memory = await freed.next();
    const sealed = sealPart(part, key, Buffer.from(memory));
    const digest = partDigest(sealed);
    parts.push(digest);
    say({ kind: 'part', memory, length: sealed.length, digest, done: size }, [memory]);
    if (part.length < plain.length) break;
  }
  // Both back: the main thread has put away everything.
  await freed.next();
  await freed.next();
  return { size, digest: whole.digest('hex'), parts };
}

async function decode(
  { wire, toPath }: PartJob & { kind: 'decode' },
  recordKey: RecordKey | null,
): Promise<FromPartThread> {
  const opened = openPartList(wire, recordKey);
  try {
    const file = await open(toPath, 'wx', 0o600);
    try {
      await decodeParts(opened, file);
    } finally {
      await file.close();
    }
    return { kind: 'done', wire: null, size: opened.list.size };
  } finally {
    if (opened.key) wipe(opened.key);
  }
}

async function decodeParts(opened: OpenedPartList, file: FileHandle): Promise<void> {
  const { digest, parts } = opened.list;
  const whole = createHash('sha256');
  let done = 0;
  say({ kind: 'want', number: 1, done });
  for (const index of parts.keys()) {
    const part = await fetched.next();
    // The next one is on its way while this one is opened.
    if (index + 1 < parts.length) say({ kind: 'want', number: index + 2, done });
    for (const piece of openPart(opened, index, part)) {
      whole.update(piece);
      await file.writeFile(piece);
      done += piece.length;
    }
  }
  if (whole.digest('hex') !== digest) throw new KeychainError('attachmentHashMismatch');
}

async function run(job: PartJob): Promise<FromPartThread> {
  const recordKey = job.recordKey && asRecordKey(Buffer.from(job.recordKey.buffer));
  try {
    return await (job.kind === 'encode' ? encode(job, recordKey) : decode(job, recordKey));
  } catch (error) {
    const code = error instanceof KeychainError ? error.code : '';
    const errno =
      error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
    return { kind: 'failed', code, errno };
  } finally {
    if (recordKey) wipe(recordKey);
  }
}

parentPort?.on('message', (message: PartJob | ToPartThread) => {
  if (message.kind === 'taken') freed.give(message.memory);
  else if (message.kind === 'part') fetched.give(message.bytes);
  else void run(message).then((end) => say(end));
});
