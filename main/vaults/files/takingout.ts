/**
 * Files on their way out of a record: to be looked at, into a folder, out of the window by hand.
 *
 * All of it is reading: it needs no right but that of seeing the record, and it is noted as such.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output } from '../../../contract/index.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { previewLimit } from '../../../contract/files.ts';
import type { FilePreview } from '../../../contract/files.ts';
import { asDiskFault } from '../../custody/index.ts';
import { wipe } from '../../keychain/index.ts';
import type { StoredAttachment, StoredRecord } from '../../mirror/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import type { Records } from '../reading/records.ts';
import type { FileDialogs } from './attachments.ts';
import { fileOf, refuseEnded } from './contents.ts';
import { distinctName } from './distinctname.ts';
import type { DraggedFiles } from './draggedfiles.ts';
import type { FileDecrypting } from './filedecrypting.ts';
import { openForPreview } from './previewthread.ts';
import type { OpenedFile } from './previewthread.ts';

export interface TakingOutOptions {
  readonly current: () => OpenAccount;
  readonly records: Records;
  readonly decrypting: FileDecrypting;
  /** Script of the thread that decrypts what is looked at. */
  readonly previewWorker: string | URL;
  readonly dialogs: Pick<FileDialogs, 'chooseFolder'>;
  readonly dragged: DraggedFiles;
  /** A name that any file system takes. */
  readonly safeName: (name: string) => string;
  /** Whether the person was told that dragging out writes decrypted files. */
  readonly dragTold: () => boolean;
  /** Hands files of the disk to the system's drag and drop. */
  readonly startDrag: (paths: readonly string[]) => void;
}

/** What a failed file of several means: it is named, and the others go on. */
const ofOneFile: ReadonlySet<string> = new Set([
  'attachmentNotHere',
  'attachmentHashMismatch',
  'undecipherable',
  'notFound',
  'forbidden',
  'badAnswer',
]);

export class TakingOut {
  readonly #options: TakingOutOptions;
  readonly #writings = new Set<Promise<unknown>>();
  #ending = new AbortController();

  constructor(options: TakingOutOptions) {
    this.#options = options;
  }

  /** The contents of a file, if they are of a kind that can be shown. Throws as the channel says. */
  async preview(recordId: string, attachmentId: string): Promise<FilePreview> {
    const { account, record, signal } = this.#begin(recordId);
    const file = fileOf(record, attachmentId);
    const { name, size } = file;
    if (size !== null && size > previewLimit) return { kind: 'none', name, why: 'tooLarge', size };
    const { decrypting, previewWorker, records } = this.#options;
    const inMemory = await decrypting.forMemory(previewLimit, { account, record, attachment: file }, signal);
    if (inMemory === null) return { kind: 'none', name, why: 'tooLarge', size };
    const recordKey = account.secrets.takeRecordKey(record);
    try {
      const job = { ...inMemory, recordKey, limit: previewLimit };
      const opened = await openForPreview(previewWorker, job, signal);
      refuseEnded(account, signal);
      records.noteRead(recordId, 'revealed');
      return faceOf(name, opened);
    } finally {
      if (recordKey) wipe(recordKey);
    }
  }

  /** Saves every file of a record into a folder that the person picks. Throws disk codes, `cancelled`. */
  async saveAll(recordId: string): Promise<Output<'files', 'saveAll'>> {
    const { account, record, signal } = this.#begin(recordId);
    const { decrypting, dialogs, records, safeName } = this.#options;
    const folder = await dialogs.chooseFolder();
    if (folder === null) return { chosen: false, saved: 0, failed: [] };
    refuseEnded(account, signal);
    const taken = await namesIn(folder);
    const failed: string[] = [];
    let saved = 0;
    for (const file of record.attachments) {
      const name = distinctName(safeName(file.name), taken);
      try {
        await decrypting.saveTo(account, record, file, join(folder, name), signal);
        taken.push(name);
        saved += 1;
      } catch (error) {
        if (!(error instanceof StrongroomError) || !ofOneFile.has(error.code)) throw error;
        failed.push(file.name);
      }
    }
    if (saved > 0 && !account.closed) records.noteRead(recordId, 'saved');
    return { chosen: true, saved, failed };
  }

  /** Decrypts files into the private folder and begins to drag them. Throws as `saveAll`. */
  async dragOut(recordId: string, attachmentIds: readonly string[]): Promise<Output<'files', 'dragOut'>> {
    const { account, record, signal } = this.#begin(recordId);
    const files = [...new Set(attachmentIds)].map((id) => fileOf(record, id));
    if (!this.#options.dragTold()) return { started: false, toldFirst: true };
    const writing = this.#writeOut(account, record, files, signal);
    this.#writings.add(writing);
    try {
      const places = await writing;
      refuseEnded(account, signal);
      this.#options.records.noteRead(recordId, 'saved');
      this.#options.startDrag(places);
      return { started: true, toldFirst: false };
    } finally {
      this.#writings.delete(writing);
    }
  }

  async #writeOut(
    account: OpenAccount,
    record: StoredRecord,
    files: readonly StoredAttachment[],
    signal: AbortSignal,
  ): Promise<string[]> {
    const { decrypting, dragged } = this.#options;
    const places = await dragged.places(files.map(({ name }) => name));
    refuseEnded(account, signal);
    for (const [index, file] of files.entries()) {
      await decrypting.saveTo(account, record, file, places[index] ?? '', signal);
    }
    return places;
  }

  wipeDragged(): Promise<void> {
    return this.#options.dragged.wipe();
  }

  /** Stops what is under way and wipes what was dragged out: at lock, at quit, at the start. */
  async clear(): Promise<void> {
    this.#ending.abort();
    this.#ending = new AbortController();
    await this.#options.decrypting.close();
    // Nothing may be written any more where everything is about to be removed.
    await Promise.allSettled(this.#writings);
    await this.#options.dragged.wipe();
  }

  #begin(recordId: string): { account: OpenAccount; record: StoredRecord; signal: AbortSignal } {
    const account = this.#options.current();
    const { signal } = this.#ending;
    return { account, record: this.#options.records.stored(recordId, account), signal };
  }
}

function faceOf(name: string, { bytes, kind, size }: OpenedFile): FilePreview {
  if (bytes === null || kind.kind === 'unknown') {
    return { kind: 'none', name, why: size > previewLimit ? 'tooLarge' : 'unknownType', size };
  }
  return kind.kind === 'image'
    ? { kind: 'image', name, type: kind.type, bytes }
    : { kind: kind.kind, name, bytes };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw asDiskFault(error);
  }
}
