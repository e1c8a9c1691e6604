/** Import and export as a person does them: one file at a time, rehearsed, run, and taken back. */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type {
  CsvMapping,
  ExportFormat,
  ExportScope,
  ImportFormat,
  ImportOutline,
  ImportPlan,
  ImportResult,
  StagedImport,
} from '../../../contract/exchange.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { EventPayload } from '../../../contract/events.ts';
import { importLimits } from '../../exchange/index.ts';
import { wipe } from '../../keychain/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { checkedPlace } from '../editing/editing.ts';
import type { FileDialogs } from '../files/attachments.ts';
import { ExchangeThread, movable } from './exchangethread.ts';
import { exportRecords, nothingExported, type ExportCounts } from './exporting.ts';
import { Importing } from './importing.ts';
import { undoImport } from './undoing.ts';

export interface ExchangingOptions {
  readonly current: () => OpenAccount;
  /** Throws `wrongMasterPassword` unless this is the account's own secret. */
  readonly prove: (accountId: string, secret: Uint8Array) => Promise<void>;
  readonly dialogs: Pick<FileDialogs, 'chooseFiles' | 'chooseTarget'>;
  readonly workerFile: string | URL;
  readonly onProgress: (progress: EventPayload<'exchangeProgress'>) => void;
  readonly now?: () => number;
}

/** The one file that is being imported. */
interface Staged {
  readonly token: string;
  readonly path: string;
  readonly abort: AbortController;
  keyFilePath: string | null;
  thread: ExchangeThread | null;
  records: number;
  running: boolean;
}

const endings: Readonly<Record<ExportFormat, string>> = { kdbx: 'kdbx', csv: 'csv', json: 'json' };

export class Exchanging {
  readonly #options: ExchangingOptions;
  readonly #now: () => number;
  #staged: Staged | null = null;
  #undoing = false;
  #other = new AbortController();

