/**
 * People of the organisation, their accounts and invitations. All of it happens on the server; what
 * is made here are first passwords, which stay in the main process until they are handed over.
 */
import type { Input, Output } from '../../../contract/index.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { GeneratorWishes } from '../../../contract/generator.ts';
import type {
  Handout,
  Invitation,
  Person,
  PeoplePage,
  Reach,
  WholePerson,
} from '../../../contract/people.ts';
import {
  actOnAccount,
  changeAccount,
  createAccount,
  createInvite,
  deleteAccount,
  groupsPage,
  listAccounts,
  listGroups,
  listInvites,
  readAccount,
  readHeldAlone,
  readReach,
  resetMasterKey,
  setAccountPassword,
  withdrawInvite,
} from '../../remote/index.ts';
import type { RemoteAccount, RemoteClient } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { drawValue } from '../generating/drawing.ts';
import type { ClipboardPort, Copied } from '../reading/copying.ts';
import { Handouts } from './handouts.ts';

export interface PeopleDeskOptions {
  readonly current: () => OpenAccount;
  readonly clipboard: ClipboardPort;
}

/** Log-in passwords are typed once from a note or a screen: long, and without what looks alike. */
const firstPassword: GeneratorWishes = {
  ...{ kind: 'characters' as const, length: 20, clear: true, without: '' },
  ...{ lower: 1, upper: 1, digits: 1, symbols: null },
};

const secondsOfDay = 86_400;

export class PeopleDesk {
  readonly #current: () => OpenAccount;
  readonly #handouts: Handouts;

  constructor({ current, clipboard }: PeopleDeskOptions) {
    this.#current = current;
    this.#handouts = new Handouts(clipboard);
  }

  async page(input: Input<'people', 'page'>): Promise<PeoplePage> {
    const { search, roleId, groupId, blocked, offset, limit } = input;
    const { items, total } = await listAccounts(this.#client, {
      ...{ search: search.trim(), offset, limit },
      ...{ roleId: roleId ?? undefined, groupId: groupId ?? undefined, blocked: blocked ?? undefined },
    });
    return { total, rows: items.map(personOf) };
  }

  async read(userId: string): Promise<WholePerson> {
    const account = this.#current();
    const read = await readAccount(account.client, userId);
    const names = read.userGroupIds.length === 0 ? new Map() : await groupNames(account.client);
    const groups = read.userGroupIds.map((id) => ({ id, name: names.get(id) ?? id }));
    return { ...personOf(read), groups, self: userId === account.profile.account.userId };
  }

  /** Every vault that a person reaches, by name, and why. */
  async reach(userId: string): Promise<Reach> {
    const { items, hiddenCount } = await readReach(this.#client, userId);
    const vaults = items.map(({ vault, access, source, hasKey }) => ({
      ...{ id: vault.id, name: vault.name, access, hasKey, through: source.kind },
      ...{ inFolder: source.folderId !== null, groups: source.groups.map(({ name }) => name) },
    }));
    return { vaults: vaults.toSorted((a, b) => a.name.localeCompare(b.name)), hidden: hiddenCount };
  }

  /** Throws `loginTaken`. */
  async create(input: Input<'people', 'create'>): Promise<Output<'people', 'create'>> {
    const password = newPassword();
    const userId = await createAccount(this.#client, { ...input, password });
    return { userId, ...this.#handouts.keep(password) };
  }

  update(userId: string, change: { readonly fullName: string; readonly email: string }): Promise<unknown> {
    return changeAccount(this.#client, userId, change);
  }

  setRole(userId: string, roleId: string): Promise<unknown> {
    return changeAccount(this.#client, userId, { roleId });
  }

  setBlocked(userId: string, blocked: boolean): Promise<unknown> {
    return actOnAccount(this.#client, userId, blocked ? 'block' : 'unblock');
  }

  unlock(userId: string): Promise<unknown> {
    return actOnAccount(this.#client, userId, 'unlock');
  }

  resetTwoFactor(userId: string): Promise<unknown> {
    return actOnAccount(this.#client, userId, 'reset-2fa');
  }

  async setPassword(userId: string): Promise<Handout> {
    const password = newPassword();
    await setAccountPassword(this.#client, userId, password);
    return this.#handouts.keep(password);
  }

  async heldAlone(userId: string): Promise<Output<'people', 'heldAlone'>> {
    return { vaults: await readHeldAlone(this.#client, userId) };
  }

  async remove(userId: string): Promise<Output<'people', 'remove'>> {
    return { lostVaults: await deleteAccount(this.#client, userId) };
  }

  resetMasterPassword(userId: string): Promise<Output<'people', 'resetMasterPassword'>> {
    return resetMasterKey(this.#client, userId);
  }

  async invite({ days, ...wanted }: Input<'people', 'invite'>): Promise<Output<'people', 'invite'>> {
    const made = await createInvite(this.#client, { ...wanted, life: days * secondsOfDay });
    return { id: made.id, expiresAt: made.expiresAt, ...this.#handouts.keep(made.code) };
  }

  /** Those that can still be used, the newest first. */
  async invitations(): Promise<Output<'people', 'invitations'>> {
    const now = Date.now();
    const invitations = (await listInvites(this.#client))
      .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
      .map(({ id, email, fullName, userRoleId, createdAt, expiresAt }): Invitation => {
        return { id, email, fullName, roleId: userRoleId, createdAt, expiresAt };
      });
    return { invitations: invitations.toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0)) };
  }

  withdraw(id: string): Promise<unknown> {
    return withdrawInvite(this.#client, id);
  }

  copyHandout(handoutId: string): Promise<Copied> {
    return this.#handouts.copy(handoutId);
  }

  showHandout(handoutId: string): { text: string } {
    return { text: this.#handouts.show(handoutId) };
  }

  forgetHandout(handoutId: string): void {
    this.#handouts.forget(handoutId);
  }

  /** Forgets everything that was not handed over; for locking. */
  clear(): void {
    this.#handouts.clear();
  }

  get #client(): RemoteClient {
    return this.#current().client;
  }
}

/** A person as the list shows them. */
export function personOf(account: RemoteAccount): Person {
  const { id, login, fullName, email, isBlocked, userRoleId, hasKeys } = account;
  return { id, login, fullName, email, blocked: isBlocked, roleId: userRoleId, hasKeys };
}

async function groupNames(client: RemoteClient): Promise<ReadonlyMap<string, string>> {
  const { items } = await listGroups(client, { search: '', offset: 0, limit: groupsPage });
  return new Map(items.map(({ id, name }) => [id, name]));
}

function newPassword(): string {
  const drawn = drawValue(firstPassword, []);
  if (!drawn.ok) throw new StrongroomError('internal');
  return drawn.text;
}
