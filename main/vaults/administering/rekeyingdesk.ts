/**
 * Giving a vault another key: who is given it, the walk through its records in the background, and
 * going on after a break. Everybody's key is seen first; whoever was not admitted is left out and
 * waits as an access request.
 */
import type { Input, Output } from '../../../contract/index.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import type { RekeyingView } from '../../../contract/rekeying.ts';
import type { SyncStatus } from '../../../contract/sync.ts';
import { generateSalt, generateVaultKey, vaultCheckValue, wipe } from '../../keychain/index.ts';
import type { StoredVault } from '../../mirror/index.ts';
import { beginRekeying, giveUpRekeying, readKeyHolders } from '../../remote/index.ts';
import type { RekeyStart } from '../../remote/index.ts';
import type { VaultKeys } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { keyHolders, mayRenewRecords } from './keyholders.ts';
import { passedOnKey } from './passedonkey.ts';
import { settleByOtherMeans, walkRekeying } from './rekeyingjob.ts';

export interface RekeyingDeskOptions {
  readonly current: () => OpenAccount;
  readonly onChange: (rekeyings: RekeyingView[]) => void;
  /** Told of a failure that nobody foresaw. */
  readonly report: (failure: unknown) => void;
  readonly now?: () => number;
}

interface Run {
  readonly abort: AbortController;
  done: number;
  ended: Promise<void>;
}

/** What is remembered of one that stopped while the account is unlocked. */
interface Stopped {
  readonly done: number;
  readonly failure: ErrorCode | null;
}

interface Desk {
  readonly runs: Map<string, Run>;
  readonly stopped: Map<string, Stopped>;
}

export class RekeyingDesk {
  readonly #options: RekeyingDeskOptions;
  readonly #desks = new Map<OpenAccount, Desk>();

  constructor(options: RekeyingDeskOptions) {
    this.#options = options;
  }

  /** Throws the network's codes, `noSuchVault`, `vaultKeyMissing`, as everything here. */
  async holders(vaultId: string): Promise<Output<'rekeying', 'holders'>> {
    const account = this.#options.current();
    return keyHolders(account, vaultOf(account, vaultId), (vault) => this.#view(account, vault));
  }

  /**
   * Begins, and walks on in the background.
   * @throws StrongroomError the codes of `Recipients.admit`, `vaultKeyChanged`, `rekeyingUnderWay`, `membersChanged`
   */
  async begin({ vaultId, admitted, renewsRecords }: Input<'rekeying', 'begin'>): Promise<void> {
    const account = this.#options.current();
    const vault = vaultOf(account, vaultId);
    const vaultKeys = keysOf(account);
    passedOnKey(account, vault.id);
    const kept = vaultKeys.newKeyOf(vault.id);
    if (kept !== null) {
      wipe(kept);
      throw new StrongroomError('rekeyingUnderWay');
    }
    const key = generateVaultKey();
    try {
      const start = await startOf(account, vault, admitted, key);
      // On the disk before the server hears of it: a start without an answer can be gone on with.
      vaultKeys.keepNewKey(vault.id, key, renewsRecords === true && mayRenewRecords(account));
      await this.#send(account, vault, vaultKeys, start);
    } finally {
      wipe(key);
    }
    this.#start(account, vault);
  }

  goOn(vaultId: string): void {
    const account = this.#options.current();
    const vault = vaultOf(account, vaultId);
    if (!isKept(account, vault)) throw new StrongroomError('rekeyingGone');
    this.#start(account, vault);
  }

  async pause(vaultId: string): Promise<void> {
    const run = this.#deskOf(this.#options.current()).runs.get(vaultId);
    run?.abort.abort();
    await run?.ended;
  }

  /** Also one that was begun elsewhere. What was finished meanwhile stays. */
  async giveUp(vaultId: string): Promise<void> {
    const account = this.#options.current();
    const vault = vaultOf(account, vaultId);
    await this.pause(vaultId);
    try {
      await giveUpRekeying(account.client, vault.serverId);
      keysOf(account).dropNewKey(vault.id);
    } catch (failure) {
      if (!(failure instanceof StrongroomError) || failure.code !== 'notFound') throw failure;
      // It may be in force by now, which the next sync tells.
      await settleByOtherMeans(account, vault).catch((gone: unknown) =>
        this.#forgetGone(account, vault, gone),
      );
    }
    this.#deskOf(account).stopped.delete(vault.id);
    this.#tell(account);
  }

  status(): Output<'rekeying', 'status'> {
    return { rekeyings: this.#viewsOf(this.#options.current()) };
  }

  /** What stopped for want of contact goes on by itself once there is contact again. */
  syncTold({ phase, problem }: Pick<SyncStatus, 'phase' | 'problem'>): void {
    if (phase !== 'idle' || problem !== null) return;
    for (const [account, { stopped }] of this.#desks) {
      for (const [vaultId, { failure }] of stopped) {
        const vault = account.closed ? null : account.mirror.vaults.get(vaultId);
        if (vault !== null && failure === 'unreachable' && isKept(account, vault))
          this.#start(account, vault);
      }
    }
  }

  /** Ends everything that runs, at lock; resolves when nothing of it is left. */
  async clear(): Promise<void> {
    const runs = [...this.#desks.values()].flatMap((desk) => [...desk.runs.values()]);
    this.#desks.clear();
    for (const run of runs) run.abort.abort();
    await Promise.all(runs.map(({ ended }) => ended));
  }

  /** A refusal ends it; without an answer it may have begun, and can be gone on with. */
  async #send(account: OpenAccount, vault: StoredVault, keys: VaultKeys, start: RekeyStart): Promise<void> {
    try {
      await beginRekeying(account.client, vault.serverId, start);
    } catch (failure) {
      const isAnswered = failure instanceof StrongroomError && failure.code !== 'unreachable';
      if (isAnswered) keys.dropNewKey(vault.id);
      throw failure;
    }
  }

  #start(account: OpenAccount, vault: StoredVault): void {
    const desk = this.#deskOf(account);
    if (desk.runs.has(vault.id)) return;
    const run: Run = {
      ...{ abort: new AbortController(), done: desk.stopped.get(vault.id)?.done ?? 0 },
      ended: Promise.resolve(),
    };
    desk.runs.set(vault.id, run);
    desk.stopped.delete(vault.id);
    run.ended = this.#go(account, vault, run);
    this.#tell(account);
  }

  async #go(account: OpenAccount, vault: StoredVault, run: Run): Promise<void> {
    const { signal } = run.abort;
    const progress = (done: number): void => {
      run.done = done;
      if (!signal.aborted) this.#tell(account);
    };
    const failure = await walkRekeying({ account, vault, signal, progress }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    const desk = this.#desks.get(account);
    desk?.runs.delete(vault.id);
    if (desk === undefined || account.closed) return;
    if (failure !== null) this.#note(account, vault, desk, run, failure);
    else account.learned();
    this.#tell(account);
  }

  #note(account: OpenAccount, vault: StoredVault, desk: Desk, run: Run, failure: unknown): void {
    if (!(failure instanceof StrongroomError)) this.#options.report(failure);
    const code = failure instanceof StrongroomError ? failure.code : 'internal';
    if (code === 'rekeyingGone') keysOf(account).dropNewKey(vault.id);
    else desk.stopped.set(vault.id, { done: run.done, failure: code === 'cancelled' ? null : code });
  }

