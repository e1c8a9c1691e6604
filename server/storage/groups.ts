/** User groups and their members. */
import type { Kysely } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { Tables } from './tables.ts';

export interface Group {
  id: string;
  organisationId: string;
  name: string;
}

/** The repository of groups and their members. */
export function groupStore(database: Kysely<Tables>, seal: Seal) {
  return {
    async insert(group: Group, createdAt: number): Promise<void> {
      await database
        .insertInto('user_groups')
        .values({
          id: group.id,
          organisation_id: group.organisationId,
          created_at: createdAt,
          content: seal.sealJson({ name: group.name }),
        })
        .execute();
    },

    async rename(id: string, name: string): Promise<void> {
      const content = seal.sealJson({ name });
      await database.updateTable('user_groups').set({ content }).where('id', '=', id).execute();
    },

    async remove(id: string): Promise<void> {
      await database.deleteFrom('user_groups').where('id', '=', id).execute();
    },

    async list(organisationId: string): Promise<Group[]> {
      const rows = await database
        .selectFrom('user_groups')
        .selectAll()
        .where('organisation_id', '=', organisationId)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map((row) => ({
        id: row.id,
        organisationId: row.organisation_id,
        name: seal.openJson<{ name: string }>(row.content).name,
      }));
    },

    /** How many members each of an organisation's groups has, by group; groups without any are left out. */
    async memberCounts(organisationId: string): Promise<Map<string, number>> {
      const rows = await database
        .selectFrom('group_members')
        .innerJoin('user_groups', 'user_groups.id', 'group_members.group_id')
        .select((select) => ['group_members.group_id', select.fn.countAll().as('members')])
        .where('user_groups.organisation_id', '=', organisationId)
        .groupBy('group_members.group_id')
        .execute();
      return new Map(rows.map((row) => [row.group_id, Number(row.members)]));
    },

    async memberIds(groupId: string): Promise<string[]> {
      const rows = await database
        .selectFrom('group_members')
        .select('user_id')
        .where('group_id', '=', groupId)
        .orderBy('user_id')
        .execute();
      return rows.map((row) => row.user_id);
    },

    async groupIdsOf(userId: string): Promise<string[]> {
      const rows = await database
        .selectFrom('group_members')
        .select('group_id')
        .where('user_id', '=', userId)
        .orderBy('group_id')
        .execute();
      return rows.map((row) => row.group_id);
    },

    async addMembers(groupId: string, userIds: readonly string[]): Promise<void> {
      if (userIds.length === 0) return;
      await database
        .insertInto('group_members')
        .values(userIds.map((userId) => ({ group_id: groupId, user_id: userId })))
        .onConflict((conflict) => conflict.columns(['group_id', 'user_id']).doNothing())
        .execute();
    },

    async removeMembers(groupId: string, userIds: readonly string[]): Promise<void> {
      if (userIds.length === 0) return;
      await database
        .deleteFrom('group_members')
        .where('group_id', '=', groupId)
        .where('user_id', 'in', userIds)
        .execute();
    },
  };
}
