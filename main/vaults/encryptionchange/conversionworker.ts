/**
 * Brings files from one mode of encryption to the other in a thread of its own, so that the main
 * process answers meanwhile. Nothing of a file touches the disk; keys are wiped when a job ends.
 */
import { parentPort } from 'node:worker_threads';
import {
  asAttachmentKey,
  asRecordKey,
  decodeAttachment,
  decodePlainAttachment,
  encodeAttachment,
  encodePlainAttachment,
  KeychainError,
  openPart,
  partDigest,
  sealedPartLength,
  sealPart,
  wipe,
} from '../../keychain/index.ts';
import type { AttachmentKey, RecordKey, WireAttachment } from '../../keychain/index.ts';

type Memory = Uint8Array<ArrayBuffer>;

/** Keys of the one side or the other are null: those of the mode without client-side encryption. */
export type ConversionJob =
  | {
      readonly kind: 'file';
      readonly wire: WireAttachment;
      /** Opens the key of the file. */
      readonly from: Memory | null;
      /** Under which the file goes, and the record key that its key is sealed with. */
      readonly to: { readonly fileKey: Memory; readonly recordKey: Memory } | null;
    }
  | {
      readonly kind: 'part';
      readonly bytes: Memory;
      /** Hex SHA-256 that the part has to have as it came, and bytes of the file in it. */
      readonly digest: string;
      readonly length: number;
      /** Keys of the file. */
      readonly from: Memory | null;
      readonly to: Memory | null;
    };

export type ConversionAnswer =
  | { readonly kind: 'file'; readonly wire: WireAttachment }
  | { readonly kind: 'part'; readonly bytes: Memory; readonly digest: string }
  | { readonly kind: 'failed'; readonly code: string };

const recordKeyIn = (memory: Memory): RecordKey => asRecordKey(Buffer.from(memory.buffer));
const fileKeyIn = (memory: Memory): AttachmentKey => asAttachmentKey(Buffer.from(memory.buffer));

function convertFile({ wire, from, to }: ConversionJob & { kind: 'file' }): ConversionAnswer {
  const file = from === null ? decodePlainAttachment(wire) : decodeAttachment(wire, recordKeyIn(from));
  try {
    if (to === null) return { kind: 'file', wire: encodePlainAttachment(file) };
    const attachmentKey = fileKeyIn(to.fileKey);
    return { kind: 'file', wire: encodeAttachment(file, recordKeyIn(to.recordKey), { attachmentKey }) };
  } finally {
    wipe(file);
  }
}

function convertPart({
  bytes,
  digest,
  length,
  from,
  to,
}: ConversionJob & { kind: 'part' }): ConversionAnswer {
  // No form of a part is shorter than what is in it: a list that says otherwise is none.
  if (length > bytes.length) throw new KeychainError('undecipherable');
  const list = { size: length, partSize: length, digest: '', parts: [digest] };
  const opened = { list, key: from === null ? null : fileKeyIn(from) };
  const plain = Buffer.allocUnsafeSlow(length);
  try {
    let at = 0;
    for (const piece of openPart(opened, 0, bytes)) {
      if (at + piece.length > length) throw new KeychainError('undecipherable');
      plain.set(piece, at);
      at += piece.length;
    }
    const target = Buffer.from(new ArrayBuffer(sealedPartLength(length, to !== null)));
    const sealed = sealPart(plain, to === null ? null : fileKeyIn(to), target);
    return { kind: 'part', bytes: Uint8Array.from(sealed), digest: partDigest(sealed) };
  } finally {
    wipe(plain);
  }
}

function keysOf(job: ConversionJob): Memory[] {
  const { from, to } = job;
  const given = to === null || to instanceof Uint8Array ? [to] : [to.fileKey, to.recordKey];
  return [from, ...given].filter((key) => key !== null);
}

function run(job: ConversionJob): ConversionAnswer {
  try {
    return job.kind === 'file' ? convertFile(job) : convertPart(job);
  } catch (error) {
    return { kind: 'failed', code: error instanceof KeychainError ? error.code : 'internal' };
  } finally {
    for (const key of keysOf(job)) wipe(key);
  }
}

parentPort?.on('message', (job: ConversionJob) => {
  const answer = run(job);
  parentPort?.postMessage(answer, answer.kind === 'part' ? [answer.bytes.buffer] : []);
});
