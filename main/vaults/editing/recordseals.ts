/**
 * From what was typed to what is stored: one value, one field, one key at a time.
 *
 * A value gets a fresh salt whenever it is written, so a value that did not change must keep its
 * ciphertext byte for byte: that is how other devices and the merge tell an edit from none.
 */
import type { CustomChange, RecordChange, SecretChange } from '../../../contract/editing.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import {
  encodePlain,
  generateRecordKey,
  ifItOpens,
  openAttachmentKey,
  sameKey,
  sealAttachmentKey,
  sealEnvelope,
  sealRecordKey,
  wipe,
} from '../../keychain/index.ts';
import type { RecordKey, VaultKey } from '../../keychain/index.ts';
import type { StoredCustomField, StoredRecord } from '../../mirror/index.ts';
import { openValueWith } from '../reading/recordsecrets.ts';
import type { AccountKeys } from '../reading/recordsecrets.ts';

/** A record's key and how it is wrapped for its vault; both null without client-side encryption. */
export interface WrappedRecordKey {
  readonly key: RecordKey | null;
  readonly keyWrapped: string | null;
}

/** Types that a person can choose; one of a later protocol stays until another is chosen. */
const knownTypes: readonly string[] = ['text', 'password', 'totp'];

export class RecordSeals {
  readonly #keys: AccountKeys;

  constructor(keys: AccountKeys) {
    this.#keys = keys;
  }

  /** A new record key for a vault; the caller wipes it. Throws `vaultKeyMissing`. */
  newKey(vaultId: string): WrappedRecordKey {
    if (this.#keys.mode === 'none') return { key: null, keyWrapped: null };
    const key = generateRecordKey();
    return { key, keyWrapped: sealRecordKey(key, this.#vaultKey(vaultId)) };
  }

  /** A record key under the key of another vault. Throws `vaultKeyMissing`. */
  wrapFor(key: RecordKey, vaultId: string): string {
    return sealRecordKey(key, this.#vaultKey(vaultId));
  }

  /**
   * Whether a record key is the key of a vault, as the first official connector wrote them. Such a
   * key must never be wrapped for anywhere else.
   */
  isVaultKey(key: RecordKey, vaultId: string): boolean {
    return sameKey(key, this.#vaultKey(vaultId));
  }

  #vaultKey(vaultId: string): VaultKey {
    return this.#keys.vaultKey({ vaultId, vaultKeyWrapped: null });
  }
}

/** Wire form of a text. */
export function sealText(text: Uint8Array, key: RecordKey | null): string {
  return key === null ? encodePlain(text) : sealEnvelope(text, key);
}

/** The record with what was changed; the typed bytes stay the caller's. Throws `noSuchField`, `refused`. */
export function changedRecord(
  record: StoredRecord,
  change: RecordChange,
  key: RecordKey | null,
): StoredRecord {
  const { password, customs, ...plain } = change;
  const named = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  return {
    ...record,
    ...named,
    ...(password === undefined ? {} : { passwordEncrypted: changedPassword(record, password, key) }),
    ...(customs === undefined ? {} : { customs: customs.map((field) => changedCustom(record, field, key)) }),
  };
}

function changedPassword(record: StoredRecord, change: SecretChange, key: RecordKey | null): string | null {
  const stored = record.passwordEncrypted;
  if (change.kind === 'keep') return stored;
  if (change.value.length === 0) return null;
  return changedText(stored ?? '', change, key);
}

function changedCustom(record: StoredRecord, change: CustomChange, key: RecordKey | null): StoredCustomField {
  const stored = change.from === null ? null : record.customs[change.from];
  if (stored === undefined) throw new StrongroomError('noSuchField');
  const name = changedText(stored?.name ?? null, change.label, key);
  const value = changedText(stored?.value ?? null, change.value, key);
  const isRelabelled = stored !== null && name !== stored.name && value === stored.value;
  return {
    ...(stored ?? {}),
    name,
    value: isRelabelled ? sealedAnew(value, key) : value,
    type: changedType(stored?.type ?? null, change.type, key),
  };
}

/**
 * The same text with a fresh salt; what does not open stays. A known value below a label that nobody
 * has seen is what a server would show that puts one field's label above the value of another, so an
 * honest client never writes that (trust/manifest.ts).
 */
function sealedAnew(wire: string, key: RecordKey | null): string {
  const text = wire === '' ? null : opened(wire, key);
  if (text === null) return wire;
  try {
    return sealText(text, key);
  } finally {
    wipe(text);
  }
}

/** `stored` is null where there is nothing that could be kept. */
function changedText(stored: string | null, change: SecretChange, key: RecordKey | null): string {
  if (change.kind === 'set') {
    return stored !== null && holds(stored, change.value, key) ? stored : sealText(change.value, key);
  }
  if (stored === null) throw new StrongroomError('refused');
  return stored;
}

function changedType(stored: string | null, type: CustomChange['type'], key: RecordKey | null): string {
  const known = stored === null ? null : opened(stored, key);
  const shown = known?.toString('utf8') ?? null;
  if (stored !== null) {
    // What does not open, or is of a later protocol, is shown as a password.
    const face = shown !== null && knownTypes.includes(shown) ? shown : 'password';
    if (face === type) return stored;
  }
  return sealText(Buffer.from(type, 'utf8'), key);
}

function holds(wire: string, text: Uint8Array, key: RecordKey | null): boolean {
  const known = wire === '' ? null : opened(wire, key);
  if (known === null) return false;
  try {
    return sameKey(known, text);
  } finally {
    wipe(known);
  }
}

/** Null for what does not open. */
function opened(wire: string, key: RecordKey | null): Buffer | null {
  return ifItOpens(() => openValueWith(wire, key));
}

/** Every secret of a record under another key; throws `undecipherable` if one does not open. */
export function underKey(
  record: Pick<StoredRecord, 'passwordEncrypted' | 'customs'>,
  from: RecordKey | null,
  to: RecordKey | null,
): Pick<StoredRecord, 'passwordEncrypted' | 'customs'> {
  const anew = (wire: string): string => {
    const text = openValueWith(wire, from);
    try {
      return sealText(text, to);
    } finally {
      wipe(text);
    }
  };
  const { passwordEncrypted, customs } = record;
  return {
    passwordEncrypted: passwordEncrypted === null ? null : anew(passwordEncrypted),
    customs: customs.map((field) => ({
      ...field,
      name: anew(field.name),
      value: anew(field.value),
      type: anew(field.type),
    })),
  };
}

/** A file's key for another record; without client-side encryption it is the same for all. */
export function fileKeyUnder(encryptedKey: string, from: RecordKey | null, to: RecordKey | null): string {
  if (from === null || to === null) return encryptedKey;
  const fileKey = openAttachmentKey(encryptedKey, from);
  try {
    return sealAttachmentKey(fileKey, to);
  } finally {
    wipe(fileKey);
  }
}

/** Wipes every typed value of a change. */
export function wipeTyped({ password, customs }: RecordChange): void {
  const typed = [password, ...(customs ?? []).flatMap(({ label, value }) => [label, value])];
  for (const change of typed) if (change?.kind === 'set') wipe(change.value);
}
