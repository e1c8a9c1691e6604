/** Vaults, the vault key wrapped for each person, and access entries. */
import type { Kysely, Selectable } from 'kysely';
import type { AccessLevel } from '../access/levels.ts';
import type { VaultTypeCode } from '../access/vocabulary.ts';
import type { Seal } from '../sealing/cipher.ts';
import type { Tables, VaultTable } from './tables.ts';

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
