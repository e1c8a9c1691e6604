/**
 * Sessions: a pair of opaque tokens of which only keyed hashes are stored, so that a copy
 * of the database opens no session.
 */
import type { Kysely, Selectable } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { SessionTable, Tables } from './tables.ts';

/** Times are Unix seconds. */
export interface Session {
  id: string;
  userId: string;
  accessExpiresAt: number;
  refreshExpiresAt: number;
  createdAt: number;
  /** Whether the log-in still lacks its second factor; the session opens nothing until then. */
  awaitsSecondFactor: boolean;
}

const asSession = (row: Selectable<SessionTable>): Session => ({
  id: row.id,
  userId: row.user_id,
  accessExpiresAt: row.access_expires_at,
  refreshExpiresAt: row.refresh_expires_at,
  createdAt: row.created_at,
  awaitsSecondFactor: row.awaits_second_factor === 1,
});

/** The repository of sessions. */
export function sessionStore(database: Kysely<Tables>, seal: Seal) {
  const accessKey = (token: string) => seal.fingerprint('access token', token);
  const refreshKey = (token: string) => seal.fingerprint('refresh token', token);

  return {
    async insert(session: Session, accessToken: string, refreshToken: string): Promise<void> {
      await database
        .insertInto('sessions')
        .values({
          id: session.id,
          user_id: session.userId,
          created_at: session.createdAt,
          access_key: accessKey(accessToken),
          access_expires_at: session.accessExpiresAt,
          refresh_key: refreshKey(refreshToken),
          refresh_expires_at: session.refreshExpiresAt,
          awaits_second_factor: session.awaitsSecondFactor ? 1 : 0,
        })
        .execute();
    },

    async findByAccessToken(token: string): Promise<Session | undefined> {
      const row = await database
        .selectFrom('sessions')
        .selectAll()
        .where('access_key', '=', accessKey(token))
        .executeTakeFirst();
      return row && asSession(row);
    },

    async findByRefreshToken(token: string): Promise<Session | undefined> {
      const row = await database
        .selectFrom('sessions')
        .selectAll()
        .where('refresh_key', '=', refreshKey(token))
        .executeTakeFirst();
      return row && asSession(row);
    },

    /** Gives a session a new access token; the former one is forgotten. */
    async replaceAccess(id: string, token: string, expiresAt: number): Promise<void> {
      await database
        .updateTable('sessions')
        .set({ access_key: accessKey(token), access_expires_at: expiresAt })
        .where('id', '=', id)
        .execute();
    },

    /**
     * Gives a session a new refresh token if it still has the old one. Of two requests
     * that spend the same token only one is told true.
     */
    async replaceRefresh(id: string, spent: string, token: string, expiresAt: number): Promise<boolean> {
      const result = await database
        .updateTable('sessions')
        .set({ refresh_key: refreshKey(token), refresh_expires_at: expiresAt })
        .where('id', '=', id)
        .where('refresh_key', '=', refreshKey(spent))
        .executeTakeFirst();
      return Number(result.numUpdatedRows) === 1;
    },

    async end(id: string): Promise<void> {
      await database.deleteFrom('sessions').where('id', '=', id).execute();
    },

    /** Notes that the second factor of a log-in has been shown. */
    async passSecondFactor(id: string): Promise<void> {
      await database.updateTable('sessions').set({ awaits_second_factor: 0 }).where('id', '=', id).execute();
    },

    /** Ends every session of a person, but for one that is kept. */
    async endAllOf(userId: string, keptId = ''): Promise<void> {
      const sessions = database.deleteFrom('sessions').where('user_id', '=', userId);
      await sessions.where('id', '!=', keptId).execute();
    },

    /** Drops sessions that can no longer be refreshed. */
    async dropExpired(now: number): Promise<void> {
      await database
        .deleteFrom('sessions')
        .where('refresh_expires_at', '<', now)
        .where('access_expires_at', '<', now)
        .execute();
    },
  };
}
