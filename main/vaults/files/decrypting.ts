/** An attached file, whichever form it has, to a place on the disk. */
import { wipe } from '../../keychain/index.ts';
import type { WireAttachment } from '../../keychain/index.ts';
import type { StoredAttachment, StoredRecord } from '../../mirror/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import type { AttachmentThread } from './attachmentthread.ts';
import type { PartedFiles } from './partedfiles.ts';
import type { PartProgress } from './partthread.ts';

/** What decrypts files. */
export interface Decrypters {
  readonly thread: AttachmentThread;
  readonly parts: PartedFiles;
}

/** A file of a record with what stands for it on the wire: its contents, or the list of its parts. */
export interface FileToDecrypt {
  readonly record: StoredRecord;
  readonly attachment: StoredAttachment;
  readonly wire: WireAttachment;
}

/**
 * Decrypts a file to `toPath`, where it appears only when it is complete. Throws `undecipherable`,
 * `attachmentHashMismatch`, `attachmentNotHere`, disk codes, `cancelled`.
 */
export async function decryptTo(
  { thread, parts }: Decrypters,
  account: OpenAccount,
  { record, attachment, wire }: FileToDecrypt,
  toPath: string,
  progress: PartProgress,
): Promise<void> {
  if (parts.isInParts(account, record, wire.encryptedKey)) {
    return parts.saveTo(account, record, attachment, wire, toPath, progress);
  }
  const key = account.secrets.takeRecordKey(record);
  try {
    await thread.decode(wire, key, toPath, progress.signal);
  } finally {
    if (key) wipe(key);
  }
}
