/**
 * The accounts of this device: enrolling, unlocking, switching, locking, removing.
 *
 * Whatever is opened is opened here and ends here; `current` is how every other use case gets
 * at the account whose vaults are shown.
 */
import type { AccountView, EnrolmentStep } from '../../../contract/accounts.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { LockReason, SessionState } from '../../../contract/session.ts';
import type { SyncStatus } from '../../../contract/sync.ts';
import { createPasswordSlot, DeviceKey } from '../../custody/index.ts';
import type { Profile, ProfileStore } from '../../custody/index.ts';
import { wipe } from '../../keychain/index.ts';
import { filesOfSealedConflicts } from '../../sync/index.ts';
import type { EnrolmentResult } from '../../sync/index.ts';
import { carryTrustOver } from '../encryptionchange/carryingover.ts';
import { Enrolling } from './enrolling.ts';
import { MasterPasswordChange } from './masterpasswordchange.ts';
import { openedInTime, termEnded } from './offlineright.ts';
import { OpenAccount } from './openaccount.ts';
import { signInAgain } from './signingin.ts';
import type { SignInInput } from './signingin.ts';
import { openAnySlot } from './slots.ts';

export interface AccountsOptions {
  readonly profiles: ProfileStore;
  readonly migrationsDir: string;
  /** See `MirrorOptions`. */
  readonly checkpointWorker?: string | URL | undefined;
  readonly onSession: (state: SessionState) => void;
  readonly onSync: (status: SyncStatus) => void;
  /** Ids of changed records of the shown account, or null for the tree as a whole. */
  readonly onMirror: (accountId: string, recordIds: readonly string[] | null) => void;
  readonly onLock: () => void;
  /** Told of failures of a sync that nobody foresaw. */
  readonly report: (failure: unknown) => void;
}

