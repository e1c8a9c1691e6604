/**
 * One operation of the outbox as a request, and what its answer settles.
 *
 * Places and ids are looked up at the moment of sending: what was made here has its server's id
 * by then, or the operation has to wait (`isReady`). The body of an operation depends on nothing
 * that changes between two sendings, since a repeat under the same key has to be the same request;
 * whatever changes the revision that it names gives it a new key as well (rebase.ts).
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { Mirror, OutboxOperation, StoredPlace, StoredRecord } from '../../mirror/index.ts';
import {
  attachFile,
  changeItem,
  createItem,
  deleteItem,
  detachFile,
  readItem,
  renameFile,
  replaceAttachments,
  restoreFromBin,
  setFavorite,
} from '../../remote/index.ts';
import type { ItemChange, NewItem, Sending, SentPlace } from '../../remote/index.ts';
import { binItemKey } from '../outbox/binning.ts';
import { localFolderId } from '../pull/landing.ts';
import { folderHere, isLostPlace, liesInRestored, recordHere } from '../outbox/pending.ts';
import { creationElsewhere } from '../outbox/relocation.ts';
import type { PullContext } from '../pullcontext.ts';
import { keyCheckOf } from './keycheck.ts';
import { forgetSentParts, sendInParts, unfinished, type PartedFile } from './sendingparts.ts';
import { settleRecord, settleRemoval, type Settlement } from './settling.ts';

/** The server's place for a place of this device; null while a folder of it has no server's id. */
export function serverPlace(mirror: Mirror, { vaultId, folderId }: StoredPlace): SentPlace | null {
  const vault = mirror.vaults.get(vaultId)?.serverId ?? vaultId;
  if (folderId === null) return { vaultId: vault, folderId };
  const folder = folderHere(mirror, folderId)?.serverId ?? '';
  return folder === '' ? null : { vaultId: vault, folderId: folder };
}

/** Whether everything that a record's operation names has its server's id by now. */
export function isRecordReady(mirror: Mirror, operation: OutboxOperation): boolean {
  const { change, objectId } = creationElsewhere(mirror, operation);
  const record = recordHere(mirror, objectId);
  if (record === null) return true;
  if (change.kind === 'move' && isLostPlace(mirror, change.place.folderId)) return true;
  if (change.kind === 'create' || change.kind === 'move') return serverPlace(mirror, change.place) !== null;
  return record.itemServerId !== '' && !liesInRestored(mirror, record);
}

/**
 * False if only a part of it has been sent so far, and the next attempt goes on.
 * @throws StrongroomError whatever the server refuses; the operation then stands as it was.
 */
export async function sendOfRecord(context: PullContext, operation: OutboxOperation): Promise<boolean> {
  const { mirror } = context;
  const record = recordHere(mirror, operation.objectId);
  const { change } = operation;
  // Nothing is left of it, or it was moved to where it can never stand: it went to the bin with that place.
  const isLost = change.kind === 'move' && isLostPlace(mirror, change.place.folderId);
  if (record === null || isLost) mirror.outbox.remove(operation.id);
  else return sendOf(context, operation, record);
  return true;
}

async function sendOf(
  context: PullContext,
  operation: OutboxOperation,
  record: StoredRecord,
): Promise<boolean> {
  const { signal } = context;
  const sending = { idempotencyKey: operation.id, signal };
  if (operation.change.kind === 'remove') {
    const expected = revisionOf(context, record);
    const entry = await deleteItem(context.client, record.itemServerId, expected, sending);
    settleRemoval(context, operation, entry);
    return true;
  }
  const file = await partedFileOf(context, operation, record);
  if (file !== null) return sendFile(context, operation, record, file);
  settleRecord(context, operation, await carriedOut(context, operation, record, sending));
  return true;
}

/** The file that an operation attaches, if it waits in parts. */
async function partedFileOf(
  { files }: PullContext,
  { change }: OutboxOperation,
  { attachments }: StoredRecord,
): Promise<PartedFile | null> {
  if (change.kind !== 'attach' || files === null) return null;
  const file = attachments.find(({ id }) => id === change.attachmentId);
  if (file?.serverId !== null || file.localFile === null) return null;
  const { id, name, localFile, encryptedKey } = file;
  const parts = await files.parts(localFile);
  if (parts === null) return null;
  return { id, name, localFile, parts, wire: { ...(await files.read(localFile)), encryptedKey } };
}

