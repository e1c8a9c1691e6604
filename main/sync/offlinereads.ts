/**
 * Telling the activity log of secrets that were looked at without contact.
 *
 * A repeat has to be the same request, and more reads may have come meanwhile: so the end of what
 * goes out, and its key, are written down before it does, and stay until it was answered.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Mirror } from '../mirror/index.ts';
import { mostReads, sendOfflineReads } from '../remote/index.ts';
import type { PullContext } from './pullcontext.ts';

const batchKey = 'offlineReadsUnderWay';
const batch = z.strictObject({ key: z.string(), through: z.number() });
type Batch = z.output<typeof batch>;

/** Tells everything that is queued; a server that keeps no such log is not told, and the queue goes. */
export async function tellOfflineReads({ client, features, mirror, signal }: PullContext): Promise<void> {
  while (mirror.offlineReads.count() > 0) {
    const next = features.has('offlineReads') ? batchOf(mirror) : null;
    const reads = mirror.offlineReads.oldest(mostReads);
    const through = next?.through ?? reads.at(-1)?.seq ?? 0;
    const told = reads.filter(({ seq, itemServerId }) => seq <= through && itemServerId !== '');
    if (next !== null && told.length > 0) {
      const sent = told.map(({ itemServerId: itemId, at, action }) => ({
        itemId,
        at: Math.floor(at / 1000),
        action,
      }));
      await sendOfflineReads(client, sent, { idempotencyKey: next.key, signal });
    }
    mirror.transaction(() => {
      mirror.offlineReads.removeThrough(through);
      mirror.syncState.set(batchKey, null);
    });
  }
}

function batchOf(mirror: Mirror): Batch {
  const text = mirror.syncState.get(batchKey);
  const known = text === null ? null : batch.safeParse(JSON.parse(text));
  if (known?.success === true) return known.data;
  const through = mirror.offlineReads.oldest(mostReads).at(-1)?.seq ?? 0;
  const fresh: Batch = { key: randomUUID(), through };
  mirror.durable(() => mirror.syncState.set(batchKey, JSON.stringify(fresh)));
  return fresh;
}
