/**
 * What the server announced when it was last verified in full, for decisions that are made while
 * it cannot be asked.
 */
import { z } from 'zod';
import type { Mirror } from '../mirror/index.ts';

/** Key of the sync state under which the features stand that the last full verification found. */
export const verifiedKey = 'verifiedFeatures';

export const verified = z.strictObject({ at: z.number(), features: z.array(z.string()) });

/** Names of the features, however long ago they were announced. */
export function announcedFeatures(mirror: Mirror): ReadonlySet<string> {
  const text = mirror.syncState.get(verifiedKey);
  const read = text === null ? null : verified.safeParse(JSON.parse(text));
  return new Set(read?.success === true ? read.data.features : []);
}

/** Whether the server can put back what lies in its bin. */
export function serverRestores(mirror: Mirror): boolean {
  return announcedFeatures(mirror).has('bin');
}