async function sendFile(
  context: PullContext,
  operation: OutboxOperation,
  record: StoredRecord,
  file: PartedFile,
): Promise<boolean> {
  const told = await sendInParts(context, operation, record.itemServerId, file);
  if (told === unfinished) return false;
  const { serverId } = told;
  if (serverId !== undefined) mustBeNew(record.attachments.every((each) => each.serverId !== serverId));
  settleRecord(context, operation, told);
  if (serverId !== undefined) await forgetSentParts(context, record.id, file);
  return true;
}

async function carriedOut(
  context: PullContext,
  { change, objectId }: OutboxOperation,
  record: StoredRecord,
  sending: Sending,
): Promise<Settlement> {
  const { client, mirror, features } = context;
  const itemId = record.itemServerId;
  const expected = revisionOf(context, record);
  const guard = expected === null ? {} : { revision: expected };
  switch (change.kind) {
    case 'create': {
      const { id, ...written } = await createItem(client, newItem(context, change), sending);
      mustBeNew(mirror.records.byServerId('record', id) === null);
      return { ...written, serverId: id };
    }
    case 'edit':
      return changeItem(
        client,
        itemId,
        { ...inVault(context, record), fields: change.fields, ...guard },
        sending,
      );
    case 'move':
      return changeItem(client, itemId, { ...moveOf(context, change), ...guard }, sending);
    case 'favourite': {
      const { favourite: isFavorite } = change;
      if (features.has('favorites')) await setFavorite(client, itemId, isFavorite, sending);
      else await changeItem(client, itemId, { ...inVault(context, record), isFavorite }, sending);
      return {};
    }
    case 'attach':
      return attach(context, record, change.attachmentId, sending);
    case 'detach':
      return detach(context, record, change, sending);
    case 'renameFile':
      return rename(context, record, change, sending);
    case 'restore':
      return restore(context, objectId, itemId, sending);
    default:
      throw new StrongroomError('internal', {}, { cause: new Error(`a record cannot ${change.kind}`) });
  }
}

/**
 * What was made gets an id that nothing here has: under the id of another thing the two would be
 * taken for one, and what was typed into one of them lost.
 * @throws StrongroomError `badAnswer`
 */
export function mustBeNew(isNew: boolean): void {
  if (!isNew) throw new StrongroomError('badAnswer', { reason: 'idTaken' });
}

/**
 * The name of an entry comes from the server: one of another thing puts that back.
 * @throws StrongroomError `badAnswer`
 */
export function mustBeTheSame(restoredId: string, askedFor: string): void {
  if (restoredId !== askedFor) throw new StrongroomError('badAnswer', { reason: 'restoredAnother' });
}

type ChangeOf<Kind extends OutboxOperation['change']['kind']> = Extract<
  OutboxOperation['change'],
  { kind: Kind }
>;

function newItem(context: PullContext, { place, keyWrapped, fields }: ChangeOf<'create'>): NewItem {
  const at = serverPlace(context.mirror, place);
  if (at === null) throw new StrongroomError('notFound');
  return { ...at, keyEncrypted: keyWrapped, fields, ...keyCheckOf(context, place.vaultId, keyWrapped) };
}

function moveOf(context: PullContext, { place, keyWrapped }: ChangeOf<'move'>): ItemChange {
  const at = serverPlace(context.mirror, place);
  if (at === null) throw new StrongroomError('notFound');
  const key = keyWrapped === null ? {} : { keyEncrypted: keyWrapped };
  return { ...at, ...key, ...keyCheckOf(context, place.vaultId, keyWrapped) };
}

/** The vault where the server has the record: a move of it may still wait. */
function inVault({ mirror }: PullContext, record: StoredRecord): { readonly vaultId: string | null } {
  const vaultId = (mirror.bases.record(record.id) ?? record).vaultId;
  return { vaultId: vaultId === null ? null : (mirror.vaults.get(vaultId)?.serverId ?? vaultId) };
}

