/** The roles that organisations have made themselves. */
import type { Kysely, Selectable } from 'kysely';
import type { Permission } from '../access/vocabulary.ts';
import type { Seal } from '../sealing/cipher.ts';
import type { RoleTable } from './administrationtables.ts';
import type { Tables } from './tables.ts';

interface RoleContent {
  name: string;
  permissions: Permission[];
}

export interface Role extends RoleContent {
  id: string;
  organisationId: string;
}

/** The repository of roles. */
export function roleStore(database: Kysely<Tables>, seal: Seal) {
  const open = (row: Selectable<RoleTable>): Role => ({
    id: row.id,
    organisationId: row.organisation_id,
    ...seal.openJson<RoleContent>(row.content),
  });
  const sealed = ({ name, permissions }: RoleContent) => seal.sealJson({ name, permissions });

  return {
    async insert(role: Role, createdAt: number): Promise<void> {
      await database
        .insertInto('roles')
        .values({
          ...{ id: role.id, organisation_id: role.organisationId },
          ...{ created_at: createdAt, content: sealed(role) },
        })
        .execute();
    },

    async update(role: Role): Promise<void> {
      await database
        .updateTable('roles')
        .set({ content: sealed(role) })
        .where('id', '=', role.id)
        .execute();
    },

    async remove(id: string): Promise<void> {
      await database.deleteFrom('roles').where('id', '=', id).execute();
    },

    async find(organisationId: string, id: string): Promise<Role | undefined> {
      const roles = database.selectFrom('roles').selectAll().where('id', '=', id);
      const row = await roles.where('organisation_id', '=', organisationId).executeTakeFirst();
      return row && open(row);
    },

    async list(organisationId: string): Promise<Role[]> {
      const roles = database.selectFrom('roles').selectAll().where('organisation_id', '=', organisationId);
      return (await roles.orderBy('created_at').orderBy('id').execute()).map(open);
    },

    /** Whether anybody who has not been deleted has a role. */
    async isHeld(id: string): Promise<boolean> {
      const holders = database.selectFrom('users').select('id').where('role_id', '=', id);
      return (await holders.where('is_deleted', '=', 0).executeTakeFirst()) !== undefined;
    },
  };
}
