/**
 * The protocol's AES envelope, read in a browser ("Passwork 7 protocol", AES envelope):
 *
 *     "Salted__", 8 bytes of salt, AES-256-CBC (PKCS#7)   in base64, and that in base32x
 *
 * under a key of EVP_BytesToKey (MD5, one round) from a text. As strict as the application's own
 * reader: one spelling of both codecs, every byte of the padding (which the browser checks), UTF-8
 * where text is due. Whatever is wrong, the error is the same.
 */
import { md5 } from './md5.js';

/** A value that does not open: another code, or not what was written. */
export class Unreadable extends Error {
  constructor() {
    super('unreadable');
    this.name = 'Unreadable';
  }
}

const letters = '0123456789abcdefghjkmnpqrtuvwxyz';
const values = new Uint8Array(128).fill(255);
for (const [value, letter] of [...letters].entries()) values[letter.charCodeAt(0)] = value;

const utf8 = new TextEncoder();

/**
 * The bytes of a base32x text in its only spelling.
 *
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromBase32x(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let [pending, bits, at] = [0, 0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const value = values[text.charCodeAt(index)] ?? 255;
    if (value > 31) throw new Unreadable();
    pending = ((pending << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = pending >> bits;
      at += 1;
    }
  }
  if (bits >= 5 || (pending & ((1 << bits) - 1)) !== 0) throw new Unreadable();
  return bytes;
}

/**
 * The bytes of a base64 text in its only spelling: padded, nothing between, no bits left over.
 *
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromBase64(text) {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Unreadable();
  const tail = text.slice(-4);
  if (btoa(atob(tail)) !== tail) throw new Unreadable();
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

/**
 * @param {...Uint8Array} parts
 * @returns {Uint8Array<ArrayBuffer>}
 */
function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * EVP_BytesToKey with MD5 and one round: 32 bytes of key, 16 of IV.
 *
 * @param {Uint8Array} pass
 * @param {Uint8Array} salt
 */
function derive(pass, salt) {
  const first = md5(joined(pass, salt));
  const second = md5(joined(first, pass, salt));
  return { key: joined(first, second), iv: md5(joined(second, pass, salt)) };
}

/**
 * What stands inside the envelope, as bytes; `blob` is what the text codecs carry.
 *
 * @param {Uint8Array<ArrayBuffer>} blob
 * @param {string} passphrase
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function openBlob(blob, passphrase) {
  const head = String.fromCharCode(...blob.subarray(0, 8));
  if (passphrase === '' || head !== 'Salted__' || blob.length < 32 || blob.length % 16 !== 0) {
    throw new Unreadable();
  }
  const { key, iv } = derive(utf8.encode(passphrase), blob.subarray(8, 16));
  const imported = await crypto.subtle.importKey('raw', key, 'AES-CBC', false, ['decrypt']);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, imported, blob.subarray(16)));
  } catch {
    // The browser says only that it failed, and it can only have been the padding.
    throw new Unreadable();
  }
}

/**
 * The text of UTF-8 bytes; anything else is what a changed ciphertext decrypts to.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {string}
 */
export function asText(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unreadable();
  }
}

/** One character for each byte. @param {Uint8Array} bytes @returns {string} */
function asLatin(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/**
 * The text in an envelope.
 *
 * @param {string} wire
 * @param {string} passphrase
 * @returns {Promise<string>}
 */
export async function openText(wire, passphrase) {
  return asText(await openBlob(fromBase64(asLatin(fromBase32x(wire))), passphrase));
}
