/** Vault types of organisations: their names, their rules, and who administers every vault of one. */
import type { Kysely, Selectable } from 'kysely';
import type { AccessLevel } from '../access/levels.ts';
import type { Seal } from '../sealing/cipher.ts';
import type { VaultTypeTable } from './administrationtables.ts';
import type { Tables } from './tables.ts';

/** Who may create vaults of a type, and what access they have then. */
export interface VaultTypeRules {
  creation: 'everyone' | 'administrators' | 'nobody';
  creatorAccess: Extract<AccessLevel, 'write' | 'full' | 'admin'>;
}

/** What holds for a type until somebody says otherwise. */
export const usualVaultTypeRules: VaultTypeRules = { creation: 'everyone', creatorAccess: 'admin' };

interface VaultTypeContent {
  /** Null keeps the name of a built-in type. */
  name: string | null;
  rules: VaultTypeRules;
}

/** What an organisation has set for a type; a built-in one stands here once it has been changed. */
export interface StoredVaultType extends VaultTypeContent {
  id: string;
  organisationId: string;
}

/** The repository of vault types. */
export function vaultTypeStore(database: Kysely<Tables>, seal: Seal) {
  const open = (row: Selectable<VaultTypeTable>): StoredVaultType => ({
    id: row.id,
    organisationId: row.organisation_id,
    ...seal.openJson<VaultTypeContent>(row.content),
  });

  return {
    /** Writes a type, new or known. */
    async set(type: StoredVaultType, createdAt: number): Promise<void> {
      const content = seal.sealJson({ name: type.name, rules: type.rules } satisfies VaultTypeContent);
      await database
        .insertInto('vault_types')
        .values({ id: type.id, organisation_id: type.organisationId, created_at: createdAt, content })
        .onConflict((conflict) => conflict.columns(['organisation_id', 'id']).doUpdateSet({ content }))
        .execute();
    },

    async remove(organisationId: string, id: string): Promise<void> {
      await database.deleteFrom('vault_type_administrators').where('type_id', '=', id).execute();
      const types = database.deleteFrom('vault_types').where('organisation_id', '=', organisationId);
      await types.where('id', '=', id).execute();
    },

    async list(organisationId: string): Promise<StoredVaultType[]> {
      const types = database.selectFrom('vault_types').selectAll();
      const own = types.where('organisation_id', '=', organisationId);
      return (await own.orderBy('created_at').orderBy('id').execute()).map(open);
    },

    /** The vaults of a type, those in the bin included. */
    async vaultIdsOf(id: string): Promise<string[]> {
      const rows = await database.selectFrom('vaults').select('id').where('type_id', '=', id).execute();
      return rows.map((row) => row.id);
    },

    async administrators(id: string): Promise<string[]> {
      const rows = await database
        .selectFrom('vault_type_administrators')
        .select('user_id')
        .where('type_id', '=', id)
        .orderBy('user_id')
        .execute();
      return rows.map((row) => row.user_id);
    },

    /** The types that a person administers. */
    async administeredBy(userId: string): Promise<Set<string>> {
      const rows = await database
        .selectFrom('vault_type_administrators')
        .select('type_id')
        .where('user_id', '=', userId)
        .execute();
      return new Set(rows.map((row) => row.type_id));
    },

    async setAdministrator(id: string, userId: string, administers: boolean): Promise<void> {
      if (!administers) {
        const removal = database.deleteFrom('vault_type_administrators').where('type_id', '=', id);
        await removal.where('user_id', '=', userId).execute();
        return;
      }
      await database
        .insertInto('vault_type_administrators')
        .values({ type_id: id, user_id: userId })
        .onConflict((conflict) => conflict.columns(['type_id', 'user_id']).doNothing())
        .execute();
    },
  };
}
