/**
 * What every writing request shares: the idempotency key under which a server of our kind carries
 * it out once (own addition, feature `idempotencyKeys`), and what a server tells of a record it
 * has written. Servers that know nothing of either ignore the header and answer less.
 */
import { z } from 'zod';
import { serverId, unixSeconds } from './shapes.ts';

/** Under which key a request goes out, and how it can be ended. */
export interface Sending {
  readonly idempotencyKey: string;
  readonly signal?: AbortSignal | undefined;
}

export function keyHeader({ idempotencyKey }: Sending): Readonly<Record<string, string>> {
  return { 'Idempotency-Key': idempotencyKey };
}

export const revision = z
  .number()
  .int()
  .nonnegative()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

/** A record's counter and time after a write, null where the server does not tell. */
export const written = z.object({ revision, updatedAt: unixSeconds });
export type Written = z.output<typeof written>;

export const createdId = z.object({ id: serverId });

/** The server's name of an entry in its bin. */
export const binItem = z.object({ binItemId: serverId });
