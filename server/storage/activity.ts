/**
 * The activity log: who did what to which object, when, and when the server heard of it. It names
 * objects by id and holds nothing that is in them.
 */
import type { Kysely, Selectable } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { ActivityEvent } from './events.ts';
import type { Page } from './items.ts';
import type { ActivityTable, Tables } from './tables.ts';

const rowsPerStatement = 500;

/** Something that somebody did. Times are Unix seconds. */
export interface Activity {
  id: string;
  organisationId: string;
  /** Empty where nobody had logged in, as when an external link is opened. */
  actorId: string;
  event: ActivityEvent;
  objectId: string;
  /** The second object: the person or group that it concerns, the folder or group it was about. */
  subjectId: string | null;
  vaultId: string | null;
  /** When it was done, by the clock of whoever did it. */
  actedAt: number;
  /** When the server heard of it. */
  arrivedAt: number;
  /** Whether it was done without the server and told afterwards. */
  isOffline: boolean;
  /** In what way, such as `revealed`; null where the event says it all. */
  action: string | null;
  /** The network address that the request came from; null where it is not known. */
  address: string | null;
  /** What the client calls itself. */
  client: string | null;
}

/** Which entries are asked for; what is absent does not narrow. Times are Unix seconds. */
export interface ActivityFilter {
  events?: readonly ActivityEvent[] | undefined;
  actorId?: string | undefined;
  /** The object or the second object. */
  concernedId?: string | undefined;
  vaultIds?: readonly string[] | undefined;
  from?: number | undefined;
  to?: number | undefined;
}

interface ActivityContent {
  action: string | null;
  address?: string | null;
  client?: string | null;
}

/** The repository of the activity log. It only grows, but for what an organisation lets go by age. */
export function activityStore(database: Kysely<Tables>, seal: Seal) {
  const open = (row: Selectable<ActivityTable>): Activity => {
    const { action, address = null, client = null } = seal.openJson<ActivityContent>(row.content);
    return {
      ...{ id: row.id, organisationId: row.organisation_id, actorId: row.actor_id, event: row.event },
      ...{ objectId: row.object_id, subjectId: row.subject_id, vaultId: row.vault_id },
      ...{ actedAt: row.acted_at, arrivedAt: row.created_at, isOffline: row.is_offline === 1 },
      ...{ action, address, client },
    };
  };

  const matching = (organisationId: string, filter: ActivityFilter) => {
    const { events, actorId, concernedId, vaultIds, from, to } = filter;
    let query = database.selectFrom('activity').where('organisation_id', '=', organisationId);
    if (events) query = query.where('event', 'in', events);
    if (actorId !== undefined) query = query.where('actor_id', '=', actorId);
    if (vaultIds) query = query.where('vault_id', 'in', vaultIds);
    if (from !== undefined) query = query.where('created_at', '>=', from);
    if (to !== undefined) query = query.where('created_at', '<=', to);
    if (concernedId === undefined) return query;
    return query.where((where) =>
      where.or([where('object_id', '=', concernedId), where('subject_id', '=', concernedId)]),
    );
  };

  return {
    async insert(activities: readonly Activity[]): Promise<void> {
      const rows = activities.map((activity) => ({
        ...{ id: activity.id, organisation_id: activity.organisationId, actor_id: activity.actorId },
        ...{ event: activity.event, object_id: activity.objectId, vault_id: activity.vaultId },
        ...{ subject_id: activity.subjectId, acted_at: activity.actedAt, created_at: activity.arrivedAt },
        is_offline: activity.isOffline ? (1 as const) : (0 as const),
        content: seal.sealJson({
          action: activity.action,
          address: activity.address,
          client: activity.client,
        } satisfies ActivityContent),
      }));
      for (let start = 0; start < rows.length; start += rowsPerStatement) {
        const portion = rows.slice(start, start + rowsPerStatement);
        await database.insertInto('activity').values(portion).execute();
      }
    },

    /** What happened in an organisation, what arrived last first. */
    async list(organisationId: string, page: Page, filter: ActivityFilter = {}): Promise<Activity[]> {
      const rows = await matching(organisationId, filter)
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('acted_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit ?? Number.MAX_SAFE_INTEGER)
        .offset(page.offset ?? 0)
        .execute();
      return rows.map(open);
    },

    /** Forgets what arrived before a time, in portions; answers how much it was. */
    async forgetBefore(organisationId: string, time: number): Promise<number> {
      let forgotten = 0;
      for (;;) {
        const outdated = database.selectFrom('activity').select('id');
        const rows = await outdated
          .where('organisation_id', '=', organisationId)
          .where('created_at', '<', time)
          .limit(rowsPerStatement)
          .execute();
        if (rows.length === 0) return forgotten;
        const ids = rows.map(({ id }) => id);
        await database.deleteFrom('activity').where('id', 'in', ids).execute();
        forgotten += rows.length;
      }
    },

    async count(organisationId: string, filter: ActivityFilter = {}): Promise<number> {
      const row = await matching(organisationId, filter)
        .select((select) => select.fn.countAll().as('total'))
        .executeTakeFirst();
      return Number(row?.total ?? 0);
    },
  };
}
