/** Records as they are now, and which of them are whose favourites. */
import type { Kysely, Selectable } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { Engine } from './engine.ts';
import type { ItemTable, Tables } from './tables.ts';

/** A custom field; on the wire all three known members are ciphertext, others pass through. */
export type CustomField = { name: string; value: string; type: string } & Record<string, unknown>;

/** What the record knows of an attachment; the data itself lies in a file. */
export interface AttachmentEntry {
  id: string;
  name: string;
  encryptedKey: string;
  hash: string;
}

export interface ItemContent {
  name: string;
  login: string;
  url: string;
  urls: string[];
  description: string | null;
  tags: string[];
  color: number;
  fieldsOrder: unknown;
  passwordEncrypted: string | null;
  keyEncrypted: string | null;
  customs: CustomField[];
  attachments: AttachmentEntry[];
}

/** Times are Unix seconds; `revision` starts at 1 and grows with every change. */
export interface Item extends ItemContent {
  id: string;
  vaultId: string;
  folderId: string | null;
  revision: number;
  createdAt: number;
  updatedAt: number;
  editorId: string;
}

/** The sealed part of a record or snapshot. */
export function itemContent(item: ItemContent): ItemContent {
  const { name, login, url, urls, description, tags, color, fieldsOrder } = item;
  const { passwordEncrypted, keyEncrypted, customs, attachments } = item;
  return {
    ...{ name, login, url, urls, description, tags, color, fieldsOrder },
    ...{ passwordEncrypted, keyEncrypted, customs, attachments },
  };
}

/** A page of a listing; without it everything is answered. */
export interface Page {
  limit?: number | undefined;
  offset?: number | undefined;
}

/** Where to look for records: whole vaults, or the direct content of folders. */
export interface ItemScope {
  vaultIds: readonly string[];
  folderIds?: readonly string[] | undefined;
}

