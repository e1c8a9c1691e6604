/**
 * What a record shows here and the server does not have, put into the outbox as a whole. For rows
 * that come back from where their own operations were given up: out of the bin, or out of a
 * conflict.
 */
import type { Mirror, StoredRecord } from '../../mirror/index.ts';
import { changedFields, replaceEdits } from './pending.ts';

/** Makes one move of a record's waiting moves, to where it lies now; none where that is its base's place. */
export function replaceMoves(mirror: Mirror, base: StoredRecord, record: StoredRecord, at: number): void {
  const { outbox } = mirror;
  const { id, name, vaultId, folderId } = record;
  for (const operation of outbox.ofObject('record', id)) {
    if (operation.change.kind === 'move') outbox.remove(operation.id);
  }
  if (vaultId === null || (vaultId === base.vaultId && folderId === base.folderId)) return;
  const keyWrapped = vaultId === base.vaultId ? null : record.keyWrapped;
  const change = { kind: 'move', place: { vaultId, folderId }, keyWrapped } as const;
  outbox.add({ object: 'record', objectId: id, name, change, at });
}

/** Asks for everything in which `row` differs from `base`. `at` in Unix milliseconds. */
export function sendDifference(mirror: Mirror, base: StoredRecord, row: StoredRecord, at: number): void {
  sendValues(mirror, base, row, at);
  replaceMoves(mirror, base, row, at);
}

/** The same, but for its place. */
export function sendValues(mirror: Mirror, base: StoredRecord, row: StoredRecord, at: number): void {
  replaceEdits(mirror, row, changedFields(base, row), at);
  sendFiles(mirror, base, row, at);
  const marks = mirror.outbox.ofObject('record', row.id).filter(({ change }) => change.kind === 'favourite');
  for (const { id } of marks) mirror.outbox.remove(id);
  if (row.favourite !== base.favourite) {
    const change = { kind: 'favourite', favourite: row.favourite } as const;
    mirror.outbox.add({ object: 'record', objectId: row.id, name: row.name, change, at });
  }
}

/** Asks for files that were added, taken away or renamed here, as far as nothing of the kind waits. */
export function sendFiles(mirror: Mirror, base: StoredRecord, row: StoredRecord, at: number): void {
  const waiting = mirror.outbox.ofObject('record', row.id).map(({ change }) => change);
  const waits = (kind: 'attach' | 'detach' | 'renameFile', fileId: string): boolean =>
    waiting.some((change) => change.kind === kind && change.attachmentId === fileId);
  const common = { object: 'record', objectId: row.id, name: row.name, at } as const;
  for (const { id: attachmentId, serverId } of row.attachments) {
    if (serverId !== null || waits('attach', attachmentId)) continue;
    mirror.outbox.add({ ...common, change: { kind: 'attach', attachmentId } });
  }
  for (const { id: attachmentId, serverId } of base.attachments) {
    if (row.attachments.some(({ id }) => id === attachmentId) || waits('detach', attachmentId)) continue;
    mirror.outbox.add({ ...common, change: { kind: 'detach', attachmentId, serverId } });
  }
  for (const { id: attachmentId, serverId, name } of row.attachments) {
    const before = base.attachments.find(({ id }) => id === attachmentId);
    const isRenamed = serverId !== null && before !== undefined && before.name !== name;
    if (!isRenamed || waits('renameFile', attachmentId)) continue;
    mirror.outbox.add({ ...common, change: { kind: 'renameFile', attachmentId, name } });
  }
}
