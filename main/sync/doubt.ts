/**
 * When the feed is not enough for a moment.
 *
 * The feed tells a thing once. What it tells of deletions and folders is not carried out where a
 * person has asked for the contrary here (to put something back, to delete it), since that has
 * yet to be sent. If the server then refuses, or the person thinks better of it, nobody tells the
 * first thing again. So such moments are noted, and once nothing of the kind waits any more the
 * listings are compared, which tell everything.
 */
import type { Mirror, OutboxChange } from '../mirror/index.ts';

/** Key of the sync state under which a doubt stands. */
const doubtKey = 'treeInDoubt';

const reshaping: readonly OutboxChange['kind'][] = [
  'create',
  'move',
  'remove',
  'restore',
  'createFolder',
  'renameFolder',
  'moveFolder',
  'removeFolder',
  'restoreFolder',
];

function isReshaping(mirror: Mirror): boolean {
  return mirror.outbox.hasKind(reshaping);
}

/** Something was given up or decided: what had been told against it may have been passed over. */
export function raiseDoubt(mirror: Mirror): void {
  mirror.syncState.set(doubtKey, 'yes');
}

/** Whether the listings have to be compared before the feed is believed alone. */
export function isInDoubt(mirror: Mirror): boolean {
  return mirror.syncState.get(doubtKey) !== null;
}

/** A deletion or a folder was told while what waits here may speak against it. */
export function raiseDoubtWhileReshaping(mirror: Mirror): void {
  if (!isInDoubt(mirror) && isReshaping(mirror)) raiseDoubt(mirror);
}

/** Whether only the listings can settle it now. Before the waiting changes are settled they could not either. */
export function mustCompareListings(mirror: Mirror): boolean {
  return isInDoubt(mirror) && mirror.conflicts.count() === 0 && !isReshaping(mirror);
}

/** The listings are about to be compared: what happens from here on is a new doubt. */
export function endDoubt(mirror: Mirror): void {
  mirror.syncState.set(doubtKey, null);
}
