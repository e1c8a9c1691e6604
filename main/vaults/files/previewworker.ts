/**
 * Decrypts one file into memory and ends: what is shown never touches the disk, and the main
 * process answers meanwhile.
 */
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import {
  asRecordKey,
  decodeAttachment,
  decodePlainAttachment,
  KeychainError,
  openPart,
  openPartList,
  wipe,
} from '../../keychain/index.ts';
import type { OpenedPartList, WireAttachment } from '../../keychain/index.ts';
import { kindOfFile } from './filekind.ts';
import type { FileKind } from './filekind.ts';

/** What the thread is started with; `recordKey` is null where client-side encryption is off. */
export interface PreviewJob {
  readonly wire: WireAttachment;
  /** Of a file in parts, whose list is `wire`: the parts as they travel. */
  readonly parts: readonly Uint8Array[] | null;
  readonly recordKey: Uint8Array<ArrayBuffer> | null;
  /** Bytes beyond which nothing is given. */
  readonly limit: number;
}

export type PreviewAnswer =
  | {
      readonly ok: true;
      readonly size: number;
      readonly kind: FileKind;
      readonly bytes: Uint8Array<ArrayBuffer> | null;
    }
  | { readonly ok: false; readonly code: string };

function opened({ wire, parts, recordKey }: PreviewJob): Buffer {
  const key = recordKey && asRecordKey(Buffer.from(recordKey.buffer));
  try {
    if (parts !== null) return joined(openPartList(wire, key), parts);
    return key === null ? decodePlainAttachment(wire) : decodeAttachment(wire, key);
  } finally {
    if (key) wipe(key);
  }
}

/** The whole of a file in parts; every part and the whole are held against the list. */
function joined(list: OpenedPartList, parts: readonly Uint8Array[]): Buffer {
  const pieces: Buffer[] = [];
  try {
    for (const [index, part] of parts.entries()) {
      for (const piece of openPart(list, index, part)) pieces.push(Buffer.from(piece));
    }
    const file = Buffer.concat(pieces);
    const digest = createHash('sha256').update(file).digest('hex');
    if (digest !== list.list.digest) throw new KeychainError('attachmentHashMismatch');
    return file;
  } finally {
    wipe(...pieces);
    if (list.key) wipe(list.key);
  }
}

function preview(job: PreviewJob): PreviewAnswer {
  try {
    const file = opened(job);
    const size = file.length;
    const kind: FileKind = size > job.limit ? { kind: 'unknown' } : kindOfFile(file);
    return { ok: true, size, kind, bytes: kind.kind === 'unknown' ? null : shown(file, kind) };
  } catch (error) {
    if (error instanceof KeychainError) return { ok: false, code: error.code };
    throw error;
  }
}

/** Text is UTF-8 from here on; everything else stays as it is. In memory of its own, which can be moved. */
function shown(file: Buffer, kind: FileKind): Uint8Array<ArrayBuffer> {
  const isForeign = kind.kind === 'text' && kind.encoding !== 'utf-8';
  const bytes = isForeign ? Buffer.from(new TextDecoder(kind.encoding).decode(file), 'utf8') : file;
  const own = Uint8Array.from(bytes);
  wipe(file, bytes);
  return own;
}

const answer = preview(workerData as PreviewJob);
parentPort?.postMessage(answer, answer.ok && answer.bytes ? [answer.bytes.buffer] : []);
