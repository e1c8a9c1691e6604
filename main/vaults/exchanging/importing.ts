/**
 * One import, run or only rehearsed: portion by portion from the thread into the mirror and its
 * outbox, so that neither the window nor a network is ever waited for.
 */
import type { ImportPlan, ImportResult, ImportWarning } from '../../../contract/exchange.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { PROTOCOL_ATTACHMENT_LIMIT, wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { StoredAttachment, StoredRecord } from '../../mirror/index.ts';
import { sendAsNew } from '../../sync/index.ts';
import { Pace } from '../../sync/pace.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { commitEdit, newId } from '../editing/committing.ts';
import { emptyRecord } from '../editing/editing.ts';
import { changedRecord, wipeTyped } from '../editing/recordseals.ts';
import { recordFor } from '../editing/rights.ts';
import type { PortionRecord } from './exchangejobs.ts';
import { movable } from './exchangethread.ts';
import type { ExchangeThread } from './exchangethread.ts';
import { changeOf, fingerprintOf, likenessOf, refusalOf, updateOf, warningsOf } from './importedchange.ts';
import { ImportFolders } from './importfolders.ts';

const portion = 200;
const mostNotes = 300;
/** Key of the sync state under which an import notes how far it is on the disk. */
const markKey = 'importMark';

/** What one import did, as far as it takes to undo it. Ciphertext and fingerprints only. */
export interface Undoable {
  readonly accountId: string;
  readonly made: { readonly id: string; readonly fingerprint: string }[];
  readonly updated: { readonly before: StoredRecord; readonly fingerprint: string }[];
  folders: readonly string[];
}

export interface ImportParts {
  readonly account: OpenAccount;
  readonly thread: ExchangeThread;
  readonly plan: ImportPlan;
  readonly records: number;
  readonly signal: AbortSignal;
  readonly now: number;
  /** Null: nothing is written. */
  readonly undoable: Undoable | null;
  readonly onProgress: (done: number) => void;
}

export class Importing {
  readonly #parts: ImportParts;
  readonly #pace: Pace;
  readonly #folders: ImportFolders;
  readonly #result = { made: 0, updated: 0, skipped: 0, duplicates: 0, files: 0, noteCount: 0 };
  readonly #notes: ImportResult['notes'] = [];

  constructor(parts: ImportParts) {
    this.#parts = parts;
    this.#pace = new Pace(parts.account.mirror.upkeep);
    this.#folders = new ImportFolders(parts.account, parts.plan, parts.now);
  }

