/**
 * Finding another place for what lies in a folder that is no more.
 *
 * Settled records go or stay by the server's word. But what was made or moved here into a folder
 * that is gone meanwhile would have nowhere to be sent to: it moves to the nearest place above
 * that is left, and its waiting operations name that place.
 */
import type { Mirror, OutboxChange, OutboxOperation, StoredPlace } from '../../mirror/index.ts';
import { raiseDoubt } from '../doubt.ts';
import { recordsInFolder } from './binning.ts';
import { endIfSettled, folderHere, isLostPlace, recordHere, rewriteUnsent } from './pending.ts';

/**
 * The nearest folder above `folderId` that is not among `gone`, or null for the vault itself.
 * Reads the tree as it stands before the folders go.
 */
export function survivingAbove(mirror: Mirror, folderId: string, gone: ReadonlySet<string>): string | null {
  const above = mirror.folders.path(folderId).toReversed();
  return above.find(({ id }) => !gone.has(id))?.id ?? null;
}

/** Moves what lies directly in a folder, records and folders, to `parentId`. */
export function emptyInto(mirror: Mirror, folderId: string, parentId: string | null, at: number): void {
  for (const record of recordsInFolder(mirror, folderId)) {
    if (record.folderId === folderId) replaceRecord(mirror, record.id, parentId, at);
  }
  const { vaultId } = mirror.folders.get(folderId) ?? {};
  if (vaultId === undefined) return;
  for (const folder of mirror.folders.ofVault(vaultId)) {
    if (folder.parentId === folderId) replaceFolder(mirror, folder.id, parentId, at);
  }
}

/** Puts a record of this device into another folder of its vault, its waiting operations along with it. */
export function replaceRecord(mirror: Mirror, id: string, folderId: string | null, at: number): void {
  const record = mirror.records.get(id);
  if (record === null || record.vaultId === null) return;
  raiseDoubt(mirror);
  const place: StoredPlace = { vaultId: record.vaultId, folderId };
  mirror.records.upsertMany([{ ...record, folderId }]);
  const operations = mirror.outbox.ofObject('record', id);
  const last = operations.findLast(({ change }) => change.kind === 'create' || change.kind === 'move');
  if (last !== undefined) return rewritePlace(mirror, last, place);
  if (mirror.bases.record(id) === undefined) mirror.bases.putRecord(id, record);
  const change = { kind: 'move', place, keyWrapped: null } as const;
  mirror.outbox.add({ object: 'record', objectId: id, name: record.name, change, at });
}

function rewritePlace(mirror: Mirror, operation: OutboxOperation, place: StoredPlace): void {
  const { change } = operation;
  if (change.kind === 'create' || change.kind === 'move')
    sendElsewhere(mirror, operation, { ...change, place });
}

/**
 * With another place it is another request: what was refused for its place waits again. What makes
 * something keeps its key all the same. Should the first request have arrived, the server says so
 * under that key; under another one it would make the thing twice.
 */
function sendElsewhere(mirror: Mirror, operation: OutboxOperation, change: OutboxChange): void {
  const makes = change.kind === 'create' || change.kind === 'createFolder';
  if (makes) mirror.outbox.rewrite(operation.id, change);
  else rewriteUnsent(mirror, operation, change);
  const { object, objectId, seq } = operation;
  const now = mirror.outbox.ofObject(object, objectId).find((each) => each.seq === seq);
  if (now?.state === 'held') mirror.outbox.setState(now.id, 'waiting', null);
}

/** Puts a folder of this device under another one, its waiting operations along with it. */
export function replaceFolder(mirror: Mirror, id: string, parentId: string | null, at: number): void {
  const folder = mirror.folders.get(id);
  if (folder === null) return;
  raiseDoubt(mirror);
  mirror.folders.upsert({ ...folder, parentId });
  const operations = mirror.outbox.ofObject('folder', id);
  const last = operations.findLast(
    ({ change }) => change.kind === 'createFolder' || change.kind === 'moveFolder',
  );
  if (last?.change.kind === 'moveFolder' && mirror.bases.folder(id)?.parentId === parentId) {
    // It lies there already.
    mirror.outbox.remove(last.id);
    return endIfSettled(mirror, 'folder', id);
  }
  if (last?.change.kind === 'createFolder' || last?.change.kind === 'moveFolder') {
    return sendElsewhere(mirror, last, { ...last.change, parentId });
  }
  if (mirror.bases.folder(id) === undefined) mirror.bases.putFolder(id, folder);
  mirror.outbox.add({
    object: 'folder',
    objectId: id,
    name: folder.name,
    change: { kind: 'moveFolder', parentId },
    at,
  });
}

/**
 * A creation that names a folder which is gone, as it can be sent: into the folder where what it makes
 * has been moved meanwhile, or into none. What was sent and not answered keeps its first place until
 * then, so nobody has found it another one. The operation itself, where its place is left.
 */
export function creationElsewhere(mirror: Mirror, operation: OutboxOperation): OutboxOperation {
  const { change, objectId } = operation;
  // Asked of everything that waits: the row is read only where the folder is gone.
  if (change.kind === 'create' && isGone(mirror, change.place.folderId)) {
    const { vaultId, folderId } = change.place;
    const stands = recordHere(mirror, objectId);
    const now = stands?.vaultId === vaultId ? stands.folderId : null;
    if (!isLeft(mirror, folderId, now)) return operation;
    return { ...operation, change: { ...change, place: { vaultId, folderId: placeLeft(mirror, now) } } };
  }
  if (change.kind === 'createFolder' && isGone(mirror, change.parentId)) {
    const now = folderHere(mirror, objectId)?.parentId ?? null;
    if (!isLeft(mirror, change.parentId, now)) return operation;
    return { ...operation, change: { ...change, parentId: placeLeft(mirror, now) } };
  }
  return operation;
}

function isGone(mirror: Mirror, folderId: string | null): boolean {
  return folderId !== null && mirror.folders.get(folderId) === null;
}

/** Whether what was to be made in a gone folder stands in another one by now, or could never be sent there. */
function isLeft(mirror: Mirror, folderId: string | null, now: string | null): boolean {
  return now !== folderId || isLostPlace(mirror, folderId);
}

function placeLeft(mirror: Mirror, folderId: string | null): string | null {
  return isLostPlace(mirror, folderId) ? null : folderId;
}
