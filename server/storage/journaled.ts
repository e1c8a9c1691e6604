/**
 * The repositories as everybody else sees them: each write that changes what somebody's client
 * holds is noted in the journal, in one transaction with the write itself.
 *
 * It is done here, around the repositories, so that no endpoint can forget it. A method that
 * is not named here only reads, or writes what no client holds; `journaled.test.ts` keeps the
 * list of those.
 */
import type { Kysely } from 'kysely';
import type { Concerned } from './concerned.ts';
import { concernedBy, inboxChange, placedEntry, scopeEntry } from './concerned.ts';
import type { ChangeEntry } from './journal.ts';
import type { Repositories } from './storage.ts';
import type { Tables } from './tables.ts';

/** The bare repositories on one transaction, and the questions that the journal asks there. */
interface Within {
  readonly bare: Repositories;
  readonly about: Concerned;
  note(organisationId: string | undefined, entries: readonly ChangeEntry[]): Promise<void>;
}

type Atomically = <Result>(work: (within: Within) => Promise<Result>) => Promise<Result>;

function atomicallyOn(
  database: Kysely<Tables>,
  bareOn: (database: Kysely<Tables>) => Repositories,
): Atomically {
  return (work) => {
    const run = (executor: Kysely<Tables>) => {
      const bare = bareOn(executor);
      return work({
        bare,
        about: concernedBy(executor),
        note: async (organisationId, entries) => {
          // Whatever belongs to nobody's organisation is seen by nobody.
          if (organisationId !== undefined) await bare.journal.note(organisationId, entries);
        },
      });
    };
    return database.isTransaction ? run(database) : database.transaction().execute(run);
  };
}

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

/** Everybody who may have seen a vault before it went, and what of it was shown elsewhere. */
async function lossOfVault({ bare, about }: Within, vaultId: string, organisationId: string) {
  const seenBy = [
    ...(await about.namedIn({ vaultId })),
    ...(await bare.vaults.keyHolders(vaultId)),
    ...(await about.administrators(organisationId)),
  ];
  const elsewhere = await about.shownElsewhere({ vaultId });
  return [...elsewhere, ...seenBy.map((userId) => scopeEntry(vaultId, userId))];
}

function vaults(bare: Repositories, atomically: Atomically): Repositories['vaults'] {
  const changingKey = (vaultId: string, userId: string, change: (within: Within) => Promise<void>) =>
    atomically(async (within) => {
      await change(within);
      const organisationId = await within.about.organisationOf('vaults', vaultId);
      await within.note(organisationId, [scopeEntry(vaultId, userId)]);
    });
  return {
    ...bare.vaults,
    insert: (vault, createdAt) =>
      atomically(async (within) => {
        await within.bare.vaults.insert(vault, createdAt);
        if (vault.type !== 'company') return;
        const administrators = await within.about.administrators(vault.organisationId);
        const entries = administrators.map((userId) => scopeEntry(vault.id, userId));
        await within.note(vault.organisationId, entries);
      }),
    rename: (vault, name) =>
      atomically(async (within) => {
        await within.bare.vaults.rename(vault, name);
        const { id: vaultId, organisationId } = vault;
        const entry = { kind: 'vault', objectId: vaultId, vaultId, folderId: '', userId: '' } as const;
        await within.note(organisationId, [entry]);
      }),
    remove: (id) =>
      atomically(async (within) => {
        const organisationId = await within.about.organisationOf('vaults', id);
        const entries = organisationId === undefined ? [] : await lossOfVault(within, id, organisationId);
        await within.bare.vaults.remove(id);
        await within.note(organisationId, entries);
      }),
    setKey: (vaultId, userId, wrapped) =>
      changingKey(vaultId, userId, (within) => within.bare.vaults.setKey(vaultId, userId, wrapped)),
    removeKey: (vaultId, userId) =>
      changingKey(vaultId, userId, (within) => within.bare.vaults.removeKey(vaultId, userId)),
  };
}

