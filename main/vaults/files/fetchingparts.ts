/** A file in parts from the server into the store of this device, as it is, for use without a network. */
import { StrongroomError } from '../../../contract/errors.ts';
import { openPartList, partDigest, wipe } from '../../keychain/index.ts';
import type { StoredAttachment, StoredRecord } from '../../mirror/index.ts';
import { readAttachment, readPart } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { largestPart } from './partedfiles.ts';
import type { PartProgress } from './partthread.ts';

/**
 * Fetches list and parts and stores them; gives the name under which they lie. Every part is held
 * against the list before it is stored. Throws `attachmentHashMismatch`, `undecipherable`, `cancelled`,
 * network codes, disk codes.
 */
export async function fetchParts(
  account: OpenAccount,
  record: StoredRecord,
  { serverId, encryptedKey }: StoredAttachment,
  { signal, onProgress }: PartProgress,
): Promise<string> {
  if (serverId === null) throw new StrongroomError('attachmentNotHere');
  const place = { itemId: record.itemServerId, attachmentId: serverId };
  const { encryptedData, hash } = await readAttachment(account.client, place.itemId, serverId, signal);
  if (hash === null) throw new StrongroomError('attachmentHashMismatch');
  const wire = { encryptedKey, encryptedData, hash };
  const { digests, partSize, size } = digestsOf(account, record, wire);
  const stored = await account.files.beginParts();
  try {
    for (const [index, digest] of digests.entries()) {
      const bytes = await readPart(account.client, place, index + 1, largestPart, signal);
      if (account.closed) throw new StrongroomError('cancelled');
      if (partDigest(bytes) !== digest) throw new StrongroomError('attachmentHashMismatch');
      await stored.put(bytes, digest);
      onProgress(Math.min(size, (index + 1) * partSize));
    }
    return await stored.keep(wire);
  } catch (error) {
    await stored.discard();
    throw error;
  }
}

function digestsOf(
  account: OpenAccount,
  record: StoredRecord,
  wire: Parameters<typeof openPartList>[0],
): { digests: readonly string[]; partSize: number; size: number } {
  const recordKey = account.secrets.takeRecordKey(record);
  try {
    const { list, key } = openPartList(wire, recordKey);
    if (key) wipe(key);
    return { digests: list.parts, partSize: list.partSize, size: list.size };
  } finally {
    if (recordKey) wipe(recordKey);
  }
}
