/**
 * Making, describing, leaving and deleting vaults. Nothing of it waits in the outbox: whoever makes
 * a vault must know at once who can open it.
 *
 * A new vault's key is wrapped for oneself with the public key that is computed from the private
 * one, and for others through `recipients` alone; it is pinned before anything of the vault is
 * synced, so that a server cannot put a key of its own in its place.
 */
import type { Input, Output } from '../../../contract/index.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { generateSalt, generateVaultKey, vaultCheckValue, wipe } from '../../keychain/index.ts';
import type { VaultKey } from '../../keychain/index.ts';
import {
  createVault,
  deleteVault,
  describeVault,
  eraseDeletedVault,
  leaveVault,
  listCreatableTypes,
  listDeletedVaults,
  listTypeAdministrators,
  readVaultFacts,
  restoreVault,
  setVaultSettings,
  setVaultType,
  setVaultVisible,
} from '../../remote/index.ts';
import type { NewVault, SentVaultKey } from '../../remote/index.ts';
import type { RecipientWish } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { namedPeople } from './names.ts';
import { passedOnKey } from './passedonkey.ts';

export class VaultDesk {
  readonly #current: () => OpenAccount;

  constructor({ current }: { readonly current: () => OpenAccount }) {
    this.#current = current;
  }

  /** The types that a vault can have. Throws the network's codes, as everything here. */
  async types(): Promise<Output<'vaultAdmin', 'types'>> {
    const types = await listCreatableTypes(this.#current().client);
    return { types: types.map(({ id, code, name, mayCreate }) => ({ id, code, name, mayCreate })) };
  }

  /** The others who must be given the key of a vault of a type; nobody without client-side encryption. */
  async administrators(typeId: string): Promise<Output<'vaultAdmin', 'administrators'>> {
    const account = this.#current();
    if (account.mode === 'none') return { people: [] };
    const ownId = account.mirror.pins.read()?.userId;
    const all = await listTypeAdministrators(account.client, typeId);
    // Whoever has no key pair yet becomes an access request.
    const others = all.filter(({ id, hasKeys }) => hasKeys && id !== ownId).map(({ id }) => id);
    return { people: await namedPeople(account, others) };
  }

  /**
   * Makes a vault and gives its id. Throws the codes of `Recipients.admit` and `own` before anything
   * was sent, `nameMissing`, `administratorsChanged`, `forbidden`.
   */
  async create(wish: Input<'vaultAdmin', 'create'>): Promise<Output<'vaultAdmin', 'create'>> {
    const account = this.#current();
    const name = nameOf(wish.name);
    const { description, typeId } = wish;
    const made = (key: SentVaultKey | null): NewVault => ({ name, description, typeId, key });
    if (account.mode === 'none') {
      const vaultId = await createVault(account.client, made(null));
      syncAside(account);
      return { vaultId };
    }
    const key = generateVaultKey();
    try {
      const sent = await wrapForAll(account, key, wish.recipients);
      const known = new Set(account.mirror.vaults.all().map(({ serverId }) => serverId));
      const vaultId = await createVault(account.client, made(sent));
      // Else the key made here would take the place of the one that is pinned for another vault.
      if (known.has(vaultId)) throw new StrongroomError('badAnswer', { reason: 'vault' });
      account.vaultKeys?.pinMade(vaultId, key);
      syncAside(account);
      return { vaultId };
    } finally {
      wipe(key);
    }
  }

  async facts(vaultId: string): Promise<Output<'vaultAdmin', 'facts'>> {
    const { description, isShared, isVisible, name, settings, typeId } = await readVaultFacts(
      this.#current().client,
      vaultId,
    );
    return { id: vaultId, name, description, typeId, isShared, isVisible, settings };
  }

  /** Throws `nameMissing`, `forbidden`. */
  async describe({ vaultId, name, description }: Input<'vaultAdmin', 'describe'>): Promise<void> {
    const change = { name: nameOf(name), description };
    await this.#change((account) => describeVault(account.client, vaultId, change));
  }

  setSettings({ vaultId, settings }: Input<'vaultAdmin', 'setSettings'>): Promise<void> {
    return this.#change((account) => setVaultSettings(account.client, vaultId, settings));
  }

  /** Throws the codes of `Recipients.admit`, `vaultKeyChanged`, `vaultKeyMissing`, `lastAdministrator`. */
  setType({ vaultId, typeId, recipients }: Input<'vaultAdmin', 'setType'>): Promise<void> {
    return this.#change(async (account) => {
      const keys = new Map<string, string>();
      for (const wish of recipients) {
        const recipient = await account.recipients.admit(wish);
        keys.set(recipient.userId, recipient.wrapVaultKey(passedOnKey(account, vaultId)));
      }
      await setVaultType(account.client, vaultId, typeId, keys);
    });
  }

  setVisible(vaultId: string, isVisible: boolean): Promise<void> {
    return this.#change((account) => setVaultVisible(account.client, vaultId, isVisible));
  }

  /** Throws `lastAdministrator`, `accessThroughOthers`. */
  leave(vaultId: string): Promise<void> {
    return this.#change((account) => leaveVault(account.client, vaultId));
  }

  remove(vaultId: string): Promise<void> {
    return this.#change((account) => deleteVault(account.client, vaultId));
  }

  async deleted(): Promise<Output<'vaultAdmin', 'deleted'>> {
    const vaults = await listDeletedVaults(this.#current().client);
    return {
      vaults: vaults.map(({ id, name, deletedAt, deletedBy }) => ({
        ...{ id, name, deletedAt },
        deletedBy: deletedBy ? deletedBy.fullName || deletedBy.login : null,
      })),
    };
  }

  restore(vaultId: string): Promise<void> {
    return this.#change((account) => restoreVault(account.client, vaultId));
  }

  erase(vaultId: string): Promise<void> {
    return this.#change((account) => eraseDeletedVault(account.client, vaultId));
  }

  async #change(deed: (account: OpenAccount) => Promise<unknown>): Promise<void> {
    const account = this.#current();
    await deed(account);
    syncAside(account);
  }
}

/** Brings what was changed into the mirror; how that ends is told as every sync's end is. */
export function syncAside(account: OpenAccount): void {
  account.aside(account.synchroniser.start());
}

/**
 * A new vault's key for everybody who must have it. Asks the server for the own public key as well:
 * one that states another than the own is not given a vault to lie about.
 */
async function wrapForAll(
  { mirror, recipients }: OpenAccount,
  key: VaultKey,
  wishes: readonly RecipientWish[],
): Promise<SentVaultKey> {
  const own = recipients.own();
  await recipients.look(own.userId);
  const administrators = new Map<string, string>();
  for (const wish of wishes) {
    if (wish.userId === mirror.pins.read()?.userId) continue;
    const recipient = await recipients.admit(wish);
    administrators.set(recipient.userId, recipient.wrapVaultKey(key));
  }
  const salt = generateSalt();
  return { masterKeyHash: vaultCheckValue(key, salt), salt, own: own.wrapVaultKey(key), administrators };
}

function nameOf(typed: string): string {
  const name = typed.trim();
  if (name === '') throw new StrongroomError('nameMissing');
  return name;
}
