/**
 * For how long the activity log is kept (own additions). Not for less than a month: whoever got hold
 * of an administrator's session must not be able to make the log forget what they did.
 */
import { z } from 'zod';
import type { Api, Context } from './context.ts';
import { callerOf, unixSeconds } from './context.ts';

const shortestDays = 30;
const longestDays = 3_650;
const daySeconds = 24 * 3600;

const retention = z.object({
  /** Null keeps entries for good. */
  days: z.number().int().min(shortestDays).max(longestDays).nullable(),
});

/** Registers the endpoints of this file. */
export function activityRetentionRoutes(app: Api, context: Context): void {
  app.get(
    '/organisation/activity-retention',
    {
      config: { needs: 'settings:manage' },
      schema: {
        summary: 'For how many days the activity log is kept (own addition)',
        response: { 200: retention },
      },
    },
    async (request) => ({
      days: await context.storage.organisations.activityDays(callerOf(request).organisationId),
    }),
  );

  app.post(
    '/organisation/activity-retention',
    {
      config: { needs: 'settings:manage', logs: 'noted' },
      schema: {
        summary: 'Say for how many days the activity log is kept (own addition)',
        ...{ body: retention, response: { 200: retention } },
      },
    },
    async (request) => {
      const { organisationId } = callerOf(request);
      const { days } = request.body;
      await context.storage.organisations.setActivityDays(organisationId, days);
      const action = days === null ? 'activity log kept for good' : `activity log kept for ${days} days`;
      request.activityNotes.push({ event: 'settings_changed', objectId: organisationId, action });
      return { days };
    },
  );
}

/** Drops the entries that their organisations do not keep any longer. */
export async function dropOldActivity(context: Pick<Context, 'storage' | 'clock'>): Promise<void> {
  const { organisations, activity } = context.storage;
  for (const id of await organisations.ids()) {
    const days = await organisations.activityDays(id);
    if (days !== null) await activity.forgetBefore(id, unixSeconds(context) - days * daySeconds);
  }
}
