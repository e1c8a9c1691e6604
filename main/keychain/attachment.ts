/**
 * Attachments ("Passwork 7 protocol", items, custom fields, attachments).
 *
 * The file's base64 text is what gets encrypted, so the whole is base64 -> AES -> base64 ->
 * base32x. That odd first step is a protection as well: a reader that insists on strict base64
 * notices nearly every change to the ciphertext. The hash is no ordinary file hash: it is taken over
 * the UTF-8 form of a string whose characters are the file's bytes, so bytes from 0x80 up count as
 * two.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { base64Length, decodeBase64Strict, encodeBase64, readBase64, writeBase64 } from './base64.ts';
import { openEnvelopeText, sealEnvelope } from './envelope.ts';
import { openEnvelopePieces, sealEnvelopePieces } from './envelopestream.ts';
import { KeychainError, undecipherable } from './error.ts';
import { asAttachmentKey, generateAttachmentKey, type AttachmentKey, type RecordKey } from './keys.ts';
import { wipe } from './secrets.ts';

/** Largest file that clients of this protocol send, in bytes; exactly this much still passes. */
export const PROTOCOL_ATTACHMENT_LIMIT = 5 * 1024 * 1024;

/** What stands in `encryptedKey` without client-side encryption: base64 of 32 letters a. */
export const PLAIN_ATTACHMENT_KEY = 'YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=';

/** An attachment's content on the wire. */
export interface WireAttachment {
  readonly encryptedKey: string;
  readonly encryptedData: string;
  /** Lower-case hex, see {@link attachmentHash}. */
  readonly hash: string;
}

/** For reproducing known values; everything left out is drawn at random. */
export interface AttachmentChoices {
  readonly attachmentKey?: AttachmentKey;
  readonly keySalt?: Uint8Array;
  readonly dataSalt?: Uint8Array;
}

/** A multiple of three, so that pieces of base64 can be joined. */
const pieceLength = 48 * 1024;

function* pieces(file: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < file.length; at += pieceLength) yield file.subarray(at, at + pieceLength);
}

/** The file's base64 text; every piece stands in the same memory and is valid until the next. */
function* base64Pieces(file: Uint8Array): Generator<Uint8Array> {
  const text = Buffer.allocUnsafeSlow(base64Length(Math.min(pieceLength, file.length)));
  try {
    for (const piece of pieces(file)) yield text.subarray(0, writeBase64(piece, text, 0));
  } finally {
    wipe(text);
  }
}

/** First byte of the UTF-8 form of each byte taken as a code point; the second one is computed. */
const firstBytes = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 0x80 ? byte : 0xc0 | (byte >> 6)));

/** The protocol's hash of a file: hex SHA-256 with every byte from 0x80 up expanded to two. */
export function attachmentHash(file: Uint8Array): string {
  const digest = createHash('sha256');
  const expanded = Buffer.allocUnsafeSlow(2 * Math.min(pieceLength, file.length) + 1);
  for (const piece of pieces(file)) {
    let at = 0;
    for (let i = 0; i < piece.length; i += 1) {
      const byte = piece[i] ?? 0;
      // Always written, kept only for high bytes: file bytes are random, a branch would mispredict.
      expanded[at] = firstBytes[byte] ?? 0;
      expanded[at + 1] = byte & 0xbf;
      at += 1 + (byte >> 7);
    }
    digest.update(expanded.subarray(0, at));
  }
  wipe(expanded);
  return digest.digest('hex');
}

function requireSize(file: Uint8Array): void {
  if (file.length <= PROTOCOL_ATTACHMENT_LIMIT) return;
  throw new KeychainError('tooLarge', { bytes: file.length, limit: PROTOCOL_ATTACHMENT_LIMIT });
}

/**
 * Encrypts a file under a new attachment key, and that key under the record key. Throws `tooLarge`
 * above {@link PROTOCOL_ATTACHMENT_LIMIT}, `emptyKey`.
 */
