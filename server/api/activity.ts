/** The activity log as administrators read it (own addition: Passwork's endpoint is not public). */
import { z } from 'zod';
import type { Api, Context } from './context.ts';
import { callerOf } from './context.ts';
import { objectId, pageQuery, shortUser } from './schemas.ts';
import { shortUserAnswer } from './users.ts';

/** Entries on a page when the caller names no number. */
const usualPage = 100;

const entrySchema = z.object({
  id: objectId,
  event: z.string(),
  actor: shortUser.nullable(),
  objectId: objectId,
  vaultId: objectId.nullable(),
  /** When it was done, by the clock of the device. */
  at: z.number(),
  /** When the server heard of it. */
  arrivedAt: z.number(),
  isOffline: z.boolean(),
  action: z.string().nullable(),
});

/** Registers the endpoint of this file. */
export function activityRoutes(app: Api, context: Context): void {
  app.get(
    '/activity',
    {
      config: { needs: 'administrator' },
      schema: {
        summary: 'What happened in the organisation, what arrived last first (own addition)',
        querystring: pageQuery,
        response: { 200: z.object({ items: z.array(entrySchema), total: z.number() }) },
      },
    },
    async (request) => {
      const { organisationId } = callerOf(request);
      const { limit = usualPage, offset } = request.query;
      const { activity, users } = context.storage;
      const entries = await activity.list(organisationId, { limit, offset });
      const actors = await users.findMany(entries.map(({ actorId }) => actorId));
      const items = entries.map((entry) => {
        const actor = actors.get(entry.actorId);
        const { id, event, objectId: about, vaultId, actedAt, arrivedAt, isOffline, action } = entry;
        return {
          ...{ id, event, actor: actor ? shortUserAnswer(actor) : null, objectId: about, vaultId },
          ...{ at: actedAt, arrivedAt, isOffline, action },
        };
      });
      return { items, total: await activity.count(organisationId) };
    },
  );
}
