/** The health of the passwords as a person sees it: one run at a time, its findings, and the way out. */
import type { ErrorCode } from '../../../contract/errors.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type {
  Finding,
  HealthFacts,
  HealthOverview,
  HealthProgress,
  HealthRow,
} from '../../../contract/health.ts';
import type { SettingsView } from '../../../contract/settings.ts';
import { LeakLookup, parseServerAddress } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { Checkup } from './checkup.ts';
import { JudgingThreads } from './judgingthreads.ts';
import { checkLeaks } from './leakcheck.ts';
import type { Summary } from './summary.ts';

export interface HealthDeskOptions {
  readonly current: () => OpenAccount;
  readonly settings: () => Pick<SettingsView, 'healthOldAfterDays' | 'leakLookupServer'>;
  readonly workerFile: string | URL;
  readonly onProgress: (running: HealthProgress | null) => void;
  /** Told of a failure that nobody foresaw. */
  readonly report: (failure: unknown) => void;
  readonly now?: () => number;
}

interface Run {
  readonly account: OpenAccount;
  readonly abort: AbortController;
  progress: HealthProgress;
  ended: Promise<void>;
}

/** What is kept of an account while it is unlocked. */
interface Desk {
  summary: Summary | null;
  failure: ErrorCode | null;
}

export class HealthDesk {
  readonly #options: HealthDeskOptions;
  readonly #now: () => number;
  readonly #desks = new WeakMap<OpenAccount, Desk>();
  #run: Run | null = null;

  constructor(options: HealthDeskOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  async overview(): Promise<HealthOverview> {
    const account = this.#options.current();
    const { known, lists, asked, askedAt } = await this.#summed(account);
    const unjudged = await account.healthBook.unjudged();
    const counted = (finding: Finding): number => lists[finding].length;
    return {
      running: this.#run?.account === account ? this.#run.progress : null,
      judged: known.length,
      unjudged,
      counts: {
        ...{ breached: counted('breached'), weak: counted('weak'), reused: counted('reused') },
        ...{ sameAsLogin: counted('sameAsLogin'), old: counted('old'), totpMissing: counted('totpMissing') },
      },
      ...{ asked, askedAt },
      failure: this.#deskOf(account).failure,
    };
  }

  /** One page of a finding, the worst first; what went meanwhile is left out. */
  async page(finding: Finding, offset: number, limit: number): Promise<{ total: number; rows: HealthRow[] }> {
    const account = this.#options.current();
    const { lists, facts } = offset > 0 ? await this.#lastSummary(account) : await this.#summed(account);
    const rows = lists[finding].slice(offset, offset + limit).flatMap((id) => {
      const of = facts.get(id);
      return of ? rowOf(account, id, of) : [];
    });
    return { total: lists[finding].length, rows };
  }

  /** Null also for a record that changed since it was looked at: its facts are those of another password. */
  async ofRecord(recordId: string): Promise<{ facts: HealthFacts | null }> {
    const account = this.#options.current();
    if (!account.mirror.health.isKnown(recordId)) return { facts: null };
    const { facts } = await this.#lastSummary(account);
    return { facts: facts.get(recordId) ?? null };
  }

  /** Begins a run, unless one runs for this account. */
  start(): void {
    const account = this.#options.current();
    if (this.#run?.account === account) return;
    this.#run?.abort.abort();
    const run: Run = {
      ...{ account, abort: new AbortController(), ended: Promise.resolve() },
      progress: { stage: 'judging', done: 0, total: 0 },
    };
    this.#run = run;
    this.#deskOf(account).failure = null;
    run.ended = this.#go(run);
  }

  cancel(): void {
    this.#run?.abort.abort();
  }

  /** Ends what runs, at lock; resolves when nothing of it is left. */
  async clear(): Promise<void> {
    const run = this.#run;
    run?.abort.abort();
    await run?.ended;
  }

  /** Gives `is:weak` of the search its meaning, once an account is open; null as long as nobody looked. */
  sessionChanged(unlocked: boolean): void {
    if (!unlocked) return;
    const account = this.#options.current();
    account.mirror.search.tellWeak(() => {
      const { summary } = this.#deskOf(account);
      if (summary === null) {
        account.aside(
          this.#summed(account).then(({ known }) => void (known.length > 0 && account.learned())),
        );
      }
      return summary === null || summary.known.length === 0 ? null : summary.lists.weak;
    });
  }

  async #go(run: Run): Promise<void> {
    try {
      await this.#work(run);
    } catch (failure) {
      const code = failure instanceof StrongroomError ? failure.code : 'internal';
      if (code === 'internal') this.#options.report(failure);
      if (code !== 'cancelled') this.#deskOf(run.account).failure = code;
    } finally {
      await this.#sumUp(run.account);
      if (this.#run === run) {
        this.#run = null;
        this.#options.onProgress(null);
      }
    }
  }

  /** What the search and the next opening of the dialog go by, once a run has ended. */
  async #sumUp(account: OpenAccount): Promise<void> {
    if (account.closed) return;
    try {
      await this.#summed(account);
    } catch (failure) {
      // Locked meanwhile: there is nobody left to sum up for.
      if (!account.closed) this.#options.report(failure);
    }
  }

  async #work(run: Run): Promise<void> {
    const { account, abort } = run;
    const book = account.healthBook;
    const shared = { account, book, key: account.healthKey, signal: abort.signal, now: this.#now() };
    const threads = new JudgingThreads(this.#options.workerFile);
    const stop = (): void => void threads.close();
    abort.signal.addEventListener('abort', stop, { once: true });
    try {
      await new Checkup({ ...shared, threads, onProgress: this.#teller(run, 'judging') }).run();
    } finally {
      abort.signal.removeEventListener('abort', stop);
      await threads.close();
    }
    const { leakLookupServer } = this.#options.settings();
    if (leakLookupServer === null) return;
    const lookup = new LeakLookup(parseServerAddress(leakLookupServer));
    try {
      const { known } = await this.#summed(account);
      await checkLeaks({ ...shared, lookup, onProgress: this.#teller(run, 'asking') }, known);
    } finally {
      await lookup.close();
    }
  }

  #teller(run: Run, stage: HealthProgress['stage']): (done: number, total: number) => void {
    return (done, total) => {
      run.progress = { stage, done, total };
      if (this.#run === run) this.#options.onProgress(run.progress);
    };
  }

  #deskOf(account: OpenAccount): Desk {
    const known = this.#desks.get(account);
    if (known) return known;
    const desk: Desk = { summary: null, failure: null };
    this.#desks.set(account, desk);
    return desk;
  }

  async #lastSummary(account: OpenAccount): Promise<Summary> {
    return this.#deskOf(account).summary ?? (await this.#summed(account));
  }

  async #summed(account: OpenAccount): Promise<Summary> {
    const summary = await account.healthBook.summary(
      this.#now(),
      this.#options.settings().healthOldAfterDays,
    );
    this.#deskOf(account).summary = summary;
    return summary;
  }
}

function rowOf({ mirror }: OpenAccount, id: string, facts: HealthFacts): HealthRow[] {
  const record = mirror.records.get(id);
  if (record === null) return [];
  const vault = record.vaultId === null ? null : mirror.vaults.get(record.vaultId);
  return [{ id, name: record.name, login: record.login, vaultName: vault?.name ?? '', facts }];
}
