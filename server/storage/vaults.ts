/** Vaults, the vault key wrapped for each person, folders, and access entries. */
import type { Kysely, Selectable } from 'kysely';
import type { AccessLevel } from '../access/levels.ts';
import type { VaultTypeCode } from '../access/vocabulary.ts';
import type { Seal } from '../sealing/cipher.ts';
import type { FolderTable, Tables, VaultTable } from './tables.ts';

export interface VaultContent {
  name: string;
  masterKeyHash: string | null;
  salt: string | null;
}

export interface Vault extends VaultContent {
  id: string;
  organisationId: string;
  type: VaultTypeCode;
}

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

/** An entry of access on a vault (`folderId` null) or a folder, for a person or a group. */
export interface AccessEntry {
  id: string;
  vaultId: string;
  folderId: string | null;
  userId: string | null;
  groupId: string | null;
  level: AccessLevel;
}

/** The repository of vaults. */
export function vaultStore(database: Kysely<Tables>, seal: Seal) {
  const open = (row: Selectable<VaultTable>): Vault => ({
    id: row.id,
    organisationId: row.organisation_id,
    type: row.type,
    ...seal.openJson<VaultContent>(row.content),
  });

  return {
    async insert(vault: Vault, createdAt: number): Promise<void> {
      const { id, organisationId, type, name, masterKeyHash, salt } = vault;
      const content = seal.sealJson({ name, masterKeyHash, salt });
      await database
        .insertInto('vaults')
        .values({ id, organisation_id: organisationId, type, created_at: createdAt, content })
        .execute();
    },

    async rename(vault: Vault, name: string): Promise<void> {
      const content = seal.sealJson({ name, masterKeyHash: vault.masterKeyHash, salt: vault.salt });
      await database.updateTable('vaults').set({ content }).where('id', '=', vault.id).execute();
    },

    async remove(id: string): Promise<void> {
      await database.deleteFrom('vaults').where('id', '=', id).execute();
    },

    async find(id: string): Promise<Vault | undefined> {
      const row = await database.selectFrom('vaults').selectAll().where('id', '=', id).executeTakeFirst();
      return row && open(row);
    },

    async list(organisationId: string): Promise<Vault[]> {
      const rows = await database
        .selectFrom('vaults')
        .selectAll()
        .where('organisation_id', '=', organisationId)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(open);
    },

    async setKey(vaultId: string, userId: string, wrapped: string): Promise<void> {
      const content = seal.sealJson(wrapped);
      await database
        .insertInto('vault_keys')
        .values({ vault_id: vaultId, user_id: userId, content })
        .onConflict((conflict) => conflict.columns(['vault_id', 'user_id']).doUpdateSet({ content }))
        .execute();
    },

    async removeKey(vaultId: string, userId: string): Promise<void> {
      await database
        .deleteFrom('vault_keys')
        .where('vault_id', '=', vaultId)
        .where('user_id', '=', userId)
        .execute();
    },

    /** The keys of some vaults wrapped for a person, by vault id. */
    async keysOf(userId: string, vaultIds: readonly string[]): Promise<Map<string, string>> {
      if (vaultIds.length === 0) return new Map();
      const rows = await database
        .selectFrom('vault_keys')
        .selectAll()
        .where('user_id', '=', userId)
        .where('vault_id', 'in', vaultIds)
        .execute();
      return new Map(rows.map((row) => [row.vault_id, seal.openJson<string>(row.content)]));
    },

    /** The people for whom a vault's key is wrapped. */
    async keyHolders(vaultId: string): Promise<Set<string>> {
      const rows = await database
        .selectFrom('vault_keys')
        .select('user_id')
        .where('vault_id', '=', vaultId)
        .execute();
      return new Set(rows.map((row) => row.user_id));
    },
  };
}

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

/** The repository of access entries. */
export function accessStore(database: Kysely<Tables>) {
  const columns = ['id', 'vault_id', 'folder_id', 'user_id', 'group_id', 'level'] as const;
  const open = (row: Selectable<Tables['access']>): AccessEntry => ({
    id: row.id,
    vaultId: row.vault_id,
    folderId: row.folder_id,
    userId: row.user_id,
    groupId: row.group_id,
    level: row.level,
  });

  return {
    /** Replaces the entry for the same place and person or group; a null level removes it. */
    async set(entry: Omit<AccessEntry, 'level'>, level: AccessLevel | null): Promise<void> {
      await database
        .deleteFrom('access')
        .where('vault_id', '=', entry.vaultId)
        .where('folder_id', entry.folderId === null ? 'is' : '=', entry.folderId)
        .where('user_id', entry.userId === null ? 'is' : '=', entry.userId)
        .where('group_id', entry.groupId === null ? 'is' : '=', entry.groupId)
        .execute();
      if (level === null) return;
      const { id, vaultId, folderId, userId, groupId } = entry;
      const row = { id, vault_id: vaultId, folder_id: folderId, user_id: userId, group_id: groupId, level };
      await database.insertInto('access').values(row).execute();
    },

    /** Entries that concern a person, directly or through groups, in some vaults or in all. */
    async concerning(
      userId: string,
      groupIds: readonly string[],
      vaultIds?: readonly string[],
    ): Promise<AccessEntry[]> {
      let query = database
        .selectFrom('access')
        .select(columns)
        .where((where) =>
          groupIds.length === 0
            ? where('user_id', '=', userId)
            : where.or([where('user_id', '=', userId), where('group_id', 'in', groupIds)]),
        );
      if (vaultIds) {
        if (vaultIds.length === 0) return [];
        query = query.where('vault_id', 'in', vaultIds);
      }
      return (await query.execute()).map(open);
    },

    /** All entries of a vault and its folders. */
    async ofVault(vaultId: string): Promise<AccessEntry[]> {
      const rows = await database
        .selectFrom('access')
        .select(columns)
        .where('vault_id', '=', vaultId)
        .execute();
      return rows.map(open);
    },
  };
}
