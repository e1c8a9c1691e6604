/**
 * Files of records: in by drop or choice, out by saving.
 *
 * A file is read, encrypted and decrypted in a thread of the main process; the page knows it by
 * token and sees its progress.
 */
import type { StagedFile } from '../../../contract/attachments.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { EventPayload } from '../../../contract/events.ts';
import { PROTOCOL_ATTACHMENT_LIMIT, wipe } from '../../keychain/index.ts';
import type { WireAttachment } from '../../keychain/index.ts';
import type { StoredAttachment, StoredRecord } from '../../mirror/index.ts';
import { readAttachment } from '../../remote/index.ts';
import { announcedFeatures } from '../../sync/index.ts';
import type { AttachmentThread } from './attachmentthread.ts';
import { commitFile, newId } from '../editing/committing.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import type { Records } from '../reading/records.ts';
import { recordFor } from '../editing/rights.ts';
import { decryptTo } from './decrypting.ts';
import { goesInParts, type PartedFiles } from './partedfiles.ts';
import { fileSizeLimit } from './sizelimit.ts';
import { StagedFiles } from './stagedfiles.ts';
import type { TakenFile } from './stagedfiles.ts';

/** The system's dialogs. */
export interface FileDialogs {
  /** Paths of the chosen files; empty when the person thought better of it. */
  chooseFiles(): Promise<readonly string[]>;
  /** Where to save; null when the person thought better of it. */
  chooseTarget(suggestedName: string): Promise<string | null>;
}

/** A file that is safe on this device and stands in no record yet. */
interface KeptFile {
  readonly wire: WireAttachment;
  readonly localFile: string;
  readonly size: number;
}

type Progress = EventPayload<'attachmentProgress'>;

export interface AttachmentsOptions {
  readonly current: () => OpenAccount;
  readonly records: Records;
  readonly thread: AttachmentThread;
  /** Files beyond the protocol's limit. */
  readonly parts: PartedFiles;
  readonly dialogs: FileDialogs;
  readonly onProgress: (progress: Progress) => void;
}

export class Attachments {
  readonly #options: AttachmentsOptions;
  readonly #staged = new StagedFiles(() => this.#limit());
  /** Ends what is being saved, at lock. */
  #saving = new AbortController();

  constructor(options: AttachmentsOptions) {
    this.#options = options;
  }

  async stage(paths: readonly string[]): Promise<{ files: StagedFile[]; limit: number }> {
    return { files: await this.#staged.stage(paths), limit: this.#limit() };
  }

  /** Bytes of the largest file that the server of the shown account takes. */
  #limit(): number {
    return fileSizeLimit(announcedFeatures(this.#options.current().mirror));
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
    this.#saving.abort();
    this.#saving = new AbortController();
    await this.#options.thread.close();
  }

  /**
   * Encrypts a staged file and puts it on its record; it is safe on this device when this returns.
   * Throws `vaultKeyChanged`, `forbidden`, `fileTooLarge`, `fileUnreadable`, `cancelled`, disk codes.
   */
  async add(recordId: string, token: string): Promise<{ attachmentId: string }> {
    // The account stays the same to the end, whichever one the window shows by then.
    const account = this.#options.current();
    const file = this.#staged.take(token);
    const tell = (stage: Progress['stage'], done: number): void => {
      this.#options.onProgress({ token, stage, done, total: file.size });
    };
    try {
      tell('encrypting', 0);
      const onProgress = (done: number): void => tell('encrypting', Math.floor(done / 2));
      const stored = goesInParts(file.size)
        ? await this.#storeParts(account, recordId, file, onProgress)
        : await this.#store(account, recordId, file);
      tell('sending', Math.floor(file.size / 2));
      const attachmentId = await this.#keep(account, recordId, file, stored);
      tell('done', file.size);
      return { attachmentId };
    } catch (error) {
      tell('failed', 0);
      throw error;
    } finally {
      this.#staged.settle(token);
    }
  }

  /** Puts a stored file on its record in one step; where that fails it is not kept. */
  async #keep(
    account: OpenAccount,
    recordId: string,
    { name, abort }: TakenFile,
    { wire, localFile, size }: KeptFile,
  ): Promise<string> {
    const id = newId();
    const { encryptedKey, hash } = wire;
    try {
      refuseEnded(account, abort.signal);
      const record = recordFor(account, recordId, 'item:edit');
      const added = { id, serverId: null, name, encryptedKey, hash, size, localFile };
      const next = { ...record, attachments: [...record.attachments, added] };
      commitFile(account.mirror, record, next, { kind: 'attach', attachmentId: id }, Date.now());
    } catch (error) {
      await account.files.remove(localFile);
      throw error;
    }
    account.edited([recordId]);
    return id;
  }

  async #store(account: OpenAccount, recordId: string, file: TakenFile): Promise<KeptFile> {
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
      return await this.#options.parts.store(account, recordId, file.path, { signal, onProgress });
    } catch (error) {
      throw named(error, file, this.#limit());
    }
  }