export function encodeAttachment(
  file: Uint8Array,
  recordKey: RecordKey,
  choices: AttachmentChoices = {},
): WireAttachment {
  requireSize(file);
  const attachmentKey = choices.attachmentKey ?? generateAttachmentKey();
  const encryptedKey = sealAttachmentKey(attachmentKey, recordKey, choices.keySalt);
  const textLength = base64Length(file.length);
  const encryptedData = sealEnvelopePieces(base64Pieces(file), textLength, attachmentKey, choices.dataSalt);
  if (choices.attachmentKey === undefined) wipe(attachmentKey);
  return { encryptedKey, encryptedData, hash: attachmentHash(file) };
}

/**
 * The file of an attachment. Throws `undecipherable`, `emptyKey`, or `attachmentHashMismatch` when
 * the content is not what the hash was taken of. No size limit: a server may allow larger files.
 */
export function decodeAttachment(wire: WireAttachment, recordKey: RecordKey): Buffer {
  const attachmentKey = openAttachmentKey(wire.encryptedKey, recordKey);
  try {
    return checkedFile(openFile(wire.encryptedData, attachmentKey), wire.hash);
  } finally {
    wipe(attachmentKey);
  }
}

/** Decrypts and strictly decodes piece by piece; four characters of base64 may span two pieces. */
function openFile(encryptedData: string, attachmentKey: AttachmentKey): Buffer {
  // Five eighths for base32x, three quarters for each of two layers of base64: 0.352.
  const file = Buffer.allocUnsafeSlow(Math.ceil(encryptedData.length * 0.36) + 3);
  let at = 0;
  let waiting: Buffer = Buffer.alloc(0);
  let ended = false;
  for (const piece of openEnvelopePieces(encryptedData, attachmentKey)) {
    const text = waiting.length === 0 ? piece : Buffer.concat([waiting, piece]);
    const whole = text.length - (text.length % 4);
    if (whole > 0) {
      // Base64 that was padded has ended: nothing may follow.
      if (ended) throw undecipherable();
      const before = at;
      at = readBase64(text.subarray(0, whole), file, at);
      ended = at - before < (whole / 4) * 3;
    }
    waiting = Buffer.from(text.subarray(whole));
    wipe(text, piece);
  }
  if (waiting.length > 0) throw undecipherable();
  return file.subarray(0, at);
}

function checkedFile(file: Buffer, hash: string): Buffer {
  const expected = Buffer.from(attachmentHash(file), 'latin1');
  const given = Buffer.from(hash, 'utf8');
  if (expected.length === given.length && timingSafeEqual(expected, given)) return file;
  wipe(file);
  throw new KeychainError('attachmentHashMismatch');
}

/** An attachment's `encryptedKey`. Throws `emptyKey`. */
export function sealAttachmentKey(key: AttachmentKey, recordKey: RecordKey, salt?: Uint8Array): string {
  asAttachmentKey(key);
  return sealEnvelope(key, recordKey, salt);
}

/** The key in `encryptedKey`. Throws `undecipherable` or `emptyKey`. */
export function openAttachmentKey(wire: string, recordKey: RecordKey): AttachmentKey {
  return asAttachmentKey(openEnvelopeText(wire, recordKey));
}

/** An attachment of an account without client-side encryption, for the wire. Throws `tooLarge`. */
export function encodePlainAttachment(file: Uint8Array): WireAttachment {
  requireSize(file);
  const encryptedData = encodeBase64(encodeBase64(file)).toString('latin1');
  return { encryptedKey: PLAIN_ATTACHMENT_KEY, encryptedData, hash: attachmentHash(file) };
}

/**
 * An attachment of an account without client-side encryption, read; its `encryptedKey` says nothing
 * and is not looked at. Throws `undecipherable` or `attachmentHashMismatch`.
 */
export function decodePlainAttachment(wire: WireAttachment): Buffer {
  const text = decodeBase64Strict(wire.encryptedData);
  const file = Buffer.allocUnsafeSlow(Math.ceil(text.length / 4) * 3);
  return checkedFile(file.subarray(0, readBase64(text, file, 0)), wire.hash);
}
