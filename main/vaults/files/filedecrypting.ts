/** A file's way from its record to a place on the disk, whichever form it is in. */
import { wipe } from '../../keychain/index.ts';
import type { WireAttachment } from '../../keychain/index.ts';
import type { StoredAttachment, StoredRecord } from '../../mirror/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import type { AttachmentThread } from './attachmentthread.ts';
import { contentsOf, refuseEnded } from './contents.ts';
import type { FileInParts, PartedFiles } from './partedfiles.ts';

export class FileDecrypting {
  readonly #thread: AttachmentThread;
  readonly #parts: PartedFiles;

  /** `parts`: for files beyond the protocol's limit. */
  constructor(thread: AttachmentThread, parts: PartedFiles) {
    this.#thread = thread;
    this.#parts = parts;
  }

  /**
   * Decrypts to `path`, where the file appears once all of it has been judged. Throws
   * `attachmentNotHere`, `undecipherable`, `attachmentHashMismatch`, `cancelled`, disk codes.
   */
  async saveTo(
    account: OpenAccount,
    record: StoredRecord,
    attachment: StoredAttachment,
    path: string,
    signal: AbortSignal,
  ): Promise<void> {
    const wire = await contentsOf(account, record, attachment, signal);
    refuseEnded(account, signal);
    if (this.#parts.isInParts(account, record, wire.encryptedKey)) {
      const progress = { signal, onProgress: () => undefined };
      return this.#parts.saveTo(account, record, attachment, wire, path, progress);
    }
    const key = account.secrets.takeRecordKey(record);
    try {
      await this.#thread.decode(wire, key, path, signal);
    } finally {
      if (key) wipe(key);
    }
  }

  /**
   * What has to be in memory to decrypt a file of at most `limit` bytes without the disk; null for a
   * larger one. Throws as `saveTo`, but for the disk.
   */
  async forMemory(
    limit: number,
    { account, record, attachment }: FileInParts,
    signal: AbortSignal,
  ): Promise<{ wire: WireAttachment; parts: Buffer[] | null } | null> {
    const wire = await contentsOf(account, record, attachment, signal);
    refuseEnded(account, signal);
    if (!this.#parts.isInParts(account, record, wire.encryptedKey)) {
      return isTooLongFor(limit, wire) ? null : { wire, parts: null };
    }
    const parts = await this.#parts.partsUpTo(limit, { account, record, attachment }, wire, signal);
    refuseEnded(account, signal);
    return parts === null ? null : { wire, parts };
  }

  /** Ends the thread; what is being decrypted fails with `cancelled`. */
  close(): Promise<void> {
    return this.#thread.close();
  }
}

/** Wire forms of whole files are shorter than three characters a byte (Passwork 7 protocol, attachments). */
function isTooLongFor(limit: number, { encryptedData }: WireAttachment): boolean {
  return encryptedData.length > limit * 3;
}
