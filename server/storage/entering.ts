/** Vaults and whatever lets people into them, with the journal kept; see `journaled.ts`. */
import { scopeEntry } from './concerned.ts';
import type { ChangeEntry } from './journal.ts';
import type { Atomically, Within } from './noting.ts';
import type { Repositories } from './storage.ts';

/** An entry of a vault's own description. */
const vaultEntry = (vaultId: string): ChangeEntry => ({
  ...{ kind: 'vault', objectId: vaultId, vaultId, folderId: '', userId: '' },
});

/** Everybody who may see a vault, or may have seen it before it went, and what of it is shown elsewhere. */
async function everybodyConcerned({ bare, about }: Within, vaultId: string, organisationId: string) {
  const vault = (await bare.vaults.find(vaultId)) ?? (await bare.vaults.findDeleted(vaultId));
  const typeId = vault?.customTypeId ?? null;
  const seenBy = [
    ...(typeId === null ? [] : await bare.vaultTypes.administrators(typeId)),
    ...(await about.namedIn({ vaultId })),
    ...(await bare.vaultKeys.holders(vaultId)),
    ...(await about.administrators(organisationId)),
  ];
  const elsewhere = await about.shownElsewhere({ vaultId });
  return [...elsewhere, ...seenBy.map((userId) => scopeEntry(vaultId, userId))];
}

function vaults(bare: Repositories, atomically: Atomically): Repositories['vaults'] {
  /** A change by which a vault comes or goes as a whole. */
  const comingOrGoing = (vaultId: string, change: (within: Within) => Promise<void>) =>
    atomically(async (within) => {
      const organisationId = await within.about.organisationOf('vaults', vaultId);
      const entries =
        organisationId === undefined ? [] : await everybodyConcerned(within, vaultId, organisationId);
      await change(within);
      await within.note(organisationId, entries);
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
    update: (vault) =>
      atomically(async (within) => {
        await within.bare.vaults.update(vault);
        await within.note(vault.organisationId, [vaultEntry(vault.id)]);
      }),
    setType: (vault, type, customTypeId) =>
      comingOrGoing(vault.id, (within) => within.bare.vaults.setType(vault, type, customTypeId)),
    moveToBin: (id, deleterId, deletedAt) =>
      comingOrGoing(id, (within) => within.bare.vaults.moveToBin(id, deleterId, deletedAt)),
    restore: (id) => comingOrGoing(id, (within) => within.bare.vaults.restore(id)),
    remove: (id) => comingOrGoing(id, (within) => within.bare.vaults.remove(id)),
  };
}

function vaultKeys(bare: Repositories, atomically: Atomically): Repositories['vaultKeys'] {
  const changing = (vaultId: string, userId: string, change: (within: Within) => Promise<void>) =>
    atomically(async (within) => {
      await change(within);
      const organisationId = await within.about.organisationOf('vaults', vaultId);
      await within.note(organisationId, [scopeEntry(vaultId, userId)]);
    });
  return {
    ...bare.vaultKeys,
    set: (vaultId, userId, wrapped) =>
      changing(vaultId, userId, (within) => within.bare.vaultKeys.set(vaultId, userId, wrapped)),
    remove: (vaultId, userId) =>
      changing(vaultId, userId, (within) => within.bare.vaultKeys.remove(vaultId, userId)),
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
        // Whether a vault is shared is part of its description, which its other readers hold.
        await within.note(organisationId, [...entries, vaultEntry(entry.vaultId)]);
      }),
  };
}

function vaultTypes(bare: Repositories, atomically: Atomically): Repositories['vaultTypes'] {
  return {
    ...bare.vaultTypes,
    setAdministrator: (id, userId, administers) =>
      atomically(async (within) => {
        await within.bare.vaultTypes.setAdministrator(id, userId, administers);
        const vaultIds = await within.bare.vaultTypes.vaultIdsOf(id);
        const organisationId = await within.about.organisationOf('users', userId);
        const entries = vaultIds.map((vaultId) => scopeEntry(vaultId, userId));
        await within.note(organisationId, entries);
      }),
  };
}

function hiddenVaults(bare: Repositories, atomically: Atomically): Repositories['hiddenVaults'] {
  return {
    ...bare.hiddenVaults,
    set: (userId, vaultId, isHidden) =>
      atomically(async (within) => {
        await within.bare.hiddenVaults.set(userId, vaultId, isHidden);
        const organisationId = await within.about.organisationOf('vaults', vaultId);
        await within.note(organisationId, [{ ...vaultEntry(vaultId), userId }]);
      }),
  };
}

function rekeyings(bare: Repositories, atomically: Atomically): Repositories['rekeyings'] {
  return {
    ...bare.rekeyings,
    replaceKey: (vault, key) =>
      atomically(async (within) => {
        // Everything in the vault is another under another key: everybody reads it whole.
        const entries = await everybodyConcerned(within, vault.id, vault.organisationId);
        await within.bare.rekeyings.replaceKey(vault, key);
        await within.note(vault.organisationId, entries);
      }),
  };
}

/** The repositories of vaults, their keys, their types and access to them, with the journal kept. */
export function entering(bare: Repositories, atomically: Atomically) {
  return {
    vaults: vaults(bare, atomically),
    vaultKeys: vaultKeys(bare, atomically),
    vaultTypes: vaultTypes(bare, atomically),
    hiddenVaults: hiddenVaults(bare, atomically),
    access: access(bare, atomically),
    rekeyings: rekeyings(bare, atomically),
  };
}
