/**
 * From a row of the mirror to one opened secret.
 *
 * Nothing is opened that was not asked for, and nothing stays open: the record key lives for
 * the length of one call. Every failure of the key chain is the same to whoever asks.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { FieldRef } from '../../../contract/records.ts';
import {
  decodePlain,
  decodePlainCustomField,
  openCustomField,
  openEnvelopeText,
  openInboxKey,
  openPassword,
  openRecordKey,
  parseTotp,
  totpCode,
  wipe,
} from '../../keychain/index.ts';
import type { OpenedCustomField, PrivateKey, RecordKey, VaultKey } from '../../keychain/index.ts';
import type { EncryptionMode, StoredCustomField, StoredRecord } from '../../mirror/model.ts';

/** The opened keys of an unlocked account. */
export interface AccountKeys {
  readonly mode: EncryptionMode;
  /** The vault's key; throws `vaultKeyMissing` when this user has none. Owned by the account: not to be wiped. */
  vaultKey(record: Pick<StoredRecord, 'vaultId' | 'vaultKeyWrapped'>): VaultKey;
  /** Throws `locked` when there is none. */
  privateKey(): PrivateKey;
}

/** A one-time code, the one after it, and the moment the first ends. */
export interface Code {
  readonly code: string;
  readonly next: string;
  readonly periodMs: number;
  readonly validUntil: number;
}

export class RecordSecrets {
  readonly #keys: AccountKeys;

  constructor(keys: AccountKeys) {
    this.#keys = keys;
  }

  /**
   * Runs `use` with the record's key, or with null where client-side encryption is off, and
   * wipes the key afterwards. Throws `undecipherable` or `vaultKeyMissing`.
   */
  withRecordKey<T>(record: StoredRecord, use: (key: RecordKey | null) => T): T {
    if (this.#keys.mode === 'none') return use(null);
    const key = this.#openKey(record);
    try {
      return use(key);
    } finally {
      wipe(key);
    }
  }

  /** A copy of the record's key for work that outlives the call; the caller wipes it. */
  takeRecordKey(record: StoredRecord): RecordKey | null {
    return this.#keys.mode === 'none' ? null : this.#openKey(record);
  }

  #openKey(record: StoredRecord): RecordKey {
    if (record.keyWrapped === null || record.keyWrapped === '') throw new StrongroomError('undecipherable');
    if (record.keyWrap === 'rsa') return openInboxKey(record.keyWrapped, this.#keys.privateKey());
    if (record.keyWrap === 'none' || record.vaultId === null)
      throw new StrongroomError('encryptionModeChanged');
    return openRecordKey(record.keyWrapped, this.#keys.vaultKey(record));
  }

  /** The secret of one field as UTF-8 bytes, which the caller wipes; null when it holds nothing. */
  openField(record: StoredRecord, ref: FieldRef): Buffer | null {
    return this.withRecordKey(record, (key) => {
      if (ref.kind === 'password') return openPasswordWith(record.passwordEncrypted, key);
      return openCustomWith(customAt(record, ref.index), key).value;
    });
  }

  /** Name, type and value of every custom field, or null in the places of fields that do not open. */
  openCustoms(record: StoredRecord, key: RecordKey | null): (OpenedCustomField | null)[] {
    return record.customs.map((field) => {
      try {
        return openCustomWith(field, key);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'undecipherable') return null;
        throw error;
      }
    });
  }

  /** The current code of a TOTP field. Throws `badTotp`, `emptyField`. */
  code(record: StoredRecord, ref: FieldRef, now: number): Code {
    const secret = this.openField(record, ref);
    if (secret === null || secret.length === 0) throw new StrongroomError('emptyField');
    try {
      const parameters = parseTotp(secret);
      const { code, period, remainingMs } = totpCode(parameters, now);
      const { code: next } = totpCode(parameters, now + remainingMs);
      wipe(parameters.secret);
      return { code, next, periodMs: period * 1000, validUntil: now + remainingMs };
    } finally {
      wipe(secret);
    }
  }
}

/** The stored custom field at a place. Throws `noSuchField`. */
export function customAt(record: StoredRecord, index: number): StoredCustomField {
  const field = record.customs[index];
  if (!field) throw new StrongroomError('noSuchField');
  return field;
}

/** The password with an opened record key, or without one where client-side encryption is off. */
export function openPasswordWith(wire: string | null, key: RecordKey | null): Buffer | null {
  if (wire === null || wire === '') return null;
  return key === null ? decodePlain(wire) : (openPassword(wire, key) ?? null);
}

/** A value of any field as UTF-8 bytes, which the caller wipes. Throws `undecipherable`. */
export function openValueWith(wire: string, key: RecordKey | null): Buffer {
  return key === null ? decodePlain(wire) : openEnvelopeText(wire, key);
}

function openCustomWith(field: StoredCustomField, key: RecordKey | null): OpenedCustomField {
  return key === null ? decodePlainCustomField(field) : openCustomField(field, key);
}
