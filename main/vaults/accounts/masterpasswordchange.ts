/**
 * Another master password for a copy that is open: changed here, or changed on another device and
 * proven here.
 *
 * Two sides have to change, server and device, and anything may be cut between them. So the change is
 * noted first and the copy gets a second key slot, so that it opens with either password. Then the
 * server is told. Then pins and stored key follow, and the old slot goes. What is noted and not ended
 * is settled at the next contact, by what the server has. The vaults are never touched: the pair stays.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { SyncStatus } from '../../../contract/sync.ts';
import type { ProfileStore } from '../../custody/index.ts';
import { keyFingerprint, parseMasterKeyOptions, wipe } from '../../keychain/index.ts';
import type { Pins } from '../../mirror/index.ts';
import {
  readMasterKeyOptions,
  readMasterPasswordRule,
  readOwnKeys,
  sendOwnKeys,
} from '../../remote/index.ts';
import {
  announcedFeatures,
  isKept,
  proveChangedPassword,
  sealAnew,
  verifyOnReturn,
} from '../../sync/index.ts';
import type { KeysUnderPassword } from '../../sync/index.ts';
import type { KeptChange } from './keptkeys.ts';
import type { OpenAccount } from './openaccount.ts';
import { brokenRules } from './secretrules.ts';
import { addSlot, keepOnlySlot, openAnySlot, removeSlot } from './slots.ts';

/** All UTF-8 and wiped by the caller. */
export interface PasswordChange {
  readonly former: Uint8Array;
  readonly wanted: Uint8Array;
  /** The log-in password, which the server asks for once more. */
  readonly logIn: Uint8Array;
}

export class MasterPasswordChange {
  readonly #account: OpenAccount;
  readonly #profiles: ProfileStore;
  /** A change or a settling is running: nothing else may conclude anything from what is noted. */
  #busy = false;
  /** The last sync before anything was noted: only a later one tells something of it. */
  #syncedBefore: number | null;

  constructor(account: OpenAccount, profiles: ProfileStore) {
    this.#account = account;
    this.#profiles = profiles;
    this.#syncedBefore = account.lastSyncedAt;
  }

  /**
   * Changes the master password on the server and here. False when the server could not be asked
   * whether the change arrived: both passwords open this copy until the next contact.
   * @throws StrongroomError `wrongMasterPassword`, `masterPasswordRules`, `wrongCredentials`,
   * `notOffered`, `kdfRefused` and `ownKeyChanged` if the server is not as it was pinned, network codes.
   */
  change(passwords: PasswordChange): Promise<boolean> {
    return this.#alone(() => this.#change(passwords));
  }

