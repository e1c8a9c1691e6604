/**
 * Trying refused changes again, and giving changes up.
 *
 *   retryOperations(mirror, id | null)        held changes wait again: one, or all
 *   discardOperation(mirror, id, at)          gives up one and those of its object that build on it
 *
 * Both are one transaction each; start the synchroniser afterwards.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { BinEntry, Mirror, OutboxOperation, StoredFolder } from '../../mirror/index.ts';
import { recordEntry, sendForgotten, sendUnsent, showAgain, takeSubtree } from './binning.ts';
import { raiseDoubt } from '../doubt.ts';
import { endIfSettled, filesLeftOut, withChange } from './pending.ts';
import { emptyInto } from './relocation.ts';

/**
 * Lets held changes go out again: the one with this id, or all of them with null.
 * @throws StrongroomError `noSuchChange`
 */
export function retryOperations(mirror: Mirror, id: string | null): void {
  mirror.transaction(() => {
    if (id !== null && mirror.outbox.get(id) === null) throw new StrongroomError('noSuchChange');
    const all = id === null ? mirror.outbox.all() : [mirror.outbox.get(id)];
    for (const operation of all) {
      if (operation?.state !== 'held') continue;
      mirror.outbox.setState(operation.id, 'waiting', null);
      // While a deletion was held, what it is about was shown, and may have been worked with since.
      const { kind } = operation.change;
      if (kind === 'remove' || kind === 'removeFolder') mirror.outbox.toEnd(operation.id);
      showFolderChange(mirror, operation);
    }
  });
}

/** A folder whose change had been held shows the server's state; tried again, it shows all that goes out. */
function showFolderChange(mirror: Mirror, { objectId, object }: OutboxOperation): void {
  const folder = object === 'folder' ? mirror.folders.get(objectId) : null;
  if (folder === null) return;
  const going = mirror.outbox.ofObject('folder', objectId).filter(({ state }) => state !== 'held');
  mirror.folders.upsert(going.reduce(withFolderChange, folder));
}

/**
 * Gives up a change and those of the same object that were made after it; the object shows the
 * server's state again, with what was changed before. What was made here and is given up goes;
 * what lies in a folder that goes moves up. Gives the names of stored files that nothing refers
 * to any more.
 * @throws StrongroomError `noSuchChange`
 */
export function discardOperation(mirror: Mirror, id: string, at: number): string[] {
  return mirror.transaction(() => {
    const operation = mirror.outbox.get(id);
    if (operation === null) throw new StrongroomError('noSuchChange');
    raiseDoubt(mirror);
    const { object, objectId, seq } = operation;
    const all = mirror.outbox.ofObject(object, objectId);
    for (const each of all) if (each.seq >= seq) mirror.outbox.remove(each.id);
    const given = all.filter((each) => each.seq >= seq);
    const kept = all.filter((each) => each.seq < seq);
    const files =
      object === 'record'
        ? discardOfRecord(mirror, objectId, given, kept, at)
        : discardOfFolder(mirror, objectId, given, kept, at);
    endIfSettled(mirror, object, objectId);
    return files;
  });
}

const isOf = (operations: readonly OutboxOperation[], kind: OutboxOperation['change']['kind']): boolean =>
  operations.some(({ change }) => change.kind === kind);

function discardOfRecord(
  mirror: Mirror,
  id: string,
  given: readonly OutboxOperation[],
  kept: readonly OutboxOperation[],
  at: number,
): string[] {
  const conflict = mirror.conflicts.ofRecord(id);
  if (conflict !== null && conflict.sealed === null) mirror.conflicts.remove(conflict.id);
  const entry = mirror.bin.get(id);
  if (entry !== null && entry.under === null && isOf(given, 'remove')) {
    comeBack(mirror, entry, at);
    // Where only the deletion is given up, what was typed before it is none of it.
    if (given[0]?.change.kind === 'remove') {
      sendForgotten(mirror, entry, at);
      return [];
    }
  }
  const row = mirror.records.get(id);
  const base = mirror.bases.record(id);
  if (isOf(given, 'create') || (row !== null && base === null && !isOf(kept, 'create'))) {
    mirror.bases.remove('record', id);
    mirror.bin.remove(id);
    mirror.records.removeMany([id]);
    return row === null ? [] : filesLeftOut(row, null);
  }
  if (row === null) return [];
  // A record made here has no base: its creation, the first of what is kept, names every field.
  const start = base ?? { ...row, attachments: [], favourite: false };
  const shown = kept.reduce(
    (shownSoFar, { change }) => withChange(shownSoFar, change, row.attachments),
    start,
  );
  const { revision, updatedAt, contentHash, flagged } = row;
  const next = { ...shown, revision, updatedAt, contentHash, flagged };
  if (isOf(given, 'restore')) {
    mirror.bin.put(recordEntry(mirror, next, null, null));
    mirror.records.removeMany([id]);
    return [];
  }
  mirror.records.upsertMany([next]);
  return filesLeftOut(row, next);
}

/** Out of the bin with all that lies in it; what was typed into that before waits to be sent again. */
function comeBack(mirror: Mirror, entry: BinEntry, at: number): void {
  const under = mirror.bin.under(entry.id);
  showAgain(mirror, entry);
  sendUnsent(mirror, under, at);
  for (const each of under) sendForgotten(mirror, each, at);
}

function discardOfFolder(
  mirror: Mirror,
  id: string,
  given: readonly OutboxOperation[],
  kept: readonly OutboxOperation[],
  at: number,
): string[] {
  const entry = mirror.bin.get(id);
  if (entry !== null && entry.under === null && isOf(given, 'removeFolder')) {
    comeBack(mirror, entry, at);
    if (given[0]?.change.kind === 'removeFolder') {
      sendForgotten(mirror, entry, at);
      return [];
    }
  }
  const folder = mirror.folders.get(id);
  if (isOf(given, 'createFolder')) {
    if (folder !== null) {
      emptyInto(mirror, folder.id, folder.parentId, at);
      mirror.folders.remove([id]);
    }
    mirror.bases.remove('folder', id);
    return [];
  }
  const base = mirror.bases.folder(id);
  if (folder === null || !base) return [];
  if (isOf(given, 'restoreFolder')) {
    takeSubtree(mirror, folder, null);
    return [];
  }
  mirror.folders.upsert(kept.reduce(withFolderChange, { ...base, contentHash: folder.contentHash }));
  return [];
}

function withFolderChange(folder: StoredFolder, { change }: OutboxOperation): StoredFolder {
  if (change.kind === 'renameFolder') return { ...folder, name: change.name };
  if (change.kind === 'moveFolder') return { ...folder, parentId: change.parentId };
  return folder;
}
