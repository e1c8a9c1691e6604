/**
 * What was typed on this device and is not at the server, readable: for the one file a person may
 * take away when the server will not take it.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import { ifItOpens, KeychainError, wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { RecordFields, StoredRecord } from '../../mirror/index.ts';
import { allFieldsOf, changedFields } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { openValueWith } from '../reading/recordsecrets.ts';

/** One thing with changes that wait. Values that do not open are null. */
export interface UnsentChange {
  readonly kind: 'record' | 'folder' | 'kept';
  readonly name: string;
  readonly vault: string;
  readonly changes: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

/** Everything unsent, oldest first; what is kept of closed vaults comes last. */
export function unsentOf(account: OpenAccount): UnsentChange[] {
  const { mirror } = account;
  const byObject = Map.groupBy(mirror.outbox.all(), ({ object, objectId }) => `${object} ${objectId}`);
  const waiting = [...byObject.values()].flatMap((operations) => {
    const [first] = operations;
    if (first === undefined) return [];
    const changes = operations.map(({ change }) => change.kind);
    return first.object === 'record'
      ? ofRecord(account, first.objectId, first.name, changes)
      : ofFolder(account, first.objectId, first.name, changes);
  });
  const kept = mirror.conflicts.all().flatMap(({ id, name, vaultName, sealed }): UnsentChange[] => {
    if (sealed === null) return [];
    const { files, ...values } = account.typedOf(id);
    const named = { ...values, files: files.map((file) => file.name) };
    return [{ kind: 'kept', name, vault: vaultName, changes: [], values: named }];
  });
  return [...waiting, ...kept];
}

function ofRecord(
  account: OpenAccount,
  id: string,
  formerName: string,
  changes: readonly string[],
): UnsentChange[] {
  const { mirror } = account;
  const record = mirror.records.get(id) ?? mirror.bin.get(id)?.record ?? null;
  if (record === null) return [{ kind: 'record', name: formerName, vault: '', changes, values: {} }];
  const base = mirror.bases.record(id) ?? null;
  const fields = base === null ? allFieldsOf(record) : changedFields(base, record);
  const files = record.attachments.filter(({ serverId }) => serverId === null).map(({ name }) => name);
  const vault = mirror.vaults.get(record.vaultId ?? '')?.name ?? '';
  const values = { ...readable(account, record, fields), ...(files.length > 0 ? { files } : {}) };
  return [{ kind: 'record', name: record.name, vault, changes, values }];
}

function ofFolder(
  { mirror }: OpenAccount,
  id: string,
  formerName: string,
  changes: readonly string[],
): UnsentChange[] {
  const folder = mirror.folders.get(id) ?? mirror.bin.get(id)?.folder ?? null;
  const vault = mirror.vaults.get(folder?.vaultId ?? '')?.name ?? '';
  return [{ kind: 'folder', name: folder?.name ?? formerName, vault, changes, values: {} }];
}

function readable(
  account: OpenAccount,
  record: StoredRecord,
  { passwordEncrypted, customs, ...plain }: RecordFields,
): Record<string, unknown> {
  if (passwordEncrypted === undefined && customs === undefined) return plain;
  const read = (open: (wire: string | null) => string | null): Record<string, unknown> => ({
    ...plain,
    ...(passwordEncrypted === undefined ? {} : { password: open(passwordEncrypted) }),
    ...(customs === undefined
      ? {}
      : {
          customs: customs.map(({ name, value, type }) => ({
            name: open(name),
            value: open(value),
            type: open(type),
          })),
        }),
  });
  const withKey = (key: RecordKey | null): Record<string, unknown> => read((wire) => textOf(wire, key));
  if (record.keyWrapped === null) return withKey(null);
  try {
    return account.secrets.withRecordKey(record, withKey);
  } catch (error) {
    // One record whose key does not open must not keep the others from being taken away.
    if (isOfItsKey(error)) return read(() => null);
    throw error;
  }
}

function isOfItsKey(error: unknown): boolean {
  if (error instanceof KeychainError) return true;
  if (!(error instanceof StrongroomError)) return false;
  return error.code === 'undecipherable' || error.code.startsWith('vaultKey');
}

function textOf(wire: string | null, key: RecordKey | null): string | null {
  if (wire === null || wire === '') return '';
  const text = ifItOpens(() => openValueWith(wire, key));
  if (text === null) return null;
  try {
    return text.toString('utf8');
  } finally {
    wipe(text);
  }
}
