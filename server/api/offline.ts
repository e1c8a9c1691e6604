/**
 * The right to be offline (own addition): whether members may keep vaults on a device that does
 * not reach this server, for how many days, and what was read there meanwhile.
 */
import { z } from 'zod';
import type { Caller } from '../access/rights.ts';
import { newId } from '../storage/ids.ts';
import type { Api, Context } from './context.ts';
import { callerOf, unixSeconds } from './context.ts';
import { objectId } from './schemas.ts';

/** The policy as clients are told it, with the settings and with the change feed. */
export const offlinePolicySchema = z.object({
  allowed: z.boolean(),
  /** How long a device may do without the server. */
  days: z.number().int().min(1).max(365),
});

/** As many as one request may tell. */
const mostReads = 500;
/** The last second of the year 9999: device clocks may be wrong, but not unreadable. */
const latestTime = 253_402_300_799;

const readsBody = z.object({
  reads: z
    .array(
      z.object({
        itemId: objectId,
        /** When, in Unix seconds, by the clock of the device. */
        at: z.number().int().min(0).max(latestTime),
        action: z.enum(['revealed', 'copied', 'saved']),
      }),
    )
    .max(mostReads),
});

/** The vaults of some records of the caller's organisation, by record; deleted ones included. */
async function vaultsOf(context: Context, caller: Caller, itemIds: readonly string[]) {
  const { storage } = context;
  const own = new Set((await storage.vaults.list(caller.organisationId)).map(({ id }) => id));
  const live = [...(await storage.items.findMany(itemIds)).values()];
  const binned = [...(await storage.items.findBinned(itemIds)).values()].map(({ item }) => item);
  const found = [...live, ...binned].filter(({ vaultId }) => own.has(vaultId));
  return new Map(found.map(({ id, vaultId }) => [id, vaultId]));
}

/**
 * Logs what was read. A record that is unknown by now is logged as well: that it was read before
 * it was deleted for good is worth knowing.
 */
async function logReads(
  context: Context,
  caller: Caller,
  reads: z.output<typeof readsBody>['reads'],
): Promise<void> {
  const vaults = await vaultsOf(
    context,
    caller,
    reads.map(({ itemId }) => itemId),
  );
  const arrivedAt = unixSeconds(context);
  const entries = reads.map(({ itemId, at, action }) => ({
    ...{ id: newId(context.clock()), organisationId: caller.organisationId, actorId: caller.userId },
    ...{ event: 'item_viewed' as const, objectId: itemId, vaultId: vaults.get(itemId) ?? null },
    ...{ actedAt: at, arrivedAt, isOffline: true, action, subjectId: null, address: null, client: null },
  }));
  await context.storage.activity.insert(entries);
  await context.storage.afterCommit(async () => context.tellActivity(entries));
}

/** Registers the endpoints of this file. */
export function offlineRoutes(app: Api, context: Context): void {
  app.post(
    '/organisation/offline-policy',
    {
      config: { needs: 'settings:manage', logs: 'noted' },
      schema: {
        summary: 'Say whether and for how many days members may be offline (own addition)',
        body: offlinePolicySchema,
        response: { 200: offlinePolicySchema },
      },
    },
    async (request) => {
      const { organisationId } = callerOf(request);
      const { allowed, days } = request.body;
      await context.storage.organisations.setOfflinePolicy(organisationId, { allowed, days });
      const action = allowed ? `offline for ${days} days` : 'never offline';
      request.activityNotes.push({ event: 'settings_changed', objectId: organisationId, action });
      return { allowed, days };
    },
  );

  app.post(
    '/activity/offline-reads',
    {
      config: { needs: 'session', logs: 'nothing' },
      schema: {
        summary: 'Tell what the caller read while offline (own addition)',
        body: readsBody,
        response: { 200: z.object({ accepted: z.number() }) },
      },
    },
    async (request) => {
      const { reads } = request.body;
      await logReads(context, callerOf(request), reads);
      return { accepted: reads.length };
    },
  );
}
