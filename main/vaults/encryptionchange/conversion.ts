/** The conversion of a person's vaults, one after another, in the background and with its progress. */
import type { ConversionView, EncryptionDirection } from '../../../contract/encryptionchange.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import { wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { RemoteConvertible } from '../../remote/index.ts';
import { fromKeychain } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { ConversionThread } from './conversionthread.ts';
import { wipeRecordKeys } from './objectconversion.ts';
import type { ObjectKeys } from './objectconversion.ts';
import { listOwnVaults } from './ownvaults.ts';
import type { VaultOpening } from './vaultopening.ts';
import { walkVault } from './vaultwalk.ts';

export interface ConversionTask {
  readonly account: OpenAccount;
  readonly direction: EncryptionDirection;
  /** The server's ids of the vaults that are wanted. */
  readonly vaultIds: ReadonlySet<string>;
  readonly open: VaultOpening;
  readonly workerFile: string | URL;
  readonly onChange: () => void;
  /** Told of a failure that nobody foresaw. */
  readonly report: (failure: unknown) => void;
}

/** As many records as are named that do not open. */
const mostUnreadable = 200;

/** Failures that concern one vault: the others need not wait for it. */
const ofOneVault: ReadonlySet<ErrorCode> = new Set(['vaultKeyMissing', 'vaultKeyChanged', 'forbidden']);

export class Conversion {
  readonly #task: ConversionTask;
  readonly #abort = new AbortController();
  readonly #ended: Promise<void>;
  #view: ConversionView;

  /** Begins at once. */
  constructor(task: ConversionTask) {
    this.#task = task;
    this.#view = {
      ...{ direction: task.direction, state: 'running', failure: null, unreadable: [] },
      ...{ vaults: { total: task.vaultIds.size, ready: 0 }, vaultName: null, done: 0, total: 0 },
    };
    this.#ended = this.#run();
  }

  get view(): ConversionView {
    return this.#view;
  }

  /** Stops for now; resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    try {
      const failure = await this.#convertAll();
      this.#set(failure === null ? { state: 'done', vaultName: null } : { state: 'stopped', failure });
    } catch (thrown) {
      this.#set({ state: 'stopped', failure: this.#codeOf(thrown) });
    }
  }

  /** Null for a person who has stopped it. */
  #codeOf(thrown: unknown): ErrorCode | null {
    if (this.#abort.signal.aborted) return null;
    const failure = fromKeychain(thrown);
    if (failure instanceof StrongroomError) return failure.code;
    this.#task.report(failure);
    return 'internal';
  }

  /** Gives what keeps vaults from being ready; null when all are. */
  async #convertAll(): Promise<ErrorCode | null> {
    const { account, vaultIds } = this.#task;
    const vaults = (await listOwnVaults(account, this.#abort.signal)).filter(({ id }) => vaultIds.has(id));
    const left = vaults.filter(({ isReady }) => !isReady);
    this.#set({ vaults: { total: vaults.length, ready: vaults.length - left.length } });
    let kept: ErrorCode | null = null;
    for (const vault of left) {
      const failure = await this.#convertOne(vault);
      kept ??= failure;
    }
    return kept;
  }

  async #convertOne(vault: RemoteConvertible): Promise<ErrorCode | null> {
    this.#set({ vaultName: vault.name, done: vault.doneCount, total: vault.total });
    try {
      if (!(await this.#convert(vault))) return 'undecipherable';
    } catch (failure) {
      if (!(failure instanceof StrongroomError) || !ofOneVault.has(failure.code)) throw failure;
      this.#unreadable(vault, null);
      return failure.code;
    }
    const { total, ready } = this.#view.vaults;
    this.#set({ vaults: { total, ready: ready + 1 } });
    return null;
  }

  /** False where something in the vault does not open. */
  async #convert(vault: RemoteConvertible): Promise<boolean> {
    const { account, direction, open, workerFile } = this.#task;
    const { client } = account;
    const { signal } = this.#abort;
    const { of, key, done } = await open(vault, signal);
    const made = new Map<string, RecordKey>();
    const keys: ObjectKeys = { direction, vaultKey: key, made, staged: new Set() };
    const thread = new ConversionThread(workerFile, signal);
    this.#set({ done });
    try {
      return await walkVault({
        ...{ client, of, thread, signal, keys },
        progress: (now) => this.#set({ done: now }),
        unreadable: (recordName) => this.#unreadable(vault, recordName),
      });
    } finally {
      wipeRecordKeys(keys);
      wipe(key);
      await thread.close();
    }
  }

  #unreadable({ name }: RemoteConvertible, recordName: string | null): void {
    const { unreadable } = this.#view;
    if (unreadable.length >= mostUnreadable) return;
    this.#set({ unreadable: [...unreadable, { vaultName: name, recordName }] });
  }

  #set(change: Partial<ConversionView>): void {
    this.#view = { ...this.#view, ...change };
    this.#task.onChange();
  }
}
