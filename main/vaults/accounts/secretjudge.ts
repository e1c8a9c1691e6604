/**
 * How soon a secret would be guessed, while it is being typed. The estimator's dictionaries live in a
 * thread that is started for the first question and ended when nobody has asked for a while.
 */
import type { MasterPasswordRule, SecretJudgement } from '../../../contract/accounts.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { wipe } from '../../keychain/index.ts';
import { JudgingThreads } from '../health/judgingthreads.ts';
import { brokenRules } from './secretrules.ts';

const idleMs = 60_000;

export class SecretJudge {
  readonly #workerFile: string | URL;
  #threads: JudgingThreads | null = null;
  #ending: NodeJS.Timeout | null = null;

  /** `workerFile`: the script of the judging thread; the bundle and the tests have it at different places. */
  constructor(workerFile: string | URL) {
    this.#workerFile = workerFile;
  }

  /** The secret's bytes (UTF-8) are wiped; nothing is kept of them. `rule`: null where none holds. */
  async judge(
    secret: Uint8Array,
    rule: MasterPasswordRule | null,
    ownWords: readonly string[],
  ): Promise<SecretJudgement> {
    const passwords = Uint8Array.from(secret);
    const broken = rule === null ? [] : brokenRules(secret, rule);
    wipe(secret);
    this.#endLater();
    this.#threads ??= new JudgingThreads(this.#workerFile);
    const job = { passwords, ends: [passwords.length], ownWords: [ownWords] };
    const [judged] = await this.#threads.judge(job);
    if (judged === undefined) throw new StrongroomError('internal');
    return { score: judged.score, reason: judged.reason, broken };
  }

  /** Ends the thread. May be called at any time; the next question starts another one. */
  async close(): Promise<void> {
    if (this.#ending !== null) clearTimeout(this.#ending);
    this.#ending = null;
    const threads = this.#threads;
    this.#threads = null;
    await threads?.close();
  }

  #endLater(): void {
    if (this.#ending !== null) clearTimeout(this.#ending);
    this.#ending = setTimeout(() => void this.close(), idleMs);
    this.#ending.unref();
  }
}
