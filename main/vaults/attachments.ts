/**
 * Files of records: in by drop or choice, out by saving.
 *
 * A file is read, encrypted and decrypted in a thread of the main process; the page knows it by
 * token and sees its progress.
 */
import type { StagedFile } from '../../contract/attachments.ts';
import { StrongroomError } from '../../contract/errors.ts';
import type { EventPayload } from '../../contract/events.ts';
import { PROTOCOL_ATTACHMENT_LIMIT, wipe } from '../keychain/index.ts';
import type { WireAttachment } from '../keychain/index.ts';
import type { StoredAttachment, StoredRecord } from '../mirror/index.ts';
import { addAttachment, readAttachment } from '../remote/index.ts';
import type { AttachmentThread } from './attachmentthread.ts';
import type { OpenAccount } from './openaccount.ts';
import type { Records } from './records.ts';
import { StagedFiles } from './stagedfiles.ts';

/** The system's dialogs. */
export interface FileDialogs {
  /** Paths of the chosen files; empty when the person thought better of it. */
  chooseFiles(): Promise<readonly string[]>;
  /** Where to save; null when the person thought better of it. */
  chooseTarget(suggestedName: string): Promise<string | null>;
}

type Progress = EventPayload<'attachmentProgress'>;

export interface AttachmentsOptions {
  readonly current: () => OpenAccount;
  readonly records: Records;
  readonly thread: AttachmentThread;
  readonly dialogs: FileDialogs;
  readonly onProgress: (progress: Progress) => void;
}

export class Attachments {
  readonly #options: AttachmentsOptions;
  readonly #staged = new StagedFiles(() => PROTOCOL_ATTACHMENT_LIMIT);

  constructor(options: AttachmentsOptions) {
    this.#options = options;
  }

  async stage(paths: readonly string[]): Promise<{ files: StagedFile[]; limit: number }> {
    return { files: await this.#staged.stage(paths), limit: PROTOCOL_ATTACHMENT_LIMIT };
  }

  async choose(): Promise<{ files: StagedFile[]; limit: number }> {
    return this.stage(await this.#options.dialogs.chooseFiles());
  }

  cancel(token: string): void {
    this.#staged.cancel(token);
  }

  /** Stops everything that is on its way, at lock. */
  async clear(): Promise<void> {
    this.#staged.clear();
    await this.#options.thread.close();
  }

  /**
   * Encrypts a staged file and sends it; the mirror has it when this returns. Throws
   * `vaultKeyChanged`, `forbidden`, `fileTooLarge`, `fileUnreadable`, `cancelled`, network codes.
   */
  async add(recordId: string, token: string): Promise<{ attachmentId: string }> {
    const file = this.#staged.take(token);
    const tell = (stage: Progress['stage'], done: number): void => {
      this.#options.onProgress({ token, stage, done, total: file.size });
    };
    try {
      tell('encrypting', 0);
      const wire = await this.#encode(recordId, file.path, file.abort.signal);
      tell('sending', Math.floor(file.size / 2));
      const attachmentId = await this.#send(recordId, { ...wire, name: file.name }, file.abort.signal);
      tell('done', file.size);
      return { attachmentId };
    } catch (error) {
      tell('failed', 0);
      throw error;
    } finally {
      this.#staged.settle(token);
    }
  }

  async #encode(recordId: string, path: string, signal: AbortSignal): Promise<WireAttachment> {
    const { records, thread, current } = this.#options;
    const record = this.#writable(records.stored(recordId));
    const key = current().secrets.takeRecordKey(record);
    try {
      return (await thread.encode(path, key, signal)).wire;
    } finally {
      if (key) wipe(key);
    }
  }

  async #send(
    recordId: string,
    added: WireAttachment & { name: string },
    signal: AbortSignal,
  ): Promise<string> {
    const account = this.#options.current();
    const record = this.#writable(this.#options.records.stored(recordId));
    const before = new Set(record.attachments.map(({ id }) => id));
    const kept = record.attachments.map(({ id, name, encryptedKey }) => ({ id, name, encryptedKey }));
    const { itemServerId: itemId, vaultId } = record;
    if (vaultId === null) throw new StrongroomError('forbidden');
    await addAttachment(account.client, { itemId, vaultId, kept, added, signal });
    await account.synchroniser.refresh(record);
    const stored = this.#options.records.stored(recordId).attachments.find(({ id }) => !before.has(id));
    if (!stored) throw new StrongroomError('badAnswer');
    return stored.id;
  }

  /** Only records of a vault whose key is the pinned one take new secrets. */
  #writable(record: StoredRecord): StoredRecord {
    const { mirror, mode } = this.#options.current();
    if (record.kind !== 'record' || record.vaultId === null || !record.writable)
      throw new StrongroomError('forbidden');
    if (mode === 'client' && mirror.pins.vaultKey(record.vaultId)?.trust === 'keyChanged') {
      throw new StrongroomError('vaultKeyChanged');
    }
    return record;
  }

  /** Decrypts a file to where the person wants it. Throws `attachmentNotHere`, `undecipherable`, disk codes. */
  async saveAs(recordId: string, attachmentId: string): Promise<{ saved: boolean }> {
    const { current, dialogs, records, thread } = this.#options;
    const record = records.stored(recordId);
    const attachment = record.attachments.find(({ id }) => id === attachmentId);
    if (!attachment) throw new StrongroomError('noSuchField');
    const target = await dialogs.chooseTarget(attachment.name);
    if (target === null) return { saved: false };
    const wire = await this.#contents(record, attachment);
    const key = current().secrets.takeRecordKey(record);
    try {
      await thread.decode(wire, key, target, new AbortController().signal);
    } finally {
      if (key) wipe(key);
    }
    return { saved: true };
  }

  /** From this device if they are here, else from the server. */
  async #contents(record: StoredRecord, attachment: StoredAttachment): Promise<WireAttachment> {
    const account = this.#options.current();
    if (attachment.localFile !== null) return account.files.read(attachment.localFile);
    try {
      const { encryptedData, hash } = await readAttachment(
        account.client,
        record.itemServerId,
        attachment.id,
      );
      if (hash === null) throw new StrongroomError('attachmentHashMismatch');
      return { encryptedKey: attachment.encryptedKey, encryptedData, hash };
    } catch (error) {
      if (error instanceof StrongroomError && error.code === 'unreachable')
        throw new StrongroomError('attachmentNotHere');
      throw error;
    }
  }
}