export class Accounts {
  readonly #options: AccountsOptions;
  /** Whatever comes before an account is on this device. */
  readonly enrolling: Enrolling;
  readonly #changes = new WeakMap<OpenAccount, MasterPasswordChange>();
  readonly #open = new Map<string, OpenAccount>();
  /** What the profiles say of each account's last sync. */
  readonly #notedSyncs = new Map<string, number | null>();
  #currentId: string | null = null;
  #lockReason: LockReason = 'start';
  /** How often everything was locked: work that began before a lock must open nothing after it. */
  #locks = 0;
  /** Whether a window of ours is on the screen: nothing is planned while none is. */
  #visible = true;
  /** Accounts on their way out; their databases are opened again only after that. */
  #closing: Promise<unknown> = Promise.resolve();

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.enrolling = new Enrolling(options.profiles);
  }

  /** The account whose vaults are shown. Throws `locked`. */
  current(): OpenAccount {
    const account = this.#currentId === null ? undefined : this.#open.get(this.#currentId);
    if (!account) throw new StrongroomError('locked');
    return account;
  }

  /** How the shown account gets another master password. Throws `locked`. */
  masterPassword(): MasterPasswordChange {
    const change = this.#changes.get(this.current());
    if (!change) throw new StrongroomError('locked');
    return change;
  }

  isUnlocked(): boolean {
    return this.#currentId !== null;
  }

  /** The accounts of this device, and the ids of those whose files cannot be read. */
  list(): { accounts: AccountView[]; damaged: string[] } {
    const summaries = this.#options.profiles.list();
    return {
      accounts: summaries.flatMap(({ profile }) => (profile ? [this.#view(profile)] : [])),
      damaged: summaries.filter(({ profile }) => profile === null).map(({ id }) => id),
    };
  }

  state(): SessionState {
    const current = this.isUnlocked() ? this.#view(this.current().profile) : null;
    return { unlocked: current !== null, lockReason: this.#lockReason, current };
  }

  /** Begins an enrolment. The password's bytes are wiped. */
  signIn(input: SignInInput): Promise<EnrolmentStep> {
    return this.enrolling.signIn(input);
  }

  /**
   * Finishes an enrolment: a profile, a key slot and a mirror come to be, and the first sync starts.
   * `beside`: a copy of the account that is here already stays, and the person knows of it.
   */
  async enrol(enrolmentId: string, secret: Uint8Array, beside = false): Promise<AccountView> {
    const locks = this.#locks;
    try {
      const result = await this.enrolling.finish(enrolmentId, secret, beside);
      const view = this.#show(await this.#settle(result, secret, { locks, beside }));
      await this.enrolling.abandon(enrolmentId);
      return view;
    } catch (error) {
      // A lock cuts the line, which would otherwise look like a server that has gone.
      this.#refuseAfterLock(locks);
      throw error;
    } finally {
      wipe(secret);
    }
  }

  /**
   * Opens an account of this device. Throws `wrongMasterPassword`, `noSuchAccount`, `cancelled`
   * when everything was locked meanwhile, `offlineTermOver` and `offlineForbidden` when the server
   * has to be asked first and is not there, mirror codes.
   */
  async unlock(accountId: string, secret: Uint8Array): Promise<AccountView> {
    const locks = this.#locks;
    try {
      const deviceKey = await openAnySlot(this.#options.profiles.read(accountId), secret);
      try {
        await this.#closing;
        this.#refuseAfterLock(locks);
        // Read again: the account may have been removed while the secret was being tried.
        const profile = this.#options.profiles.read(accountId);
        const known = this.#open.get(accountId);
        if (known) return this.#show(known);
        const account = this.#openProfile(profile, deviceKey, null);
        await this.#admit(account, locks);
        return this.#show(account);
      } finally {
        deviceKey.dispose();
      }
    } finally {
      wipe(secret);
    }
  }

  /** Lets an opened account in, if it may be used without contact or the contact is made. */
  async #admit(account: OpenAccount, locks: number): Promise<void> {
    try {
      await openedInTime(account);
      this.#refuseAfterLock(locks);
      if (this.#open.has(account.id)) throw new StrongroomError('cancelled');
    } catch (error) {
      await this.#close(account);
      throw error;
    }
  }

  /**
   * Proves that somebody knows an account's secret, without opening anything. Throws
   * `wrongMasterPassword`, `noSuchAccount`. The bytes stay the caller's.
   */
  async prove(accountId: string, secret: Uint8Array): Promise<void> {
    (await openAnySlot(this.#options.profiles.read(accountId), secret)).dispose();
  }

  /** A window came into view, or the last one went out of it. */
  windowVisible(visible: boolean): void {
    this.#visible = visible;
    for (const { synchroniser } of this.#open.values()) {
      if (visible) synchroniser.schedule.shown();
      else synchroniser.schedule.hidden();
    }
  }

  /** The machine woke up: what failed for want of a network may work now. */
  reconnected(): void {
    for (const { synchroniser } of this.#open.values()) synchroniser.schedule.reconnected();
  }

  /** Shows another account that is unlocked already. Throws `locked`, `noSuchAccount`. */
  switchTo(accountId: string): AccountView {
    const account = this.#open.get(accountId);
    if (!account) throw new StrongroomError('locked');
    return this.#show(account);
  }

  /** Locks every account: network ended, keys wiped, databases closed. */
  async lock(reason: LockReason): Promise<void> {
    const open = [...this.#open.values()];
    this.#locks += 1;
    this.#open.clear();
    this.#currentId = null;
    if (open.length > 0) this.#lockReason = reason;
    this.#options.onLock();
    const ending = Promise.all([this.enrolling.abandonAll(), ...open.map((account) => this.#close(account))]);
    try {
      await ending;
    } finally {
      // Whatever a disk or a socket says at the end, the page must not believe itself unlocked.
      if (open.length > 0) this.#options.onSession(this.state());
    }
  }

  /** Gives the shown account new tokens after its old ones have ended. The password's bytes are wiped. */
  async renewSignIn(accountId: string, password: Uint8Array, code: string | null): Promise<void> {
    try {
      const account = this.#open.get(accountId);
      if (!account) throw new StrongroomError('noSuchAccount');
      await signInAgain(account, password, code);
    } finally {
      wipe(password);
    }
  }

  /** Erases an account from this device. The server keeps everything. */
  async remove(accountId: string): Promise<void> {
    const account = this.#open.get(accountId);
    const wasCurrent = this.#currentId === accountId;
    this.#open.delete(accountId);
    if (wasCurrent) {
      this.#currentId = this.#open.keys().next().value ?? null;
      if (this.#currentId === null) this.#lockReason = 'removed';
      // What is on the clipboard or on its way belongs to the account that goes.
      this.#options.onLock();
    }
    if (account) await this.#close(account);
    await this.#closing;
    this.#options.profiles.remove(accountId);
    if (!wasCurrent) return;
    this.#options.onSession(this.state());
    if (this.isUnlocked()) this.#options.onSync(this.current().synchroniser.status());
  }

  #close(account: OpenAccount): Promise<void> {
    const closing = account.close();
    // Who waits for this waits for the end, not for a success; the caller hears of the failure.
    this.#closing = Promise.allSettled([this.#closing, closing]);
    return closing;
  }

  #refuseAfterLock(locks: number): void {
    if (locks !== this.#locks) throw new StrongroomError('cancelled');
  }

  async #settle(
    result: EnrolmentResult,
    secret: Uint8Array,
    { locks, beside }: { readonly locks: number; readonly beside: boolean },
  ): Promise<OpenAccount> {
    const { profiles } = this.#options;
    const { server, account, pins } = result;
    const deviceKey = DeviceKey.generate();
    try {
      const slot = await createPasswordSlot(deviceKey, secret);
      // From here to the end nothing waits, so no second enrolment can come between.
      this.#refuseAfterLock(locks);
      if (!beside) this.enrolling.refuseKnown(result);
      const { origin, trust } = server;
      const profile = profiles.create({ server: { origin, trust }, account, mode: pins.mode, slots: [slot] });
      try {
        const opened = this.#openProfile(profile, deviceKey, result);
        carryTrustOver(this.#open.values(), opened);
        return opened;
      } catch (error) {
        profiles.remove(profile.id);
        throw error;
      }
    } finally {
      deviceKey.dispose();
      if (result.keys) wipe(result.keys.masterKey);
    }
  }

  #openProfile(profile: Profile, deviceKey: DeviceKey, enrolment: EnrolmentResult | null): OpenAccount {
    const { profiles, migrationsDir, checkpointWorker, report } = this.#options;
    const mirrorPath = profiles.mirrorPathOf(profile.id);
    const filesFolder = profiles.filesPathOf(profile.id);
    const account = new OpenAccount(
      {
        ...{ profile, deviceKey, mirrorPath, filesFolder, migrationsDir, checkpointWorker, report },
        onEdited: (recordIds) => {
          if (this.#currentId === profile.id) this.#options.onMirror(profile.id, recordIds);
        },
      },
      enrolment,
    );
    const change = new MasterPasswordChange(account, profiles);
    this.#changes.set(account, change);
    account.aside(change.resume());
    account.synchroniser.onStatus((status) => {
      account.aside(
        change.syncEnded(status).then((again) => {
          if (again) account.synchroniser.schedule.wanted();
        }),
      );
      if (status.phase === 'idle') this.#noteSynced(account, status.lastSyncedAt);
      else if (this.#open.get(account.id) === account && termEnded(account, status.phase)) this.#seal();
      if (this.#currentId === account.id) this.#options.onSync(status);
    });
    account.synchroniser.onChanged((recordIds) => {
      if (this.#currentId === account.id) this.#options.onMirror(account.id, recordIds);
    });
    this.#notedSyncs.set(account.id, profile.lastSyncedAt);
    const { mirror } = account;
    const named = new Set([...mirror.records.localFiles(), ...filesOfSealedConflicts(mirror)]);
    account.files.removeStrays(named, Date.now()).catch(report);
    return account;
  }

  #show(account: OpenAccount): AccountView {
    this.#open.set(account.id, account);
    this.#currentId = account.id;
    this.#options.onSession(this.state());
    this.#options.onSync(account.synchroniser.status());
    if (this.#visible) account.synchroniser.schedule.shown();
    else void account.synchroniser.start();
    return this.#view(account.profile);
  }

  /** The time without contact is over while somebody works: everything is sealed until the next one. */
  #seal(): void {
    this.lock('offlineTermOver').catch(this.#options.report);
  }

  /**
   * The lock screen says when an account was last synced, so the time stands outside the mirror as
   * well. A status is told at every edit, which must not pay for a file that says the same already.
   */
  #noteSynced(account: OpenAccount, at: number | null): void {
    if (this.#notedSyncs.get(account.id) === at) return;
    this.#options.profiles.update(account.id, { lastSyncedAt: at });
    this.#notedSyncs.set(account.id, at);
  }

  #view(profile: Profile): AccountView {
    const open = this.#open.get(profile.id);
    return {
      id: profile.id,
      login: profile.account.login,
      fullName: profile.account.fullName,
      host: new URL(profile.server.origin).host,
      origin: profile.server.origin,
      clientSideEncryption: profile.mode === 'client',
      unlocked: open !== undefined,
      current: this.#currentId === profile.id,
      former: this.enrolling.isFormer(profile),
      lastSyncedAt: open?.lastSyncedAt ?? profile.lastSyncedAt,
    };
  }
}
