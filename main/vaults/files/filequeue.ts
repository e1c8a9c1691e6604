/**
 * The queue of files on their way onto records.
 *
 * What was staged is handed over here whole. So many files as there are lanes are at work at the
 * same time, each in a thread that reads and encrypts it; everything else is a name and a size, so
 * that hundreds of files need no more memory than two. A queue forgets everything at lock: what is
 * done is on its record by then, and the rest has to be given again.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { FileQueueView, QueuedFile } from '../../../contract/filequeue.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import type { FitFile, StagedFiles, TakenFile } from './stagedfiles.ts';
import { QueuePace } from './queuepace.ts';

/** What a lane does: puts one file on its record and tells of the bytes that are encrypted. */
export interface FileLane {
  attach(
    account: OpenAccount,
    recordId: string,
    file: TakenFile,
    onEncrypted: (bytes: number) => void,
  ): Promise<{ readonly attachmentId: string; readonly name: string }>;
  close(): Promise<void>;
}

export interface FileQueueOptions {
  readonly current: () => OpenAccount;
  readonly staged: StagedFiles;
  /** As many files are at work at the same time. */
  readonly lanes: readonly FileLane[];
  readonly onChange: (view: FileQueueView) => void;
  /** Told of failures that nobody foresaw. */
  readonly onFault: (error: unknown) => void;
  /** Milliseconds. */
  readonly now?: () => number;
}

interface Entry {
  view: QueuedFile;
  /** Null for what was refused before it came here. */
  readonly file: FitFile | null;
  readonly account: OpenAccount;
  abort: AbortController;
  /** Counts among the totals of the present run. */
  inRun: boolean;
}

/** The page is told at most this often, in milliseconds. */
const tellEveryMs = 80;

/** More files than a person means to add; the oldest finished ones give way. */
const mostEntries = 2000;

const isOpen = ({ view }: Entry): boolean => view.state === 'waiting' || view.state === 'encrypting';

export class FileQueue {
  readonly #options: FileQueueOptions;
  readonly #pace: QueuePace;
  readonly #freeLanes: FileLane[];
  #entries: Entry[] = [];
  #telling: NodeJS.Timeout | null = null;

  constructor(options: FileQueueOptions) {
    this.#options = options;
    this.#pace = new QueuePace(options.now ?? (() => performance.now()));
    this.#freeLanes = [...options.lanes];
  }

  view(): FileQueueView {
    const busy = this.#entries.some(isOpen);
    const inRun = this.#entries.filter((entry) => entry.inRun);
    return {
      files: this.#entries.map(({ view }) => view),
      done: sumOf(inRun, ({ view }) => view.done),
      total: sumOf(inRun, ({ view }) => view.size),
      bytesPerSecond: busy ? this.#pace.bytesPerSecond() : null,
      busy,
    };
  }

