/**
 * Making sure that what is shared is one record and nothing more.
 *
 * The first official connector wrote records whose key is the key of their vault. Wrapped for
 * somebody else such a key would open the whole vault, so the record gets a key of its own before:
 * as when it is moved to another vault, by a copy under a new key, and the former one goes to the
 * bin. The key of a record is proven as well: it has to open everything that the record holds, or a
 * server could have put the key of another record in its place. Where there is nothing to open, or all
 * of it was put there too, it is known by standing at another record.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import { openAttachmentKey, wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { StoredRecord } from '../../mirror/index.ts';
import { binRecord } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { RecordCopies } from '../editing/recordcopies.ts';
import { copyableFor, recordFor, vaultFor } from '../editing/rights.ts';
import { openValueWith } from '../reading/recordsecrets.ts';

/** A record of a vault, whose key may be looked at. */
export type OwnedRecord = StoredRecord & { readonly vaultId: string };

/** Whether the key of the record is the key of its vault. Throws `undecipherable`, `vaultKeyMissing`. */
export function hasVaultKey(account: OpenAccount, record: OwnedRecord): boolean {
  if (account.mode === 'none' || record.keyWrapped === null || record.keyWrapped === '') return false;
  return account.secrets.withRecordKey(
    record,
    (key) => key !== null && account.seals.isVaultKey(key, record.vaultId),
  );
}

/**
 * Whether the record needs another key before it is shared: its key is the one of its vault, or of
 * another record, or no key at all but another one's secret, which a server can bring about by handing
 * out a record of its own making. Looks through the mirror. Throws as `hasVaultKey`.
 */
export function hasForeignKey(account: OpenAccount, record: OwnedRecord): boolean {
  const { keyWrapped, itemServerId } = record;
  if (account.mode === 'none' || keyWrapped === null || keyWrapped === '') return false;
  const { records } = account.mirror;
  // The first connector sealed secrets under the key of their vault, as record keys are.
  const isBorrowed = records.isKeyOfAnother(keyWrapped, itemServerId) || records.isSealedValue(keyWrapped);
  return isBorrowed || hasVaultKey(account, record);
}

/**
 * Runs `use` with the record's key, null without client-side encryption, after the key has opened
 * every sealed value of the record. Throws `undecipherable`; `refused` for the key of a vault.
 */
export function withProvenKey<T>(
  account: OpenAccount,
  record: OwnedRecord,
  use: (key: RecordKey | null) => T,
): T {
  return account.secrets.withRecordKey(record, (key) => {
    if (key === null) return use(null);
    if (account.seals.isVaultKey(key, record.vaultId)) throw new StrongroomError('refused');
    prove(record, key);
    return use(key);
  });
}

function prove({ passwordEncrypted, customs, attachments }: StoredRecord, key: RecordKey): void {
  const values = [passwordEncrypted, ...customs.flatMap(({ name, value, type }) => [name, value, type])];
  for (const wire of values) if (wire !== null && wire !== '') wipe(openValueWith(wire, key));
  for (const { encryptedKey } of attachments) wipe(openAttachmentKey(encryptedKey, key));
}

/**
 * A copy of the record in its place under a new key; the former record goes to the bin, with what
 * was shared of it. Gives the copy's id. Throws `forbidden` without the rights to make and delete
 * records there, and as `RecordCopies.prepare`.
 */
export async function renewKey(account: OpenAccount, recordId: string, now: number): Promise<string> {
  const record = recordFor(account, recordId, 'item:delete');
  vaultFor(account, record.vaultId, 'object:createAndImport');
  copyableFor(account, recordId);
  const copies = new RecordCopies(() => now);
  const place = { vaultId: record.vaultId, folderId: record.folderId };
  const [copy] = await copies.prepare(account, [record], place);
  if (copy === undefined) throw new StrongroomError('noSuchRecord');
  account.mirror.durable(() => {
    copies.commit(account, [copy]);
    binRecord(account.mirror, recordId, now);
  });
  account.edited(null);
  return copy.id;
}

/** A sync under way may have passed the record already; the second one cannot have. */
const attempts = 2;

/**
 * The record once the server has it as it is here. Throws `notArrived` if it does not take it,
 * `noSuchRecord`.
 */
export async function arrived(account: OpenAccount, recordId: string): Promise<OwnedRecord> {
  for (let attempt = 0; waits(account, recordId) && attempt < attempts; attempt += 1) {
    await account.synchroniser.start();
  }
  if (account.closed) throw new StrongroomError('cancelled');
  if (waits(account, recordId)) throw new StrongroomError('notArrived');
  const record = account.mirror.records.get(recordId);
  if (record === null) throw new StrongroomError('noSuchRecord');
  const { vaultId } = record;
  if (vaultId === null || record.itemServerId === '') throw new StrongroomError('notArrived');
  return { ...record, vaultId };
}

function waits({ closed, mirror }: OpenAccount, recordId: string): boolean {
  if (closed) return false;
  return (
    mirror.outbox.ofObject('record', recordId).length > 0 || mirror.conflicts.ofRecord(recordId) !== null
  );
}
