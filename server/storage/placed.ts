/** Folders and records with the journal kept: what stands at a place, leaves it, comes back to it. */
import { placedEntry, scopeEntry } from './concerned.ts';
import type { ChangeEntry } from './journal.ts';
import type { Atomically } from './noting.ts';
import type { Repositories } from './storage.ts';

/** The repository of folders with the journal kept. */
export function folders(bare: Repositories, atomically: Atomically): Repositories['folders'] {
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
    move: (folder, parentId) =>
      atomically(async (within) => {
        // What is inherited may differ there; whoever is not named on the way inherits the vault's.
        const named = await within.about.namedBetween(folder.parentId, parentId);
        await within.bare.folders.move(folder, parentId);
        const entries = [entryOf(folder), ...named.map((userId) => scopeEntry(folder.vaultId, userId))];
        await within.note(await within.about.organisationOf('vaults', folder.vaultId), entries);
      }),
    restore: (folder, binId, parentId) =>
      atomically(async (within) => {
        const { about } = within;
        const folderIds = await within.bare.folders.idsInBin(binId);
        const named = [
          ...(await about.namedBetween(folder.parentId, parentId)),
          ...(folderIds.length === 0 ? [] : await about.namedIn({ folderIds })),
        ];
        const items = await about.inPlace({ binId });
        const elsewhere = await about.shownElsewhere({ binId });
        await within.bare.folders.restore(folder, binId, parentId);
        const entries = [
          ...folderIds.map((id) => entryOf({ id, vaultId: folder.vaultId })),
          ...items,
          ...elsewhere,
          ...(await about.shortcutsIn(folderIds)),
          ...named.map((userId) => scopeEntry(folder.vaultId, userId)),
        ];
        await within.note(await about.organisationOf('vaults', folder.vaultId), entries);
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

/** The repository of records with the journal kept. */
export function items(bare: Repositories, atomically: Atomically): Repositories['items'] {
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
    restore: (item) =>
      atomically(async (within) => {
        await within.bare.items.restore(item);
        const shown = await within.about.shownElsewhere({ ids: [item.id] });
        const organisationId = await within.about.organisationOf('vaults', item.vaultId);
        await within.note(organisationId, [placedEntry('item', item), ...shown]);
      }),
    purge: (binId) =>
      atomically(async (within) => {
        const choice = { binId };
        const entries = [
          ...(await within.about.inPlace(choice)),
          ...(await within.about.shownElsewhere(choice)),
        ];
        await within.bare.items.purge(binId);
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

/** The repository of the bin with the journal kept. */
export function bin(bare: Repositories, atomically: Atomically): Repositories['bin'] {
  return {
    ...bare.bin,
    remove: (entry, place) =>
      atomically(async (within) => {
        await within.bare.bin.remove(entry, place);
        const { objectId: id, vaultId } = entry;
        const noted = placedEntry(entry.kind, { id, vaultId, folderId: place });
        await within.note(await within.about.organisationOf('vaults', vaultId), [noted]);
      }),
  };
}
