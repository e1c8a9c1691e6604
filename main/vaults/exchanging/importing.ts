/**
 * One import, run or only rehearsed: portion by portion from the thread into the mirror and its
 * outbox, so that neither the window nor a network is ever waited for.
 */
import type { ImportPlan, ImportResult, ImportWarning } from '../../../contract/exchange.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { PROTOCOL_ATTACHMENT_LIMIT, wipe } from '../../keychain/index.ts';
import type { StoredRecord } from '../../mirror/index.ts';
import { sendAsNew } from '../../sync/index.ts';
import { Pace } from '../../sync/pace.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { commitEdit, commitFile } from '../editing/committing.ts';
import { emptyRecord } from '../editing/editing.ts';
import { changedRecord, wipeTyped } from '../editing/recordseals.ts';
import type { PortionRecord } from './exchangejobs.ts';
import type { ExchangeThread } from './exchangethread.ts';
import {
  changeOf,
  fingerprintOf,
  leftByUpdate,
  likenessOf,
  refusalOf,
  warningsOf,
} from './importedchange.ts';
import { ownerOf, sealFile, type SealedFile, type WantedFile } from './importedfiles.ts';
import { ImportFolders } from './importfolders.ts';
import { openedFor, writtenOver } from './overwriting.ts';

const portion = 200;
const mostNotes = 300;
const portionsPerFlush = 5;
/** Key of the sync state under which an import notes what it wrote last. */
const markKey = 'importMark';

export interface ImportParts {
  readonly account: OpenAccount;
  readonly thread: ExchangeThread;
  readonly plan: ImportPlan;
  readonly records: number;
  readonly signal: AbortSignal;
  readonly now: number;
  /** False: only counted, and nothing is written. */
  readonly writes: boolean;
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

