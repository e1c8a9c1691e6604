/**
 * A person's choice of files that are on this device, and carrying it out: what is wanted is fetched
 * in the background once a sync has ended, what is no longer wanted goes at once.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { OfflineFilesView, OfflineRecordView } from '../../../contract/offlinefiles.ts';
import type { FileCopy } from '../../mirror/index.ts';
import { isWantedHere, offlineRules, setOfflineRules, type StoredOfflineRules } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { bringHere, dropUnwanted, wantedFiles } from './copykeeping.ts';

export interface OfflineFilesOptions {
  readonly current: () => OpenAccount;
  /** Something was fetched, taken away or chosen in the account that is shown. */
  readonly onChange: () => void;
  /** Told of failures that nobody foresaw. */
  readonly onFault: (error: unknown) => void;
}

/** What a failure of one file means: the others go on, and it is not asked for again until the next unlock. */
const ofOneFile: ReadonlySet<string> = new Set([
  'notFound',
  'forbidden',
  'badAnswer',
  'attachmentHashMismatch',
  'undecipherable',
]);

type Fetching = 'resting' | 'fetching' | 'waitingForServer' | 'noRoom';

export class OfflineFiles {
  readonly #options: OfflineFilesOptions;
  readonly #givenUp = new Set<string>();
  #state: Fetching = 'resting';
  #ending = new AbortController();
  #running: Promise<void> | null = null;
  #lastPhase = '';

  constructor(options: OfflineFilesOptions) {
    this.#options = options;
  }

  /** What is kept, and what is on this device. Throws disk codes. */
  async status(): Promise<OfflineFilesView> {
    const account = this.#options.current();
    const free = await account.files.free();
    const rules = offlineRules(account.mirror);
    const all = account.mirror.records.fileCopies();
    const here = all.filter(({ localFile }) => localFile !== null);
    const missing = all.filter(
      (file) => file.localFile === null && file.serverId !== null && isWantedHere(rules, file),
    );
    return {
      ...{ rules, free, here: amountOf(here), missing: amountOf(missing) },
      unsent: amountOf(here.filter(({ serverId }) => serverId === null)),
      state: missing.length === 0 || this.#state === 'resting' ? this.#restingState(missing) : this.#state,
    };
  }

  /** Throws `noSuchRecord`. */
  ofRecord(recordId: string): OfflineRecordView {
    const { mirror } = this.#options.current();
    const record = mirror.records.get(recordId);
    if (record === null) throw new StrongroomError('noSuchRecord');
    const rules = offlineRules(mirror);
    const { vaultId, attachments } = record;
    return {
      byRecord: rules.recordIds.includes(recordId),
      byVault: vaultId !== null && rules.vaultIds.includes(vaultId),
      here: attachments.filter(({ localFile }) => localFile !== null).length,
      wanted: attachments.filter(({ size }) => isWantedHere(rules, { recordId, vaultId, size })).length,
    };
  }

  /** Throws `noSuchRecord`, disk codes. */
  keepRecord(recordId: string, keep: boolean): Promise<OfflineFilesView> {
    const { mirror } = this.#options.current();
    if (keep && mirror.records.get(recordId) === null) throw new StrongroomError('noSuchRecord');
    const rules = offlineRules(mirror);
    const others = rules.recordIds.filter((id) => id !== recordId && mirror.records.get(id) !== null);
    return this.#choose({ ...rules, recordIds: keep ? [...others, recordId] : others });
  }

  /** Throws `noSuchVault`, disk codes. */
  keepVault(vaultId: string, keep: boolean): Promise<OfflineFilesView> {
    const { mirror } = this.#options.current();
    if (keep && mirror.vaults.get(vaultId) === null) throw new StrongroomError('noSuchVault');
    const rules = offlineRules(mirror);
    const others = rules.vaultIds.filter((id) => id !== vaultId && mirror.vaults.get(id) !== null);
    return this.#choose({ ...rules, vaultIds: keep ? [...others, vaultId] : others });
  }

  /** `below` in bytes; null keeps none for its size. Throws disk codes. */
  keepBelow(below: number | null): Promise<OfflineFilesView> {
    return this.#choose({ ...offlineRules(this.#options.current().mirror), below });
  }

  /** Hears of every status of the shown account's sync; fetches when one has ended well. */
  syncTold({ accountId, phase }: { readonly accountId: string; readonly phase: string }): void {
    const told = `${accountId} ${phase}`;
    const isNews = told !== this.#lastPhase;
    this.#lastPhase = told;
    if (isNews && phase === 'idle') this.#fetch(this.#options.current());
  }

  /** Stops what is being fetched and forgets what could not be had, at lock. */
  async clear(): Promise<void> {
    this.#ending.abort();
    this.#ending = new AbortController();
    this.#givenUp.clear();
    this.#lastPhase = '';
    await this.#running;
    this.#state = 'resting';
  }

  /** Resolves when nothing is being fetched any more. */
  async rested(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async #choose(rules: StoredOfflineRules): Promise<OfflineFilesView> {
    const account = this.#options.current();
    setOfflineRules(account.mirror, rules);
    if ((await dropUnwanted(account)).length > 0) account.learned();
    this.#fetch(account);
    this.#options.onChange();
    return this.status();
  }

  #restingState(missing: readonly FileCopy[]): OfflineFilesView['state'] {
    return missing.length === 0 ? 'settled' : 'waitingForServer';
  }

  #fetch(account: OpenAccount): void {
    const { signal } = this.#ending;
    // Whoever comes while it runs may have changed what is wanted: it looks again at the end.
    const before = this.#running ?? Promise.resolve();
    const running = before
      .then(() => this.#fetchAll(account, signal))
      .catch((error: unknown) => {
        if (!account.closed && !signal.aborted) this.#failed(error);
      })
      .finally(() => {
        if (this.#running !== running) return;
        this.#running = null;
        if (!account.closed) this.#options.onChange();
      });
    this.#running = running;
  }

  #failed(error: unknown): void {
    this.#state = 'waitingForServer';
    if (!(error instanceof StrongroomError) || error.code === 'internal') this.#options.onFault(error);
  }

  async #fetchAll(account: OpenAccount, signal: AbortSignal): Promise<void> {
    if (account.closed || signal.aborted) return;
    let fetched = 0;
    this.#state = 'fetching';
    try {
      for (const file of wantedFiles(account)) {
        if (this.#givenUp.has(file.attachmentId)) continue;
        if (fetched === 0) this.#options.onChange();
        if (!(await this.#bring(account, file, signal))) {
          this.#state = 'noRoom';
          return;
        }
        fetched += 1;
      }
      this.#state = 'resting';
    } finally {
      if (fetched > 0 && !account.closed) account.learned();
    }
  }

  async #bring(
    account: OpenAccount,
    file: Parameters<typeof bringHere>[1],
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      return await bringHere(account, file, signal);
    } catch (error) {
      if (!(error instanceof StrongroomError) || !ofOneFile.has(error.code)) throw error;
      this.#givenUp.add(file.attachmentId);
      return true;
    }
  }
}

function amountOf(files: readonly FileCopy[]): { count: number; bytes: number } {
  return { count: files.length, bytes: files.reduce((sum, { size }) => sum + (size ?? 0), 0) };
}
