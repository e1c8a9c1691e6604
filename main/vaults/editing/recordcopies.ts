/**
 * Copies of records: the same contents under a new record key, files included. A copy shares no
 * key with its original, so whoever gets one of them has nothing of the other.
 */
import type { Place } from '../../../contract/editing.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { isInParts, wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { StoredAttachment, StoredRecord } from '../../mirror/index.ts';
import { sendAsNew } from '../../sync/index.ts';
import { newId } from './committing.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { fetchParts } from '../files/fetchingparts.ts';
import { fileKeyUnder, underKey } from './recordseals.ts';

export class RecordCopies {
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Encrypts the copies and stores their files; nothing shows of them yet. Throws
   * `attachmentNotHere` where contents are not on this device, `undecipherable`, disk codes.
   */
  async prepare(
    account: OpenAccount,
    records: readonly StoredRecord[],
    to: Place,
  ): Promise<readonly StoredRecord[]> {
    const stored: string[] = [];
    const copies: StoredRecord[] = [];
    try {
      for (const record of records) copies.push(await copyOf(account, record, to, stored));
    } catch (error) {
      for (const localFile of stored) await account.files.remove(localFile);
      throw error;
    }
    return copies;
  }

  /** Writes prepared copies and their operations, inside the caller's transaction. */
  commit({ mirror }: OpenAccount, copies: readonly StoredRecord[]): void {
    mirror.records.upsertMany(copies);
    for (const copy of copies) sendAsNew(mirror, copy, this.#now());
  }
}

async function copyOf(
  account: OpenAccount,
  record: StoredRecord,
  to: Place,
  stored: string[],
): Promise<StoredRecord> {
  const from = record.keyWrapped === null ? null : account.secrets.takeRecordKey(record);
  const { key, keyWrapped } = account.seals.newKey(to.vaultId);
  try {
    const attachments: StoredAttachment[] = [];
    for (const file of record.attachments)
      attachments.push(await copyFile(account, record, file, from, key, stored));
    const isOpen = account.mode === 'none';
    return {
      ...record,
      ...to,
      ...underKey(record, from, key),
      id: newId(),
      kind: 'record',
      serverId: '',
      itemServerId: '',
      favourite: false,
      keyWrap: isOpen ? 'none' : 'vault',
      keyWrapped,
      vaultKeyWrapped: isOpen ? null : (account.mirror.vaults.get(to.vaultId)?.keyWrapped ?? null),
      attachments,
      sender: null,
      writable: true,
      unread: false,
      revision: null,
      updatedAt: null,
      contentHash: '',
      flagged: false,
    };
  } finally {
    if (from) wipe(from);
    if (key) wipe(key);
  }
}

async function copyFile(
  account: OpenAccount,
  record: StoredRecord,
  file: StoredAttachment,
  from: RecordKey | null,
  to: RecordKey | null,
  stored: string[],
): Promise<StoredAttachment> {
  const encryptedKey = fileKeyUnder(file.encryptedKey, from, to);
  const localFile = await storedAnew(account, record, file, from, encryptedKey);
  stored.push(localFile);
  const { hash } = await account.files.read(localFile);
  return { ...file, id: newId(), serverId: null, encryptedKey, localFile, hash };
}

/** Large files are not kept here once they were sent, and are fetched for the copy. */
async function storedAnew(
  account: OpenAccount,
  record: StoredRecord,
  file: StoredAttachment,
  from: RecordKey | null,
  encryptedKey: string,
): Promise<string> {
  if (file.localFile !== null) return account.files.copy(file.localFile, encryptedKey);
  if (!isInParts(file.encryptedKey, from)) throw new StrongroomError('attachmentNotHere');
  const progress = { signal: new AbortController().signal, onProgress: () => undefined };
  const fetched = await fetchParts(account, record, file, progress);
  try {
    return await account.files.copy(fetched, encryptedKey);
  } finally {
    await account.files.remove(fetched);
  }
}
