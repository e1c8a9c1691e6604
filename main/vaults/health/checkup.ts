/**
 * One run over what is new or changed: records are opened here, a few milliseconds at a time, and
 * their passwords judged in threads. Each block of facts is on the disk when its portion is done, so a
 * run that is cancelled or locked away loses one portion.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import { KeychainError, wipe } from '../../keychain/index.ts';
import type { LockedBytes } from '../../custody/index.ts';
import { hostOf, rowsInHealthBlock } from '../../mirror/index.ts';
import type { StoredRecord, UnjudgedRecord } from '../../mirror/index.ts';
import { spells, totpSiteOf } from '../../strength/index.ts';
import type { Judgement } from '../../strength/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { openPasswordWith, openValueWith } from '../reading/recordsecrets.ts';
import { markOf, type Fact } from './facts.ts';
import { blockOf, type HealthBook } from './healthbook.ts';
import { Portions } from './portions.ts';
import { threadCount, type JudgingThreads } from './judgingthreads.ts';

const recordsAtOnce = 16;

export interface CheckupParts {
  readonly account: OpenAccount;
  readonly book: HealthBook;
  readonly key: LockedBytes;
  readonly threads: JudgingThreads;
  readonly signal: AbortSignal;
  readonly now: number;
  readonly onProgress: (done: number, total: number) => void;
}

interface Opened {
  readonly row: number;
  readonly record: StoredRecord;
  readonly password: Buffer;
  readonly totpSite: string | null;
}

export class Checkup {
  readonly #parts: CheckupParts;
  #after = 0;
  #done = 0;
  #total = 0;

  constructor(parts: CheckupParts) {
    this.#parts = parts;
  }

  /** Throws `cancelled` when it was ended before all was done, `internal`, disk codes. */
  async run(): Promise<void> {
    await this.#parts.book.load();
    this.#mayGoOn();
    this.#total = await this.#parts.book.unjudged();
    this.#parts.onProgress(0, this.#total);
    // One lane more than threads, so that one portion is opened while the others are judged.
    await Promise.all(Array.from({ length: threadCount + 1 }, () => this.#lane()));
  }

  async #lane(): Promise<void> {
    const portions = new Portions(() => this.#mayGoOn());
    for (;;) {
      await portions.turn();
      const rows = this.#takeRows();
      if (rows.length === 0) return;
      const opened = await this.#open(rows, portions);
      try {
        const judged = await this.#parts.threads.judge(jobOf(opened));
        await portions.turn();
        await this.#settle(opened, judged, portions);
      } finally {
        for (const { password } of opened) wipe(password);
      }
      this.#done += rows.length;
      this.#parts.onProgress(this.#done, this.#total);
    }
  }

  #mayGoOn(): void {
    const { account, signal } = this.#parts;
    if (signal.aborted || account.closed) throw new StrongroomError('cancelled');
  }

  /** What is to be looked at of the next block. */
  #takeRows(): number[] {
    const found = this.#parts.account.mirror.health.rowsToJudge(this.#after, rowsInHealthBlock);
    const [first] = found;
    const rows = first === undefined ? [] : found.filter((row) => blockOf(row) === blockOf(first));
    this.#after = rows.at(-1) ?? this.#after;
    return rows;
  }

  async #open(rows: readonly number[], portions: Portions): Promise<Opened[]> {
    const { mirror } = this.#parts.account;
    const opened: Opened[] = [];
    try {
      for (let at = 0; at < rows.length; at += recordsAtOnce) {
        if (portions.due) await portions.turn();
        for (const one of mirror.health.begin(rows.slice(at, at + recordsAtOnce))) {
          if (portions.due) await portions.turn();
          opened.push(...this.#openOne(one));
        }
      }
      return opened;
    } catch (error) {
      for (const { password } of opened) wipe(password);
      throw error;
    }
  }

  /** Nothing for a record that does not open: it is tried again by the next run. */
  #openOne({ row, record, hasTotp }: UnjudgedRecord): Opened[] {
    const { secrets } = this.#parts.account;
    try {
      return secrets.withRecordKey(record, (key) => {
        const site = totpSiteOf(hostOf(record.urls).replace(/:\d+$/, ''));
        const codes =
          site !== null && (hasTotp ?? record.customs.some(({ type }) => isTotp(openValueWith(type, key))));
        const password = openPasswordWith(record.passwordEncrypted, key) ?? Buffer.alloc(0);
        return [{ row, record, password, totpSite: codes ? null : site }];
      });
    } catch (error) {
      if (error instanceof KeychainError || error instanceof StrongroomError) return [];
      throw error;
    }
  }

  async #settle(opened: readonly Opened[], judged: readonly Judgement[], portions: Portions): Promise<void> {
    const facts = new Map<number, Fact>();
    for (const [at, one] of opened.entries()) {
      if (portions.due) await portions.turn();
      const judgement = judged[at];
      if (judgement) facts.set(one.row, this.#factOf(one, judgement));
    }
    const [first] = opened;
    if (first) await this.#parts.book.settle(blockOf(first.row), facts);
  }

  #factOf({ row, record, password, totpSite }: Opened, judgement: Judgement): Fact {
    const mark = markOf(this.#parts.key, password);
    const before = this.#parts.book.factOf(row);
    const same = before?.mark === mark ? before : null;
    const changed = record.updatedAt ?? this.#parts.now;
    const { score, reason } = judgement;
    return {
      ...{ mark, score, reason, totpSite, sameAsLogin: spells(record.login, password) },
      guessesLog10: Math.round(judgement.guessesLog10 * 10) / 10,
      // Another field may have been changed since; the password is as old as it was.
      since: same ? Math.min(same.since, changed) : changed,
      leaks: same?.leaks ?? null,
      askedAt: same?.askedAt ?? null,
    };
  }
}

function isTotp(type: Buffer): boolean {
  const is = type.toString('latin1') === 'totp';
  wipe(type);
  return is;
}

/** A copy of the passwords with memory of its own, which moves to the thread and is wiped there. */
function jobOf(opened: readonly Opened[]): Parameters<JudgingThreads['judge']>[0] {
  const passwords = new Uint8Array(opened.reduce((sum, { password }) => sum + password.length, 0));
  let end = 0;
  const ends = opened.map(({ password }) => {
    passwords.set(password, end);
    end += password.length;
    return end;
  });
  const ownWords = opened.map(({ record: { login, name, urls } }) => [login, name, ...urls.slice(0, 4)]);
  return { passwords, ends, ownWords };
}
