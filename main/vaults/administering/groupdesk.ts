/** Groups of people. Who joins one waits in each of its vaults for somebody to hand over the key. */
import type { Input, Output } from '../../../contract/index.ts';
import type { GroupReach } from '../../../contract/groups.ts';
import type { PeoplePage } from '../../../contract/people.ts';
import {
  changeMembers,
  createGroup,
  deleteGroup,
  listAccounts,
  listGroups,
  readGroupReach,
  renameGroup,
} from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { personOf } from './peopledesk.ts';

export class GroupDesk {
  readonly #current: () => OpenAccount;

  constructor({ current }: { readonly current: () => OpenAccount }) {
    this.#current = current;
  }

  async page({ search, offset, limit }: Input<'groups', 'page'>): Promise<Output<'groups', 'page'>> {
    const { client } = this.#current();
    const { items, total } = await listGroups(client, { search: search.trim(), offset, limit });
    return { total, rows: items };
  }

  async members({ groupId, search, offset, limit }: Input<'groups', 'members'>): Promise<PeoplePage> {
    const { client } = this.#current();
    const wish = { search: search.trim(), groupId, offset, limit };
    const { items, total } = await listAccounts(client, wish);
    return { total, rows: items.map(personOf) };
  }

  /** Where the group is named, by the vaults' names. */
  async reach(groupId: string): Promise<GroupReach> {
    const { items, hiddenCount } = await readGroupReach(this.#current().client, groupId);
    const vaults = items.map(({ vault, folderId, access }) => ({
      ...{ id: vault.id, name: vault.name, access, inFolder: folderId !== null },
    }));
    const seen = new Set(vaults.map(({ id }) => id)).size;
    return {
      vaults: vaults.toSorted((a, b) => a.name.localeCompare(b.name)),
      total: seen + hiddenCount,
      hidden: hiddenCount,
    };
  }

  async create(name: string): Promise<{ groupId: string }> {
    return { groupId: await createGroup(this.#current().client, name) };
  }

  rename(groupId: string, name: string): Promise<unknown> {
    return renameGroup(this.#current().client, groupId, name);
  }

  /** Vaults that were reached through the group alone go from this device as well. */
  remove(groupId: string): Promise<unknown> {
    return this.#changing((client) => deleteGroup(client, groupId));
  }

  addMembers(groupId: string, userIds: readonly string[]): Promise<unknown> {
    return this.#changing((client) => changeMembers(client, groupId, 'add-users', userIds));
  }

  removeMembers(groupId: string, userIds: readonly string[]): Promise<unknown> {
    return this.#changing((client) => changeMembers(client, groupId, 'remove-users', userIds));
  }

  /** Membership decides what oneself may see as well, so the copy is brought up to date. */
  async #changing(change: (client: OpenAccount['client']) => Promise<unknown>): Promise<void> {
    const { client, synchroniser } = this.#current();
    await change(client);
    synchroniser.schedule.wanted();
  }
}
