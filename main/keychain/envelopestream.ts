/**
 * The AES envelope in pieces, for attachments.
 *
 * A file grows 2.84 times on its way to the wire. Done in whole steps, 5 MiB would stand in memory
 * five times over; done in pieces, only the wire text itself is ever whole. 15 bytes of the blob are
 * exactly 20 characters of base64 and 32 of base32x, so pieces cut there need no bits carried over.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { base32xLength, decodeBase32xBytes, writeBase32x } from './base32x.ts';
import { base64Length, decodeBase64Bytes, encodeBase64, writeBase64 } from './base64.ts';
import {
  blockLength,
  envelopeCipher,
  envelopeHeader,
  evpBytesToKey,
  headerLength,
  requireHeader,
  unpaddedLength,
} from './envelope.ts';
import { undecipherable } from './error.ts';
import { requireKey } from './keys.ts';
import { wipe } from './secrets.ts';

const blobGroup = 15;
const wireGroup = 32;
const groupsAtOnce = 2048;

/** Length in characters of the wire text of `byteCount` plaintext bytes. */
export function envelopeLength(byteCount: number): number {
  const blob = headerLength + blockLength * (Math.floor(byteCount / blockLength) + 1);
  return base32xLength(base64Length(blob));
}

/**
 * Seals the concatenation of `pieces`, `byteCount` bytes in all, into one wire string: the same
 * text as `sealEnvelope` of the whole. A piece is used up before the next is asked for, so its
 * memory may be reused. Throws `emptyKey`; a RangeError if the count is wrong.
 */
export function sealEnvelopePieces(
  pieces: Iterable<Uint8Array>,
  byteCount: number,
  key: Uint8Array,
  salt?: Uint8Array,
): string {
  requireKey(key);
  const header = envelopeHeader(salt);
  const derived = evpBytesToKey(key, header.subarray(8));
  const cipher = createCipheriv(envelopeCipher, derived.key, derived.iv);
  wipe(derived.material);
  const wire = Buffer.allocUnsafe(envelopeLength(byteCount));
  let at = 0;
  let waiting: Buffer = header;
  let inner = Buffer.alloc(0);
  for (const piece of pieces) {
    const blob = Buffer.concat([waiting, cipher.update(piece)]);
    const whole = blob.length - (blob.length % blobGroup);
    if (inner.length < base64Length(whole)) inner = Buffer.allocUnsafe(base64Length(whole));
    const end = writeBase64(blob.subarray(0, whole), inner, 0);
    at = writeBase32x(inner.subarray(0, end), wire, at);
    waiting = blob.subarray(whole);
  }
  at = writeBase32x(encodeBase64(Buffer.concat([waiting, cipher.final()])), wire, at);
  if (at !== wire.length) throw new RangeError('The pieces do not have the length that was announced');
  return wire.toString('latin1');
}

/** The blob inside a wire string, piece by piece, each strictly decoded. */
function* blobPieces(wire: string): Generator<Buffer> {
  const step = wireGroup * groupsAtOnce;
  for (let at = 0; at < wire.length; at += step) {
    const blob = decodeBase64Bytes(decodeBase32xBytes(Buffer.from(wire.slice(at, at + step), 'utf8')));
    const isLast = at + step >= wire.length;
    // Base64 padding may only end the whole, never a piece in the middle.
    if (!isLast && blob.length !== blobGroup * groupsAtOnce) throw undecipherable();
    yield blob;
  }
}

/**
 * Opens a wire string piece by piece: the pieces together are what `openEnvelope` gives. Nothing
 * may be trusted before the last piece has come: an error can still be thrown, and it is
 * `undecipherable` whatever is wrong. Throws `emptyKey` as well. Each piece is the caller's to wipe.
 */
export function* openEnvelopePieces(wire: string, key: Uint8Array): Generator<Buffer> {
  requireKey(key);
  let decipher: ReturnType<typeof createDecipheriv> | undefined;
  let blobLength = 0;
  let held: Buffer = Buffer.alloc(0);
  for (const blob of blobPieces(wire)) {
    let ciphertext = blob;
    if (decipher === undefined) {
      requireHeader(blob);
      decipher = decipherOf(blob, key);
      ciphertext = blob.subarray(headerLength);
    }
    blobLength += blob.length;
    if (held.length > 0) yield held;
    held = decipher.update(ciphertext);
  }
  if (blobLength % blockLength !== 0) throw undecipherable();
  yield held.subarray(0, unpaddedLength(held));
}

function decipherOf(header: Buffer, key: Uint8Array): ReturnType<typeof createDecipheriv> {
  const derived = evpBytesToKey(key, header.subarray(8, headerLength));
  const decipher = createDecipheriv(envelopeCipher, derived.key, derived.iv);
  wipe(derived.material);
  return decipher.setAutoPadding(false);
}
