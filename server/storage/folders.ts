/** Folders of vaults, and the bin as far as it holds whole folders. */
import type { Kysely, Selectable } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { FolderTable, Tables } from './tables.ts';

export interface FolderContent {
  name: string;
  color: number | null;
}

/** Where a folder stands. */
export interface FolderShape {
  id: string;
  vaultId: string;
  parentId: string | null;
}

export interface Folder extends FolderContent, FolderShape {}

/** The repository of folders. Folders in the bin are not answered. */
export function folderStore(database: Kysely<Tables>, seal: Seal) {
  const open = (row: Selectable<FolderTable>): Folder => ({
    id: row.id,
    vaultId: row.vault_id,
    parentId: row.parent_id,
    ...seal.openJson<FolderContent>(row.content),
  });

  return {
    async insert(folder: Folder, createdAt: number): Promise<void> {
      const { id, vaultId, parentId, name, color } = folder;
      const content = seal.sealJson({ name, color });
      await database
        .insertInto('folders')
        .values({ id, vault_id: vaultId, parent_id: parentId, bin_id: null, created_at: createdAt, content })
        .execute();
    },

    async rename(folder: Folder, name: string): Promise<void> {
      const content = seal.sealJson({ name, color: folder.color });
      await database.updateTable('folders').set({ content }).where('id', '=', folder.id).execute();
    },

    async find(id: string): Promise<Folder | undefined> {
      const row = await database
        .selectFrom('folders')
        .selectAll()
        .where('id', '=', id)
        .where('bin_id', 'is', null)
        .executeTakeFirst();
      return row && open(row);
    },

    async list(vaultIds: readonly string[]): Promise<Folder[]> {
      if (vaultIds.length === 0) return [];
      const rows = await database
        .selectFrom('folders')
        .selectAll()
        .where('vault_id', 'in', vaultIds)
        .where('bin_id', 'is', null)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(open);
    },

    /** The shape of the folders of some vaults, without what is sealed of them. */
    async tree(vaultIds: readonly string[]): Promise<FolderShape[]> {
      if (vaultIds.length === 0) return [];
      const rows = await database
        .selectFrom('folders')
        .select(['id', 'vault_id', 'parent_id'])
        .where('vault_id', 'in', vaultIds)
        .where('bin_id', 'is', null)
        .execute();
      return rows.map((row) => ({ id: row.id, vaultId: row.vault_id, parentId: row.parent_id }));
    },

    /** The shape of every folder of some vaults, those in the bin included. */
    async places(vaultIds: readonly string[]): Promise<(FolderShape & { isBinned: boolean })[]> {
      if (vaultIds.length === 0) return [];
      const rows = await database
        .selectFrom('folders')
        .select(['id', 'vault_id', 'parent_id', 'bin_id'])
        .where('vault_id', 'in', vaultIds)
        .execute();
      return rows.map((row) => ({
        ...{ id: row.id, vaultId: row.vault_id, parentId: row.parent_id },
        isBinned: row.bin_id !== null,
      }));
    },

    /** A folder in the bin, and the entry of the bin that it went with. */
    async findBinned(id: string): Promise<{ folder: Folder; binId: string } | undefined> {
      const row = await database.selectFrom('folders').selectAll().where('id', '=', id).executeTakeFirst();
      return row?.bin_id ? { folder: open(row), binId: row.bin_id } : undefined;
    },

    /** Every folder of some vaults by id, those in the bin included. */
    async findAll(vaultIds: readonly string[]): Promise<Map<string, Folder>> {
      if (vaultIds.length === 0) return new Map();
      const rows = await database
        .selectFrom('folders')
        .selectAll()
        .where('vault_id', 'in', vaultIds)
        .execute();
      return new Map(rows.map((row) => [row.id, open(row)]));
    },

    /** The folders that went to the bin with one entry. */
    async idsInBin(binId: string): Promise<string[]> {
      const rows = await database.selectFrom('folders').select('id').where('bin_id', '=', binId).execute();
      return rows.map((row) => row.id);
    },

    async move(folder: FolderShape, parentId: string | null): Promise<void> {
      await database
        .updateTable('folders')
        .set({ parent_id: parentId })
        .where('id', '=', folder.id)
        .execute();
    },

    /** Brings back a folder, to a parent, with all that went to the bin with it. */
    async restore(folder: FolderShape, binId: string, parentId: string | null): Promise<void> {
      await database
        .updateTable('folders')
        .set({ parent_id: parentId })
        .where('id', '=', folder.id)
        .execute();
      await database.updateTable('folders').set({ bin_id: null }).where('bin_id', '=', binId).execute();
      await database.updateTable('items').set({ bin_id: null }).where('bin_id', '=', binId).execute();
    },

    /**
     * Removes deleted folders of which no entry of the bin is left and that hold nothing. One
     * that still holds something deleted before it stays, unseen: access to that hangs on it.
     */
    async dropEmpty(vaultId: string): Promise<void> {
      for (let removed = 1; removed > 0;) {
        const result = await database
          .deleteFrom('folders')
          .where('vault_id', '=', vaultId)
          .where('bin_id', 'is not', null)
          .where('bin_id', 'not in', database.selectFrom('bin').select('id').where('vault_id', '=', vaultId))
          .where(
            'id',
            'not in',
            database
              .selectFrom('items')
              .select('folder_id')
              .where('vault_id', '=', vaultId)
              .where('folder_id', 'is not', null),
          )
          .where(
            'id',
            'not in',
            database
              .selectFrom('folders')
              .select('parent_id')
              .where('vault_id', '=', vaultId)
              .where('parent_id', 'is not', null),
          )
          .executeTakeFirst();
        removed = Number(result.numDeletedRows);
      }
    },

    async moveToBin(folderIds: readonly string[], binId: string): Promise<void> {
      await database.updateTable('folders').set({ bin_id: binId }).where('id', 'in', folderIds).execute();
      await database
        .updateTable('items')
        .set({ bin_id: binId })
        .where('folder_id', 'in', folderIds)
        .where('bin_id', 'is', null)
        .execute();
    },
  };
}
