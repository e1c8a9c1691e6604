/**
 * Records that are made anew: deleted for good there and kept here, or where the server puts nothing
 * back. They keep their record key, which others who had the record have as well, and their id here,
 * which may be the one that the server knew it by.
 *
 * So the key alone does not say that what the server delivers is what was sent from here: another
 * device may have kept the same record in the same way. That a record was made anew is remembered
 * until the server has it again.
 */
import type { Mirror } from '../../mirror/index.ts';

/** Key of the sync state under which it stands that a record was made anew. */
function anewKey(recordId: string): string {
  return `madeAnew:${recordId}`;
}

/** From now on others may have this record made anew as well. */
export function noteMadeAnew(mirror: Mirror, recordId: string): void {
  mirror.syncState.set(anewKey(recordId), 'yes');
}

/** Whether the server knew this record, under another id or before it was deleted there. */
export function wasMadeAnew(mirror: Mirror, recordId: string): boolean {
  return mirror.syncState.get(anewKey(recordId)) !== null;
}

/** The server has it again. */
export function endMadeAnew(mirror: Mirror, recordId: string): void {
  if (wasMadeAnew(mirror, recordId)) mirror.syncState.set(anewKey(recordId), null);
}
