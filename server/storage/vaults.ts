/** Vaults, the vault key wrapped for each person, and access entries. */
import type { Kysely, Selectable } from 'kysely';
import type { VaultTypeCode } from '../access/vocabulary.ts';
import type { Seal } from '../sealing/cipher.ts';
import type { Tables, VaultTable } from './tables.ts';

/** What the administrators of a vault allow in it. */
export interface VaultSettings {
  /** Whether external links to its records may be made. */
  areLinksAllowed: boolean;
  /** Whether its records may be sent to inboxes. */
  isSendingAllowed: boolean;
}

/** What holds until an administrator of the vault says otherwise. */
export const usualVaultSettings: VaultSettings = { areLinksAllowed: true, isSendingAllowed: true };

export interface VaultContent {
  name: string;
  description: string;
  settings: VaultSettings;
  masterKeyHash: string | null;
  salt: string | null;
}

export interface Vault extends VaultContent {
  id: string;
  organisationId: string;
  type: VaultTypeCode;
  /** The type's id where it is one of the organisation's own; null for the built-in ones. */
  customTypeId: string | null;
}

/** A vault in the bin. The time is in Unix seconds. */
export interface DeletedVault extends Vault {
  deleterId: string;
  deletedAt: number;
}

/** The repository of vaults. */
export function vaultStore(database: Kysely<Tables>, seal: Seal) {
  const open = (row: Selectable<VaultTable>): Vault => ({
    id: row.id,
    organisationId: row.organisation_id,
    type: row.type,
    customTypeId: row.type_id,
    description: '',
    settings: usualVaultSettings,
    ...seal.openJson<Partial<VaultContent> & { name: string; masterKeyHash: null; salt: null }>(row.content),
  });
  const sealed = ({ name, description, settings, masterKeyHash, salt }: VaultContent) =>
    seal.sealJson({ name, description, settings, masterKeyHash, salt } satisfies VaultContent);
  const openDeleted = (row: Selectable<VaultTable>): DeletedVault => ({
    ...open(row),
    deleterId: row.deleter_id ?? '',
    deletedAt: row.deleted_at ?? 0,
  });

  return {
    async insert(vault: Vault, createdAt: number): Promise<void> {
      const { id, organisationId, type, customTypeId } = vault;
      await database
        .insertInto('vaults')
        .values({
          ...{ id, organisation_id: organisationId, type, type_id: customTypeId },
          ...{ deleted_at: null, deleter_id: null, created_at: createdAt, content: sealed(vault) },
        })
        .execute();
    },

    /** Writes what is sealed of a vault. */
    async update(vault: Vault): Promise<void> {
      await database
        .updateTable('vaults')
        .set({ content: sealed(vault) })
        .where('id', '=', vault.id)
        .execute();
    },

    async setType(vault: Vault, type: VaultTypeCode, customTypeId: string | null): Promise<void> {
      await database
        .updateTable('vaults')
        .set({ type, type_id: customTypeId })
        .where('id', '=', vault.id)
        .execute();
    },

    /** Moves a vault to the bin with everything in it that is not there already. */
    async moveToBin(id: string, deleterId: string, deletedAt: number): Promise<void> {
      await database
        .updateTable('vaults')
        .set({ deleter_id: deleterId, deleted_at: deletedAt })
        .where('id', '=', id)
        .execute();
      for (const table of ['folders', 'items'] as const) {
        const content = database.updateTable(table).set({ bin_id: id }).where('vault_id', '=', id);
        await content.where('bin_id', 'is', null).execute();
      }
    },

    async restore(id: string): Promise<void> {
      await database
        .updateTable('vaults')
        .set({ deleter_id: null, deleted_at: null })
        .where('id', '=', id)
        .execute();
      for (const table of ['folders', 'items'] as const) {
        await database.updateTable(table).set({ bin_id: null }).where('bin_id', '=', id).execute();
      }
    },

    async findDeleted(id: string): Promise<DeletedVault | undefined> {
      const vaults = database.selectFrom('vaults').selectAll().where('id', '=', id);
      const row = await vaults.where('deleted_at', 'is not', null).executeTakeFirst();
      return row && openDeleted(row);
    },

    /** The vaults of an organisation in the bin, the latest first. */
    async listDeleted(organisationId: string): Promise<DeletedVault[]> {
      const vaults = database.selectFrom('vaults').selectAll().where('organisation_id', '=', organisationId);
      const deleted = vaults.where('deleted_at', 'is not', null);
      const rows = await deleted.orderBy('deleted_at', 'desc').orderBy('id', 'desc').execute();
      return rows.map(openDeleted);
    },

    async remove(id: string): Promise<void> {
      await database.deleteFrom('vaults').where('id', '=', id).execute();
    },

    async find(id: string): Promise<Vault | undefined> {
      const vaults = database.selectFrom('vaults').selectAll().where('id', '=', id);
      const row = await vaults.where('deleted_at', 'is', null).executeTakeFirst();
      return row && open(row);
    },

    /** Those of some vaults that are not in the bin, oldest first. */
    async findMany(ids: readonly string[]): Promise<Vault[]> {
      if (ids.length === 0) return [];
      const vaults = database
        .selectFrom('vaults')
        .selectAll()
        .where('id', 'in', [...new Set(ids)]);
      const living = vaults.where('deleted_at', 'is', null);
      return (await living.orderBy('created_at').orderBy('id').execute()).map(open);
    },

    /** The vaults of an organisation that are of a built-in type, or of some of its own. */
    async idsOfTypes(
      organisationId: string,
      types: { builtIn: readonly VaultTypeCode[]; own: readonly string[] },
    ): Promise<string[]> {
      if (types.builtIn.length + types.own.length === 0) return [];
      const rows = await database
        .selectFrom('vaults')
        .select('id')
        .where('organisation_id', '=', organisationId)
        .where((where) =>
          where.or([
            ...(types.builtIn.length > 0 ? [where('type', 'in', types.builtIn)] : []),
            ...(types.own.length > 0 ? [where('type_id', 'in', types.own)] : []),
          ]),
        )
        .execute();
      return rows.map((row) => row.id);
    },

    async list(organisationId: string): Promise<Vault[]> {
      const rows = await database
        .selectFrom('vaults')
        .selectAll()
        .where('organisation_id', '=', organisationId)
        .where('deleted_at', 'is', null)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(open);
    },
  };
}
