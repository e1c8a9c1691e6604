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
import type { TakenFile } from './stagedfiles.ts';

/** The system's dialogs. */
export interface FileDialogs {
  /** Paths of the chosen files; empty when the person thought better of it. */
  chooseFiles(): Promise<readonly string[]>;
  /** Where to save; null when the person thought better of it. */
  chooseTarget(suggestedName: string): Promise<string | null>;
}

type Progress = EventPayload<'attachmentProgress'>;

/** How often a record is looked at for a file that was just added to it. */
const mostLooks = 3;

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
  /** Files are sent one after another: each sending names the files that are there already. */
  #line: Promise<unknown> = Promise.resolve();
  /** Ends what is being saved, at lock. */
  #saving = new AbortController();

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
    this.#saving.abort();
    this.#saving = new AbortController();
    await this.#options.thread.close();
  }

  /**
   * Encrypts a staged file and sends it; the mirror has it when this returns. Throws
   * `vaultKeyChanged`, `forbidden`, `fileTooLarge`, `fileUnreadable`, `cancelled`, network codes.
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
      const wire = await this.#encode(account, recordId, file);
      tell('sending', Math.floor(file.size / 2));
      const added = { ...wire, name: file.name };
      const attachmentId = await this.#inLine(() => this.#send(account, recordId, added, file.abort.signal));
      tell('done', file.size);
      return { attachmentId };
    } catch (error) {
      tell('failed', 0);
      throw error;
    } finally {
      this.#staged.settle(token);
    }
  }

  async #encode(account: OpenAccount, recordId: string, file: TakenFile): Promise<WireAttachment> {
    const { records, thread } = this.#options;
    const key = account.secrets.takeRecordKey(writable(account, records.stored(recordId, account)));
    try {
      return (await thread.encode(file.path, key, file.abort.signal)).wire;
    } catch (error) {
      throw named(error, file);
    } finally {
      if (key) wipe(key);
    }
  }

  #inLine<T>(send: () => Promise<T>): Promise<T> {
    const sent = this.#line.then(send);
    // The line goes on whatever becomes of one file; its caller gets the error from `sent`.
    this.#line = Promise.allSettled([sent]);
    return sent;
  }

  async #send(
    account: OpenAccount,
    recordId: string,
    added: WireAttachment & { name: string },
    signal: AbortSignal,
  ): Promise<string> {
    const { records } = this.#options;
    refuseEnded(account, signal);
    // Somebody may have attached a file since the last sync; the list that is sent must name it.
    await account.synchroniser.refresh(writable(account, records.stored(recordId, account)));
    refuseEnded(account, signal);
    const record = writable(account, records.stored(recordId, account));
    const before = new Set(record.attachments.map(({ id }) => id));
    const kept = record.attachments.map(({ id, name, encryptedKey }) => ({ id, name, encryptedKey }));
    const { itemServerId: itemId, vaultId } = record;
    await addAttachment(account.client, { itemId, vaultId, kept, added, signal });
    // A sync under way may write its older listing between the question and the answer: ask again.
    for (let attempt = 0; attempt < mostLooks; attempt += 1) {
      await account.synchroniser.refresh(record);
      refuseEnded(account, signal);
      const { attachments } = records.stored(recordId, account);
      const stored = attachments.find(({ id, name }) => !before.has(id) && name === added.name);
      if (stored) return stored.id;
    }
    throw new StrongroomError('badAnswer');
  }

  /** Decrypts a file to where the person wants it. Throws `attachmentNotHere`, `undecipherable`, disk codes. */
  async saveAs(recordId: string, attachmentId: string): Promise<{ saved: boolean }> {
    const { current, dialogs, records, thread } = this.#options;
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
    const key = account.secrets.takeRecordKey(record);
    try {
      await thread.decode(wire, key, target, signal);
    } finally {
      if (key) wipe(key);
    }
    return { saved: true };
  }
}

/** A person takes time to choose a place, and a server to answer: the vaults may be locked by then. */
function refuseEnded(account: OpenAccount, signal: AbortSignal): void {
  if (account.closed || signal.aborted) throw new StrongroomError('cancelled');
}

/** Only records of a vault whose key is the pinned one take new secrets. */
function writable(account: OpenAccount, record: StoredRecord): StoredRecord & { vaultId: string } {
  const { mirror, mode } = account;
  const { vaultId } = record;
  if (record.kind !== 'record' || vaultId === null || !record.writable)
    throw new StrongroomError('forbidden');
  if (mode === 'client' && mirror.pins.vaultKey(vaultId)?.trust === 'keyChanged') {
    throw new StrongroomError('vaultKeyChanged');
  }
  return { ...record, vaultId };
}

/** The thread knows a path only; the sentence for a person names the file. */
function named(error: unknown, { name, size }: TakenFile): unknown {
  if (!(error instanceof StrongroomError)) return error;
  const limit = PROTOCOL_ATTACHMENT_LIMIT;
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
  const local = await localContents(account, attachment);
  if (local) return local;
  try {
    const { encryptedData, hash } = await readAttachment(
      account.client,
      record.itemServerId,
      attachment.id,
      signal,
    );
    if (hash === null) throw new StrongroomError('attachmentHashMismatch');
    return { encryptedKey: attachment.encryptedKey, encryptedData, hash };
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
