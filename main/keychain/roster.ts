/**
 * A roster of public keys, signed by somebody who has compared them. This is Strongroom's own: the
 * Passwork 7 protocol hands public keys out unsigned, so that everybody would have to compare each.
 *
 * The text is JSON with one spelling only: members in a fixed order, people in the order of their
 * ids. Whatever is spelled otherwise is no roster, so two readers cannot understand two things.
 * The signature is Ed25519 (RFC 8032) over a line that names this format and the text.
 *
 * The signing key is made from the signer's RSA key by HKDF (RFC 5869). So it is the same on every
 * device of that person, is stored nowhere, and is another one after a reset of the master password:
 * whoever may use the former RSA key by then signs nothing that counts with the new one.
 */
import { createHash, createPrivateKey, createPublicKey, hkdfSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { decodeBase64Strict, encodeBase64 } from './base64.ts';
import { ifItOpens, KeychainError } from './error.ts';
import { privateKeyDer, type PrivateKey } from './keypair.ts';
import { decodeRosterText, encodeRosterText, type Roster } from './rostertext.ts';
import { wipe } from './secrets.ts';

/** A roster as it is kept: the text as UTF-8, signature and Ed25519 public key as standard base64. */
export interface SignedRoster {
  readonly text: Uint8Array;
  readonly signature: string;
  readonly key: string;
}

/** What a well signed text says. Whether its key counts is for others to say. */
export interface OpenedRoster {
  readonly roster: Roster;
  /** Lower-case hex SHA-256 of the 32 bytes of the public key: what is compared by voice. */
  readonly keyFingerprint: string;
}

const signedBy = 'strongroom roster 1\n';
const seedName = 'strongroom roster signing key';
const seedLength = 32;
const publicKeyLength = 32;
const signatureLength = 64;
/** A key that can be broken must not speak for the keys of others. */
const smallestSignerBits = 2048;

/** Before the seed in a PKCS#8, and before the key in a SubjectPublicKeyInfo, of Ed25519 (RFC 8410). */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Signs a roster with the key made from the signer's RSA key.
 * @throws KeychainError `badKeyPair` for an RSA key under 2048 bits, `tooLarge` for a roster beyond
 * the bounds of {@link decodeRosterText}.
 */
export function signRoster(roster: Roster, privateKey: PrivateKey): SignedRoster {
  const text = encodeRosterText(roster);
  const signingKey = signingKeyOf(privateKey);
  const signature = sign(null, signedBytes(text), signingKey);
  const key = encodeBase64(publicBytes(signingKey)).toString('latin1');
  return { text, signature: encodeBase64(signature).toString('latin1'), key };
}

/** Fingerprint of the key that {@link signRoster} signs with; throws as it does. */
export function rosterKeyFingerprint(privateKey: PrivateKey): string {
  return fingerprintOf(publicBytes(signingKeyOf(privateKey)));
}

/** The roster in a text, or null where the text is no roster or the signature is not the key's. */
export function openRoster({ text, signature, key }: SignedRoster): OpenedRoster | null {
  const publicKey = bytesOf(key, publicKeyLength);
  const signed = bytesOf(signature, signatureLength);
  if (publicKey === null || signed === null) return null;
  const spki = Buffer.concat([publicPrefix, publicKey]);
  const verifier = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  if (!verify(null, signedBytes(text), verifier, signed)) return null;
  const roster = decodeRosterText(text);
  return roster === null ? null : { roster, keyFingerprint: fingerprintOf(publicKey) };
}

function signingKeyOf(privateKey: PrivateKey): KeyObject {
  if (privateKey.bits < smallestSignerBits) {
    throw new KeychainError('badKeyPair', { reason: 'size', bits: privateKey.bits });
  }
  const der = privateKeyDer(privateKey);
  const seed = Buffer.from(hkdfSync('sha256', der, Buffer.alloc(0), seedName, seedLength));
  const wrapped = Buffer.concat([privatePrefix, seed]);
  try {
    return createPrivateKey({ key: wrapped, format: 'der', type: 'pkcs8' });
  } finally {
    wipe(der, seed, wrapped);
  }
}

function publicBytes(signingKey: KeyObject): Buffer {
  const spki = createPublicKey(signingKey).export({ format: 'der', type: 'spki' });
  return spki.subarray(publicPrefix.length);
}

function fingerprintOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex');
}

function signedBytes(text: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(signedBy, 'utf8'), text]);
}

/** Null for what is not the one spelling of so many bytes. */
function bytesOf(text: string, length: number): Buffer | null {
  // Long enough for either, so that nothing long is decoded.
  if (text.length > 4 * signatureLength) return null;
  const bytes = ifItOpens(() => decodeBase64Strict(text));
  return bytes?.length === length ? bytes : null;
}
