/**
 * The AES envelope that carries everything symmetric ("Passwork 7 protocol", AES envelope):
 *
 *     "Salted__" ‖ 8-byte salt ‖ AES-256-CBC(PKCS#7)   -> base64 -> base32x
 *
 * with key and IV from EVP_BytesToKey (MD5, one round) over a text passphrase. The format has no
 * MAC and cannot be given one without leaving the protocol, so the reader is as strict as the
 * format allows: one spelling of both codecs, every padding byte, UTF-8 where text is due. There is
 * one error for all of it.
 *
 * This is the hottest path of the product (every field of every record), hence the one-shot hash,
 * a decipher used for a single update, and the AES key given as a key object: with raw bytes the
 * runtime spends five times longer on setting the cipher up than on the decryption itself.
 */
import { isUtf8 } from 'node:buffer';
import { createCipheriv, createDecipheriv, createSecretKey, hash, randomBytes } from 'node:crypto';
import { base32xLength, decodeBase32xBytes, writeBase32x } from './base32x.ts';
import { base64Length, decodeBase64Bytes, writeBase64 } from './base64.ts';
import { undecipherable } from './error.ts';
import { requireKey } from './keys.ts';
import { wipe } from './secrets.ts';

/** Cipher and sizes of the format, for the reader and writer in pieces. */
export const envelopeCipher = 'aes-256-cbc';
const envelopeSaltLength = 8;
export const headerLength = 16;
export const blockLength = 16;
const magic = Buffer.from('Salted__', 'latin1');
const wireStart = 'amt4cwv48xb6pp1h';

/** AES key and IV in one buffer; the caller wipes `material`. */
export interface KeyMaterial {
  readonly material: Buffer;
  /** 32 bytes, a view of `material`. */
  readonly key: Buffer;
  /** 16 bytes, a view of `material`. */
  readonly iv: Buffer;
}

/**
 * EVP_BytesToKey with MD5 and one round: D1 = MD5(pass‖salt), Dn = MD5(Dn-1‖pass‖salt);
 * key = D1‖D2, IV = D3.
 */
export function evpBytesToKey(passphrase: Uint8Array, salt: Uint8Array): KeyMaterial {
  const input = Buffer.allocUnsafe(16 + passphrase.length + salt.length);
  input.set(passphrase, 16);
  input.set(salt, 16 + passphrase.length);
  const material = Buffer.allocUnsafe(48);
  let previous = hash('md5', input.subarray(16), 'buffer');
  for (let at = 0; ; at += 16) {
    material.set(previous, at);
    input.set(previous, 0);
    previous.fill(0);
    if (at === 32) break;
    previous = hash('md5', input, 'buffer');
  }
  input.fill(0);
  return { material, key: material.subarray(0, 32), iv: material.subarray(32) };
}

/** The 16 bytes in front of the ciphertext. `salt` is for reproducing known values; else random. */
export function envelopeHeader(salt: Uint8Array = randomBytes(envelopeSaltLength)): Buffer {
  if (salt.length !== envelopeSaltLength) throw new RangeError('An envelope salt has 8 bytes');
  return Buffer.concat([magic, salt]);
}

/**
 * Encrypts `plaintext` under the text key `key` (never raw key bytes) into its wire string.
 * Throws `emptyKey`.
 */
export function sealEnvelope(plaintext: Uint8Array, key: Uint8Array, salt?: Uint8Array): string {
  requireKey(key);
  const header = envelopeHeader(salt);
  const derived = evpBytesToKey(key, header.subarray(8));
  const cipher = createCipheriv(envelopeCipher, createSecretKey(derived.key), derived.iv);
  const blob = Buffer.concat([header, cipher.update(plaintext), cipher.final()]);
  wipe(derived.material);
  const inner = Buffer.allocUnsafe(base64Length(blob.length));
  writeBase64(blob, inner, 0);
  const wire = Buffer.allocUnsafe(base32xLength(inner.length));
  writeBase32x(inner, wire, 0);
  return wire.toString('latin1');
}

/** Throws `undecipherable` unless `blob` starts with "Salted__", a salt and at least one block. */
export function requireHeader(blob: Buffer): void {
  const longEnough = blob.length >= headerLength + blockLength;
  if (!longEnough || blob.compare(magic, 0, magic.length, 0, magic.length) !== 0) throw undecipherable();
}

/** Length of the text in front of the PKCS#7 padding that ends `padded`. Throws `undecipherable`. */
export function unpaddedLength(padded: Uint8Array): number {
  const count = padded[padded.length - 1] ?? 0;
  let wrong = Number(count === 0) | Number(count > blockLength) | Number(padded.length < blockLength);
  for (let i = 1; i <= blockLength; i += 1) {
    wrong |= Number(i <= count) & Number((padded[padded.length - i] ?? 0) !== count);
  }
  if (wrong !== 0) throw undecipherable();
  return padded.length - count;
}

/**
 * Decrypts a wire string under the text key `key`; the plaintext is in a buffer of its own.
 * Throws `emptyKey`, else `undecipherable` for whatever is wrong.
 */
export function openEnvelope(wire: string, key: Uint8Array): Buffer {
  requireKey(key);
  // As UTF-8, so that a character beyond ASCII cannot be truncated into one of the alphabet.
  const blob = decodeBase64Bytes(decodeBase32xBytes(Buffer.from(wire, 'utf8')));
  requireHeader(blob);
  if (blob.length % blockLength !== 0) throw undecipherable();
  const derived = evpBytesToKey(key, blob.subarray(magic.length, headerLength));
  const decipher = createDecipheriv(envelopeCipher, createSecretKey(derived.key), derived.iv);
  decipher.setAutoPadding(false);
  // Without automatic padding an update returns every block, so nothing is left for final().
  const padded = decipher.update(blob.subarray(headerLength));
  wipe(derived.material);
  return padded.subarray(0, unpaddedLength(padded));
}

/**
 * Like {@link openEnvelope} for a value that must be text; returns its UTF-8 bytes. The UTF-8 check
 * is what catches most manipulated ciphertext: changing a block garbles the one before it.
 */
export function openEnvelopeText(wire: string, key: Uint8Array): Buffer {
  const text = openEnvelope(wire, key);
  if (!isUtf8(text)) {
    text.fill(0);
    throw undecipherable();
  }
  return text;
}

/** Whether a wire value is client-side encrypted, by the start that every envelope has. */
export function isEnvelope(wire: string): boolean {
  return wire.startsWith(wireStart);
}

/**
 * The envelope's salt as 16 hex digits, read without a key: a cheap mark that names one
 * ciphertext. Throws `undecipherable` when `wire` is not an envelope.
 */
export function envelopeSalt(wire: string): string {
  // 40 characters are 25 bytes of base64 text, of which 24 give the first 18 bytes of the blob.
  const start = decodeBase32xBytes(Buffer.from(wire.slice(0, 40), 'utf8'));
  if (start.length < 25) throw undecipherable();
  const blob = decodeBase64Bytes(start.subarray(0, 24));
  if (blob.compare(magic, 0, magic.length, 0, magic.length) !== 0) throw undecipherable();
  return blob.toString('hex', magic.length, headerLength);
}
