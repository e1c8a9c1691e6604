/**
 * The at-rest cipher: AES-256-CFB, sixteen random bytes of IV and then the ciphertext,
 * as the Passwork 7 technical guide "Server encryption" describes it.
 *
 * Every value with content passes through here on its way to the database or to a file,
 * and nowhere else, so that "nothing is stored in the clear" is one place to read. The
 * mode carries no authentication: it hides content from whoever copies the data folder,
 * and does not prove that nobody changed it.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import type { SealingKey } from './keyfile.ts';

const algorithm = 'aes-256-cfb';
const ivLength = 16;

/** Opens a value piece by piece; the mode gives out every byte at once, so nothing is left at the end. */
export interface OpeningStream {
  update(sealed: Uint8Array): Buffer;
}

/** Seals a value piece by piece into the form of `sealBytes`. */
export interface SealingStream {
  readonly head: Buffer;
  update(plain: Uint8Array): Buffer;
}

/** Seals and opens values under the key of one installation. */
export interface Seal {
  /** Encrypts bytes; every call draws a new IV. */
  sealBytes(plain: Uint8Array): Buffer;
  /** Reverses `sealBytes`; throws when the value is too short to have been sealed. */
  openBytes(sealed: Uint8Array): Buffer;
  /** Encrypts the JSON form of a value. */
  sealJson(value: unknown): Buffer;
  /** Reverses `sealJson`. The caller names the shape that it stored. */
  openJson<Content>(sealed: Uint8Array): Content;
  /** Length of what stands in front of every ciphertext. */
  readonly headLength: number;
  /** Begins a value that is sealed piece by piece: `head` first, then what `update` gives. */
  sealing(): SealingStream;
  /** Begins opening such a value, by its head. */
  opening(head: Uint8Array): OpeningStream;
  /** Names the key, and tells nothing of it. */
  readonly keyId: string;
  /** The look-up secret of installations from before it was kept apart from the key. */
  readonly derivedLookUp: Buffer;
  /** The same seal with another secret behind `fingerprint`. */
  withLookUp(secret: Buffer): Seal;
  /** A keyed hash (HMAC-SHA-256, 32 bytes) for look-ups and comparisons; `purpose` separates uses. */
  fingerprint(purpose: string, value: string): Buffer;
}

const derived = (key: SealingKey, purpose: string, bytes: number) =>
  Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, bytes));

/** The name of a key: eight bytes derived from it, in hexadecimal. */
export const keyIdOf = (key: SealingKey): string => derived(key, 'strongroom key id', 8).toString('hex');

/** Builds the seal of an installation from its key and, where it has one by now, its look-up secret. */
export function createSeal(key: SealingKey, lookUp?: Buffer): Seal {
  // Node makes such an object of a key of bytes for each use, which costs more than the use itself.
  const cipherKey = createSecretKey(key);
  const derivedLookUp = derived(key, 'strongroom look-up', 32);
  const lookUpKey = createSecretKey(lookUp ?? derivedLookUp);

  const sealBytes = (plain: Uint8Array): Buffer => {
    const iv = randomBytes(ivLength);
    const cipher = createCipheriv(algorithm, cipherKey, iv);
    return Buffer.concat([iv, cipher.update(plain), cipher.final()]);
  };

  const openBytes = (sealed: Uint8Array): Buffer => {
    if (sealed.byteLength < ivLength) throw new Error('A sealed value is shorter than its IV.');
    const decipher = createDecipheriv(algorithm, cipherKey, sealed.subarray(0, ivLength));
    return Buffer.concat([decipher.update(sealed.subarray(ivLength)), decipher.final()]);
  };

  const sealing = (): SealingStream => {
    const head = randomBytes(ivLength);
    const cipher = createCipheriv(algorithm, cipherKey, head);
    return { head, update: (plain) => cipher.update(plain) };
  };

  const opening = (head: Uint8Array): OpeningStream => {
    const decipher = createDecipheriv(algorithm, cipherKey, head);
    return { update: (sealed) => decipher.update(sealed) };
  };

  return {
    sealBytes,
    openBytes,
    sealing,
    opening,
    ...{ derivedLookUp, keyId: keyIdOf(key), headLength: ivLength },
    withLookUp: (secret) => createSeal(key, secret),
    sealJson: (value) => sealBytes(Buffer.from(JSON.stringify(value), 'utf8')),
    openJson: <Content>(sealed: Uint8Array): Content =>
      JSON.parse(openBytes(sealed).toString('utf8')) as Content,
    fingerprint: (purpose, value) =>
      createHmac('sha256', lookUpKey).update(purpose).update('\0').update(value, 'utf8').digest(),
  };
}
