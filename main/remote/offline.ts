/**
 * The right to be offline, and what is told of it afterwards (additions of our server, features
 * `offlinePolicy` and `offlineReads`).
 */
import { z } from 'zod';
import type { RemoteClient } from './client.ts';
import { keyHeader, type Sending } from './writing.ts';

const usualDays = 30;
const mostDays = 365;

/**
 * Whether and for how many days (1 to 365) an organisation allows work without contact; null where
 * not stated. What is out of bounds never comes to more than it says: less than a day is none.
 */
export const offlinePolicy = z
  .object({ allowed: z.boolean(), days: z.number().catch(usualDays) })
  .transform(({ allowed, days }) => {
    const whole = Math.floor(Math.min(days, mostDays));
    return { allowed: allowed && whole >= 1, days: Math.max(whole, 1) };
  })
  .nullish()
  .catch(null)
  .transform((policy) => policy ?? null);
export type RemoteOfflinePolicy = NonNullable<z.output<typeof offlinePolicy>>;

/** A secret that was looked at without contact. */
export interface SentRead {
  readonly itemId: string;
  /** Unix seconds. */
  readonly at: number;
  readonly action: 'revealed' | 'copied' | 'saved';
}

/** As many reads as one request takes. */
export const mostReads = 500;

/** Tells the activity log. @throws StrongroomError `badAnswer`, network codes */
export async function sendOfflineReads(
  client: RemoteClient,
  reads: readonly SentRead[],
  sending: Sending,
): Promise<void> {
  const { signal } = sending;
  const request = { method: 'POST', path: '/activity/offline-reads', body: { reads }, signal } as const;
  await client.call(z.unknown(), { ...request, headers: keyHeader(sending) });
}
