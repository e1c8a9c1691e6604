/**
 * An unlocked account: everything that exists between unlock and lock, in one place, so that
 * lock can end all of it at once.
 */
import { existsSync } from 'node:fs';
import { StrongroomError } from '../../../contract/errors.ts';
import { createPasswordSlot, DeviceKey } from '../../custody/index.ts';
import type { KeySlot, LockedBytes, Profile } from '../../custody/index.ts';
import type { PrivateKey, VaultKey } from '../../keychain/index.ts';
import { Mirror } from '../../mirror/index.ts';
import type { EncryptionMode } from '../../mirror/index.ts';
import {
  confirmTwoFactor,
  Connection,
  HashGate,
  parseServerAddress,
  RemoteClient,
  TokenKeeper,
} from '../../remote/index.ts';
import type { Tokens } from '../../remote/index.ts';
import { openTyped, Recipients, Synchroniser, VaultKeys } from '../../sync/index.ts';
import type { EnrolmentResult, TypedRecord } from '../../sync/index.ts';
import { KeptKeys } from './keptkeys.ts';
import { ProfileFiles } from '../files/filestore.ts';
import { DraftKeeper } from '../editing/draftkeeper.ts';
import { KeysAhead } from '../encryptionchange/keysahead.ts';
import { MadeValues } from '../generating/madevalues.ts';
import { RecordSeals } from '../editing/recordseals.ts';
import { RosterBook } from '../roster/rosterbook.ts';
import { HealthBook } from '../health/healthbook.ts';
import { RecordSecrets } from '../reading/recordsecrets.ts';
import type { AccountKeys } from '../reading/recordsecrets.ts';

export interface OpenAccountFrom {
  readonly profile: Profile;
  readonly deviceKey: DeviceKey;
  readonly mirrorPath: string;
  readonly filesFolder: string;
  readonly migrationsDir: string;
  /** See `MirrorOptions`. */
  readonly checkpointWorker?: string | URL | undefined;
  /** Told of failures of a sync that nobody foresaw. */
  readonly report: (failure: unknown) => void;
  /** Told what was changed on this device: ids of records, or null for the tree as a whole. */
  readonly onEdited: (recordIds: readonly string[] | null) => void;
}

/** Between two pieces of work that nobody waits for; each takes about as long. */
const tidyRestMs = 5;

export class OpenAccount {
  readonly profile: Profile;
  readonly mirror: Mirror;
  readonly client: RemoteClient;
  readonly synchroniser: Synchroniser;
  /** The one gate through which a key leaves wrapped for somebody else. */
  readonly recipients: Recipients;
  /** Signed lists of compared keys that lie in the records. */
  readonly rosters: RosterBook;
  /** Keys that were made before client-side encryption is on. */
  readonly keysAhead: KeysAhead;
  readonly files: ProfileFiles;
  readonly secrets: RecordSecrets;
  readonly seals: RecordSeals;
  readonly drafts: DraftKeeper;
  /** Owned by the account: not to be wiped. */
  readonly healthKey: LockedBytes;
  readonly healthBook: HealthBook;
  readonly madeValues: MadeValues;
  readonly #onEdited: OpenAccountFrom['onEdited'];
  readonly #report: OpenAccountFrom['report'];
  #tidying: NodeJS.Timeout | null = null;
  readonly #cacheKey: LockedBytes;
  readonly #filesKey: LockedBytes;
  readonly #manifestKey: LockedBytes;
  readonly #vaultKeys: VaultKeys | null;
  /** Kept for one thing only: a slot for another master password. */
  readonly #deviceKey: DeviceKey;
  /** What is stored of the own keys, and a change of the master password under way. */
  readonly kept: KeptKeys;
  #closed = false;