  /** Takes staged files over, in the order given; each goes to the account that is shown now. */
  enqueue(recordId: string, tokens: readonly string[]): FileQueueView {
    const account = this.#options.current();
    if (!this.#entries.some(isOpen)) this.#beginRun();
    for (const token of tokens) {
      if (this.#entries.some(({ view }) => view.id === token)) continue;
      this.#entries.push(this.#entryOf(account, recordId, token));
    }
    this.#makeRoom();
    this.#changed();
    this.#pump();
    return this.view();
  }

  cancel(id: string): void {
    for (const entry of this.#entries) if (entry.view.id === id) this.#stop(entry);
    this.#changed();
  }

  cancelAll(): void {
    for (const entry of this.#entries) this.#stop(entry);
    this.#changed();
  }

  /** Puts a failed or cancelled file at the end of the queue; anything else stays as it is. */
  retry(id: string): void {
    const entry = this.#entries.find(({ view }) => view.id === id);
    if (entry?.view.retriable !== true) return;
    if (!this.#entries.some(isOpen)) this.#beginRun();
    const fresh = { state: 'waiting', done: 0, reason: null, retriable: false } as const;
    entry.view = { ...entry.view, ...fresh };
    entry.abort = new AbortController();
    entry.inRun = true;
    this.#entries = [...this.#entries.filter((each) => each !== entry), entry];
    this.#changed();
    this.#pump();
  }

  clearFinished(): void {
    this.#entries = this.#entries.filter(isOpen);
    this.#changed();
  }

  /** Stops and forgets everything, at lock; the page forgets it by itself. */
  async clear(): Promise<void> {
    if (this.#telling) clearTimeout(this.#telling);
    this.#telling = null;
    for (const entry of this.#entries) this.#stop(entry);
    this.#entries = [];
    await Promise.all(this.#options.lanes.map((lane) => lane.close()));
  }

  #entryOf(account: OpenAccount, recordId: string, token: string): Entry {
    const given = this.#options.staged.handOver(token);
    const file = given !== null && 'path' in given ? given : null;
    const refusal = given !== null && 'refusal' in given ? given.refusal : null;
    const reason = refusal === 'tooLarge' ? 'fileTooLarge' : 'fileUnreadable';
    const view: QueuedFile = {
      ...{ id: token, recordId, name: given?.name ?? '', size: given?.size ?? 0 },
      ...{ state: file ? 'waiting' : 'failed', done: 0, reason: file ? null : reason },
      ...{ retriable: false, attachmentId: null },
    };
    return { view, file, account, abort: new AbortController(), inRun: file !== null };
  }

  /** Totals count what belongs together, and not what was done before the queue was idle. */
  #beginRun(): void {
    for (const entry of this.#entries) entry.inRun = false;
    this.#pace.begin(0);
  }

  #makeRoom(): void {
    const surplus = this.#entries.length - mostEntries;
    if (surplus <= 0) return;
    const leaving = new Set(this.#entries.filter((entry) => !isOpen(entry)).slice(0, surplus));
    this.#entries = this.#entries.filter((entry) => !leaving.has(entry));
  }

  #stop(entry: Entry): void {
    if (!isOpen(entry)) return;
    entry.abort.abort();
    this.#end(entry, { state: 'cancelled', done: 0, reason: null, retriable: entry.file !== null });
  }

  #end(entry: Entry, change: Partial<QueuedFile>): void {
    entry.view = { ...entry.view, ...change };
    if (entry.view.state !== 'done') entry.inRun = false;
  }

  #pump(): void {
    for (const entry of this.#entries) {
      if (entry.view.state !== 'waiting' || entry.file === null) continue;
      const lane = this.#freeLanes.shift();
      if (lane === undefined) return;
      entry.view = { ...entry.view, state: 'encrypting' };
      void this.#work(entry, entry.file, lane).finally(() => {
        this.#freeLanes.push(lane);
        this.#pump();
      });
    }
  }

  async #work(entry: Entry, file: FitFile, lane: FileLane): Promise<void> {
    const { abort } = entry;
    // Stopped and begun anew meanwhile, it is another work's to tell how it goes.
    const tell = (change: Partial<QueuedFile>): void => {
      if (entry.abort !== abort || !isOpen(entry)) return;
      this.#end(entry, change);
      this.#changed();
    };
    this.#changed();
    try {
      const taken = { ...file, abort };
      const { account, view } = entry;
      const added = await lane.attach(account, view.recordId, taken, (bytes) => {
        // The other half is writing it down, and has no steps to tell of.
        tell({ done: Math.floor(bytes / 2) });
      });
      // It was put on its record before anybody could stop it, whatever was asked for since.
      const done = { state: 'done', done: file.size, reason: null, retriable: false } as const;
      if (entry.abort === abort) this.#end(entry, { ...added, ...done });
      entry.inRun = true;
      this.#changed();
    } catch (error) {
      const reason = error instanceof StrongroomError ? error.code : 'internal';
      if (reason === 'internal') this.#options.onFault(error);
      tell({ state: 'failed', done: 0, reason, retriable: reason !== 'fileTooLarge' });
    }
  }

  #changed(): void {
    this.#pace.note(this.view().done);
    this.#telling ??= setTimeout(() => {
      this.#telling = null;
      this.#options.onChange(this.view());
    }, tellEveryMs);
    this.#telling.unref();
  }
}

function sumOf(entries: readonly Entry[], amount: (entry: Entry) => number): number {
  return entries.reduce((sum, entry) => sum + amount(entry), 0);
}
