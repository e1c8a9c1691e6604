/**
 * Files of a link, decrypted here ("Passwork 7 protocol", attachments; large ones in parts as the
 * server's API describes them, "Files in parts").
 *
 * A small file is an envelope of its base64 text with a hash over it. A large one is a short file of
 * the same form that lists its parts; the list ends with an HMAC, so a part is judged by its digest
 * before it is decrypted, and one that is missing, moved or of another file does not fit. The list
 * also has a digest of the whole file: the digests of all parts in their order say the same, and a
 * browser cannot hash a file that it does not hold in memory whole.
 */
import { asText, fromBase64, openBlob, openText, Unreadable } from './envelope.js';

const partsMark = 'strongroom@file@in@parts@1!';
const plainKeyPads = 'a'.repeat(32);
const partsFormat = 'strongroom file in parts';
const utf8 = new TextEncoder();

/**
 * @typedef {object} FileSource How the server is asked for a file.
 * @property {() => Promise<{ encryptedData: string, hash: string }>} content
 * @property {(number: number) => Promise<Uint8Array<ArrayBuffer>>} part From 1 on.
 */

/** @param {ArrayBuffer} bytes */
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
/** @param {Uint8Array<ArrayBuffer>} bytes */
const digestOf = async (bytes) => hex(await crypto.subtle.digest('SHA-256', bytes));

/**
 * The protocol's hash: of the UTF-8 form of a text whose characters are the bytes of the file.
 *
 * @param {Uint8Array<ArrayBuffer>} file
 */
async function fileHash(file) {
  const widened = new Uint8Array(file.length * 2);
  let at = 0;
  for (const byte of file) {
    if (byte >= 0x80) widened[at++] = 0xc0 | (byte >> 6);
    widened[at++] = byte < 0x80 ? byte : 0x80 | (byte & 0x3f);
  }
  return digestOf(widened.subarray(0, at));
}

/**
 * The whole file. `key` opens it, `isSealed` is false without client-side encryption; `onPart` is
 * told how much of it is there, from 0 to 1. Throws `Unreadable`, and what `source` throws.
 *
 * @param {FileSource} source
 * @param {string} key
 * @param {boolean} isSealed
 * @param {(share: number) => void} onPart
 * @returns {Promise<Blob>}
 */
export async function openFile(source, key, isSealed, onPart) {
  const { encryptedData, hash } = await source.content();
  const base64 = isSealed ? await openText(encryptedData, key) : asText(fromBase64(encryptedData));
  const file = fromBase64(base64);
  if ((await fileHash(file)) !== hash) throw new Unreadable();
  if (!key.startsWith(partsMark)) return new Blob([file]);
  const list = await openList(file, key);
  /** @type {Blob[]} */
  const parts = [];
  for (const [index, digest] of list.parts.entries()) {
    const part = await source.part(index + 1);
    if ((await digestOf(part)) !== digest) throw new Unreadable();
    const bytes = isSealed ? await openBlob(part, key) : part;
    const expected = Math.min(list.partSize, list.size - index * list.partSize);
    if (bytes.length !== expected) throw new Unreadable();
    // A Blob may lie on the disk, so that a large file does not have to fit into memory.
    parts.push(new Blob([bytes]));
    onPart((index + 1) / list.parts.length);
  }
  return new Blob(parts);
}

/**
 * The key of a file: what the record's entry for it holds, opened with the code of the address.
 *
 * @param {string} encryptedKey
 * @param {string | null} code
 */
export async function fileKey(encryptedKey, code) {
  if (code !== null) return openText(encryptedKey, code);
  const key = asText(fromBase64(encryptedKey));
  if (key !== plainKeyPads && key !== partsMark + plainKeyPads) throw new Unreadable();
  return key;
}

/**
 * @param {Uint8Array<ArrayBuffer>} file
 * @param {string} key
 * @returns {Promise<{ size: number, partSize: number, parts: readonly string[] }>}
 */
async function openList(file, key) {
  const body = file.subarray(0, Math.max(0, file.length - 64));
  const tag = asText(file.subarray(body.length));
  if (!/^[0-9a-f]{64}$/.test(tag)) throw new Unreadable();
  const bytes = fromHex(tag);
  if (!(await crypto.subtle.verify('HMAC', await listKey(key), bytes, body))) throw new Unreadable();
  /** @type {unknown} */
  const read = JSON.parse(asText(body));
  return shaped(read);
}

/** The key of the list's HMAC: HKDF-SHA-256 of the file's key. @param {string} key */
async function listKey(key) {
  const from = await crypto.subtle.importKey('raw', utf8.encode(key), 'HKDF', false, ['deriveBits']);
  const info = utf8.encode('strongroom attachment parts');
  const bits = await crypto.subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
    from,
    256,
  );
  return crypto.subtle.importKey('raw', bits, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

/** @param {string} text */
function fromHex(text) {
  return Uint8Array.from({ length: text.length / 2 }, (_, at) =>
    parseInt(text.slice(at * 2, at * 2 + 2), 16),
  );
}

/** @param {unknown} read */
function shaped(read) {
  const list = /** @type {Record<string, unknown>} */ (typeof read === 'object' && read !== null ? read : {});
  const { format, version, size, partSize, parts } = list;
  /** @param {unknown} value @returns {value is number} */
  const isCount = (value) => Number.isSafeInteger(value) && Number(value) > 0;
  /** @param {unknown} value @returns {value is string} */
  const isDigest = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
  const isKnown = format === partsFormat && version === 1;
  if (!isKnown || !isCount(size) || !isCount(partSize) || !Array.isArray(parts)) throw new Unreadable();
  if (parts.length !== Math.ceil(size / partSize) || !parts.every(isDigest)) throw new Unreadable();
  return { size, partSize, parts };
}
