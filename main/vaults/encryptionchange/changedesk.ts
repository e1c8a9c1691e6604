/**
 * Turning client-side encryption on or off: what is under way, beginning and finishing it, this
 * person's key pair, and the conversion of the vaults that this person administers.
 *
 * Nothing of a vault moves because a server says that a change is under way: it takes a person who
 * gives the master password on this device, each time anew.
 */
import type { Input, Output } from '../../../contract/index.ts';
import type { ConversionView, EncryptionDirection } from '../../../contract/encryptionchange.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { wipe } from '../../keychain/index.ts';
import {
  beginEncryptionChange,
  encryptionChangeFeature,
  finishEncryptionChange,
  giveUpEncryptionChange,
  readEncryptionChange,
} from '../../remote/index.ts';
import { announcedEncryptionChange, announcedFeatures } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { admitAll } from './admitting.ts';
import { Conversion } from './conversion.ts';
import { readOverview } from './overview.ts';
import { makeOwnPair, openOwnPair } from './ownpair.ts';
import { peopleOfVaults } from './people.ts';
import { knownKeys, makingKeys } from './vaultopening.ts';
import type { VaultOpening } from './vaultopening.ts';

export interface EncryptionChangeOptions {
  /** Throws `locked`. */
  readonly current: () => OpenAccount;
  /** Whether a secret opens this device's copy of an account; throws `wrongMasterPassword`. */
  readonly prove: (accountId: string, secret: Uint8Array) => Promise<void>;
  /** The script of the thread that converts files. */
  readonly workerFile: string | URL;
  readonly onChange: (conversion: ConversionView | null) => void;
  /** Told of a failure that nobody foresaw. */
  readonly report: (failure: unknown) => void;
}

export class EncryptionChangeDesk {
  readonly #options: EncryptionChangeOptions;
  readonly #conversions = new Map<OpenAccount, Conversion>();

  constructor(options: EncryptionChangeOptions) {
    this.#options = options;
  }

  announced(): Output<'encryptionChange', 'announced'> {
    const account = this.#options.current();
    return { direction: announcedEncryptionChange(account.mirror), conversion: this.#viewOf(account) };
  }

  /** Throws `notOffered` and the network's codes, as everything here. */
  async read(): Promise<Output<'encryptionChange', 'read'>> {
    const account = this.#offered();
    return readOverview(account, this.#viewOf(account));
  }

  /** The bytes are wiped. Throws as `beginEncryptionChange`. */
  async begin({ direction, password }: Input<'encryptionChange', 'begin'>): Promise<void> {
    try {
      const account = this.#offered();
      await beginEncryptionChange(account.client, direction, password);
      account.synchroniser.schedule.wanted();
    } finally {
      wipe(password);
    }
  }

  /** Throws `encryptionChangeGone`. */
  async giveUp(): Promise<void> {
    const account = this.#offered();
    await this.pause();
    await giveUpEncryptionChange(account.client);
    this.#conversions.delete(account);
    this.#tell(account);
    account.synchroniser.schedule.wanted();
  }

  /** The bytes are wiped. Throws as `finishEncryptionChange`. */
  async finish({ password }: Input<'encryptionChange', 'finish'>): Promise<void> {
    try {
      const account = this.#offered();
      await finishEncryptionChange(account.client, password);
      this.#conversions.delete(account);
      this.#tell(account);
      // It stops, because the mode is another one now: nobody is switched without being asked.
      account.aside(account.synchroniser.start());
    } finally {
      wipe(password);
    }
  }

  /** All bytes are wiped. Throws as `makeOwnPair`, and `encryptionChangeGone`. */
  async setMasterPassword({ wanted, logIn }: Input<'encryptionChange', 'setMasterPassword'>): Promise<void> {
    try {
      const account = await this.#underWay('on');
      await makeOwnPair(account, { wanted, logIn });
    } finally {
      wipe(wanted, logIn);
    }
  }

  people(): Promise<Output<'encryptionChange', 'people'>> {
    return peopleOfVaults(this.#offered());
  }

  /**
   * Turns vaults into the encrypted form, in the background. The bytes are wiped.
   * @throws StrongroomError as `openOwnPair` and `Recipients.admit`, `encryptionChangeGone`
   */
  async encrypt({ masterPassword, vaultIds, admitted }: Input<'encryptionChange', 'encrypt'>): Promise<void> {
    try {
      const account = await this.#underWay('on');
      const privateKey = await openOwnPair(account, masterPassword);
      const { own, others } = await admitAll(account, privateKey, admitted);
      await this.#start(account, 'on', vaultIds, makingKeys({ account, privateKey, own, others }));
    } finally {
      wipe(masterPassword);
    }
  }

  /**
   * Hands the plain form of vaults over, in the background. The bytes are wiped.
   * @throws StrongroomError `wrongMasterPassword`, `encryptionChangeGone`
   */
  async handOver({ masterPassword, vaultIds }: Input<'encryptionChange', 'handOver'>): Promise<void> {
    try {
      const account = await this.#underWay('off');
      await this.#options.prove(account.id, masterPassword);
      await this.#start(account, 'off', vaultIds, knownKeys(account));
    } finally {
      wipe(masterPassword);
    }
  }

  /** Resolves when nothing runs any more. */
  async pause(): Promise<void> {
    await this.#conversions.get(this.#options.current())?.stop();
  }

  /** Ends everything that runs, at lock; resolves when nothing of it is left. */
  async clear(): Promise<void> {
    const running = [...this.#conversions.values()];
    this.#conversions.clear();
    await Promise.all(running.map((conversion) => conversion.stop()));
  }

  async #start(
    account: OpenAccount,
    direction: EncryptionDirection,
    vaultIds: readonly string[],
    open: VaultOpening,
  ): Promise<void> {
    // Whoever was asked at the same time may have begun meanwhile.
    for (let other = this.#conversions.get(account); other?.view.state === 'running';) {
      await other.stop();
      other = this.#conversions.get(account);
    }
    if (account.closed) throw new StrongroomError('locked');
    const { workerFile, report } = this.#options;
    const conversion = new Conversion({
      ...{ account, direction, vaultIds: new Set(vaultIds), open, workerFile, report },
      onChange: () => this.#tell(account),
    });
    this.#conversions.set(account, conversion);
    this.#tell(account);
  }

  /**
   * The account, if a change of this direction is under way and the account is of the mode before it.
   * Throws `encryptionChangeGone`.
   */
  async #underWay(direction: EncryptionDirection): Promise<OpenAccount> {
    const account = this.#offered();
    const { underWay } = await readEncryptionChange(account.client);
    const isFormer = account.mode === (direction === 'on' ? 'none' : 'client');
    if (underWay?.direction !== direction || !isFormer) throw new StrongroomError('encryptionChangeGone');
    return account;
  }

  #offered(): OpenAccount {
    const account = this.#options.current();
    if (!announcedFeatures(account.mirror).has(encryptionChangeFeature)) {
      throw new StrongroomError('notOffered');
    }
    return account;
  }

  #viewOf(account: OpenAccount): ConversionView | null {
    return this.#conversions.get(account)?.view ?? null;
  }

  #tell(account: OpenAccount): void {
    if (!account.closed) this.#options.onChange(this.#viewOf(account));
  }
}