  #forgetGone(account: OpenAccount, vault: StoredVault, failure: unknown): void {
    if (!(failure instanceof StrongroomError) || failure.code !== 'rekeyingGone') throw failure;
    keysOf(account).dropNewKey(vault.id);
  }

  #deskOf(account: OpenAccount): Desk {
    const desk = this.#desks.get(account) ?? { runs: new Map(), stopped: new Map() };
    this.#desks.set(account, desk);
    return desk;
  }

  #viewsOf(account: OpenAccount): RekeyingView[] {
    return account.mirror.vaults.all().flatMap((vault) => this.#view(account, vault) ?? []);
  }

  #view(account: OpenAccount, vault: StoredVault): RekeyingView | null {
    const desk = this.#deskOf(account);
    const run = desk.runs.get(vault.id);
    if (run === undefined && !isKept(account, vault)) return null;
    const stopped = desk.stopped.get(vault.id);
    return {
      ...{ vaultId: vault.id, vaultName: vault.name, state: run === undefined ? 'stopped' : 'running' },
      done: run?.done ?? stopped?.done ?? 0,
      atLeast: account.mirror.vaults.counts().get(vault.id)?.records ?? 0,
      ...{ startedAt: null, failure: stopped?.failure ?? null },
    };
  }

  #tell(account: OpenAccount): void {
    if (!account.closed) this.#options.onChange(this.#viewsOf(account));
  }
}

/** Wraps the new key for oneself and everybody admitted; who else has the old one is left out. */
async function startOf(
  account: OpenAccount,
  vault: StoredVault,
  admitted: Input<'rekeying', 'begin'>['admitted'],
  key: ReturnType<typeof generateVaultKey>,
): Promise<RekeyStart> {
  const own = account.recipients.own();
  const keys: Record<string, { masterKeyEncrypted: string; publicKeyFingerprint: string }> = {};
  const give = (recipient: typeof own): void => {
    const masterKeyEncrypted = recipient.wrapVaultKey(key);
    keys[recipient.userId] = { masterKeyEncrypted, publicKeyFingerprint: recipient.fingerprint };
  };
  give(own);
  for (const wish of admitted) {
    if (wish.userId !== own.userId) give(await account.recipients.admit(wish));
  }
  const holders = await readKeyHolders(account.client, vault.serverId);
  const salt = generateSalt();
  return {
    ...{ salt, masterKeyHash: vaultCheckValue(key, salt), keys },
    leftOut: holders.filter((userId) => keys[userId] === undefined),
  };
}

function isKept({ mirror, vaultKeys }: OpenAccount, { id }: StoredVault): boolean {
  return vaultKeys !== null && vaultKeys.hasNewKey(id) && mirror.vaults.get(id) !== null;
}

function keysOf({ vaultKeys }: OpenAccount): VaultKeys {
  if (vaultKeys === null) throw new StrongroomError('vaultKeyMissing');
  return vaultKeys;
}

function vaultOf({ mirror }: OpenAccount, vaultId: string): StoredVault {
  const vault = mirror.vaults.get(vaultId);
  if (vault === null) throw new StrongroomError('noSuchVault');
  return vault;
}
