/**
 * The text keys of the hierarchy ("Passwork 7 protocol", keys in the hierarchy).
 *
 * Every key of this protocol is a text used as a passphrase, never raw key bytes: 100 characters of
 * a 64-letter alphabet when new, any length when read (older records have 32). It is held as a
 * Buffer of that text, branded, so that a vault key cannot stand where a record key belongs.
 */
import { createHash, randomFillSync, timingSafeEqual } from 'node:crypto';
import { KeychainError } from './error.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = Buffer & { readonly [brand]: Name };

/** base64 text of the PBKDF2 output; 88 characters with the default options. */
export type MasterKey = Branded<'MasterKey'>;
/** Text key of a vault; opens the record keys in it. */
export type VaultKey = Branded<'VaultKey'>;
/** Text key of one record; opens its password, custom fields and attachment keys. */
export type RecordKey = Branded<'RecordKey'>;
/** Text key of one attachment. */
export type AttachmentKey = Branded<'AttachmentKey'>;
/** Text key of an external link; it travels in the URL fragment only. */
export type LinkCode = Branded<'LinkCode'>;
/** Any key of the hierarchy. */
export type TextKey = MasterKey | VaultKey | RecordKey | AttachmentKey | LinkCode;

/** The 64 characters that new keys and salts are made of. */
export const keyAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@!';
const alphabet = Uint8Array.from(Buffer.from(keyAlphabet, 'latin1'));
const keyLength = 100;
const saltLength = 32;

/**
 * Throws `emptyKey` for a key without bytes, with which the protocol would not encrypt at all, and for
 * one that was wiped: a key of zeros is known to everybody.
 */
export function requireKey(key: Uint8Array): void {
  if (key.every((byte) => byte === 0)) throw new KeychainError('emptyKey');
}

function named<Key extends TextKey>(text: Buffer): Key {
  requireKey(text);
  return text as Key;
}

/** Takes a text as a master key. Throws `emptyKey`. The buffer is not copied (same below). */
export const asMasterKey = (text: Buffer): MasterKey => named<MasterKey>(text);
/** Takes a text as a vault key. Throws `emptyKey`. */
export const asVaultKey = (text: Buffer): VaultKey => named<VaultKey>(text);
/** Takes a text as a record key. Throws `emptyKey`. */
export const asRecordKey = (text: Buffer): RecordKey => named<RecordKey>(text);
/** Takes a text as an attachment key. Throws `emptyKey`. */
export const asAttachmentKey = (text: Buffer): AttachmentKey => named<AttachmentKey>(text);
/** Takes a text as a link code. Throws `emptyKey`. */
export const asLinkCode = (text: Buffer): LinkCode => named<LinkCode>(text);

/** 64 letters, so six bits of a random byte choose one uniformly. Memory of its own, wipeable. */
function randomText(length: number): Buffer {
  const text = randomFillSync(Buffer.allocUnsafeSlow(length));
  for (let i = 0; i < length; i += 1) text[i] = alphabet[(text[i] ?? 0) & 63] ?? 0;
  return text;
}

/** A new vault key of 100 characters. */
export const generateVaultKey = (): VaultKey => asVaultKey(randomText(keyLength));
/** A new record key of 100 characters. */
export const generateRecordKey = (): RecordKey => asRecordKey(randomText(keyLength));
/** A new attachment key of 100 characters. */
export const generateAttachmentKey = (): AttachmentKey => asAttachmentKey(randomText(keyLength));
/** A new link code of 100 characters. */
export const generateLinkCode = (): LinkCode => asLinkCode(randomText(keyLength));
/** A new salt of 32 characters for a vault's check value; not a secret. */
export const generateSalt = (): string => randomText(saltLength).toString('latin1');

/** The vault's `masterKeyHash`: lower-case hex SHA-256 of the vault key followed by `salt`. */
export function vaultCheckValue(vaultKey: VaultKey, salt: string): string {
  requireKey(vaultKey);
  return createHash('sha256').update(vaultKey).update(salt, 'utf8').digest('hex');
}

/**
 * Whether `masterKeyHash` belongs to this vault key, compared in constant time. It tells a mix-up,
 * not a lie: the server made the hash.
 */
export function verifyVaultKey(vaultKey: VaultKey, salt: string, masterKeyHash: string): boolean {
  const expected = Buffer.from(vaultCheckValue(vaultKey, salt), 'latin1');
  const given = Buffer.from(masterKeyHash, 'utf8');
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** Whether two keys have the same text; constant time for keys of the same length. */
export function sameKey(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Lower-case hex hash of a text; the hash of the empty text is the empty string, as on the wire. */
export function textHash(text: Uint8Array, digest: 'sha256' | 'sha512' = 'sha256'): string {
  return text.length === 0 ? '' : createHash(digest).update(text).digest('hex');
}