  constructor(options: ExchangingOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Takes a file to import in the place of the one before. */
  async stage(path: string): Promise<StagedImport> {
    await this.#forget();
    const token = randomUUID();
    const name = basename(path);
    const facts = await stat(path).catch(() => null);
    if (facts === null) return { token, name, size: 0, refusal: 'unreadable' };
    if (!facts.isFile()) return { token, name, size: 0, refusal: 'notAFile' };
    const { size } = facts;
    if (size > importLimits.fileBytes) return { token, name, size, refusal: 'tooLarge' };
    const abort = new AbortController();
    this.#staged = { token, path, abort, keyFilePath: null, thread: null, records: 0, running: false };
    return { token, name, size, refusal: null };
  }

  async choose(): Promise<{ file: StagedImport | null }> {
    const [path] = await this.#options.dialogs.chooseFiles();
    return { file: path === undefined ? null : await this.stage(path) };
  }

  async chooseKeyFile(token: string): Promise<{ name: string | null }> {
    const staged = this.#of(token);
    const [path] = await this.#options.dialogs.chooseFiles();
    if (path !== undefined) staged.keyFilePath = path;
    return { name: path === undefined ? null : basename(path) };
  }

  /** The password's bytes are wiped. Throws `importRefused`, `fileUnreadable`, `cancelled`. */
  async read(
    token: string,
    format: ImportFormat | null,
    password: Uint8Array | null,
  ): Promise<ImportOutline> {
    try {
      const staged = this.#of(token);
      await staged.thread?.close();
      staged.thread = new ExchangeThread(this.#options.workerFile);
      const { path, keyFilePath, thread } = staged;
      const outline = await thread.ask({
        kind: 'read',
        path,
        keyFilePath,
        format,
        password: movable(password),
      });
      staged.records = outline.records;
      return outline;
    } finally {
      if (password) wipe(password);
    }
  }

  /** Throws `importRefused`. */
  async mapColumns(token: string, mapping: CsvMapping): Promise<ImportOutline> {
    const staged = this.#of(token);
    const outline = await threadOf(staged).ask({ kind: 'mapColumns', mapping });
    staged.records = outline.records;
    return outline;
  }

  /** Counts what `run` would do. Throws `noSuchVault`, `noSuchFolder`, `forbidden`, `cancelled`. */
  dryRun(plan: ImportPlan): Promise<ImportResult> {
    return this.#work(plan, false);
  }

  /** Throws as `dryRun`, and disk codes. What was written before a failure can be taken back. */
  async run(plan: ImportPlan): Promise<ImportResult> {
    const account = this.#options.current();
    try {
      const result = await this.#work(plan, true);
      await this.#forget();
      return result;
    } finally {
      if (!account.closed) account.edited(null);
    }
  }

  async #work(plan: ImportPlan, writes: boolean): Promise<ImportResult> {
    const account = this.#options.current();
    const staged = this.#of(plan.token);
    const to = checkedPlace(account, plan.to);
    if (staged.running) throw new StrongroomError('refused');
    staged.running = true;
    const { records, abort } = staged;
    const stage = writes ? 'importing' : 'rehearsing';
    try {
      return await new Importing({
        ...{ account, records, writes },
        thread: threadOf(staged),
        plan: { ...plan, to },
        signal: abort.signal,
        now: this.#now(),
        onProgress: (done) => {
          this.#options.onProgress({ stage, done, total: records });
        },
      }).run();
    } finally {
      staged.running = false;
    }
  }

  async cancel(token: string): Promise<void> {
    if (this.#staged?.token === token) await this.#forget();
  }

  /** Of the last import on this device, however long ago. */
  undoable(): { records: number } {
    return { records: this.#options.current().mirror.importSteps.count() };
  }

  /** Throws `nothingToUndo`, `cancelled`; what is left after that can be taken back later. */
  async undo(): Promise<{ removed: number; kept: number }> {
    const account = this.#options.current();
    if (account.mirror.importSteps.count() === 0) throw new StrongroomError('nothingToUndo');
    if (this.#undoing) throw new StrongroomError('refused');
    this.#undoing = true;
    try {
      return await undoImport(account, this.#other.signal, this.#now());
    } finally {
      this.#undoing = false;
      if (!account.closed) account.edited(null);
    }
  }

  /**
   * Writes an export. Readable formats want the account's secret, KDBX a password of its own; the
   * bytes of both are wiped. Throws `wrongMasterPassword`, `forbidden`, disk codes.
   */
  async save(request: {
    readonly scope: ExportScope;
    readonly format: ExportFormat;
    readonly password: Uint8Array | null;
    readonly secret: Uint8Array | null;
  }): Promise<{ saved: boolean } & ExportCounts> {
    const { scope, format, password, secret } = request;
    const account = this.#options.current();
    try {
      if (format === 'kdbx' && password === null) throw new StrongroomError('refused');
      if (format !== 'kdbx' && secret === null) throw new StrongroomError('wrongMasterPassword');
      if (secret !== null) await this.#options.prove(account.id, secret);
      const target = await this.#options.dialogs.chooseTarget(`strongroom.${endings[format]}`);
      if (target === null) return { saved: false, ...nothingExported };
      return { saved: true, ...(await this.#export(account, { scope, format, password, target })) };
    } finally {
      for (const bytes of [password, secret]) if (bytes) wipe(bytes);
    }
  }

  async #export(
    account: OpenAccount,
    what: { scope: ExportScope; format: ExportFormat; password: Uint8Array | null; target: string },
  ): Promise<ExportCounts> {
    const thread = new ExchangeThread(this.#options.workerFile);
    const { signal } = this.#other;
    const onProgress = (done: number, total: number): void => {
      this.#options.onProgress({ stage: 'exporting', done, total });
    };
    try {
      return await exportRecords({ ...what, account, thread, signal, onProgress });
    } finally {
      await thread.close();
    }
  }

  /** Stops everything and forgets it, at lock. */
  async clear(): Promise<void> {
    this.#other.abort();
    this.#other = new AbortController();
    await this.#forget();
  }

  async #forget(): Promise<void> {
    const staged = this.#staged;
    this.#staged = null;
    staged?.abort.abort();
    await staged?.thread?.close();
  }

  #of(token: string): Staged {
    if (this.#staged?.token !== token) throw new StrongroomError('cancelled');
    return this.#staged;
  }
}

function threadOf({ thread }: Staged): ExchangeThread {
  if (thread === null) throw new StrongroomError('refused');
  return thread;
}
