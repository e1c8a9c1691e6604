/**
 * Files larger than the protocol's limit, in parts (own addition; "Passwork 7 protocol", items,
 * custom fields, attachments, knows no chunks and ends at 5 MiB).
 *
 * On the wire such a file is an ordinary attachment whose content is a short text, the list of its
 * parts, so that everything which holds for attachments holds for it. The parts lie beside it:
 *
 *     part = "Salted__" ‖ salt ‖ AES-256-CBC(bytes of the file)       as in the AES envelope
 *
 * under the same attachment key, each with a salt of its own. They are the envelope's inner blob
 * without the two text codecs and the inner base64 around it, since they travel as bytes and the
 * codecs would make 2.84 GB of one.
 *
 * CBC has no MAC. What makes a part trustworthy is the list: it names the SHA-256 of every part's
 * ciphertext, in order, and of the whole file, and ends with an HMAC under a subkey of the attachment
 * key. So a part is judged before it is decrypted, and one that is missing, doubled, moved, cut or
 * of another file does not fit. That a file is in parts at all is said by its key, whose text begins
 * with a mark: neither the server nor a file's content can make one kind pass for the other.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto';
import {
  decodeAttachment,
  decodePlainAttachment,
  encodeAttachment,
  encodePlainAttachment,
  openAttachmentKey,
} from './attachment.ts';
import type { WireAttachment } from './attachment.ts';
import {
  blockLength,
  envelopeCipher,
  envelopeHeader,
  evpBytesToKey,
  headerLength,
  requireHeader,
  unpaddedLength,
} from './envelope.ts';
import { KeychainError, undecipherable } from './error.ts';
import { asAttachmentKey, generateAttachmentKey, type AttachmentKey, type RecordKey } from './keys.ts';
import { wipe } from './secrets.ts';

/** What a file consists of. Sizes in bytes of the file itself, digests in lower-case hex. */
export interface PartList {
  readonly size: number;
  /** Bytes of every part but the last. */
  readonly partSize: number;
  /** SHA-256 of the whole file. */
  readonly digest: string;
  /** SHA-256 of each part as it travels. */
  readonly parts: readonly string[];
}

/** A file in parts, opened: its list, and the key of its parts; null without client-side encryption. */
export interface OpenedPartList {
  readonly list: PartList;
  readonly key: AttachmentKey | null;
}

const mark = Buffer.from('strongroom@file@in@parts@1!', 'latin1');
const format = 'strongroom file in parts';
const subkeyName = 'strongroom attachment parts';

/** What stands in `encryptedKey` of a file in parts without client-side encryption. */
export const PLAIN_PARTED_KEY = Buffer.concat([mark, Buffer.alloc(32, 'a')]).toString('base64');

/** A new key for a file in parts: the mark, then as many random characters as any other has. */
export function generatePartedKey(): AttachmentKey {
  const random = generateAttachmentKey();
  const key = markedAsParted(random);
  wipe(random);
  return key;
}

/** A text as the key of a file in parts; the text stays the caller's to wipe. */
export function markedAsParted(text: Uint8Array): AttachmentKey {
  const key = Buffer.allocUnsafeSlow(mark.length + text.length);
  key.set(mark);
  key.set(text, mark.length);
  return asAttachmentKey(key);
}

/**
 * Whether an attachment is a file in parts, by its key; `recordKey` is null without client-side
 * encryption. Throws `undecipherable`, `emptyKey`.
 */
export function isInParts(encryptedKey: string, recordKey: RecordKey | null): boolean {
  if (recordKey === null) return encryptedKey === PLAIN_PARTED_KEY;
  const key = openAttachmentKey(encryptedKey, recordKey);
  try {
    return bearsMark(key);
  } finally {
    wipe(key);
  }
}

function bearsMark(key: Uint8Array): boolean {
  return mark.equals(key.subarray(0, mark.length));
}

/** How many parts a file has; at least one. */
export function partCount(size: number, partSize: number): number {
  return Math.max(1, Math.ceil(size / partSize));
}

/** Bytes of the file that a part holds; `index` from 0. */
export function partLength({ size, partSize }: PartList, index: number): number {
  return Math.min(partSize, size - index * partSize);
}

/** Bytes of a part as it travels. */
export function sealedPartLength(length: number, isEncrypted: boolean): number {
  return isEncrypted ? headerLength + length + blockLength - (length % blockLength) : length;
}

/** Lower-case hex SHA-256 of a part as it travels. */
export function partDigest(part: Uint8Array): string {
  return createHash('sha256').update(part).digest('hex');
}

/**
 * Encrypts a part into `target`, which has room for `sealedPartLength`; gives the bytes used. With
 * `key` null the part is copied as it is. Throws `emptyKey`.
 */
export function sealPart(part: Uint8Array, key: AttachmentKey | null, target: Buffer): Buffer {
  if (key === null) {
    target.set(part);
    return target.subarray(0, part.length);
  }
  const header = envelopeHeader();
  const derived = evpBytesToKey(asAttachmentKey(key), header.subarray(8));
  const cipher = createCipheriv(envelopeCipher, createSecretKey(derived.key), derived.iv);
  wipe(derived.material);
  target.set(header);
  let at = header.length;
  for (const piece of piecesOf(part)) {
    const sealed = cipher.update(piece);
    target.set(sealed, at);
    at += sealed.length;
  }
  const last = cipher.final();
  target.set(last, at);
  return target.subarray(0, at + last.length);
}

