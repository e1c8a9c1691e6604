/** Rules of the organisation (features `offlinePolicy`, `passwordPolicies`). They are read with the settings. */
import { z } from 'zod';
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
