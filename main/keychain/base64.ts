/**
 * Standard padded base64 (RFC 4648, section 4) between Buffers.
 *
 * Node's own codec goes through strings, which cannot be wiped, and its decoder skips what it does
 * not know. Here text stays in Buffers and decoding is strict: padding required, fill bits zero,
 * nothing skipped, so that every value has exactly one spelling.
 * `?? 0` never applies: it answers the compiler's question about an index, without a cost.
 */
import { undecipherable } from './error.ts';

const alphabet = Uint8Array.from(
  Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 'latin1'),
);
const padding = 0x3d;
const unknown = 0xff;

const values = new Uint8Array(256).fill(unknown);
alphabet.forEach((character, value) => {
  values[character] = value;
});

/** Characters that `byteCount` bytes take in base64. */
export function base64Length(byteCount: number): number {
  return 4 * Math.ceil(byteCount / 3);
}

/**
 * Writes `source` as base64 characters into `target` from `at` on; returns the position after
 * them. Pieces may be written one after another as long as all but the last are multiples of three.
 */
export function writeBase64(source: Uint8Array, target: Uint8Array, at: number): number {
  const tail = source.length % 3;
  const whole = source.length - tail;
  let out = at;
  for (let i = 0; i < whole; i += 3) {
    const group = ((source[i] ?? 0) << 16) | ((source[i + 1] ?? 0) << 8) | (source[i + 2] ?? 0);
    target[out] = alphabet[group >> 18] ?? 0;
    target[out + 1] = alphabet[(group >> 12) & 63] ?? 0;
    target[out + 2] = alphabet[(group >> 6) & 63] ?? 0;
    target[out + 3] = alphabet[group & 63] ?? 0;
    out += 4;
  }
  if (tail === 0) return out;
  const group = ((source[whole] ?? 0) << 16) | (tail === 2 ? (source[whole + 1] ?? 0) << 8 : 0);
  target[out] = alphabet[group >> 18] ?? 0;
  target[out + 1] = alphabet[(group >> 12) & 63] ?? 0;
  target[out + 2] = tail === 2 ? (alphabet[(group >> 6) & 63] ?? 0) : padding;
  target[out + 3] = padding;
  return out + 4;
}

/** base64 of `bytes` as ASCII bytes, in memory of its own (fit for a secret). */
export function encodeBase64(bytes: Uint8Array): Buffer {
  const target = Buffer.allocUnsafeSlow(base64Length(bytes.length));
  writeBase64(bytes, target, 0);
  return target;
}

/**
 * Strictly decodes ASCII base64 into `target` from `at` on; returns the position after the bytes.
 * `target` must have room for three bytes per four characters. Throws `undecipherable`.
 */
export function readBase64(text: Uint8Array, target: Uint8Array, at: number): number {
  if (text.length % 4 !== 0) throw undecipherable();
  if (text.length === 0) return at;
  const last = text.length - 4;
  let seen = 0;
  let out = at;
  for (let i = 0; i < last; i += 4) {
    const a = values[text[i] ?? 0] ?? 0;
    const b = values[text[i + 1] ?? 0] ?? 0;
    const c = values[text[i + 2] ?? 0] ?? 0;
    const d = values[text[i + 3] ?? 0] ?? 0;
    seen |= a | b | c | d;
    target[out] = (a << 2) | (b >> 4);
    target[out + 1] = (b << 4) | (c >> 2);
    target[out + 2] = (c << 6) | d;
    out += 3;
  }
  if (seen > 63) throw undecipherable();
  return readLastGroup(text.subarray(last), target, out);
}

function readLastGroup(group: Uint8Array, target: Uint8Array, at: number): number {
  const missing = (group[3] ?? 0) !== padding ? 0 : (group[2] ?? 0) !== padding ? 1 : 2;
  const a = values[group[0] ?? 0] ?? 0;
  const b = values[group[1] ?? 0] ?? 0;
  const c = missing === 2 ? 0 : (values[group[2] ?? 0] ?? 0);
  const d = missing > 0 ? 0 : (values[group[3] ?? 0] ?? 0);
  const fill = missing === 2 ? b & 15 : missing === 1 ? c & 3 : 0;
  if ((a | b | c | d) > 63 || fill !== 0) throw undecipherable();
  target[at] = (a << 2) | (b >> 4);
  if (missing < 2) target[at + 1] = (b << 4) | (c >> 2);
  if (missing < 1) target[at + 2] = (c << 6) | d;
  return at + 3 - missing;
}

/** Strict decoding of ASCII bytes; the result is in memory of its own. Throws `undecipherable`. */
export function decodeBase64Bytes(text: Uint8Array): Buffer {
  const target = Buffer.allocUnsafeSlow((text.length >> 2) * 3);
  return target.subarray(0, readBase64(text, target, 0));
}

/** Strict decoding of a wire string. Throws `undecipherable`. */
export function decodeBase64Strict(text: string): Buffer {
  // As UTF-8, so that a character beyond ASCII cannot be truncated into one of the alphabet.
  return decodeBase64Bytes(Buffer.from(text, 'utf8'));
}
