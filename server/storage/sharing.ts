/** Shortcuts and inbox entries. */
import type { Kysely, Selectable } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { InboxTable, ShortcutTable, Tables } from './tables.ts';

export interface Shortcut {
  id: string;
  itemId: string;
  vaultId: string;
  folderId: string | null;
  creatorId: string;
  keyEncrypted: string | null;
}

export interface InboxEntry {
  id: string;
  itemId: string;
  receiverId: string;
  /** The group that it was sent to; null where it was sent to the person. */
  groupId: string | null;
  senderId: string;
  access: 'read' | 'write';
  isViewed: boolean;
  createdAt: number;
  keyEncrypted: string | null;
}

/** The repository of shortcuts. */
export function shortcutStore(database: Kysely<Tables>, seal: Seal) {
  const open = (row: Selectable<ShortcutTable>): Shortcut => ({
    id: row.id,
    itemId: row.item_id,
    vaultId: row.vault_id,
    folderId: row.folder_id,
    creatorId: row.creator_id,
    keyEncrypted: seal.openJson<string | null>(row.content),
  });

  return {
    async insert(shortcut: Shortcut, createdAt: number): Promise<void> {
      await database
        .insertInto('shortcuts')
        .values({
          id: shortcut.id,
          item_id: shortcut.itemId,
          vault_id: shortcut.vaultId,
          folder_id: shortcut.folderId,
          creator_id: shortcut.creatorId,
          created_at: createdAt,
          content: seal.sealJson(shortcut.keyEncrypted),
        })
        .execute();
    },

    async remove(id: string): Promise<void> {
      await database.deleteFrom('shortcuts').where('id', '=', id).execute();
    },

    async find(id: string): Promise<Shortcut | undefined> {
      const row = await database.selectFrom('shortcuts').selectAll().where('id', '=', id).executeTakeFirst();
      return row && open(row);
    },

    async findMany(ids: readonly string[]): Promise<Map<string, Shortcut>> {
      if (ids.length === 0) return new Map();
      const rows = await database.selectFrom('shortcuts').selectAll().where('id', 'in', ids).execute();
      return new Map(rows.map((row) => [row.id, open(row)]));
    },

    async inVaults(vaultIds: readonly string[]): Promise<Shortcut[]> {
      if (vaultIds.length === 0) return [];
      const rows = await database
        .selectFrom('shortcuts')
        .selectAll()
        .where('vault_id', 'in', vaultIds)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(open);
    },

    /** Removes every shortcut to some records. */
    async removeTo(itemIds: readonly string[]): Promise<void> {
      await database.deleteFrom('shortcuts').where('item_id', 'in', itemIds).execute();
    },

    async toItem(itemId: string): Promise<Shortcut[]> {
      const rows = await database.selectFrom('shortcuts').selectAll().where('item_id', '=', itemId).execute();
      return rows.map(open);
    },
  };
}

/** The repository of inbox entries. */
export function inboxStore(database: Kysely<Tables>, seal: Seal) {
  const open = (row: Selectable<InboxTable>): InboxEntry => ({
    id: row.id,
    itemId: row.item_id,
    receiverId: row.receiver_id,
    groupId: row.group_id,
    senderId: row.sender_id,
    access: row.access,
    isViewed: row.is_viewed === 1,
    createdAt: row.created_at,
    keyEncrypted: seal.openJson<string | null>(row.content),
  });

  return {
    async insert(entry: InboxEntry): Promise<void> {
      await database
        .insertInto('inbox')
        .values({
          id: entry.id,
          item_id: entry.itemId,
          receiver_id: entry.receiverId,
          group_id: entry.groupId,
          sender_id: entry.senderId,
          access: entry.access,
          is_viewed: entry.isViewed ? 1 : 0,
          created_at: entry.createdAt,
          content: seal.sealJson(entry.keyEncrypted),
        })
        .execute();
    },

    async find(id: string): Promise<InboxEntry | undefined> {
      const row = await database.selectFrom('inbox').selectAll().where('id', '=', id).executeTakeFirst();
      return row && open(row);
    },

    async findMany(ids: readonly string[]): Promise<Map<string, InboxEntry>> {
      if (ids.length === 0) return new Map();
      const rows = await database.selectFrom('inbox').selectAll().where('id', 'in', ids).execute();
      return new Map(rows.map((row) => [row.id, open(row)]));
    },

    async markViewed(id: string): Promise<void> {
      await database.updateTable('inbox').set({ is_viewed: 1 }).where('id', '=', id).execute();
    },

    async remove(id: string): Promise<void> {
      await database.deleteFrom('inbox').where('id', '=', id).execute();
    },

    /** Takes back everything by which some records were sent. */
    async removeOf(itemIds: readonly string[]): Promise<void> {
      await database.deleteFrom('inbox').where('item_id', 'in', itemIds).execute();
    },

    async setAccess(id: string, access: InboxEntry['access']): Promise<void> {
      await database.updateTable('inbox').set({ access }).where('id', '=', id).execute();
    },

    /** What a person has sent, newest first. */
    async sentBy(senderId: string): Promise<InboxEntry[]> {
      const sent = database.selectFrom('inbox').selectAll().where('sender_id', '=', senderId);
      return (await sent.orderBy('created_at', 'desc').orderBy('id', 'desc').execute()).map(open);
    },

    /** To whom a record was sent, newest first. */
    async ofItem(itemId: string): Promise<InboxEntry[]> {
      const sent = database.selectFrom('inbox').selectAll().where('item_id', '=', itemId);
      return (await sent.orderBy('created_at', 'desc').orderBy('id', 'desc').execute()).map(open);
    },

    /** What some people have received as members of a group. */
    async throughGroup(groupId: string, receiverIds: readonly string[]): Promise<InboxEntry[]> {
      if (receiverIds.length === 0) return [];
      const sent = database.selectFrom('inbox').selectAll().where('group_id', '=', groupId);
      return (await sent.where('receiver_id', 'in', receiverIds).execute()).map(open);
    },

    /** What a person has received, newest first; of one record only when it is named. */
    async receivedBy(receiverId: string, itemId?: string): Promise<InboxEntry[]> {
      let query = database.selectFrom('inbox').selectAll().where('receiver_id', '=', receiverId);
      if (itemId !== undefined) query = query.where('item_id', '=', itemId);
      return (await query.orderBy('created_at', 'desc').orderBy('id', 'desc').execute()).map(open);
    },
  };
}
