/** Who gets into vaults: entries of access, the vault key wrapped for each person, vaults out of sight. */
import type { Kysely, Selectable } from 'kysely';
import type { AccessLevel } from '../access/levels.ts';
import type { Seal } from '../sealing/cipher.ts';
import type { Tables } from './tables.ts';

/** An entry of access on a vault (`folderId` null) or a folder, for a person or a group. */
export interface AccessEntry {
  id: string;
  vaultId: string;
  folderId: string | null;
  userId: string | null;
  groupId: string | null;
  level: AccessLevel;
}

/** The repository of wrapped vault keys. */
export function vaultKeyStore(database: Kysely<Tables>, seal: Seal) {
  return {
    async set(vaultId: string, userId: string, wrapped: string): Promise<void> {
      const content = seal.sealJson(wrapped);
      await database
        .insertInto('vault_keys')
        .values({ vault_id: vaultId, user_id: userId, content })
        .onConflict((conflict) => conflict.columns(['vault_id', 'user_id']).doUpdateSet({ content }))
        .execute();
    },

    async remove(vaultId: string, userId: string): Promise<void> {
      await database
        .deleteFrom('vault_keys')
        .where('vault_id', '=', vaultId)
        .where('user_id', '=', userId)
        .execute();
    },

    /** The keys of some vaults wrapped for a person, by vault id. */
    async of(userId: string, vaultIds: readonly string[]): Promise<Map<string, string>> {
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
    async holders(vaultId: string): Promise<Set<string>> {
      const rows = await database
        .selectFrom('vault_keys')
        .select('user_id')
        .where('vault_id', '=', vaultId)
        .execute();
      return new Set(rows.map((row) => row.user_id));
    },

    /** The vaults whose key is wrapped for a person, those in the bin included. */
    async vaultIdsOf(userId: string): Promise<string[]> {
      const rows = await database
        .selectFrom('vault_keys')
        .select('vault_id')
        .where('user_id', '=', userId)
        .execute();
      return rows.map((row) => row.vault_id);
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

    /** The entries that name a person, in every vault. */
    async ofUser(userId: string): Promise<AccessEntry[]> {
      const rows = await database
        .selectFrom('access')
        .select(columns)
        .where('user_id', '=', userId)
        .execute();
      return rows.map(open);
    },

    /** Those of some vaults in which an entry names a group, or more than one person. */
    async sharedAmong(vaultIds: readonly string[]): Promise<Set<string>> {
      if (vaultIds.length === 0) return new Set();
      const rows = await database
        .selectFrom('access')
        .select(['vault_id', 'user_id'])
        .distinct()
        .where('vault_id', 'in', vaultIds)
        .where('level', '!=', 'forbidden')
        .execute();
      const byVault = Map.groupBy(rows, (row) => row.vault_id);
      const isShared = (named: typeof rows) => named.length > 1 || named.some((row) => row.user_id === null);
      return new Set([...byVault].filter(([, named]) => isShared(named)).map(([id]) => id));
    },

    /** The entries that name a group, in every vault. */
    async ofGroup(groupId: string): Promise<AccessEntry[]> {
      const entries = database.selectFrom('access').select(columns);
      return (await entries.where('group_id', '=', groupId).execute()).map(open);
    },

    /** The vaults in which a group is named. */
    async vaultIdsOfGroup(groupId: string): Promise<string[]> {
      const entries = database.selectFrom('access').select('vault_id').distinct();
      const rows = await entries.where('group_id', '=', groupId).orderBy('vault_id').execute();
      return rows.map((row) => row.vault_id);
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

/** The repository of what people have put out of their sight. */
export function hiddenVaultStore(database: Kysely<Tables>) {
  return {
    async of(userId: string): Promise<Set<string>> {
      const rows = await database
        .selectFrom('hidden_vaults')
        .select('vault_id')
        .where('user_id', '=', userId)
        .execute();
      return new Set(rows.map((row) => row.vault_id));
    },

    async set(userId: string, vaultId: string, isHidden: boolean): Promise<void> {
      if (!isHidden) {
        const removal = database.deleteFrom('hidden_vaults').where('user_id', '=', userId);
        await removal.where('vault_id', '=', vaultId).execute();
        return;
      }
      await database
        .insertInto('hidden_vaults')
        .values({ user_id: userId, vault_id: vaultId })
        .onConflict((conflict) => conflict.columns(['user_id', 'vault_id']).doNothing())
        .execute();
    },
  };
}
