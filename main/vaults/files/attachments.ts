/**
 * Files of records: in by drop or choice, out by saving.
 *
 * A file is read, encrypted and decrypted in a thread of the main process; the page knows it by
 * token and sees its progress.
 */
import type { StagedFile } from '../../../contract/attachments.ts';
import type { EventPayload } from '../../../contract/events.ts';
import { commitFile } from '../editing/committing.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import type { Records } from '../reading/records.ts';
import { recordFor } from '../editing/rights.ts';
import { fileOf, refuseEnded } from './contents.ts';
import type { FileDecrypting } from './filedecrypting.ts';
import { limitOf, type FileKeeping } from './filekeeping.ts';
import { StagedFiles } from './stagedfiles.ts';

/** The system's dialogs. */
export interface FileDialogs {
  /** Paths of the chosen files; empty when the person thought better of it. */
  chooseFiles(): Promise<readonly string[]>;
  /** Where to save; null when the person thought better of it. */
  chooseTarget(suggestedName: string): Promise<string | null>;
  /** A folder to save into; null when the person thought better of it. */
  chooseFolder(): Promise<string | null>;
}

type Progress = EventPayload<'attachmentProgress'>;

export interface AttachmentsOptions {
  readonly current: () => OpenAccount;
  readonly records: Records;
  readonly keeping: FileKeeping;
  readonly decrypting: FileDecrypting;
  readonly dialogs: Pick<FileDialogs, 'chooseFiles' | 'chooseTarget'>;
  readonly onProgress: (progress: Progress) => void;
}

export class Attachments {
  readonly #options: AttachmentsOptions;
  /** What was dropped or chosen and has not begun. */
  readonly staged = new StagedFiles();
  /** Ends what is being saved, at lock. */
  #saving = new AbortController();

  constructor(options: AttachmentsOptions) {
    this.#options = options;
  }

  /** Judges files; `limit` is that of the shown account's server, in bytes. */
  async stage(paths: readonly string[]): Promise<{ files: StagedFile[]; limit: number }> {
    const limit = limitOf(this.#options.current());
    return { files: await this.staged.stage(paths, limit), limit };
  }

  async choose(): Promise<{ files: StagedFile[]; limit: number }> {
    return this.stage(await this.#options.dialogs.chooseFiles());
  }

  cancel(token: string): void {
    this.staged.cancel(token);
  }

  /** Stops everything that is on its way, at lock. */
  async clear(): Promise<void> {
    this.staged.clear();
    this.#saving.abort();
    this.#saving = new AbortController();
    await Promise.all([this.#options.keeping.close(), this.#options.decrypting.close()]);
  }

  /**
   * Encrypts a staged file and puts it on its record; it is safe on this device when this returns.
   * Throws as `FileKeeping.attach`.
   */
  async add(recordId: string, token: string): Promise<{ attachmentId: string }> {
    // The account stays the same to the end, whichever one the window shows by then.
    const account = this.#options.current();
    const file = this.staged.take(token);
    const tell = (stage: Progress['stage'], done: number): void => {
      this.#options.onProgress({ token, stage, done, total: file.size });
    };
    try {
      tell('encrypting', 0);
      const { keeping } = this.#options;
      const { attachmentId } = await keeping.attach(account, recordId, file, (done) => {
        tell(done === file.size ? 'sending' : 'encrypting', Math.floor(done / 2));
      });
      tell('done', file.size);
      return { attachmentId };
    } catch (error) {
      tell('failed', 0);
      throw error;
    } finally {
      this.staged.settle(token);
    }
  }

  /** Takes a file off its record. Throws `noSuchRecord`, `noSuchField`, `forbidden`. */
  async remove(recordId: string, attachmentId: string): Promise<void> {
    const account = this.#options.current();
    const record = recordFor(account, recordId, 'item:edit');
    const file = fileOf(record, attachmentId);
    const next = { ...record, attachments: record.attachments.filter(({ id }) => id !== attachmentId) };
    const change = { kind: 'detach', attachmentId, serverId: file.serverId } as const;
    commitFile(account.mirror, record, next, change, Date.now());
    account.edited([recordId]);
  }

  /** Decrypts a file to where the person wants it. Throws as `FileDecrypting.saveTo`. */
  async saveAs(recordId: string, attachmentId: string): Promise<{ saved: boolean }> {
    const { current, decrypting, dialogs, records } = this.#options;
    const account = current();
    const { signal } = this.#saving;
    const record = records.stored(recordId, account);
    const attachment = fileOf(record, attachmentId);
    const target = await dialogs.chooseTarget(attachment.name);
    if (target === null) return { saved: false };
    refuseEnded(account, signal);
    await decrypting.saveTo(account, record, attachment, target, signal);
    if (!account.closed) records.noteRead(recordId, 'saved');
    return { saved: true };
  }
}