function folders(bare: Repositories, atomically: Atomically): Repositories['folders'] {
  const entryOf = (folder: { id: string; vaultId: string }): ChangeEntry =>
    placedEntry('folder', { ...folder, folderId: folder.id });
  return {
    ...bare.folders,
    insert: (folder, createdAt) =>
      atomically(async (within) => {
        await within.bare.folders.insert(folder, createdAt);
        await within.note(await within.about.organisationOf('vaults', folder.vaultId), [entryOf(folder)]);
      }),
    rename: (folder, name) =>
      atomically(async (within) => {
        await within.bare.folders.rename(folder, name);
        await within.note(await within.about.organisationOf('vaults', folder.vaultId), [entryOf(folder)]);
      }),
    moveToBin: (folderIds, binId) =>
      atomically(async (within) => {
        const { about } = within;
        const [first] = folderIds;
        const vaultId = first && (await within.bare.folders.find(first))?.vaultId;
        const entries = [
          ...(await about.inPlace({ folderIds })),
          ...(await about.shownElsewhere({ folderIds })),
          ...(await about.shortcutsIn(folderIds)),
        ];
        if (vaultId) {
          entries.push(...folderIds.map((id) => entryOf({ id, vaultId })));
          // Somebody may have seen the vault for the sake of one of these folders alone.
          const named = await about.namedIn({ folderIds });
          entries.push(...named.map((userId) => scopeEntry(vaultId, userId)));
        }
        await within.bare.folders.moveToBin(folderIds, binId);
        await within.note(vaultId && (await about.organisationOf('vaults', vaultId)), entries);
      }),
  };
}

function access(bare: Repositories, atomically: Atomically): Repositories['access'] {
  return {
    ...bare.access,
    set: (entry, level) =>
      atomically(async (within) => {
        await within.bare.access.set(entry, level);
        const userIds =
          entry.userId !== null ? [entry.userId] : await within.about.membersOf([entry.groupId ?? '']);
        const organisationId = await within.about.organisationOf('vaults', entry.vaultId);
        const entries = userIds.map((userId) => scopeEntry(entry.vaultId, userId));
        await within.note(organisationId, entries);
      }),
  };
}

function items(bare: Repositories, atomically: Atomically): Repositories['items'] {
  return {
    ...bare.items,
    insert: (drafts) =>
      atomically(async (within) => {
        await within.bare.items.insert(drafts);
        for (const [vaultId, inVault] of Map.groupBy(drafts, (item) => item.vaultId)) {
          const organisationId = await within.about.organisationOf('vaults', vaultId);
          const entries = inVault.map((item) => placedEntry('item', item));
          await within.note(organisationId, entries);
        }
      }),
    update: (item, formerRevision) =>
      atomically(async (within) => {
        const choice = { ids: [item.id] };
        const left = await within.about.inPlace(choice);
        const updated = await within.bare.items.update(item, formerRevision);
        if (!updated) return false;
        const shown = await within.about.shownElsewhere(choice);
        const organisationId = await within.about.organisationOf('vaults', item.vaultId);
        await within.note(organisationId, [...left, placedEntry('item', item), ...shown]);
        return true;
      }),
    moveToBin: (id, binId) =>
      atomically(async (within) => {
        const choice = { ids: [id] };
        const entries = [
          ...(await within.about.inPlace(choice)),
          ...(await within.about.shownElsewhere(choice)),
        ];
        await within.bare.items.moveToBin(id, binId);
        const [place] = entries;
        await within.note(place && (await within.about.organisationOf('vaults', place.vaultId)), entries);
      }),
    setFavorite: (userId, itemId, isFavorite) =>
      atomically(async (within) => {
        await within.bare.items.setFavorite(userId, itemId, isFavorite);
        const choice = { ids: [itemId] };
        const placed = [
          ...(await within.about.inPlace(choice)),
          ...(await within.about.shownElsewhere(choice)),
        ].filter((entry) => entry.kind !== 'inbox' || entry.userId === userId);
        const organisationId = await within.about.organisationOf('users', userId);
        const entries = placed.map((entry) => ({ ...entry, userId }));
        await within.note(organisationId, entries);
      }),
  };
}

function sharing(bare: Repositories, atomically: Atomically) {
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
    remove: (id) => changingInbox(id, (within) => within.bare.inbox.remove(id)),
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
    vaults: vaults(bare, atomically),
    folders: folders(bare, atomically),
    access: access(bare, atomically),
    items: items(bare, atomically),
  };
}
