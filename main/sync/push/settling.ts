/**
 * What a sent operation comes to once the server has it: one transaction in which the server's id
 * and counters are noted, the base moves on by exactly what was sent, and the operation goes.
 *
 * The hash of the row as the server will deliver it is worked out here as well, so that the next
 * pull, which tells this device of its own change, finds nothing to do. Should it differ after
 * all, the pull takes the delivered record in as any other.
 */
import { createSecretKey } from 'node:crypto';
import type { Mirror, OutboxOperation, StoredFolder, StoredRecord } from '../../mirror/index.ts';
import type { Written } from '../../remote/index.ts';
import { endMadeAnew } from '../outbox/anew.ts';
import { binItemKey } from '../outbox/binning.ts';
import { endIfSettled, folderHere, recordHere, withChange } from '../outbox/pending.ts';
import { manifestOf } from '../trust/manifest.ts';
import type { PullContext } from '../pullcontext.ts';
import { contentHash, deliveredHash } from '../pull/rows.ts';

/** Stands for the hash of a state that was never delivered here: nothing that is delivered has it. */
const unseen = 'unseen';

/** What a server tells after a write; members are null or missing where it does not. */
export interface Settlement extends Partial<Written> {
  /** Of something new: the record, the folder, or the attachment. */
  readonly serverId?: string;
  /** Where something came back to, by this device's id; null is the vault itself. */
  readonly folderId?: string | null;
}

/** A record's operation has been carried out. */
export function settleRecord(context: PullContext, operation: OutboxOperation, told: Settlement): void {
  const { mirror } = context;
  mirror.transaction(() => {
    // Given up while it was under way: the next pull tells what has come of it.
    if (mirror.outbox.get(operation.id) === null) return;
    const row = recordHere(mirror, operation.objectId);
    mirror.outbox.remove(operation.id);
    if (row === null) return;
    const base = mirror.bases.record(row.id) ?? { ...row, attachments: [], favourite: false };
    if (operation.change.kind === 'create') endMadeAnew(mirror, row.id);
    const settled = advanced(mirror, base, row, operation, told);
    writeRow(mirror, row, settled, told);
    rememberManifest(context, settled);
    mirror.bases.putRecord(row.id, settled);
    endIfSettled(mirror, 'record', row.id);
  });
}

/** The base after what was sent. */
function advanced(
  mirror: Mirror,
  base: StoredRecord,
  row: StoredRecord,
  { change }: OutboxOperation,
  { serverId, revision, updatedAt, folderId }: Settlement,
): StoredRecord {
  let next = withChange(base, change, row.attachments);
  if (change.kind === 'create') {
    const { place, keyWrapped } = change;
    const { keyWrap } = row;
    const id = serverId ?? '';
    next = { ...next, ...place, keyWrap, keyWrapped, serverId: id, itemServerId: id };
  }
  if (change.kind === 'create' || change.kind === 'move') {
    next = { ...next, vaultKeyWrapped: mirror.vaults.get(change.place.vaultId)?.keyWrapped ?? null };
  }
  if (change.kind === 'attach') next = withServerId(next, change.attachmentId, serverId ?? null);
  if (change.kind === 'restore' && folderId !== undefined) next = { ...next, folderId };
  // Not every change names the revision it was made on. Where the count has gone on by more than
  // this change, somebody else's lies between, which this device has yet to be told of. Putting back
  // out of the bin changes nothing that is counted.
  const counts = change.kind === 'restore' ? 0 : 1;
  if ((revision ?? 0) > (next.revision ?? 0) + counts) return { ...next, contentHash: unseen };
  const counted = { ...next, revision: revision ?? next.revision, updatedAt: updatedAt ?? next.updatedAt };
  return { ...counted, contentHash: hashAsDelivered(mirror, counted) };
}

function withServerId(record: StoredRecord, attachmentId: string, serverId: string | null): StoredRecord {
  const attachments = record.attachments.map((file) =>
    file.id === attachmentId ? { ...file, serverId } : file,
  );
  return { ...record, attachments };
}

/** The row keeps its own values; what it stands on is the new base. */
function writeRow(mirror: Mirror, row: StoredRecord, settled: StoredRecord, told: Settlement): void {
  const { serverId, itemServerId, revision, updatedAt, contentHash: hashed } = settled;
  const attachments = row.attachments.map((file) => {
    const known = settled.attachments.find(({ id }) => id === file.id);
    return known === undefined ? file : { ...file, serverId: known.serverId };
  });
  // Put back to where it lay; a place that was chosen since waits to be sent.
  const isMoving = mirror.outbox.ofObject('record', row.id).some(({ change }) => change.kind === 'move');
  const place = told.folderId === undefined || isMoving ? {} : { folderId: told.folderId };
  const counters = { serverId, itemServerId, revision, updatedAt, contentHash: hashed };
  const next = { ...row, ...place, ...counters, attachments };
  const entry = mirror.bin.get(row.id);
  if (entry !== null) mirror.bin.put({ ...entry, record: next });
  else if (isOnlyCounted(row, next)) mirror.records.setSynced(row.id, next);
  else mirror.records.upsertMany([next]);
}

