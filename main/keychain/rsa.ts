/**
 * RSA wrapping of text keys ("Passwork 7 protocol", RSA encryption of keys).
 *
 * Written: OAEP with SHA-256. Read: OAEP, then PKCS#1 v1.5, because older clients wrote that and
 * one account may hold both. The runtime does not offer v1.5 decryption everywhere (it invites
 * padding oracles), so the raw private operation is done and the padding is taken off here, without
 * a branch on a secret before the very end. JavaScript promises no constant time; what is promised
 * is one error, no early exit and no report of a failure to anybody.
 */
import { isUtf8 } from 'node:buffer';
import { constants, privateDecrypt, publicEncrypt } from 'node:crypto';
import forge from 'node-forge';
import { decodeBase64Strict, encodeBase64 } from './base64.ts';
import { KeychainError, undecipherable } from './error.ts';
import { loadPublicKey, type PrivateKey } from './keypair.ts';
import { requireKey } from './keys.ts';
import { wipe } from './secrets.ts';

const oaepHash = 'sha256';
const oaepOverhead = 66;
const pkcs1Overhead = 11;
const safeBits = 2048;
/**
 * A writer that treats the ciphertext as a number loses its leading zero bytes. Up to this many are
 * put back; more than that is damage, not chance.
 */
const droppedZeros = 2;

/** What a caller may allow when wrapping. */
export interface WrapOptions {
  /**
   * Somebody entitled to has agreed to a recipient whose key is under 2048 bits. Only then may
   * PKCS#1 v1.5 be written, and only where OAEP does not fit.
   */
  readonly allowLegacyKey?: boolean;
}

/**
 * Wraps a text key for the owner of `publicPem`; returns standard base64. Throws `emptyKey`,
 * `badKeyPair`, `weakRecipientKey` (key under 2048 bits, or too small for OAEP, and not allowed) or
 * `tooLarge` (the text fits in no padding).
 */
export function wrapKey(key: Uint8Array, publicPem: string, options: WrapOptions = {}): string {
  requireKey(key);
  const recipient = loadPublicKey(publicPem);
  const bits = recipient.asymmetricKeyDetails?.modulusLength ?? 0;
  const modulusBytes = Math.ceil(bits / 8);
  if (key.length > modulusBytes - pkcs1Overhead)
    throw new KeychainError('tooLarge', { bytes: key.length, bits });
  const fitsOaep = key.length <= modulusBytes - oaepOverhead;
  if ((bits < safeBits || !fitsOaep) && options.allowLegacyKey !== true) {
    throw new KeychainError('weakRecipientKey', { bits, minimum: safeBits });
  }
  const wrapped = fitsOaep
    ? publicEncrypt({ key: recipient, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, key)
    : publicEncrypt({ key: recipient, padding: constants.RSA_PKCS1_PADDING }, key);
  return encodeBase64(wrapped).toString('latin1');
}

/**
 * Unwraps a text key; it is in a buffer of its own. Throws `undecipherable` for whatever is wrong,
 * an empty key and a key that is not printable text included.
 */
export function unwrapKey(wire: string, privateKey: PrivateKey): Buffer {
  const ciphertext = wholeCiphertext(decodeBase64Strict(wire), Math.ceil(privateKey.bits / 8));
  const text = openOaep(ciphertext, privateKey) ?? unpadPkcs1(rawPrivateOperation(ciphertext, privateKey));
  if (!isKeyText(text)) {
    wipe(text);
    throw undecipherable();
  }
  return text;
}

function wholeCiphertext(ciphertext: Buffer, modulusBytes: number): Buffer {
  const missing = modulusBytes - ciphertext.length;
  if (missing < 0 || missing > droppedZeros) throw undecipherable();
  return missing === 0 ? ciphertext : Buffer.concat([Buffer.alloc(missing), ciphertext]);
}

/** The message, or nothing when this is not OAEP: then it is older than OAEP, or broken. */
function openOaep(ciphertext: Buffer, privateKey: PrivateKey): Buffer | undefined {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  try {
    return privateDecrypt({ key: privateKey.key, padding, oaepHash }, ciphertext);
  } catch {
    return undefined;
  }
}

/** c^d mod n at full length, by the runtime; by node-forge where the runtime refuses raw RSA. */
function rawPrivateOperation(ciphertext: Buffer, privateKey: PrivateKey): Buffer {
  try {
    return privateDecrypt({ key: privateKey.key, padding: constants.RSA_NO_PADDING }, ciphertext);
  } catch {
    return rawPrivateOperationByForge(ciphertext, privateKey);
  }
}

/**
 * The raw private operation without the runtime: forty times slower, blinded, for runtimes whose
 * crypto library refuses it. Throws `undecipherable` when the ciphertext is not below the modulus.
 */
export function rawPrivateOperationByForge(ciphertext: Buffer, privateKey: PrivateKey): Buffer {
  const pem = privateKey.key.export({ type: 'pkcs1', format: 'pem' }).toString();
  const key = forge.pki.privateKeyFromPem(pem);
  const number = new forge.jsbn.BigInteger(ciphertext.toString('hex'), 16);
  if (number.compareTo(key.n) >= 0) throw undecipherable();
  const block = Buffer.from(key.decrypt(ciphertext.toString('latin1'), 'RAW'), 'latin1');
  return Buffer.concat([Buffer.alloc(ciphertext.length - block.length), block]);
}

/**
 * Takes off 00 02 ‖ at least eight non-zero bytes ‖ 00. Every byte is looked at whatever the
 * earlier ones were. A bad block gives an empty text, which the caller's check of the text refuses
 * in the same place where it refuses any other.
 */
export function unpadPkcs1(block: Buffer): Buffer {
  let separator = 0;
  for (let i = block.length - 1; i >= 2; i -= 1) {
    const isZero = (((block[i] ?? 0) - 1) >>> 31) & 1;
    separator = isZero * i + (1 - isZero) * separator;
  }
  const good =
    Number((block[0] ?? 0) === 0) & Number((block[1] ?? 0) === 2) & Number(separator >= pkcs1Overhead - 1);
  const start = good * (separator + 1) + (1 - good) * block.length;
  const text = Buffer.from(block.subarray(start));
  wipe(block);
  return text;
}

/** Key texts are letters; random bytes that got through a padding check by chance are not. */
function isKeyText(text: Buffer): boolean {
  let control = 0;
  for (let i = 0; i < text.length; i += 1) {
    const byte = text[i] ?? 0;
    control |= Number(byte < 0x20) | Number(byte === 0x7f);
  }
  return text.length > 0 && control === 0 && isUtf8(text);
}