/** The repository of records. Records in the bin are not answered. */
export function itemStore(database: Kysely<Tables>, seal: Seal, engine: Engine) {
  const open = (row: Selectable<ItemTable>): Item => ({
    id: row.id,
    vaultId: row.vault_id,
    folderId: row.folder_id,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    editorId: row.editor_id,
    ...seal.openJson<ItemContent>(row.content),
  });
  const asRow = (item: Item) => ({
    id: item.id,
    vault_id: item.vaultId,
    folder_id: item.folderId,
    bin_id: null,
    revision: item.revision,
    created_at: item.createdAt,
    updated_at: item.updatedAt,
    editor_id: item.editorId,
    content: seal.sealJson(itemContent(item)),
  });

  return {
    async insert(items: readonly Item[]): Promise<void> {
      const perStatement = Math.max(1, Math.floor(engine.boundValues / 9));
      for (let start = 0; start < items.length; start += perStatement) {
        const chunk = items.slice(start, start + perStatement).map(asRow);
        await database.insertInto('items').values(chunk).execute();
      }
    },

    /** Writes a changed record if nobody changed it since `formerRevision` was read. */
    async update(item: Item, formerRevision: number): Promise<boolean> {
      const result = await database
        .updateTable('items')
        .set(asRow(item))
        .where('id', '=', item.id)
        .where('revision', '=', formerRevision)
        .where('bin_id', 'is', null)
        .executeTakeFirst();
      return Number(result.numUpdatedRows) === 1;
    },

    async moveToBin(id: string, binId: string): Promise<void> {
      await database.updateTable('items').set({ bin_id: binId }).where('id', '=', id).execute();
    },

    /** Brings a record back from the bin as it is described. */
    async restore(item: Item): Promise<void> {
      await database.updateTable('items').set(asRow(item)).where('id', '=', item.id).execute();
    },

    /** Removes for good every record that went to the bin with one entry. */
    async purge(binId: string): Promise<void> {
      await database.deleteFrom('items').where('bin_id', '=', binId).execute();
    },

    /** Those of some records that are in the bin, each with the entry that it went with. */
    async findBinned(ids: readonly string[]): Promise<Map<string, { item: Item; binId: string }>> {
      if (ids.length === 0) return new Map();
      const rows = await database
        .selectFrom('items')
        .selectAll()
        .where('id', 'in', [...new Set(ids)])
        .execute();
      return new Map(
        rows.flatMap((row) => (row.bin_id ? [[row.id, { item: open(row), binId: row.bin_id }]] : [])),
      );
    },

    async find(id: string): Promise<Item | undefined> {
      const row = await database
        .selectFrom('items')
        .selectAll()
        .where('id', '=', id)
        .where('bin_id', 'is', null)
        .executeTakeFirst();
      return row && open(row);
    },

    async findMany(ids: readonly string[]): Promise<Map<string, Item>> {
      if (ids.length === 0) return new Map();
      const rows = await database
        .selectFrom('items')
        .selectAll()
        .where('id', 'in', [...new Set(ids)])
        .where('bin_id', 'is', null)
        .execute();
      return new Map(rows.map((row) => [row.id, open(row)]));
    },

    /**
     * The records of a scope, oldest first, narrowed to the places that the caller may
     * read: `null` in `places` stands for the vault itself. Without `places` all count.
     */
    async list(scope: ItemScope, page: Page = {}, places?: readonly (string | null)[]): Promise<Item[]> {
      if (scope.vaultIds.length === 0) return [];
      let query = this.within(scope, places).orderBy('created_at').orderBy('id').selectAll();
      if (page.limit !== undefined) query = query.limit(page.limit);
      if (page.offset !== undefined) {
        query = page.limit === undefined ? query.limit(Number.MAX_SAFE_INTEGER) : query;
        query = query.offset(page.offset);
      }
      return (await query.execute()).map(open);
    },

    /**
     * The next records of a vault by id after `after`, in places that the caller may read.
     * Walking by id misses nothing that stays, whatever is added or removed meanwhile.
     */
    async walk(
      vaultId: string,
      after: string,
      limit: number,
      places?: readonly (string | null)[],
    ): Promise<Item[]> {
      const query = this.within({ vaultIds: [vaultId] }, places)
        .selectAll()
        .where('id', '>', after);
      return (await query.orderBy('id').limit(limit).execute()).map(open);
    },

    async count(scope: ItemScope, places?: readonly (string | null)[]): Promise<number> {
      if (scope.vaultIds.length === 0) return 0;
      const row = await this.within(scope, places)
        .select((select) => select.fn.countAll().as('total'))
        .executeTakeFirst();
      return Number(row?.total ?? 0);
    },

    within(scope: ItemScope, places?: readonly (string | null)[]) {
      let query = database
        .selectFrom('items')
        .where('vault_id', 'in', scope.vaultIds)
        .where('bin_id', 'is', null);
      if (scope.folderIds) query = query.where('folder_id', 'in', scope.folderIds);
      if (!places) return query;
      const folders = places.filter((place) => place !== null);
      return query.where((where) =>
        where.or([
          where('folder_id', 'in', folders),
          ...(places.includes(null) ? [where('folder_id', 'is', null)] : []),
        ]),
      );
    },

    async favoritesOf(userId: string): Promise<Set<string>> {
      const rows = await database
        .selectFrom('favorites')
        .select('item_id')
        .where('user_id', '=', userId)
        .execute();
      return new Set(rows.map((row) => row.item_id));
    },

    async setFavorite(userId: string, itemId: string, isFavorite: boolean): Promise<void> {
      if (!isFavorite) {
        const removal = database.deleteFrom('favorites').where('user_id', '=', userId);
        await removal.where('item_id', '=', itemId).execute();
        return;
      }
      await database
        .insertInto('favorites')
        .values({ user_id: userId, item_id: itemId })
        .onConflict((conflict) => conflict.columns(['user_id', 'item_id']).doNothing())
        .execute();
    },
  };
}