/** The common case, which touches neither search nor details. */
function isOnlyCounted(row: StoredRecord, next: StoredRecord): boolean {
  const sameFiles = row.attachments.every(({ serverId }, at) => next.attachments[at]?.serverId === serverId);
  return row.serverId === next.serverId && row.folderId === next.folderId && sameFiles;
}

function rememberManifest({ mode, manifestKey, mirror }: PullContext, settled: StoredRecord): void {
  if (mode !== 'client' || mirror.records.get(settled.id) === null) return;
  mirror.manifest.replace(settled.id, manifestOf(settled, createSecretKey(manifestKey.bytes)));
}

/**
 * Hash of the record as a server that tells revisions will deliver it. Its folder may lie in the bin
 * here; where its id there is not known, no hash is right, and the next delivery is taken in.
 */
function hashAsDelivered(mirror: Mirror, record: StoredRecord): string {
  const folderId = record.folderId === null ? null : (folderHere(mirror, record.folderId)?.serverId ?? '');
  if (folderId === '') return '';
  const attachments = record.attachments.map(({ serverId, name, encryptedKey, hash }) => ({
    id: serverId ?? '',
    serverId,
    name,
    encryptedKey,
    hash,
    size: null,
    localFile: null,
  }));
  const { contentHash: _, flagged: __, ...delivered } = record;
  return deliveredHash({ ...delivered, id: record.serverId, folderId, attachments });
}

/** A record's deletion has been carried out; null where the server did not name the entry. */
export function settleRemoval(
  { mirror }: PullContext,
  { object, objectId, id }: OutboxOperation,
  binItemId: string | null,
): void {
  mirror.transaction(() => {
    mirror.outbox.remove(id);
    const entry = mirror.bin.get(objectId);
    // Put back here meanwhile: that waits, and needs the name of the entry.
    if (entry === null) mirror.syncState.set(binItemKey(objectId), binItemId);
    else mirror.bin.put({ ...entry, binItemId });
    endIfSettled(mirror, object, objectId);
  });
}

/** A folder's operation has been carried out. */
export function settleFolder({ mirror }: PullContext, operation: OutboxOperation, told: Settlement): void {
  mirror.transaction(() => {
    const { objectId, change } = operation;
    if (mirror.outbox.get(operation.id) === null) return;
    mirror.outbox.remove(operation.id);
    const row = mirror.folders.get(objectId) ?? mirror.bin.get(objectId)?.folder ?? null;
    if (row === null) return;
    const base = mirror.bases.folder(objectId) ?? row;
    const settled = folderAdvanced(mirror, base, operation, told);
    const { serverId, contentHash: hashed } = settled;
    const place =
      change.kind === 'restoreFolder' && told.folderId !== undefined ? { parentId: told.folderId } : {};
    const next = { ...row, ...place, serverId, contentHash: hashed };
    const entry = mirror.bin.get(objectId);
    if (entry !== null) mirror.bin.put({ ...entry, folder: next });
    else mirror.folders.upsert(next);
    mirror.bases.putFolder(objectId, settled);
    endIfSettled(mirror, 'folder', objectId);
  });
}

function folderAdvanced(
  mirror: Mirror,
  base: StoredFolder,
  { change }: OutboxOperation,
  { serverId, folderId }: Settlement,
): StoredFolder {
  let next = base;
  if (change.kind === 'createFolder') {
    const { name, parentId } = change;
    next = { ...next, name, parentId, serverId: serverId ?? '' };
  }
  if (change.kind === 'renameFolder') next = { ...next, name: change.name };
  if (change.kind === 'moveFolder') next = { ...next, parentId: change.parentId };
  if (change.kind === 'restoreFolder' && folderId !== undefined) next = { ...next, parentId: folderId };
  const { serverId: id, vaultId, name, color } = next;
  const parentId = next.parentId === null ? null : (folderHere(mirror, next.parentId)?.serverId ?? '');
  if (parentId === '') return { ...next, contentHash: '' };
  return { ...next, contentHash: contentHash({ id, serverId: id, vaultId, parentId, name, color }) };
}