  /**
   * Takes over a master password that was changed on another device. @throws as
   * `proveChangedPassword`; until then the copy stays readable with the former one.
   */
  adopt(wanted: Uint8Array): Promise<void> {
    return this.#alone(async () => {
      const { client } = this.#account;
      const keys = await proveChangedPassword(client, this.#pins(), wanted);
      try {
        await this.#note(keys, wanted);
      } finally {
        wipe(keys.masterKey);
      }
      this.#finish();
    });
  }

  /** Ends a change that was cut on this device; needs no contact. What fails is tried again at the next unlock. */
  async resume(): Promise<void> {
    if (this.#account.closed) return;
    const change = this.#account.kept.change();
    if (change !== null && this.#account.kept.isChangeTaken(change)) this.#finish();
  }

  /**
   * A sync has ended: what it found decides a change whose answer never came. Resolves true when
   * it was settled in favour of the new master password, so that another sync is worth while.
   */
  async syncEnded({ phase, problem, lastSyncedAt }: SyncStatus): Promise<boolean> {
    if (this.#busy || this.#account.closed || this.#account.kept.change() === null) return false;
    // The server was found to be as it was pinned: the change never got there.
    if (phase === 'idle' && lastSyncedAt !== this.#syncedBefore) this.#drop();
    if (phase !== 'stopped' || problem?.code !== 'kdfRefused') return false;
    return this.#alone(async () => {
      const change = this.#account.kept.change();
      if (change === null || !(await this.#isInForce(change))) return false;
      this.#finish();
      return true;
    });
  }

  async #change({ former, wanted, logIn }: PasswordChange): Promise<boolean> {
    const { client, mirror, kept } = this.#account;
    (await openAnySlot(this.#profiles.read(this.#account.id), former)).dispose();
    if (!announcedFeatures(mirror).has('masterPasswordChange')) throw new StrongroomError('notOffered');
    if (kept.change() !== null) await this.#settle();
    const pins = this.#pins();
    client.gate.close();
    await verifyOnReturn(client, pins);
    const broken = brokenRules(wanted, { ...(await this.#rule()) });
    if (broken.length > 0) throw new StrongroomError('masterPasswordRules');
    const { iterations } = parseMasterKeyOptions(pins.masterKeyOptions ?? '');
    const keys = await sealAnew(wanted, this.#account.privateKey(), iterations);
    try {
      if (keyFingerprint(keys.sealed.publicPem) !== pins.ownPublicKey)
        throw new StrongroomError('ownKeyMismatch');
      await this.#note(keys, wanted);
      if (!(await this.#send(keys, logIn))) return false;
    } finally {
      wipe(keys.masterKey);
    }
    this.#finish();
    return true;
  }

  async #rule(): Promise<{ minimumLength: number; requiredSets: ('upper' | 'digits' | 'symbols')[] }> {
    const { minimumLength, requiredSets } = await readMasterPasswordRule(this.#account.client);
    return { minimumLength, requiredSets: [...requiredSets] };
  }

  /** From here on either password opens this copy. */
  async #note({ masterKey, sealed }: KeysUnderPassword, wanted: Uint8Array): Promise<void> {
    const slot = await this.#account.slotFor(wanted);
    this.#refuseAfterLock();
    this.#syncedBefore = this.#account.lastSyncedAt;
    this.#account.kept.beginChange({ options: sealed.masterKeyOptions, slot }, masterKey);
    addSlot(this.#profiles, this.#account.id, slot);
  }

  /** False when nobody knows whether it arrived; a refusal takes the note back and is thrown. */
  async #send({ sealed }: KeysUnderPassword, logIn: Uint8Array): Promise<boolean> {
    const { client } = this.#account;
    try {
      await sendOwnKeys(client, 'change', sealed, logIn);
    } catch (failure) {
      const stands = await readOwnKeys(client).catch(() => undefined);
      this.#refuseAfterLock();
      // No answer to the question either: what is noted stays noted.
      if (stands === undefined) return false;
      if (!isKept(stands, sealed)) {
        this.#drop();
        throw failure;
      }
    }
    this.#refuseAfterLock();
    return true;
  }

  /** The server has it: pins, stored key and slot follow. May be repeated from any point. */
  #finish(): void {
    const { id, kept } = this.#account;
    const change = kept.change();
    if (change === null) return;
    if (!kept.isChangeTaken(change)) kept.takeChange(change);
    keepOnlySlot(this.#profiles, id, change.slot);
    kept.endChange();
  }

  /** The server does not have it: this copy goes back to the one password. */
  #drop(): void {
    const { id, kept } = this.#account;
    const change = kept.change();
    if (change === null) return;
    removeSlot(this.#profiles, id, change.slot);
    kept.endChange();
  }

  async #settle(): Promise<void> {
    const change = this.#account.kept.change();
    if (change !== null && (await this.#isInForce(change))) this.#finish();
    else this.#drop();
  }

  /** Whether the server keeps the pinned pair under the noted options. */
  async #isInForce({ options }: KeptChange): Promise<boolean> {
    const { client } = this.#account;
    client.gate.close();
    const [stated, keys] = await Promise.all([readMasterKeyOptions(client), readOwnKeys(client)]);
    this.#refuseAfterLock();
    return stated === options && keys !== null && this.#isPinned(keys.publicPem);
  }

  #isPinned(publicPem: string): boolean {
    try {
      return keyFingerprint(publicPem) === this.#pins().ownPublicKey;
    } catch {
      // What cannot be read is not the pinned key.
      return false;
    }
  }

  #pins(): Pins {
    const pins = this.#account.mirror.pins.read();
    if (pins === null) throw new StrongroomError('mirrorDamaged');
    return pins;
  }

  #refuseAfterLock(): void {
    if (this.#account.closed) throw new StrongroomError('cancelled');
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw new StrongroomError('refused');
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}