/** The revision that the record's row stands on, where the server compares it. */
function revisionOf({ features }: PullContext, record: StoredRecord): number | null {
  const compares = features.has('revisionPreconditions') || features.has('itemRevision');
  return compares ? record.revision : null;
}

async function attach(
  context: PullContext,
  record: StoredRecord,
  attachmentId: string,
  sending: Sending,
): Promise<Settlement> {
  const { client, features, files } = context;
  const file = record.attachments.find(({ id }) => id === attachmentId);
  // Taken away again before it was sent.
  if (file === undefined || file.serverId !== null) return {};
  if (file.localFile === null || files === null) throw new StrongroomError('attachmentNotHere');
  const { encryptedData, hash } = await files.read(file.localFile);
  const { name, encryptedKey } = file;
  const added = { name, encryptedKey, encryptedData, hash };
  if (features.has('attachmentWrites')) {
    const { id, ...written } = await attachFile(client, record.itemServerId, added, sending);
    mustBeNew(record.attachments.every(({ serverId }) => serverId !== id));
    return { ...written, serverId: id };
  }
  const known = await attachedAlready(context, record, added);
  if (known !== null) return known;
  const { itemServerId: itemId } = record;
  await replaceAttachments(
    client,
    { itemId, ...inVault(context, record), kept: await listed(context, record), added: [added] },
    sending,
  );
  return (await attachedAlready(context, record, added)) ?? {};
}

/** The file, if the server lists it: known by its key, which is drawn at random, or by name without keys. */
async function attachedAlready(
  context: PullContext,
  record: StoredRecord,
  added: { readonly name: string; readonly encryptedKey: string },
): Promise<Settlement | null> {
  const { attachments, revision, updatedAt } = await readItem(
    context.client,
    record.itemServerId,
    context.signal,
  );
  const known = new Set(record.attachments.map(({ serverId }) => serverId));
  const found = attachments.find(
    ({ id, name, encryptedKey }) =>
      !known.has(id) &&
      encryptedKey === added.encryptedKey &&
      (context.mode === 'client' || name === added.name),
  );
  return found === undefined ? null : { serverId: found.id, revision, updatedAt };
}

async function listed(context: PullContext, record: StoredRecord) {
  const { attachments } = await readItem(context.client, record.itemServerId, context.signal);
  return attachments.map(({ id, name, encryptedKey }) => ({ id, name, encryptedKey: encryptedKey ?? '' }));
}

async function detach(
  context: PullContext,
  record: StoredRecord,
  { attachmentId, serverId }: ChangeOf<'detach'>,
  sending: Sending,
): Promise<Settlement> {
  const { client, features, mirror } = context;
  const known = mirror.bases.record(record.id)?.attachments.find(({ id }) => id === attachmentId);
  const id = serverId ?? known?.serverId ?? null;
  if (id === null) return {};
  const { itemServerId: itemId } = record;
  if (features.has('attachmentWrites')) return detachFile(client, itemId, id, sending);
  const kept = (await listed(context, record)).filter((file) => file.id !== id);
  await replaceAttachments(client, { itemId, ...inVault(context, record), kept, added: [] }, sending);
  return {};
}

async function rename(
  { client }: PullContext,
  record: StoredRecord,
  { attachmentId, name }: ChangeOf<'renameFile'>,
  sending: Sending,
): Promise<Settlement> {
  const file = record.attachments.find(({ id }) => id === attachmentId);
  // Taken away here since, or not known there: there is no name to be told.
  if (file === undefined || file.serverId === null) return {};
  return renameFile(client, record.itemServerId, file.serverId, name, sending);
}

async function restore(
  context: PullContext,
  recordId: string,
  itemId: string,
  sending: Sending,
): Promise<Settlement> {
  const { client, features, mirror } = context;
  const binItemId = mirror.syncState.get(binItemKey(recordId));
  if (!features.has('bin') || binItemId === null) throw new StrongroomError('notRestorable');
  const { id, folderId, revision, updatedAt } = await restoreFromBin(client, binItemId, sending);
  mustBeTheSame(id, itemId);
  return { revision, updatedAt, folderId: folderId === null ? null : localFolderId(mirror, folderId) };
}
