/**
 * The activity log: who did what to which object, when, and when the server heard of it. It names
 * objects by id and holds nothing that is in them.
 */
import type { Kysely } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { Page } from './items.ts';
import type { Tables } from './tables.ts';

/** Codes of the Passwork 7 protocol, section "Activity log entry", as far as this server writes them. */
export type ActivityEvent = 'item_viewed' | 'settings_changed';

/** Something that somebody did. Times are Unix seconds. */
export interface Activity {
  id: string;
  organisationId: string;
  actorId: string;
  event: ActivityEvent;
  objectId: string;
  vaultId: string | null;
  /** When it was done, by the clock of whoever did it. */
  actedAt: number;
  /** When the server heard of it. */
  arrivedAt: number;
  /** Whether it was done without the server and told afterwards. */
  isOffline: boolean;
  /** In what way, such as `revealed`; null where the event says it all. */
  action: string | null;
}

/** The repository of the activity log. It only grows. */
export function activityStore(database: Kysely<Tables>, seal: Seal) {
  return {
    async insert(activities: readonly Activity[]): Promise<void> {
      if (activities.length === 0) return;
      const rows = activities.map((activity) => ({
        ...{ id: activity.id, organisation_id: activity.organisationId, actor_id: activity.actorId },
        ...{ event: activity.event, object_id: activity.objectId, vault_id: activity.vaultId },
        ...{ acted_at: activity.actedAt, created_at: activity.arrivedAt },
        is_offline: activity.isOffline ? (1 as const) : (0 as const),
        content: seal.sealJson({ action: activity.action }),
      }));
      await database.insertInto('activity').values(rows).execute();
    },

    /** What happened in an organisation, what arrived last first. */
    async list(organisationId: string, page: Page): Promise<Activity[]> {
      const rows = await database
        .selectFrom('activity')
        .selectAll()
        .where('organisation_id', '=', organisationId)
        .orderBy('created_at', 'desc')
        .orderBy('acted_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit ?? Number.MAX_SAFE_INTEGER)
        .offset(page.offset ?? 0)
        .execute();
      return rows.map((row) => ({
        ...{ id: row.id, organisationId: row.organisation_id, actorId: row.actor_id },
        ...{ event: row.event, objectId: row.object_id, vaultId: row.vault_id },
        ...{ actedAt: row.acted_at, arrivedAt: row.created_at, isOffline: row.is_offline === 1 },
        action: seal.openJson<{ action: string | null }>(row.content).action,
      }));
    },

    async count(organisationId: string): Promise<number> {
      const row = await database
        .selectFrom('activity')
        .select((select) => select.fn.countAll().as('total'))
        .where('organisation_id', '=', organisationId)
        .executeTakeFirst();
      return Number(row?.total ?? 0);
    },
  };
}
