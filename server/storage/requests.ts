/**
 * Access requests: people who may enter a vault, but for whom nobody has wrapped its key yet.
 * A declined request stays, so that the same reason does not raise it again.
 */
import type { Kysely, Selectable } from 'kysely';
import type { AccessRequestTable, RequestReason } from './administrationtables.ts';
import type { Tables } from './tables.ts';

export interface AccessRequest {
  id: string;
  vaultId: string;
  userId: string;
  /** The group through which they came, if it was one. */
  groupId: string | null;
  /** Whose act raised it. */
  requesterId: string;
  reason: RequestReason;
  state: 'pending' | 'declined';
  createdAt: number;
}

/** The repository of access requests. */
export function accessRequestStore(database: Kysely<Tables>) {
  const open = (row: Selectable<AccessRequestTable>): AccessRequest => ({
    ...{ id: row.id, vaultId: row.vault_id, userId: row.user_id, groupId: row.group_id },
    ...{ requesterId: row.requester_id, reason: row.reason, state: row.state, createdAt: row.created_at },
  });

  return {
    /** Raises a request anew; there is one for each person and vault. */
    async raise(request: AccessRequest): Promise<void> {
      await this.remove(request.vaultId, request.userId);
      await database
        .insertInto('access_requests')
        .values({
          ...{ id: request.id, vault_id: request.vaultId, user_id: request.userId },
          ...{ group_id: request.groupId, requester_id: request.requesterId, reason: request.reason },
          ...{ state: request.state, created_at: request.createdAt },
        })
        .execute();
    },

    async decline(id: string): Promise<void> {
      await database.updateTable('access_requests').set({ state: 'declined' }).where('id', '=', id).execute();
    },

    async remove(vaultId: string, userId: string): Promise<void> {
      const requests = database.deleteFrom('access_requests').where('vault_id', '=', vaultId);
      await requests.where('user_id', '=', userId).execute();
    },

    /** Removes every request for a vault. */
    async removeAll(vaultId: string): Promise<void> {
      await database.deleteFrom('access_requests').where('vault_id', '=', vaultId).execute();
    },

    async find(id: string): Promise<AccessRequest | undefined> {
      const requests = database.selectFrom('access_requests').selectAll();
      const row = await requests.where('id', '=', id).executeTakeFirst();
      return row && open(row);
    },

    async of(vaultId: string, userId: string): Promise<AccessRequest | undefined> {
      const requests = database.selectFrom('access_requests').selectAll().where('vault_id', '=', vaultId);
      const row = await requests.where('user_id', '=', userId).executeTakeFirst();
      return row && open(row);
    },

    async vaultIdsOf(userId: string): Promise<string[]> {
      const requests = database.selectFrom('access_requests').select('vault_id');
      const rows = await requests.where('user_id', '=', userId).execute();
      return rows.map((row) => row.vault_id);
    },

    /** The requests for some vaults, the oldest first. */
    async inVaults(vaultIds: readonly string[]): Promise<AccessRequest[]> {
      if (vaultIds.length === 0) return [];
      const requests = database.selectFrom('access_requests').selectAll().where('vault_id', 'in', vaultIds);
      return (await requests.orderBy('created_at').orderBy('id').execute()).map(open);
    },
  };
}
