/**
 * Rules of the organisation (features `offlinePolicy`, `passwordPolicies`, `activityRetention`). The
 * first two are read with the settings.
 */
import { z } from 'zod';
import { activityDays } from '../../../contract/organisation.ts';
import type { RemoteClient } from '../client.ts';
import { administer } from './refusals.ts';

export function setOfflineRule(
  client: RemoteClient,
  { allowed, days }: { readonly allowed: boolean; readonly days: number },
): Promise<unknown> {
  const request = { method: 'POST', path: '/organisation/offline-policy', body: { allowed, days } } as const;
  return administer(client, z.unknown(), request);
}

export interface SentPasswordDemand {
  readonly minimumLength: number;
  readonly requiredSets: readonly string[];
  readonly minimumBits: number;
}

export function setPasswordDemand(client: RemoteClient, demand: SentPasswordDemand): Promise<unknown> {
  const { minimumLength, requiredSets, minimumBits } = demand;
  const body = { minimumLength, requiredSets: [...requiredSets], minimumBits };
  return administer(client, z.unknown(), { method: 'POST', path: '/organisation/password-policy', body });
}

const activityPath = '/organisation/activity-retention';
const { least, most } = activityDays;
const retention = z.object({ days: z.nullable(z.number().int().min(least).max(most)) });

/** For how many days entries of the activity log are kept; null for good. */
export const readActivityRetention = (client: RemoteClient): Promise<{ days: number | null }> =>
  administer(client, retention, { method: 'GET', path: activityPath });

export const setActivityRetention = (client: RemoteClient, days: number | null): Promise<unknown> =>
  administer(client, z.unknown(), { method: 'POST', path: activityPath, body: { days } });
