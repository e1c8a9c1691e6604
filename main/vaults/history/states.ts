/**
 * A state of a record with its secrets open: the record as it is now, or as it was. Only for the
 * length of one comparison; whoever opens one closes it.
 *
 * A former state has a record key of its own, which may be an older one, under the key of the
 * vault that the record lies in (Passwork 7 protocol, keys in the hierarchy).
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { FieldView } from '../../../contract/records.ts';
import { KeychainError, wipe } from '../../keychain/index.ts';
import type { StoredRecord, StoredRevision } from '../../mirror/index.ts';
import { openPasswordWith } from '../reading/recordsecrets.ts';
import type { RecordSecrets } from '../reading/recordsecrets.ts';

/** A secret that does not open is `broken`; one that is not there is null. */
export type OpenedSecret = Buffer | 'broken' | null;

export interface OpenedCustom {
  readonly label: string;
  readonly type: FieldView['type'];
  readonly value: Exclude<OpenedSecret, null>;
  /** Place in the state. */
  readonly index: number;
}

export interface OpenedState {
  readonly record: StoredRecord;
  /** Its key does not open, and so nothing below. */
  readonly broken: boolean;
  readonly password: OpenedSecret;
  readonly customs: readonly OpenedCustom[];
}

/** A former state in the place of the record that it is of. Its files are known by name only. */
export function asRecord(record: StoredRecord, revision: StoredRevision): StoredRecord {
  const { name, login, urls, description, tags, color } = revision;
  const { keyWrapped, passwordEncrypted, customs, at: updatedAt } = revision;
  return {
    ...record,
    ...{ name, login, urls, description, tags, color, keyWrapped, passwordEncrypted, customs, updatedAt },
    attachments: [],
  };
}

/**
 * Whether a former state holds a ciphertext that stands in another field now. Every save gives a
 * value a fresh salt, so no honest state does; whoever serves one wants a secret to be put where
 * others see it.
 */
export function isForged(now: StoredRecord, former: StoredRecord): boolean {
  const places = new Map<string, string>();
  for (const [place, wire] of sealedPlaces(now)) places.set(wire, place);
  return sealedPlaces(former).some(([place, wire]) => (places.get(wire) ?? place) !== place);
}

/** Custom fields may change their order, so only what a value is counts as its place. */
function sealedPlaces({
  passwordEncrypted,
  customs,
  keyWrap,
}: StoredRecord): [place: string, wire: string][] {
  if (keyWrap === 'none') return [];
  const members = (['name', 'value', 'type'] as const).flatMap((member) =>
    customs.map((field): [string, string] => [member, field[member]]),
  );
  return passwordEncrypted === null ? members : [['password', passwordEncrypted], ...members];
}

const shownTypes: Readonly<Record<string, FieldView['type']>> = {
  text: 'text',
  password: 'password',
  totp: 'totp',
};

export function openState(record: StoredRecord, secrets: RecordSecrets): OpenedState {
  try {
    return secrets.withRecordKey(record, (key) => ({
      record,
      broken: false,
      password: orBroken(() => openPasswordWith(record.passwordEncrypted, key)),
      customs: secrets.openCustoms(record, key).map((field, index): OpenedCustom => {
        if (field === null) return { label: '', type: 'password', value: 'broken', index };
        // A type of a later protocol is shown like a password: masked.
        const { name: label, type, value } = field;
        return { label, type: shownTypes[type] ?? 'password', value, index };
      }),
    }));
  } catch (error) {
    if (!isUnopened(error)) throw error;
    return { record, broken: true, password: 'broken', customs: [] };
  }
}

/** Overwrites the secrets of opened states. */
export function closeStates(...states: readonly OpenedState[]): void {
  for (const { password, customs } of states) {
    for (const secret of [password, ...customs.map(({ value }) => value)]) {
      if (secret instanceof Uint8Array) wipe(secret);
    }
  }
}

function orBroken(open: () => Buffer | null): OpenedSecret {
  try {
    return open();
  } catch (error) {
    if (!isUnopened(error)) throw error;
    return 'broken';
  }
}

/** What "does not open" may look like; anything else is a fault of ours and is not hidden. */
function isUnopened(error: unknown): boolean {
  if (error instanceof KeychainError) return error.code === 'undecipherable' || error.code === 'emptyKey';
  return (
    error instanceof StrongroomError &&
    ['undecipherable', 'vaultKeyMissing', 'encryptionModeChanged'].includes(error.code)
  );
}