  /** Takes a file off its record. Throws `noSuchRecord`, `noSuchField`, `forbidden`. */
  async remove(recordId: string, attachmentId: string): Promise<void> {
    const account = this.#options.current();
    const record = recordFor(account, recordId, 'item:edit');
    const file = record.attachments.find(({ id }) => id === attachmentId);
    if (!file) throw new StrongroomError('noSuchField');
    const next = { ...record, attachments: record.attachments.filter(({ id }) => id !== attachmentId) };
    const change = { kind: 'detach', attachmentId, serverId: file.serverId } as const;
    commitFile(account.mirror, record, next, change, Date.now());
    account.edited([recordId]);
  }

  async #encode(account: OpenAccount, recordId: string, file: TakenFile): Promise<WireAttachment> {
    const { thread } = this.#options;
    const key = account.secrets.takeRecordKey(recordFor(account, recordId, 'item:edit'));
    try {
      return (await thread.encode(file.path, key, file.abort.signal)).wire;
    } catch (error) {
      throw named(error, file, PROTOCOL_ATTACHMENT_LIMIT);
    } finally {
      if (key) wipe(key);
    }
  }

  /** Decrypts a file to where the person wants it. Throws `attachmentNotHere`, `undecipherable`, disk codes. */
  async saveAs(recordId: string, attachmentId: string): Promise<{ saved: boolean }> {
    const { current, dialogs, records } = this.#options;
    const account = current();
    const { signal } = this.#saving;
    const record = records.stored(recordId, account);
    const attachment = record.attachments.find(({ id }) => id === attachmentId);
    if (!attachment) throw new StrongroomError('noSuchField');
    const target = await dialogs.chooseTarget(attachment.name);
    if (target === null) return { saved: false };
    refuseEnded(account, signal);
    const wire = await contentsOf(account, record, attachment, signal);
    refuseEnded(account, signal);
    const progress = { signal, onProgress: () => undefined };
    await decryptTo(this.#options, account, { record, attachment, wire }, target, progress);
    if (!account.closed) records.noteRead(recordId, 'saved');
    return { saved: true };
  }
}

/** A person takes time to choose a place, and a server to answer: the vaults may be locked by then. */
function refuseEnded(account: OpenAccount, signal: AbortSignal): void {
  if (account.closed || signal.aborted) throw new StrongroomError('cancelled');
}

/** The thread knows a path only; the sentence for a person names the file. */
function named(error: unknown, { name, size }: TakenFile, limit: number): unknown {
  if (!(error instanceof StrongroomError)) return error;
  if (error.code === 'fileTooLarge') return new StrongroomError(error.code, { name, size, limit });
  return error.code === 'fileUnreadable' ? new StrongroomError(error.code, { name }) : error;
}

/** From this device if they are here and whole, else from the server. */
async function contentsOf(
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
    if (error instanceof StrongroomError && ['tampered', 'diskError'].includes(error.code)) return null;
    throw error;
  }
}
