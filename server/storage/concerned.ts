/**
 * What a change touches besides the object itself: the shortcuts and inbox entries that show
 * a record, and the people whose view of a vault hangs on an entry of access.
 */
import type { Kysely } from 'kysely';
import type { ChangeEntry } from './journal.ts';
import type { Tables } from './tables.ts';

/** Records, by name, by where they are, or by the entry with which they went to the bin. */
export type ItemChoice =
  { ids: readonly string[] } | { folderIds: readonly string[] } | { vaultId: string } | { binId: string };

const none = '';

/** An entry of a person's access to a vault. */
export function scopeEntry(vaultId: string, userId: string): ChangeEntry {
  return { kind: 'scope', objectId: vaultId, vaultId, folderId: none, userId };
}

/** An entry of an object that stands at a place. */
export function placedEntry(
  kind: 'item' | 'folder' | 'shortcut',
  object: { id: string; vaultId: string; folderId: string | null },
  userId = none,
): ChangeEntry {
  return { kind, objectId: object.id, vaultId: object.vaultId, folderId: object.folderId ?? none, userId };
}

/** An entry of something that was sent to a person. */
export function inboxChange(id: string, receiverId: string): ChangeEntry {
  return { kind: 'inbox', objectId: id, vaultId: none, folderId: none, userId: receiverId };
}

/** Questions to the database that the journal needs answered. */
export function concernedBy(database: Kysely<Tables>) {
  const chosen = (choice: ItemChoice) => {
    const items = database.selectFrom('items');
    if ('ids' in choice) return items.where('items.id', 'in', choice.ids);
    if ('binId' in choice) return items.where('items.bin_id', '=', choice.binId);
    return 'vaultId' in choice
      ? items.where('items.vault_id', '=', choice.vaultId)
      : items.where('items.folder_id', 'in', choice.folderIds);
  };

  async function inPlace(choice: ItemChoice): Promise<ChangeEntry[]> {
    const rows = await chosen(choice).select(['items.id', 'items.vault_id', 'items.folder_id']).execute();
    return rows.map((row) =>
      placedEntry('item', { id: row.id, vaultId: row.vault_id, folderId: row.folder_id }),
    );
  }

  /** Everything that shows some records elsewhere: shortcuts to them, and where they were sent. */
  async function shownElsewhere(choice: ItemChoice): Promise<ChangeEntry[]> {
    const ids = chosen(choice).select('items.id');
    const shortcuts = await database
      .selectFrom('shortcuts')
      .select(['id', 'vault_id', 'folder_id'])
      .where('item_id', 'in', ids)
      .execute();
    const sent = await database
      .selectFrom('inbox')
      .select(['id', 'receiver_id'])
      .where('item_id', 'in', ids)
      .execute();
    return [
      ...shortcuts.map((row) =>
        placedEntry('shortcut', { id: row.id, vaultId: row.vault_id, folderId: row.folder_id }),
      ),
      ...sent.map((row) => inboxChange(row.id, row.receiver_id)),
    ];
  }

  async function shortcutsIn(folderIds: readonly string[]): Promise<ChangeEntry[]> {
    const rows = await database
      .selectFrom('shortcuts')
      .select(['id', 'vault_id', 'folder_id'])
      .where('folder_id', 'in', folderIds)
      .execute();
    return rows.map((row) =>
      placedEntry('shortcut', { id: row.id, vaultId: row.vault_id, folderId: row.folder_id }),
    );
  }

  async function sentBy(userId: string): Promise<ChangeEntry[]> {
    const rows = await database
      .selectFrom('inbox')
      .select(['id', 'receiver_id'])
      .where('sender_id', '=', userId)
      .execute();
    return rows.map((row) => inboxChange(row.id, row.receiver_id));
  }

  async function membersOf(groupIds: readonly string[]): Promise<string[]> {
    if (groupIds.length === 0) return [];
    const members = database.selectFrom('group_members').select('user_id').where('group_id', 'in', groupIds);
    return (await members.execute()).map((row) => row.user_id);
  }

  /** The people whom entries of access name, directly or through a group. */
  async function named(
    entries: readonly { user_id: string | null; group_id: string | null }[],
  ): Promise<string[]> {
    const direct = entries.map((entry) => entry.user_id).filter((id) => id !== null);
    const groups = entries.map((entry) => entry.group_id).filter((id) => id !== null);
    return [...direct, ...(await membersOf([...new Set(groups)]))];
  }

  async function namedIn(place: { vaultId: string } | { folderIds: readonly string[] }): Promise<string[]> {
    const access = database.selectFrom('access').select(['user_id', 'group_id']);
    const rows =
      'vaultId' in place
        ? access.where('vault_id', '=', place.vaultId)
        : access.where('folder_id', 'in', place.folderIds);
    return named(await rows.execute());
  }

  /** A folder and the folders above it. */
  async function chainOf(folderId: string | null): Promise<string[]> {
    const chain: string[] = [];
    for (let next = folderId; next !== null && !chain.includes(next);) {
      chain.push(next);
      const row = await database
        .selectFrom('folders')
        .select('parent_id')
        .where('id', '=', next)
        .executeTakeFirst();
      next = row?.parent_id ?? null;
    }
    return chain;
  }

  /** The people whose access to what stands in one folder may differ from that in another. */
  async function namedBetween(one: string | null, other: string | null): Promise<string[]> {
    if (one === other) return [];
    const folderIds = [...new Set([...(await chainOf(one)), ...(await chainOf(other))])];
    return folderIds.length === 0 ? [] : namedIn({ folderIds });
  }

  async function administrators(organisationId: string): Promise<string[]> {
    const rows = await database
      .selectFrom('users')
      .select('id')
      .where('organisation_id', '=', organisationId)
      .where('role', '=', 'administrator')
      .execute();
    return rows.map((row) => row.id);
  }

  async function companyVaults(organisationId: string): Promise<string[]> {
    const rows = await database
      .selectFrom('vaults')
      .select('id')
      .where('organisation_id', '=', organisationId)
      .where('type', '=', 'company')
      .execute();
    return rows.map((row) => row.id);
  }

  /** The vaults in which a group is named. */
  async function vaultsOfGroup(groupId: string): Promise<string[]> {
    const rows = await database
      .selectFrom('access')
      .select('vault_id')
      .distinct()
      .where('group_id', '=', groupId)
      .execute();
    return rows.map((row) => row.vault_id);
  }

  async function organisationOf(
    table: 'vaults' | 'users' | 'user_groups',
    id: string,
  ): Promise<string | undefined> {
    const row = await database
      .selectFrom(table)
      .select('organisation_id')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.organisation_id;
  }

  async function organisationOfItem(itemId: string): Promise<string | undefined> {
    const row = await database
      .selectFrom('items')
      .innerJoin('vaults', 'vaults.id', 'items.vault_id')
      .select('vaults.organisation_id')
      .where('items.id', '=', itemId)
      .executeTakeFirst();
    return row?.organisation_id;
  }

  return {
    ...{ inPlace, shownElsewhere, shortcutsIn, sentBy, membersOf, namedIn, namedBetween },
    ...{ administrators, companyVaults, vaultsOfGroup, organisationOf, organisationOfItem },
  };
}

export type Concerned = ReturnType<typeof concernedBy>;