/** Small enough that what the cipher gives out for each is soon collected again. */
const pieceLength = 256 * 1024;

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
}

/**
 * The bytes of the file in one part, piece by piece, each valid until the next; nothing is given
 * out before the part has been judged. `index` from 0. Throws `attachmentHashMismatch` when it is
 * not the part that the list names, `undecipherable` when it does not hold what it should.
 */
export function* openPart(
  { list, key }: OpenedPartList,
  index: number,
  part: Uint8Array,
): Generator<Buffer, void, undefined> {
  const expected = Buffer.from(list.parts[index] ?? '', 'latin1');
  const found = Buffer.from(partDigest(part), 'latin1');
  if (expected.length !== found.length || !timingSafeEqual(expected, found)) {
    throw new KeychainError('attachmentHashMismatch');
  }
  let length = 0;
  for (const piece of key === null ? plainPieces(part) : decryptedPieces(part, key)) {
    length += piece.length;
    yield piece;
    wipe(piece);
  }
  if (length !== partLength(list, index)) throw undecipherable();
}

function* plainPieces(part: Uint8Array): Generator<Buffer> {
  for (const piece of piecesOf(part)) yield Buffer.from(piece);
}

function* decryptedPieces(part: Uint8Array, key: AttachmentKey): Generator<Buffer> {
  const header = Buffer.from(part.subarray(0, headerLength + blockLength));
  requireHeader(header);
  if (part.length % blockLength !== 0) throw undecipherable();
  const derived = evpBytesToKey(key, header.subarray(8, headerLength));
  const decipher = createDecipheriv(envelopeCipher, createSecretKey(derived.key), derived.iv);
  wipe(derived.material);
  decipher.setAutoPadding(false);
  let held: Buffer | null = null;
  for (const piece of piecesOf(part.subarray(headerLength))) {
    if (held !== null) yield held;
    held = decipher.update(piece);
  }
  if (held === null) throw undecipherable();
  const end = unpaddedLength(held);
  yield held.subarray(0, end);
}

function tagOf(text: Uint8Array, key: Uint8Array): string {
  const subkey = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), subkeyName, 32));
  const tag = createHmac('sha256', subkey).update(text).digest('hex');
  wipe(subkey);
  return tag;
}

/**
 * The attachment that stands for a file in parts. Both keys are null without client-side encryption.
 * Throws `emptyKey`, `tooLarge` when there are so many parts that their list is.
 */
export function sealPartList(
  { size, partSize, digest, parts }: PartList,
  key: AttachmentKey | null,
  recordKey: RecordKey | null,
): WireAttachment {
  const body = Buffer.from(JSON.stringify({ format, version: 1, size, partSize, digest, parts }) + '\n');
  const tag = tagOf(body, key ?? Buffer.from(PLAIN_PARTED_KEY, 'base64'));
  const text = Buffer.concat([body, Buffer.from(tag, 'latin1')]);
  if (key === null || recordKey === null) {
    return { ...encodePlainAttachment(text), encryptedKey: PLAIN_PARTED_KEY };
  }
  return encodeAttachment(text, recordKey, { attachmentKey: key });
}

/**
 * The list of a file in parts, whose key the caller wipes. Throws `undecipherable` for a list that
 * nobody with the key has written, or for an attachment that is no such list; `attachmentHashMismatch`.
 */
export function openPartList(wire: WireAttachment, recordKey: RecordKey | null): OpenedPartList {
  if (recordKey === null) {
    if (wire.encryptedKey !== PLAIN_PARTED_KEY) throw undecipherable();
    const key = Buffer.from(PLAIN_PARTED_KEY, 'base64');
    return { list: judged(decodePlainAttachment(wire), key), key: null };
  }
  const key = openAttachmentKey(wire.encryptedKey, recordKey);
  try {
    if (!bearsMark(key)) throw undecipherable();
    return { list: judged(decodeAttachment(wire, recordKey), key), key };
  } catch (error) {
    wipe(key);
    throw error;
  }
}

const tagLength = 64;

function judged(text: Buffer, key: Uint8Array): PartList {
  const body = text.subarray(0, Math.max(0, text.length - tagLength));
  const expected = Buffer.from(tagOf(body, key), 'latin1');
  const found = text.subarray(body.length);
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) throw undecipherable();
  const list = shaped(JSON.parse(body.toString('utf8')));
  if (list === null) throw undecipherable();
  return list;
}

const isDigest = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

/** Null for what another version, or a careless writer, has made: who wrote it had the key. */
function shaped(value: unknown): PartList | null {
  if (typeof value !== 'object' || value === null) return null;
  const members = new Map(Object.entries(value));
  const [size, partSize, digest] = ['size', 'partSize', 'digest'].map((name): unknown => members.get(name));
  const parts: unknown = members.get('parts');
  if (members.get('format') !== format || members.get('version') !== 1) return null;
  if (!isCount(size) || !isCount(partSize) || !isDigest(digest)) return null;
  if (!Array.isArray(parts) || parts.length !== partCount(size, partSize)) return null;
  return parts.every(isDigest) ? { size, partSize, digest, parts } : null;
}