  /** Throws `cancelled`, disk codes; what was written by then stands in `undoable`. */
  async run(): Promise<ImportResult> {
    const { records, thread, onProgress, undoable } = this.#parts;
    const known = await this.#knownRecords();
    try {
      for (let from = 0; from < records || from === 0; from += portion) {
        const { folders, records: taken } = await thread.ask({ kind: 'take', from, count: portion });
        await this.#inPortions(folders, (path) => void this.#folders.at(path, undoable === null));
        const ready = taken.map((record, at) => ({ record, at: from + at }));
        const plain = ready.filter(({ record }) => record.fileFacts.length === 0);
        await this.#inPortions(plain, ({ record, at }) => this.#one(record, at, known, []));
        for (const each of ready) if (each.record.fileFacts.length > 0) await this.#withFiles(each, known);
        this.#settle(from);
        onProgress(Math.min(from + portion, records));
      }
    } finally {
      if (undoable) undoable.folders = this.#folders.made;
    }
    return { ...this.#result, folders: this.#folders.count, notes: this.#notes };
  }

  /**
   * Each portion is one transaction. That it is on the disk is made sure of once for many of them
   * (`#settle`): waiting for the disk each time takes longer than everything else together.
   */
  async #inPortions<T>(all: readonly T[], each: (one: T) => void): Promise<void> {
    const { account, signal, undoable } = this.#parts;
    await this.#pace.work(all, signal, (some) => {
      if (account.closed) throw new StrongroomError('cancelled');
      if (undoable === null) some.forEach(each);
      else
        account.mirror.portion(() => {
          some.forEach(each);
        });
    });
  }

  /** Everything up to here is on the disk when this returns: the log is flushed with its last entry. */
  #settle(done: number): void {
    const { account, undoable } = this.#parts;
    if (undoable === null || account.closed) return;
    account.mirror.durable(() => {
      account.mirror.syncState.set(markKey, String(done));
    });
  }

  /** Ids of what is in the target by likeness. */
  async #knownRecords(): Promise<Map<string, string>> {
    const { account, plan } = this.#parts;
    const { vaultId, folderId } = plan.to;
    const scope =
      folderId === null ? ({ kind: 'vault', vaultId } as const) : ({ kind: 'folder', folderId } as const);
    const ids = account.mirror.records.ids(scope, { by: 'name', descending: false });
    const known = new Map<string, string>();
    await this.#pace.work(ids, this.#parts.signal, (some) => {
      if (account.closed) throw new StrongroomError('cancelled');
      for (const id of some) {
        const record = account.mirror.records.get(id);
        if (record?.kind === 'record') known.set(likenessOf(record), id);
      }
    });
    return known;
  }

  #note(name: string, at: number, warning: ImportWarning): void {
    this.#result.noteCount += 1;
    if (this.#notes.length < mostNotes) this.#notes.push({ name: name.slice(0, 200), at: at + 1, warning });
  }

  #skip(record: PortionRecord, at: number, why: ImportWarning): void {
    this.#result.skipped += 1;
    this.#note(record.name, at, why);
  }

  #one(
    record: PortionRecord,
    at: number,
    known: ReadonlyMap<string, string>,
    files: readonly SealedFile[],
  ): void {
    const { plan } = this.#parts;
    const refusal = refusalOf(record, plan.formerPasswords);
    if (refusal) {
      this.#skip(record, at, refusal);
      return;
    }
    const like = known.get(likenessOf(record));
    if (like !== undefined) this.#result.duplicates += 1;
    if (like !== undefined && plan.duplicates === 'skip') {
      this.#skip(record, at, 'duplicate');
      return;
    }
    for (const warning of warningsOf(record, plan.formerPasswords)) this.#note(record.name, at, warning);
    if (like !== undefined && plan.duplicates === 'update') this.#update(record, at, like);
    else this.#make(record, files);
  }

  #make(record: PortionRecord, files: readonly SealedFile[]): void {
    const { account, plan, now, undoable } = this.#parts;
    this.#result.made += 1;
    const folderId = this.#folders.at(record.path, undoable === null);
    if (undoable === null) return;
    const fields = changeOf(record, plan.formerPasswords);
    const { key, keyWrapped } = files[0] ?? account.seals.newKey(plan.to.vaultId);
    try {
      const empty = emptyRecord(account, { vaultId: plan.to.vaultId, folderId });
      const attachments = files.map(({ attachment }) => attachment);
      const { favourite } = record;
      const made = changedRecord({ ...empty, keyWrapped, attachments, favourite }, fields, key);
      account.mirror.records.upsertMany([made]);
      sendAsNew(account.mirror, made, now);
      undoable.made.push({ id: made.id, fingerprint: fingerprintOf(made) });
    } finally {
      if (key) wipe(key);
      wipeTyped(fields);
    }
  }

  #update(record: PortionRecord, at: number, id: string): void {
    const { account, now, undoable } = this.#parts;
    this.#result.updated += 1;
    if (record.fileFacts.length > 0) this.#note(record.name, at, 'fieldLeft');
    if (undoable === null) return;
    const stored = recordFor(account, id, 'item:edit');
    const next = account.secrets.withRecordKey(stored, (key) => {
      const fields = updateOf(record, stored, account.secrets.openCustoms(stored, key));
      try {
        return changedRecord(stored, fields, key);
      } finally {
        wipeTyped(fields);
      }
    });
    if (!commitEdit(account.mirror, stored, next, now)) return;
    undoable.updated.push({ before: stored, fingerprint: fingerprintOf(next) });
  }

  /** Files are encrypted in the thread and stored before their record is written. */
  async #withFiles(
    { record, at }: { record: PortionRecord; at: number },
    known: ReadonlyMap<string, string>,
  ): Promise<void> {
    const { account, plan, undoable } = this.#parts;
    const like = known.get(likenessOf(record));
    const isMade = refusalOf(record, plan.formerPasswords) === null && (!like || plan.duplicates === 'both');
    const wanted = isMade ? record.fileFacts.map((fact, file) => ({ ...fact, file })) : [];
    const fitting = wanted.filter(({ size }) => size <= PROTOCOL_ATTACHMENT_LIMIT);
    for (let left = fitting.length; left < wanted.length; left += 1)
      this.#note(record.name, at, 'fileTooLarge');
    this.#result.files += fitting.length;
    const sealed: SealedFile[] = [];
    let written = false;
    try {
      if (undoable !== null && fitting.length > 0) {
        const owner = account.seals.newKey(plan.to.vaultId);
        for (const each of fitting) sealed.push(await this.#seal(at, each, owner));
      }
      await this.#inPortions([record], (one) => this.#one(one, at, known, sealed));
      written = true;
    } finally {
      if (!written)
        for (const { attachment } of sealed) await account.files.remove(attachment.localFile ?? '');
    }
  }

  async #seal(
    record: number,
    { name, size, file }: { name: string; size: number; file: number },
    owner: { readonly key: RecordKey | null; readonly keyWrapped: string | null },
  ): Promise<SealedFile> {
    const { account, thread } = this.#parts;
    const wire = await thread.ask({ kind: 'seal', record, file, recordKey: movable(owner.key) });
    if (account.closed) throw new StrongroomError('cancelled');
    const id = newId();
    const { localFile } = await account.files.store({ recordId: '', attachmentId: id, ...wire });
    const { encryptedKey, hash } = wire;
    return { ...owner, attachment: { id, serverId: null, name, encryptedKey, hash, size, localFile } };
  }
}

/** A stored file and the key of the record that it belongs to. */
interface SealedFile {
  readonly key: RecordKey | null;
  readonly keyWrapped: string | null;
  readonly attachment: StoredAttachment;
}
