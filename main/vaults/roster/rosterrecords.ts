/**
 * Rosters as they are kept: ordinary records with a tag and three custom fields, so that a client
 * that knows nothing of them shows a record like any other, and whoever may read the vault has it.
 */
import type { CustomChange, RecordChange } from '../../../contract/editing.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { rosterBounds } from '../../../contract/roster.ts';
import { KeychainError, openRoster, wipe } from '../../keychain/index.ts';
import type { OpenedCustomField, OpenedRoster, SignedRoster } from '../../keychain/index.ts';
import type { Mirror, StoredRecord } from '../../mirror/index.ts';
import type { RecordSecrets } from '../reading/recordsecrets.ts';

/** By this tag a record says that it is a roster. */
export const rosterTag = 'strongroom-roster';

/** More than any organisation has signers; a vault full of them must not hold up everything else. */
const mostRosters = rosterBounds.rosters;

const fieldNames = ['roster', 'signature', 'key'] as const;
type FieldName = (typeof fieldNames)[number];

/** A record with the tag, and what it holds; null where that is no well signed roster. */
export interface RosterRecord {
  readonly record: StoredRecord;
  readonly opened: OpenedRoster | null;
}

/** Every record with the tag that opens with the keys of this device. */
export function rosterRecords(mirror: Mirror, secrets: RecordSecrets): RosterRecord[] {
  const byName = { by: 'name', descending: false } as const;
  const ids = mirror.records.ids({ kind: 'tag', tag: rosterTag }, byName).slice(0, mostRosters);
  const found: RosterRecord[] = [];
  for (const id of ids) {
    const record = mirror.records.get(id);
    const customs = record === null ? null : customsOf(record, secrets);
    if (record === null || customs === null) continue;
    found.push({ record, opened: openedOf(customs) });
    wipeAll(customs);
  }
  return found;
}

/**
 * What has to be written so that a record is this roster: every other field of it stays.
 * Throws `undecipherable` and vault key codes for a record that does not open.
 */
export function rosterChange(
  record: StoredRecord | null,
  secrets: RecordSecrets,
  signed: SignedRoster,
): Required<Pick<RecordChange, 'customs'>> {
  const values: Readonly<Record<FieldName, Buffer<ArrayBuffer>>> = {
    // A copy: what is typed into a record is wiped.
    roster: Buffer.from(signed.text),
    signature: Buffer.from(signed.signature, 'utf8'),
    key: Buffer.from(signed.key, 'utf8'),
  };
  const opened =
    record === null ? [] : secrets.withRecordKey(record, (key) => secrets.openCustoms(record, key));
  try {
    const places = fieldNames.map((name) => opened.findIndex((field) => field?.name === name));
    const kept = opened.flatMap((field, from) => (isOfRoster(field) ? [] : [keptField(field, from)]));
    const written = fieldNames.map((name, index): CustomChange => {
      const place = places[index] ?? -1;
      return {
        from: place === -1 ? null : place,
        label: { kind: 'set', value: Buffer.from(name, 'utf8') },
        type: 'text',
        value: { kind: 'set', value: values[name] },
      };
    });
    return { customs: [...written, ...kept] };
  } finally {
    wipeAll(opened);
  }
}

function keptField(field: OpenedCustomField | null, from: number): CustomChange {
  const type = field?.type;
  return {
    ...{ from, label: { kind: 'keep' }, value: { kind: 'keep' } },
    type: type === 'text' || type === 'totp' ? type : 'password',
  };
}

/** Null for a record that does not open: without its vault's key nothing can be said of it. */
function customsOf(record: StoredRecord, secrets: RecordSecrets): (OpenedCustomField | null)[] | null {
  try {
    return secrets.withRecordKey(record, (key) => secrets.openCustoms(record, key));
  } catch (failure) {
    if (failure instanceof StrongroomError || failure instanceof KeychainError) return null;
    throw failure;
  }
}

function openedOf(customs: readonly (OpenedCustomField | null)[]): OpenedRoster | null {
  const [text, signature, key] = fieldNames.map((name) => {
    // A field of that name twice is no roster: another reader might take the other one.
    const named = customs.filter((field) => field?.name === name);
    return named.length === 1 ? (named[0]?.value ?? null) : null;
  });
  if (!text || !signature || !key) return null;
  return openRoster({ text, signature: signature.toString('latin1'), key: key.toString('latin1') });
}

function isOfRoster(field: OpenedCustomField | null): boolean {
  return fieldNames.some((name) => field?.name === name);
}

function wipeAll(customs: readonly (OpenedCustomField | null)[]): void {
  for (const field of customs) if (field !== null) wipe(field.value);
}