  /**
   * Opens the account's mirror with the device key, which the caller disposes of. A fresh
   * enrolment brings what is to be stored first. Throws the codes of `Mirror.open`, and
   * `mirrorDamaged` when the stored keys do not fit, and `profileDamaged` when the profile does not
   * say what was enrolled.
   */
  constructor(from: OpenAccountFrom, enrolment: EnrolmentResult | null) {
    this.profile = from.profile;
    this.#onEdited = from.onEdited;
    this.#report = from.report;
    // An empty mirror in the place of a missing one would lack every pin that protects the account.
    if (!enrolment && !existsSync(from.mirrorPath)) throw new StrongroomError('mirrorDamaged');
    const pageKey = from.deviceKey.subkey('mirror');
    try {
      this.mirror = Mirror.open({
        path: from.mirrorPath,
        pageKey: pageKey.bytes,
        migrationsDir: from.migrationsDir,
        checkpointWorker: from.checkpointWorker,
      });
    } finally {
      pageKey.dispose();
    }
    this.#cacheKey = from.deviceKey.subkey('keyCache');
    this.#filesKey = from.deviceKey.subkey('files');
    this.#manifestKey = from.deviceKey.subkey('manifest');
    this.healthKey = from.deviceKey.subkey('health');
    this.#deviceKey = from.deviceKey.lend((bytes) => DeviceKey.adopt(Uint8Array.from(bytes)));
    this.kept = new KeptKeys(this.mirror, this.#cacheKey);
    try {
      if (enrolment) this.kept.keep(enrolment, this.profile);
      const own = this.kept.open(this.profile);
      this.#vaultKeys = own ? this.#makeVaultKeys(own.privateKey) : null;
      this.files = new ProfileFiles(from.filesFolder, this.#filesKey, this.mode === 'client');
      this.secrets = new RecordSecrets(this.#accountKeys());
      this.seals = new RecordSeals(this.#accountKeys());
      const sealed = { mirror: this.mirror, sealKey: this.#cacheKey, report: from.report };
      this.drafts = new DraftKeeper(sealed);
      this.madeValues = new MadeValues(sealed);
      this.healthBook = new HealthBook(this.mirror.health, this.healthKey, () => this.#closed);
      this.client = this.#makeClient();
      this.keysAhead = new KeysAhead(sealed);
      const trusted = { mirror: this.mirror, now: Date.now, privateKey: () => this.privateKey() };
      this.rosters = new RosterBook({ ...trusted, secrets: this.secrets });
      this.recipients = new Recipients({
        ...{ ...trusted, client: this.client, rosters: this.rosters },
        ownPublicKey: () => this.ownPublicKey(),
      });
      this.synchroniser = this.#makeSynchroniser(from.report);
      this.#tidyLater();
    } catch (error) {
      this.#wipeKeys();
      this.mirror.close();
      throw error;
    }
  }

  get id(): string {
    return this.profile.id;
  }

  get mode(): EncryptionMode {
    return this.profile.mode;
  }

  get lastSyncedAt(): number | null {
    return this.synchroniser.status().lastSyncedAt;
  }

  /** The vault keys, to be handed on wrapped; null without client-side encryption. */
  get vaultKeys(): VaultKeys | null {
    return this.#vaultKeys;
  }

  /** True from the beginning of the end: neither keys nor mirror may be used any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Something was changed on this device and waits to be sent; null stands for the tree as a whole. */
  edited(recordIds: readonly string[] | null): void {
    this.#tidyLater();
    try {
      this.#onEdited(recordIds);
      this.synchroniser.edited();
    } catch (failure) {
      // The change is on the disk; whoever could not be told of it must not make it look lost.
      this.#report(failure);
    }
  }

  /** Something was learned here that lists show; there is nothing to send. */
  learned(): void {
    this.rosters.forget();
    this.#onEdited(null);
  }

  /**
   * Work that nobody waits for and that may be left undone: what is refused, out of reach or locked
   * meanwhile is no news, anything else is reported.
   */
  aside(work: Promise<unknown>): void {
    work.catch((failure: unknown) => {
      if (!(failure instanceof StrongroomError)) this.#report(failure);
    });
  }

  /** Every save leaves a piece in the search index, and a new version may want other entries in it. */
  #tidyLater(waitMs = 250): void {
    if (this.#tidying !== null || this.#closed) return;
    this.#tidying = setTimeout(() => {
      this.#tidying = null;
      if (!this.#closed && this.#tidySome()) this.#tidyLater(tidyRestMs);
    }, waitMs);
    this.#tidying.unref();
  }

  /** What is kept of a record that cannot be sent. Throws `noSuchConflict`, `tampered`. */
  typedOf(conflictId: string): TypedRecord {
    return openTyped(this.mirror, this.#cacheKey, conflictId);
  }

  /** True while there is more. Merging only saves time: a disk that takes nothing may have it later. */
  #tidySome(): boolean {
    try {
      return this.mirror.upkeep.mergeSome();
    } catch (failure) {
      this.#report(failure);
      return false;
    }
  }

  /** A key slot of this copy for another secret (UTF-8, the caller's to wipe). Takes about 250 ms. */
  slotFor(secret: Uint8Array): Promise<KeySlot> {
    return createPasswordSlot(this.#deviceKey, secret);
  }

  /** Throws `locked` without client-side encryption. */
  privateKey(): PrivateKey {
    return this.#accountKeys().privateKey();
  }

  /** Fingerprint of the own public key that counts on this device; null where none does. */
  ownPublicKey(): string | null {
    if (this.mode === 'none') return this.keysAhead.own()?.fingerprint ?? null;
    return this.mirror.pins.read()?.ownPublicKey ?? null;
  }

  /** Takes the tokens of a new sign-in. */
  async renewTokens(tokens: Tokens): Promise<void> {
    await this.client.tokens.replace(tokens);
  }

  /** Throws `wrongTwoFactorCode`. */
  confirmTwoFactor(code: string): Promise<void> {
    return confirmTwoFactor(this.client, code);
  }

  /** Ends the network, wipes the keys, closes the database, in this order. May be called twice. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#tidying !== null) clearTimeout(this.#tidying);
    // At once: what is being typed must be on the disk before the keys go.
    this.drafts.close();
    this.madeValues.close();
    try {
      // The network first: its last answers must find neither keys nor database.
      this.client.gate.close();
      await Promise.allSettled([this.synchroniser.stop(), this.client.connection.close()]);
      this.client.tokens.clear();
    } finally {
      this.#wipeKeys();
      this.mirror.close();
    }
  }

  #wipeKeys(): void {
    this.#vaultKeys?.dispose();
    const { healthKey } = this;
    for (const key of [this.#deviceKey, this.#cacheKey, this.#filesKey, this.#manifestKey, healthKey]) {
      key.dispose();
    }
  }

  #accountKeys(): AccountKeys {
    return {
      mode: this.mode,
      vaultKey: (record): VaultKey => {
        if (!this.#vaultKeys) throw new StrongroomError('vaultKeyMissing');
        return this.#vaultKeys.keyForRecord(record);
      },
      privateKey: () => {
        if (!this.kept.own) throw new StrongroomError('locked');
        return this.kept.own.privateKey;
      },
    };
  }

  #makeVaultKeys(privateKey: PrivateKey): VaultKeys {
    return new VaultKeys({
      mirror: this.mirror,
      cacheKey: this.#cacheKey,
      manifestKey: this.#manifestKey,
      privateKey: () => privateKey,
      isMadeAhead: (vaultId, key) => this.keysAhead.isVaultKey(vaultId, key),
      now: Date.now,
    });
  }

  #makeClient(): RemoteClient {
    const { origin, trust } = this.profile.server;
    const address = parseServerAddress(origin);
    const connection = new Connection({ address, trust });
    const tokens = new TokenKeeper({
      connection,
      tokens: this.kept.tokens(),
      persist: (renewed) => this.kept.keepTokens(renewed),
    });
    return new RemoteClient({ connection, tokens, gate: new HashGate(address) });
  }

  #makeSynchroniser(report: (failure: unknown) => void): Synchroniser {
    const { own } = this.kept;
    return new Synchroniser({
      accountId: this.profile.id,
      client: this.client,
      mirror: this.mirror,
      vaultKeys: this.#vaultKeys,
      manifestKey: this.#manifestKey,
      cacheKey: this.#cacheKey,
      masterKeyHash: own ? () => (this.kept.own ?? own).masterKeyHash : null,
      ownKeyBits: own?.privateKey.bits ?? null,
      files: this.files,
      report,
    });
  }
}
