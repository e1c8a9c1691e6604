/**
 * A file's way from the disk onto its record: encrypted in a thread, sealed in the store of this
 * device, and then named by the record in one step. A cut before that step leaves a stored file that
 * nothing names, which is cleared away later.
 */
import { stat } from 'node:fs/promises';
import { StrongroomError } from '../../../contract/errors.ts';
import { PROTOCOL_ATTACHMENT_LIMIT, wipe } from '../../keychain/index.ts';
import type { WireAttachment } from '../../keychain/index.ts';
import { announcedFeatures } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { commitFile, newId } from '../editing/committing.ts';
import { recordFor } from '../editing/rights.ts';
import type { AttachmentThread } from './attachmentthread.ts';
import { refuseEnded } from './contents.ts';
import { distinctName } from './distinctname.ts';
import { goesInParts, type PartedFiles } from './partedfiles.ts';
import { fileSizeLimit } from './sizelimit.ts';
import type { TakenFile } from './stagedfiles.ts';

/** A file that is safe on this device and stands in no record yet. */
interface KeptFile {
  readonly wire: WireAttachment;
  readonly localFile: string;
  readonly size: number;
}

/** Bytes of the largest file that the account's server takes, by what it announced last. */
export function limitOf(account: OpenAccount): number {
  return fileSizeLimit(announcedFeatures(account.mirror));
}

export class FileKeeping {
  readonly #thread: AttachmentThread;
  readonly #parts: PartedFiles;

  /** `parts`: for files beyond the protocol's limit. */
  constructor(thread: AttachmentThread, parts: PartedFiles) {
    this.#thread = thread;
    this.#parts = parts;
  }

  /**
   * Encrypts a file and puts it on its record, under a name that no other file there has; hears of the
   * bytes that are encrypted. It is safe on this device when this returns. Throws `vaultKeyChanged`,
   * `forbidden`, `fileTooLarge`, `fileUnreadable`, `cancelled`, disk codes.
   */
  async attach(
    account: OpenAccount,
    recordId: string,
    file: TakenFile,
    onEncrypted: (bytes: number) => void,
  ): Promise<{ attachmentId: string; name: string }> {
    const kept = goesInParts(file.size)
      ? await this.#storeParts(account, recordId, file, onEncrypted)
      : await this.#store(account, recordId, file);
    onEncrypted(file.size);
    try {
      refuseEnded(account, file.abort.signal);
      return putOnRecord(account, recordId, file.name, kept);
    } catch (error) {
      await account.files.remove(kept.localFile);
      throw error;
    }
  }

  /** Ends the thread; what is being encrypted fails with `cancelled`. */
  close(): Promise<void> {
    return this.#thread.close();
  }

  async #store(account: OpenAccount, recordId: string, file: TakenFile): Promise<KeptFile> {
    await refuseGrown(file);
    refuseEnded(account, file.abort.signal);
    const wire = await this.#encode(account, recordId, file);
    refuseEnded(account, file.abort.signal);
    const { localFile } = await account.files.store({ recordId, attachmentId: '', ...wire });
    return { wire, localFile, size: file.size };
  }

  async #storeParts(
    account: OpenAccount,
    recordId: string,
    file: TakenFile,
    onProgress: (done: number) => void,
  ): Promise<KeptFile> {
    const { signal } = file.abort;
    try {
      return await this.#parts.store(account, recordId, file.path, { signal, onProgress });
    } catch (error) {
      throw named(error, file, limitOf(account));
    }
  }

  async #encode(account: OpenAccount, recordId: string, file: TakenFile): Promise<WireAttachment> {
    const key = account.secrets.takeRecordKey(recordFor(account, recordId, 'item:edit'));
    try {
      return (await this.#thread.encode(file.path, key, file.abort.signal)).wire;
    } catch (error) {
      throw named(error, file, PROTOCOL_ATTACHMENT_LIMIT);
    } finally {
      if (key) wipe(key);
    }
  }
}

/** The thread reads a file whole: what has grown since it was judged is refused before that. */
async function refuseGrown(file: TakenFile): Promise<void> {
  const limit = PROTOCOL_ATTACHMENT_LIMIT;
  const now = await stat(file.path).catch((error: unknown) => {
    // Whatever the disk says of it, it cannot be read.
    throw named(new StrongroomError('fileUnreadable', {}, { cause: error }), file, limit);
  });
  if (now.size > limit) throw named(new StrongroomError('fileTooLarge'), file, limit);
}

/** One step: whatever is read of the record here still holds when it is written. */
function putOnRecord(
  account: OpenAccount,
  recordId: string,
  wanted: string,
  { wire, localFile, size }: KeptFile,
): { attachmentId: string; name: string } {
  const record = recordFor(account, recordId, 'item:edit');
  const name = distinctName(
    wanted,
    record.attachments.map((each) => each.name),
  );
  const id = newId();
  const { encryptedKey, hash } = wire;
  const added = { id, serverId: null, name, encryptedKey, hash, size, localFile };
  const next = { ...record, attachments: [...record.attachments, added] };
  commitFile(account.mirror, record, next, { kind: 'attach', attachmentId: id }, Date.now());
  account.edited([recordId]);
  return { attachmentId: id, name };
}

/** The thread knows a path only; the sentence for a person names the file. */
function named(error: unknown, { name, size }: TakenFile, limit: number): unknown {
  if (!(error instanceof StrongroomError)) return error;
  if (error.code === 'fileTooLarge') return new StrongroomError(error.code, { name, size, limit });
  return error.code === 'fileUnreadable' ? new StrongroomError(error.code, { name }) : error;
}
