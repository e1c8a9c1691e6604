/**
 * The repositories as everybody else sees them: each write that changes what somebody's client
 * holds is noted in the journal, in one transaction with the write itself.
 *
 * It is done here, around the repositories, so that no endpoint can forget it. A method that
 * is not named here only reads, or writes what no client holds; `journaled.test.ts` keeps the
 * list of those.
 */
import type { Kysely } from 'kysely';
import { inboxChange, placedEntry, scopeEntry } from './concerned.ts';
import { entering } from './entering.ts';
import type { ChangeEntry } from './journal.ts';
import type { Atomically, Within } from './noting.ts';
import { atomicallyOn } from './noting.ts';
import { bin, folders, items } from './placed.ts';
import type { Repositories } from './storage.ts';
import type { Tables } from './tables.ts';

function people(bare: Repositories, atomically: Atomically) {
  const organisations: Repositories['organisations'] = {
    ...bare.organisations,
    insert: (organisation, createdAt) =>
      atomically(async (within) => {
        await within.bare.organisations.insert(organisation, createdAt);
        await within.bare.journal.begin(organisation.id);
      }),
  };
  const users: Repositories['users'] = {
    ...bare.users,
    update: (user) =>
      atomically(async (within) => {
        const former = await within.bare.users.find(user.id);
        await within.bare.users.update(user);
        const entries: ChangeEntry[] = [];
        if (former?.role !== user.role) {
          const vaultIds = await within.about.companyVaults(user.organisationId);
          entries.push(...vaultIds.map((vaultId) => scopeEntry(vaultId, user.id)));
        }
        if (former?.fullName !== user.fullName || former.login !== user.login) {
          entries.push(...(await within.about.sentBy(user.id)));
        }
        await within.note(user.organisationId, entries);
      }),
  };
  return { organisations, users };
}

function groups(bare: Repositories, atomically: Atomically): Repositories['groups'] {
  const noteMembers = async (within: Within, groupId: string, userIds: readonly string[]) => {
    const vaultIds = await within.about.vaultsOfGroup(groupId);
    const entries = vaultIds.flatMap((vaultId) => userIds.map((userId) => scopeEntry(vaultId, userId)));
    await within.note(await within.about.organisationOf('user_groups', groupId), entries);
  };
  return {
    ...bare.groups,
    remove: (id) =>
      atomically(async (within) => {
        await noteMembers(within, id, await within.about.membersOf([id]));
        await within.bare.groups.remove(id);
      }),
    addMembers: (groupId, userIds) =>
      atomically(async (within) => {
        await within.bare.groups.addMembers(groupId, userIds);
        await noteMembers(within, groupId, userIds);
      }),
    removeMembers: (groupId, userIds) =>
      atomically(async (within) => {
        await within.bare.groups.removeMembers(groupId, userIds);
        await noteMembers(within, groupId, userIds);
      }),
  };
}

function sharing(bare: Repositories, atomically: Atomically) {
  const notShownAnyMore = (itemIds: readonly string[], change: (within: Within) => Promise<void>) =>
    atomically(async (within) => {
      const entries = await within.about.shownElsewhere({ ids: itemIds });
      if (entries.length === 0) return;
      await change(within);
      await within.note(await within.about.organisationOfItem(itemIds[0] ?? ''), entries);
    });
  const shortcuts: Repositories['shortcuts'] = {
    ...bare.shortcuts,
    insert: (shortcut, createdAt) =>
      atomically(async (within) => {
        await within.bare.shortcuts.insert(shortcut, createdAt);
        const organisationId = await within.about.organisationOf('vaults', shortcut.vaultId);
        await within.note(organisationId, [placedEntry('shortcut', shortcut)]);
      }),
    remove: (id) =>
      atomically(async (within) => {
        const shortcut = await within.bare.shortcuts.find(id);
        if (!shortcut) return;
        await within.bare.shortcuts.remove(id);
        const organisationId = await within.about.organisationOf('vaults', shortcut.vaultId);
        await within.note(organisationId, [placedEntry('shortcut', shortcut)]);
      }),
    removeTo: (itemIds) => notShownAnyMore(itemIds, (within) => within.bare.shortcuts.removeTo(itemIds)),
  };
  const changingInbox = (id: string, change: (within: Within) => Promise<void>) =>
    atomically(async (within) => {
      const entry = await within.bare.inbox.find(id);
      if (!entry) return;
      await change(within);
      const organisationId = await within.about.organisationOf('users', entry.receiverId);
      await within.note(organisationId, [inboxChange(id, entry.receiverId)]);
    });
  const inbox: Repositories['inbox'] = {
    ...bare.inbox,
    insert: (entry) =>
      atomically(async (within) => {
        await within.bare.inbox.insert(entry);
        const organisationId = await within.about.organisationOf('users', entry.receiverId);
        await within.note(organisationId, [inboxChange(entry.id, entry.receiverId)]);
      }),
    markViewed: async (id) => {
      if ((await bare.inbox.find(id))?.isViewed === true) return;
      await changingInbox(id, (within) => within.bare.inbox.markViewed(id));
    },
    setAccess: (id, access) => changingInbox(id, (within) => within.bare.inbox.setAccess(id, access)),
    remove: (id) => changingInbox(id, (within) => within.bare.inbox.remove(id)),
    removeOf: (itemIds) => notShownAnyMore(itemIds, (within) => within.bare.inbox.removeOf(itemIds)),
  };
  return { shortcuts, inbox };
}

/** The repositories on a database or a transaction of it, with the journal kept. */
export function journaled(
  database: Kysely<Tables>,
  bareOn: (database: Kysely<Tables>) => Repositories,
): Repositories {
  const bare = bareOn(database);
  const atomically = atomicallyOn(database, bareOn);
  return {
    ...bare,
    ...people(bare, atomically),
    ...sharing(bare, atomically),
    groups: groups(bare, atomically),
    ...entering(bare, atomically),
    folders: folders(bare, atomically),
    items: items(bare, atomically),
    bin: bin(bare, atomically),
  };
}
