/** Where the encrypted contents of a file of a record come from. */
import { StrongroomError } from '../../../contract/errors.ts';
import type { WireAttachment } from '../../keychain/index.ts';
import type { StoredAttachment, StoredRecord } from '../../mirror/index.ts';
import { readAttachment } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

/** The file of a record. Throws `noSuchField`. */
export function fileOf(record: StoredRecord, attachmentId: string): StoredAttachment {
  const file = record.attachments.find(({ id }) => id === attachmentId);
  if (!file) throw new StrongroomError('noSuchField');
  return file;
}

/** A person takes time to choose a place, and a server to answer: the vaults may be locked by then. */
export function refuseEnded(account: OpenAccount, signal: AbortSignal): void {
  if (account.closed || signal.aborted) throw new StrongroomError('cancelled');
}

/** From this device if they are here and whole, else from the server. Throws `attachmentNotHere`. */
export async function contentsOf(
  account: OpenAccount,
  record: StoredRecord,
  attachment: StoredAttachment,
  signal: AbortSignal,
): Promise<WireAttachment> {
  const { encryptedKey, serverId } = attachment;
  const local = await localContents(account, attachment);
  // The key on the row is the one under this record's key, whatever the file was stored with.
  if (local) return { ...local, encryptedKey };
  if (serverId === null) throw new StrongroomError('attachmentNotHere');
  try {
    const { encryptedData, hash } = await readAttachment(
      account.client,
      record.itemServerId,
      serverId,
      signal,
    );
    if (hash === null) throw new StrongroomError('attachmentHashMismatch');
    return { encryptedKey, encryptedData, hash };
  } catch (error) {
    if (error instanceof StrongroomError && error.code === 'unreachable')
      throw new StrongroomError('attachmentNotHere');
    throw error;
  }
}

/** Null where the local copy is missing or damaged: the server has another one. */
async function localContents(
  account: OpenAccount,
  { localFile }: StoredAttachment,
): Promise<WireAttachment | null> {
  if (localFile === null) return null;
  try {
    return await account.files.read(localFile);
  } catch (error) {
    // A lock takes the key away while the disk is being read.
    if (account.closed) throw new StrongroomError('cancelled', {}, { cause: error });
    if (error instanceof StrongroomError && ['tampered', 'diskError'].includes(error.code)) return null;
    throw error;
  }
}
