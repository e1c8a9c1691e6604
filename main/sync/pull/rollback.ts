/**
 * A server that was put back to an older backup.
 *
 * Two signs give it away: it does not know a cursor that it has given out itself, or its counters
 * have fallen. Such a server is told of and not obeyed. Records keep their newer values, since the
 * intake refuses what goes back. And what this device holds and the next listing lacks is not
 * erased for it: it may have been made after the backup, and this may be the only copy left. It
 * stays, remembered by id, until the server has it again or a person deletes it.
 *
 * So after a sign exactly one whole listing is compared without erasing. Whatever it lacks is kept
 * from then on; everything else is erased as before when it goes.
 */
import type { Mirror } from '../../mirror/index.ts';
import type { PullContext } from '../pullcontext.ts';

/** Keys of the sync state: a listing to be compared is due; ids that are kept, blanks between them. */
const dueKey = 'rollbackListingDue';
const keptKey = 'keptAfterRollback';

/** The server has shown a sign; a person is told. */
export function noteRollback({ mirror, client, now }: Pick<PullContext, 'mirror' | 'client' | 'now'>): void {
  const subject = client.connection.address.host;
  mirror.notices.add({ at: now(), kind: 'serverRolledBack', subject, recordId: null });
  mirror.syncState.set(dueKey, String(now()));
}

/** Of what the server does not list any more, what may be erased; the rest is kept from now on. */
export function erasable(mirror: Mirror, ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  const kept = keptIds(mirror);
  if (mirror.syncState.get(dueKey) !== null) {
    for (const id of ids) kept.add(id);
    write(mirror, kept);
    return [];
  }
  return kept.size === 0 ? [...ids] : ids.filter((id) => !kept.has(id));
}

/** The server has delivered these again: from now on they go when they go. */
export function releaseKept(mirror: Mirror, ids: readonly string[]): void {
  if (mirror.syncState.get(keptKey) === null) return;
  const kept = keptIds(mirror);
  const before = kept.size;
  for (const id of ids) kept.delete(id);
  if (kept.size !== before) write(mirror, kept);
}

/** A whole listing has been compared. */
export function listingCompared(mirror: Mirror): void {
  mirror.syncState.set(dueKey, null);
}

function keptIds(mirror: Mirror): Set<string> {
  return new Set((mirror.syncState.get(keptKey) ?? '').split(' ').filter(Boolean));
}

function write(mirror: Mirror, kept: ReadonlySet<string>): void {
  mirror.syncState.set(keptKey, kept.size === 0 ? null : [...kept].join(' '));
}