  /** Throws `cancelled`, disk codes; what was written by then can be taken back. */
  async run(): Promise<ImportResult> {
    const { account, records, thread, writes, onProgress } = this.#parts;
    const known = await this.#knownRecords();
    if (writes) account.mirror.importSteps.clear();
    for (let from = 0; from < records || from === 0; from += portion) {
      const { folders, left, records: taken } = await thread.ask({ kind: 'take', from, count: portion });
      for (const { name, warning } of left) this.#note(name, -1, warning);
      await this.#inPortions(folders, (path) => void this.#folders.at(path, !writes));
      const ready = taken.map((record, at) => ({ record, at: from + at }));
      const plain = ready.filter(({ record }) => record.fileFacts.length === 0);
      await this.#inPortions(plain, ({ record, at }) => this.#one(record, at, known, []));
      for (const each of ready) if (each.record.fileFacts.length > 0) await this.#withFiles(each, known);
      if ((from / portion) % portionsPerFlush === 0) await this.#flush();
      onProgress(Math.min(from + portion, records));
    }
    await this.#flush();
    this.#settle();
    return { ...this.#result, folders: this.#folders.count, notes: this.#notes };
  }

  /**
   * Each portion is one transaction, with the steps that take it back. That all of them are on the
   * disk is made sure of once, at the end (`#settle`): waiting for the disk on this thread keeps the
   * window waiting, and an import that a power cut ends is begun again or taken back anyway.
   */
  async #inPortions<T>(all: readonly T[], each: (one: T) => void): Promise<void> {
    const { account, signal, writes } = this.#parts;
    await this.#pace.work(all, signal, (some) => {
      if (account.closed) throw new StrongroomError('cancelled');
      if (!writes) some.forEach(each);
      else
        account.mirror.portion(() => {
          some.forEach(each);
        });
    });
  }

  /** Most of what was written is on the disk then, and the last commit has little to wait for. */
  async #flush(): Promise<void> {
    const { account, writes } = this.#parts;
    if (writes && !account.closed) await account.mirror.upkeep.flush();
  }

  /** Everything is on the disk when this returns: the log is flushed with its last entry. */
  #settle(): void {
    const { account, records, writes } = this.#parts;
    if (!writes || account.closed) return;
    account.mirror.durable(() => {
      account.mirror.syncState.set(markKey, String(records));
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
    if (like !== undefined && plan.duplicates === 'update') this.#update(record, at, like, files);
    else this.#make(record, files);
  }

  #make(record: PortionRecord, files: readonly SealedFile[]): void {
    const { account, plan, now, writes } = this.#parts;
    this.#result.made += 1;
    const folderId = this.#folders.at(record.path, !writes);
    if (!writes) return;
    const fields = changeOf(record, plan.formerPasswords);
    const { key, keyWrapped } = files[0] ?? account.seals.newKey(plan.to.vaultId);
    try {
      const empty = emptyRecord(account, { vaultId: plan.to.vaultId, folderId });
      const attachments = files.map(({ attachment }) => attachment);
      const { favourite } = record;
      const made = changedRecord({ ...empty, keyWrapped, attachments, favourite }, fields, key);
      account.mirror.records.upsertMany([made]);
      sendAsNew(account.mirror, made, now);
      this.#noteStep(made, null);
    } finally {
      if (key) wipe(key);
      wipeTyped(fields);
    }
  }

  #update(record: PortionRecord, at: number, id: string, files: readonly SealedFile[]): void {
    const { account, now, writes } = this.#parts;
    const { mirror } = account;
    const opened = openedFor(account, id);
    if (opened === null) {
      this.#skip(record, at, 'cannotUpdate');
      return;
    }
    const { stored, customs } = opened;
    this.#result.updated += 1;
    if (leftByUpdate(record, customs)) this.#note(record.name, at, 'tooManyFields');
    if (!writes) return;
    const next = writtenOver(account, record, stored, customs);
    const isEdited = commitEdit(mirror, stored, next, now);
    let row = mirror.records.get(id) ?? next;
    for (const { attachment } of files) {
      const before = row;
      row = { ...before, attachments: [...before.attachments, attachment] };
      commitFile(mirror, before, row, { kind: 'attach', attachmentId: attachment.id }, now);
    }
    if (isEdited || files.length > 0) this.#noteStep(row, stored);
  }

  #noteStep(after: StoredRecord, before: StoredRecord | null): void {
    const { importSteps } = this.#parts.account.mirror;
    importSteps.addRecord({ recordId: after.id, fingerprint: fingerprintOf(after), before });
  }

  /** Files are encrypted in the thread and stored before their record is written. */
  async #withFiles({ record, at }: Numbered, known: ReadonlyMap<string, string>): Promise<void> {
    const { account, plan, writes } = this.#parts;
    const wanted = this.#wantedFiles(record, known);
    const fitting = wanted.filter(({ size }) => size <= PROTOCOL_ATTACHMENT_LIMIT);
    for (let left = fitting.length; left < wanted.length; left += 1)
      this.#note(record.name, at, 'fileTooLarge');
    this.#result.files += fitting.length;
    const sealed: SealedFile[] = [];
    let written = false;
    const owner = writes && fitting.length > 0 ? ownerOf(account, plan, known.get(likenessOf(record))) : null;
    try {
      if (owner) for (const each of fitting) sealed.push(await sealFile(this.#parts, at, each, owner));
      await this.#inPortions([record], (one) => this.#one(one, at, known, sealed));
      written = true;
    } finally {
      if (owner?.key) wipe(owner.key);
      if (!written)
        for (const { attachment } of sealed) await account.files.remove(attachment.localFile ?? '');
    }
  }

  /** Files that the record will get: all of a new one, those that one written over has not by name. */
  #wantedFiles(record: PortionRecord, known: ReadonlyMap<string, string>): WantedFile[] {
    const { account, plan } = this.#parts;
    if (refusalOf(record, plan.formerPasswords) !== null) return [];
    const all = record.fileFacts.map((fact, file) => ({ ...fact, file }));
    const like = known.get(likenessOf(record));
    if (like === undefined || plan.duplicates === 'both') return all;
    if (plan.duplicates === 'skip') return [];
    if (openedFor(account, like) === null) return [];
    const there = new Set(account.mirror.records.get(like)?.attachments.map(({ name }) => name));
    return all.filter(({ name }) => !there.has(name));
  }
}

/** A record and its place in the file, from 0. */
interface Numbered {
  readonly record: PortionRecord;
  readonly at: number;
}
