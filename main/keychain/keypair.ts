/**
 * The user's RSA pair ("Passwork 7 protocol", user RSA pair).
 *
 * New pairs are RSA-2048 in PKCS#8 and SPKI. Old accounts still carry RSA-1024 in PKCS#1 without a
 * final newline, so those are read too, down to 1024 bits. The runtime parses; node-forge is asked
 * only when the runtime refuses a PEM for its shape (a body on one line, a label that belongs to
 * the other format).
 *
 * The public key is always computed from the private one: the server's copy is only a claim.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair as generateRsaPair,
  type KeyObject,
} from 'node:crypto';
import forge from 'node-forge';
import { openEnvelopeText, sealEnvelope } from './envelope.ts';
import { KeychainError } from './error.ts';
import { requireKey, type MasterKey } from './keys.ts';

const newKeyBits = 2048;
const smallestKeyBits = 1024;
const largestKeyBits = 16_384;

/** A loaded private key. The key material stays inside the runtime's key object. */
export interface PrivateKey {
  readonly key: KeyObject;
  /** Size of the modulus in bits. */
  readonly bits: number;
}

/** A new pair: SPKI text and the PKCS#8 text as bytes, which the caller wipes. */
export interface NewKeyPair {
  readonly publicPem: string;
  readonly privatePem: Buffer;
}

function badKeyPair(reason: string, facts: Readonly<Record<string, number>> = {}): KeychainError {
  return new KeychainError('badKeyPair', { reason, ...facts });
}

/** Makes an RSA-2048 pair with exponent 65537 off the main thread. */
export function generateKeyPair(): Promise<NewKeyPair> {
  return new Promise((resolve, reject) => {
    generateRsaPair(
      'rsa',
      { modulusLength: newKeyBits, publicExponent: 65_537 },
      (error, publicKey, privateKey) => {
        if (error) {
          reject(error);
          return;
        }
        const privatePem = Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' }));
        resolve({ publicPem: pemOf(publicKey), privatePem });
      },
    );
  });
}

function pemOf(publicKey: KeyObject): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

/** Size of an RSA key object; throws `badKeyPair` for another kind of key or a size out of range. */
function checkedBits(key: KeyObject): number {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (key.asymmetricKeyType !== 'rsa' || bits === undefined) throw badKeyPair('notRsa');
  if (bits < smallestKeyBits || bits > largestKeyBits) throw badKeyPair('size', { bits });
  return bits;
}

/** Runs `read`, then `readOddly` if the runtime refused; what neither can read is `badKeyPair`. */
function readKey(read: () => KeyObject, readOddly: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    // Not kept as a cause: a parser's message may quote what it read. Another parser tries now.
  }
  try {
    return readOddly();
  } catch {
    throw badKeyPair('unreadable');
  }
}

/**
 * Loads a private key from PEM text: PKCS#8 or PKCS#1, with or without a final newline, 1024 bits
 * and up. Throws `badKeyPair`.
 */
export function loadPrivateKey(pem: Buffer): PrivateKey {
  const key = readKey(
    () => createPrivateKey({ key: pem, format: 'pem' }),
    () => {
      // node-forge works on strings only; this road is for keys that nothing else can read.
      const odd = forge.pki.privateKeyFromPem(pem.toString('latin1'));
      return createPrivateKey(forge.pki.privateKeyToPem(odd));
    },
  );
  return { key, bits: checkedBits(key) };
}

/** The private key as PKCS#8 DER, to be kept sealed on a device; the caller wipes it. */
export function privateKeyDer(privateKey: PrivateKey): Buffer {
  return privateKey.key.export({ type: 'pkcs8', format: 'der' });
}

/** Loads what {@link privateKeyDer} gave. Throws `badKeyPair`. */
export function loadPrivateKeyDer(der: Buffer): PrivateKey {
  try {
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    return { key, bits: checkedBits(key) };
  } catch {
    // Not kept as a cause: a parser's message may quote what it read.
    throw badKeyPair('unreadable');
  }
}

/** Loads a public key from SPKI or PKCS#1 PEM. Throws `badKeyPair`; never accepts a private key. */
export function loadPublicKey(pem: string): KeyObject {
  // A runtime derives a public key from a private PEM; here that would hide a server's mistake.
  if (pem.includes('PRIVATE KEY')) throw badKeyPair('privateKeyGiven');
  const key = readKey(
    () => createPublicKey({ key: pem, format: 'pem' }),
    () => createPublicKey(forge.pki.publicKeyToPem(forge.pki.publicKeyFromPem(pem))),
  );
  checkedBits(key);
  return key;
}

/** The SPKI PEM (with final newline) of the public half, computed from the private key. */
export function publicPemOf(privateKey: PrivateKey): string {
  return pemOf(createPublicKey(privateKey.key));
}

/** Size in bits of a private key or of a public key's PEM. Throws `badKeyPair`. */
export function keyBits(key: PrivateKey | string): number {
  return typeof key === 'string' ? checkedBits(loadPublicKey(key)) : key.bits;
}

function publicDer(publicPem: string): Buffer {
  return loadPublicKey(publicPem).export({ type: 'spki', format: 'der' });
}

/** Whether two public PEMs are the same key, whatever their spelling. Throws `badKeyPair`. */
export function samePublicKey(a: string, b: string): boolean {
  return publicDer(a).equals(publicDer(b));
}

/** Lower-case hex SHA-256 of the key's SPKI DER: what is pinned and compared by voice. */
export function keyFingerprint(publicPem: string): string {
  return createHash('sha256').update(publicDer(publicPem)).digest('hex');
}

/** The account's `privateEncrypted`: the private PEM under the master key. Throws `emptyKey`. */
export function sealPrivateKey(pem: Buffer, masterKey: MasterKey, salt?: Uint8Array): string {
  return sealEnvelope(pem, masterKey, salt);
}

/**
 * The private PEM inside `privateEncrypted`. Accounts made by the official connector are sealed
 * under the master password itself instead of the key made from it: give it as `passwordFallback`
 * to read those. Throws `undecipherable`.
 */
export function openPrivatePem(wire: string, masterKey: MasterKey, passwordFallback?: Uint8Array): Buffer {
  requireKey(masterKey);
  try {
    return openEnvelopeText(wire, masterKey);
  } catch (error) {
    if (passwordFallback === undefined || passwordFallback.length === 0) throw error;
    return openEnvelopeText(wire, passwordFallback);
  }
}

/** {@link openPrivatePem}, loaded; the PEM is wiped. Throws `undecipherable` or `badKeyPair`. */
export function openPrivateKey(
  wire: string,
  masterKey: MasterKey,
  passwordFallback?: Uint8Array,
): PrivateKey {
  const pem = openPrivatePem(wire, masterKey, passwordFallback);
  try {
    return loadPrivateKey(pem);
  } finally {
    pem.fill(0);
  }
}
