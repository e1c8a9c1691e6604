/**
 * base32x, the outer text form of every ciphertext ("Passwork 7 protocol", base32x): alphabet
 * without i, l, o and s, big-endian bits five at a time, last group filled with zero bits, no `=`.
 *
 * Two decoders, because two readers exist. The official one skips what it does not know and
 * accepts look-alikes; it is right for text that a person typed. Ciphertext from a server gets the
 * strict one: a value has exactly one spelling, so a changed spelling is a changed value.
 *
 * Tables over bytes instead of work over characters: a per-character version is a hundred times
 * slower, and this code stands on the path of every field.
 * `?? 0` never applies: it answers the compiler's question about an index, without a cost.
 */
import { undecipherable } from './error.ts';

const alphabet = Uint8Array.from(Buffer.from('0123456789abcdefghjkmnpqrtuvwxyz', 'latin1'));
const unknown = 0xff;

const values = new Uint8Array(256).fill(unknown);
alphabet.forEach((character, value) => {
  values[character] = value;
});

/** What people type for a character that the alphabet leaves out. */
const lookalikes: Readonly<Record<string, string>> = { o: '0', i: '1', l: '1', s: '5' };

/** Characters that `byteCount` bytes take in base32x. */
export function base32xLength(byteCount: number): number {
  return Math.ceil((byteCount * 8) / 5);
}

/**
 * Writes `source` as base32x characters into `target` from `at` on; returns the position after
 * them. Pieces may be written one after another as long as all but the last are multiples of five.
 */
export function writeBase32x(source: Uint8Array, target: Uint8Array, at: number): number {
  const whole = source.length - (source.length % 5);
  let out = at;
  for (let i = 0; i < whole; i += 5) {
    const high = ((source[i] ?? 0) << 12) | ((source[i + 1] ?? 0) << 4) | ((source[i + 2] ?? 0) >> 4);
    const low = (((source[i + 2] ?? 0) & 15) << 16) | ((source[i + 3] ?? 0) << 8) | (source[i + 4] ?? 0);
    target[out] = alphabet[high >> 15] ?? 0;
    target[out + 1] = alphabet[(high >> 10) & 31] ?? 0;
    target[out + 2] = alphabet[(high >> 5) & 31] ?? 0;
    target[out + 3] = alphabet[high & 31] ?? 0;
    target[out + 4] = alphabet[low >> 15] ?? 0;
    target[out + 5] = alphabet[(low >> 10) & 31] ?? 0;
    target[out + 6] = alphabet[(low >> 5) & 31] ?? 0;
    target[out + 7] = alphabet[low & 31] ?? 0;
    out += 8;
  }
  return writeTail(source, whole, target, out);
}

function writeTail(source: Uint8Array, from: number, target: Uint8Array, at: number): number {
  let out = at;
  let pending = 0;
  let bits = 0;
  for (let i = from; i < source.length; i += 1) {
    pending = ((pending << 8) | (source[i] ?? 0)) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      target[out++] = alphabet[(pending >> bits) & 31] ?? 0;
    }
  }
  if (bits > 0) target[out++] = alphabet[(pending << (5 - bits)) & 31] ?? 0;
  return out;
}

/** base32x text of `bytes`; the empty input gives the empty string. */
export function encodeBase32x(bytes: Uint8Array): string {
  const target = Buffer.allocUnsafe(base32xLength(bytes.length));
  writeBase32x(bytes, target, 0);
  return target.toString('latin1');
}

/**
 * Strict decoding of ASCII bytes: lower-case alphabet only, no superfluous character, zero fill
 * bits. Throws `undecipherable` on anything else.
 */
export function decodeBase32xBytes(text: Uint8Array): Buffer {
  const target = Buffer.allocUnsafe(Math.floor((text.length * 5) / 8));
  const whole = text.length - (text.length % 8);
  let seen = 0;
  let out = 0;
  for (let i = 0; i < whole; i += 8) {
    const a = values[text[i] ?? 0] ?? 0;
    const b = values[text[i + 1] ?? 0] ?? 0;
    const c = values[text[i + 2] ?? 0] ?? 0;
    const d = values[text[i + 3] ?? 0] ?? 0;
    const e = values[text[i + 4] ?? 0] ?? 0;
    const f = values[text[i + 5] ?? 0] ?? 0;
    const g = values[text[i + 6] ?? 0] ?? 0;
    const h = values[text[i + 7] ?? 0] ?? 0;
    seen |= a | b | c | d | e | f | g | h;
    target[out] = (a << 3) | (b >> 2);
    target[out + 1] = (b << 6) | (c << 1) | (d >> 4);
    target[out + 2] = (d << 4) | (e >> 1);
    target[out + 3] = (e << 7) | (f << 2) | (g >> 3);
    target[out + 4] = (g << 5) | h;
    out += 5;
  }
  if (seen > 31 || !readTail(text, whole, target, out)) throw undecipherable();
  return target;
}

/** Reads the last group; false when it is not in its only spelling. */
function readTail(text: Uint8Array, from: number, target: Uint8Array, at: number): boolean {
  let out = at;
  let pending = 0;
  let bits = 0;
  let seen = 0;
  for (let i = from; i < text.length; i += 1) {
    const value = values[text[i] ?? 0] ?? 0;
    seen |= value;
    pending = ((pending << 5) | (value & 31)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      target[out++] = pending >> bits;
    }
  }
  return seen <= 31 && bits < 5 && (pending & ((1 << bits) - 1)) === 0;
}

/** Strict decoding of a wire string, see {@link decodeBase32xBytes}. */
export function decodeBase32xStrict(text: string): Buffer {
  // As UTF-8, so that a character beyond ASCII cannot be truncated into one of the alphabet.
  return decodeBase32xBytes(Buffer.from(text, 'utf8'));
}

/**
 * The official reader's decoding: any case, o as 0, i and l as 1, s as 5, every other unknown
 * character skipped, fewer than eight bits left over dropped. Never throws. Not for ciphertext.
 */
export function decodeBase32xTolerant(text: string): Buffer {
  const kept: string[] = [];
  for (const character of text.toLowerCase()) {
    const meant = lookalikes[character] ?? character;
    if (meant.length === 1 && alphabet.includes(meant.charCodeAt(0))) kept.push(meant);
  }
  const target = Buffer.alloc(Math.floor((kept.length * 5) / 8));
  let pending = 0;
  let bits = 0;
  let out = 0;
  for (const character of kept) {
    pending = ((pending << 5) | (values[character.charCodeAt(0)] ?? 0)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      target[out++] = pending >> bits;
    }
  }
  return target;
}
