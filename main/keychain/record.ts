/**
 * Keys and fields of one record ("Passwork 7 protocol", keys in the hierarchy; items and custom
 * fields).
 *
 * A record key reaches its readers in three ways: under the vault key, under the vault key of the
 * vault where a shortcut lives, and by RSA for an inbox entry. The bytes are the same; the types
 * keep them apart.
 */
import { openEnvelopeText, sealEnvelope } from './envelope.ts';
import type { PrivateKey } from './keypair.ts';
import { asRecordKey, asVaultKey, sameKey, type RecordKey, type VaultKey } from './keys.ts';
import { decodePlain, encodePlain } from './plainfield.ts';
import { unwrapKey, wrapKey, type WrapOptions } from './rsa.ts';

/** A record's `keyEncrypted` in its vault. Throws `emptyKey`. */
export function sealRecordKey(recordKey: RecordKey, vaultKey: VaultKey, salt?: Uint8Array): string {
  asRecordKey(recordKey);
  return sealEnvelope(recordKey, vaultKey, salt);
}

/** The record key in `keyEncrypted`, of whatever length. Throws `undecipherable` or `emptyKey`. */
export function openRecordKey(wire: string, vaultKey: VaultKey): RecordKey {
  return asRecordKey(openEnvelopeText(wire, vaultKey));
}

/**
 * Whether a record carries its vault's key as its own, as the first official connector wrote them.
 * Sharing such a record alone would give the whole vault away: it gets a new key first.
 */
export function recordKeyEqualsVaultKey(recordKey: RecordKey, vaultKey: VaultKey): boolean {
  return sameKey(recordKey, vaultKey);
}

/** A shortcut's `keyEncrypted`: the record key under the key of the vault the shortcut lives in. */
export function sealShortcutKey(recordKey: RecordKey, targetVaultKey: VaultKey, salt?: Uint8Array): string {
  return sealRecordKey(recordKey, targetVaultKey, salt);
}

/** The record key in a shortcut. Throws `undecipherable` or `emptyKey`. */
export function openShortcutKey(wire: string, targetVaultKey: VaultKey): RecordKey {
  return openRecordKey(wire, targetVaultKey);
}

/** An inbox entry's `keyEncrypted`: the record key for one receiver. Throws as {@link wrapKey}. */
export function sealInboxKey(recordKey: RecordKey, publicPem: string, options?: WrapOptions): string {
  return wrapKey(recordKey, publicPem, options);
}

/** The record key in an inbox entry. Throws `undecipherable`. */
export function openInboxKey(wire: string, privateKey: PrivateKey): RecordKey {
  return asRecordKey(unwrapKey(wire, privateKey));
}

/** A vault key for one member. Throws as {@link wrapKey}. */
export function wrapVaultKey(vaultKey: VaultKey, publicPem: string, options?: WrapOptions): string {
  return wrapKey(vaultKey, publicPem, options);
}

/** The vault key that a vault or an item carries for this user. Throws `undecipherable`. */
export function unwrapVaultKey(wire: string, privateKey: PrivateKey): VaultKey {
  return asVaultKey(unwrapKey(wire, privateKey));
}

/** A record's `passwordEncrypted`. Throws `emptyKey`. */
export function sealPassword(password: Uint8Array, recordKey: RecordKey, salt?: Uint8Array): string {
  return sealEnvelope(password, recordKey, salt);
}

/**
 * The password as UTF-8 bytes; undefined when the record has none (an absent or empty wire value;
 * an empty password is an envelope of its own). Throws `undecipherable` or `emptyKey`.
 */
export function openPassword(wire: string | null | undefined, recordKey: RecordKey): Buffer | undefined {
  return wire === null || wire === undefined || wire === '' ? undefined : openEnvelopeText(wire, recordKey);
}

/** A custom field as it stands on the wire; members that are not named here pass through. */
export interface WireCustomField {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  readonly [member: string]: unknown;
}

/**
 * An opened custom field. Name and type label it on the screen and are strings; the value is a
 * secret and stays UTF-8 bytes.
 */
export interface CustomField {
  readonly name: string;
  readonly value: Uint8Array;
  /** `text`, `password`, `totp`, or what a later version of the protocol adds. */
  readonly type: string;
  readonly [member: string]: unknown;
}

/** A custom field read back: its value is a Buffer that the caller may wipe. */
export interface OpenedCustomField extends CustomField {
  readonly value: Buffer;
}

/** Seals one field: name, value and type each in an envelope. Throws `emptyKey`. */
export function sealCustomField(
  field: CustomField,
  recordKey: RecordKey,
  nextSalt?: () => Uint8Array,
): WireCustomField {
  const seal = (text: Uint8Array): string => sealEnvelope(text, recordKey, nextSalt?.());
  const name = seal(Buffer.from(field.name, 'utf8'));
  const value = seal(field.value);
  const type = seal(Buffer.from(field.type, 'utf8'));
  return { ...field, name, value, type };
}

/** Seals a record's fields in order. `nextSalt` is for reproducing known values. */
export function sealCustoms(
  fields: readonly CustomField[],
  recordKey: RecordKey,
  nextSalt?: () => Uint8Array,
): WireCustomField[] {
  return fields.map((field) => sealCustomField(field, recordKey, nextSalt));
}

/** Opens one field. Throws `undecipherable` or `emptyKey`. */
export function openCustomField(field: WireCustomField, recordKey: RecordKey): OpenedCustomField {
  const name = openEnvelopeText(field.name, recordKey).toString('utf8');
  const type = openEnvelopeText(field.type, recordKey).toString('utf8');
  return { ...field, name, value: openEnvelopeText(field.value, recordKey), type };
}

/** One field of an account without client-side encryption, for the wire. */
export function encodePlainCustomField(field: CustomField): WireCustomField {
  const name = encodePlain(Buffer.from(field.name, 'utf8'));
  const type = encodePlain(Buffer.from(field.type, 'utf8'));
  return { ...field, name, value: encodePlain(field.value), type };
}

/** One field of an account without client-side encryption, read. Throws `undecipherable`. */
export function decodePlainCustomField(field: WireCustomField): OpenedCustomField {
  const name = decodePlain(field.name).toString('utf8');
  const type = decodePlain(field.type).toString('utf8');
  return { ...field, name, value: decodePlain(field.value), type };
}
