/**
 * Into the bin and out of it again, each with the operation that tells the server, as one
 * transaction.
 *
 * What was made here and never sent needs no operation: it lies in the bin and nobody else
 * hears of it. A deletion that never went out is simply taken back. For everything else the
 * server puts the thing back under the name of its entry there, which is kept in the sync state
 * from the moment the entry leaves the bin here.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type {
  BinEntry,
  Mirror,
  OutboxChange,
  OutboxObject,
  StoredFolder,
  StoredRecord,
} from '../../mirror/index.ts';
import {
  allFieldsOf,
  dropOperations,
  endIfSettled,
  isMadeHere,
  isSameRecord,
  mustHaveRecord,
  withChange,
} from './pending.ts';
import { raiseDoubt } from '../doubt.ts';
import { sendDifference, sendValues } from './difference.ts';

/** Key of the sync state under which the server's entry of something stands that is to be put back. */
export function binItemKey(id: string): string {
  return `binItemOf:${id}`;
}

/** Rows of one page while a folder's records are gathered. */
const gatheredAtOnce = 500;
const byName = { by: 'name', descending: false } as const;

/**
 * Moves a record to the bin. `at` in Unix milliseconds.
 * @throws StrongroomError `noSuchRecord`, `forbidden` for what is not of a vault
 */
export function binRecord(mirror: Mirror, id: string, at: number): void {
  mirror.transaction(() => {
    const record = mustHaveRecord(mirror, id);
    if (record.vaultId === null) throw new StrongroomError('forbidden');
    takeConflictOut(mirror, id);
    const entry = recordEntry(mirror, record, at, null);
    mirror.bin.put(entry);
    leave(mirror, entry, true, at);
    mirror.records.removeMany([id]);
  });
}

/**
 * Moves a folder to the bin with everything in it. Changes that wait for what lies in it stay and
 * go out first.
 * @throws StrongroomError `noSuchFolder`
 */
export function binFolder(mirror: Mirror, id: string, at: number): void {
  mirror.transaction(() => {
    const folder = mirror.folders.get(id);
    if (folder === null) throw new StrongroomError('noSuchFolder');
    takeSubtree(mirror, folder, at);
    for (const entry of mirror.bin.under(id)) leave(mirror, entry, isMadeHere(folder), at);
    leave(mirror, mirror.bin.get(id), true, at);
  });
}

/**
 * What was never sent leaves nothing to be sent. The server is told of the rest, of what lies in a
 * folder by its folder, unless it does not know that folder.
 */
function leave(mirror: Mirror, entry: BinEntry | null, byItself: boolean, at: number): void {
  if (entry === null) return;
  const { id, kind, name } = entry;
  if (wasNeverSent(mirror, kind, id)) {
    dropOperations(mirror, kind, id);
    mirror.bases.remove(kind, id);
  } else if (byItself) {
    keepBase(mirror, entry);
    const change = { kind: kind === 'record' ? 'remove' : 'removeFolder' } as const;
    mirror.outbox.add({ object: kind, objectId: id, name, change, at });
  }
}

/** Where an entry of the bin goes when it is put back. */
export interface PutBack {
  readonly at: number;
  /** Whether the server can put back what it has been told to delete. */
  readonly serverRestores: boolean;
}

/**
 * Puts an entry of the bin back, folders with everything in them, to where it lay or the nearest
 * place that is left of it.
 * @throws StrongroomError `noSuchRecord`; `notRestorable` where the server cannot
 */
export function putBack(mirror: Mirror, id: string, { at, serverRestores }: PutBack): void {
  mirror.transaction(() => {
    const entry = mirror.bin.get(id);
    if (entry?.under !== null) throw new StrongroomError('noSuchRecord');
    const entries = [entry, ...mirror.bin.under(id)];
    if (!canBePutBack(mirror, entry, serverRestores)) throw new StrongroomError('notRestorable');
    showAgain(mirror, entry);
    for (const each of entries) tellOfReturn(mirror, each, at);
  });
}

/**
 * Asks for what was made here and never sent to be sent after all: its creation was dropped when
 * it went to the bin, and it stands in the lists again.
 */
export function sendUnsent(mirror: Mirror, entries: readonly BinEntry[], at: number): void {
  for (const entry of entries) {
    const isForgotten = mirror.outbox.ofObject(entry.kind, entry.id).length === 0;
    if (isForgotten && isMadeHere(thingIn(entry))) createAgain(mirror, entry, at);
  }
}

function tellOfReturn(mirror: Mirror, entry: BinEntry, at: number): void {
  const { id, kind } = entry;
  const deletion = mirror.outbox.ofObject(kind, id).at(-1);
  if (deletion !== undefined && isUnsentRemoval(mirror, entry)) {
    mirror.outbox.remove(deletion.id);
    sendForgotten(mirror, entry, at);
  } else if (isMadeHere(thingIn(entry))) {
    if (mirror.outbox.ofObject(kind, id).length === 0) createAgain(mirror, entry, at);
  } else if (entry.under === null || (deletion !== undefined && isRemoval(deletion.change))) {
    mirror.syncState.set(binItemKey(id), entry.binItemId);
    askToRestore(mirror, entry, at);
    if (kind === 'record') sendForgottenValues(mirror, id, at);
    else sendForgottenName(mirror, id, at);
  } else sendForgotten(mirror, entry, at);
}

/**
 * Asks for what a record or folder shows and nothing waits for. Whoever deleted a record had decided
 * what was open about it, and what was undecided went out of the outbox then; put back, it is as it
 * was shown, and so is what goes out.
 */
export function sendForgotten(mirror: Mirror, { kind, id }: Pick<BinEntry, 'kind' | 'id'>, at: number): void {
  if (kind === 'record') sendForgottenValues(mirror, id, at);
  else sendForgottenName(mirror, id, at);
  endIfSettled(mirror, kind, id);
}

function sendForgottenValues(mirror: Mirror, id: string, at: number): void {
  const base = mirror.bases.record(id);
  const row = mirror.records.get(id);
  if (!base || row === null || mirror.conflicts.ofRecord(id) !== null) return;
  const going = mirror.outbox
    .ofObject('record', id)
    .reduce((shown, { change }) => withChange(shown, change, row.attachments), base);
  if (isSameRecord(going, row)) return;
  // It may lie in the vault itself only for want of its folder here.
  const isDropped = row.folderId === null && base.folderId !== null && !mirror.folders.get(base.folderId);
  if (isDropped) sendValues(mirror, base, row, at);
  else sendDifference(mirror, base, row, at);
}

/** A folder's name was typed; its place may only be the nearest that was left, and the server's is better. */
function sendForgottenName(mirror: Mirror, id: string, at: number): void {
  const base = mirror.bases.folder(id);
  const row = mirror.folders.get(id);
  if (!base || row === null || base.name === row.name) return;
  const isWaiting = mirror.outbox.ofObject('folder', id).some(({ change }) => change.kind === 'renameFolder');
  if (isWaiting) return;
  const { name } = row;
  mirror.outbox.add({ object: 'folder', objectId: id, name, change: { kind: 'renameFolder', name }, at });
}

/** Writes the rows of an entry, and of what lies under it, back to where they lay; the entries go. */
export function showAgain(mirror: Mirror, entry: BinEntry): void {
  const under = mirror.bin.under(entry.id);
  mirror.bin.remove(entry.id);
  const entries = [entry, ...under];
  const inside = new Set(entries.map(({ id }) => id));
  for (const { folder } of entries) {
    if (folder === null) continue;
    const { parentId } = folder;
    const isThere = parentId === null || inside.has(parentId) || mirror.folders.get(parentId) !== null;
    if (!isThere) raiseDoubt(mirror);
    mirror.folders.upsert(isThere ? folder : { ...folder, parentId: null, contentHash: '' });
  }
  const records = entries.flatMap(({ record }) => record ?? []);
  mirror.records.upsertMany(records.map((record) => inKnownFolder(mirror, record)));
}

/** A folder and everything in it, as entries of the bin under the folder's own; the rows go. */
export function takeSubtree(mirror: Mirror, folder: StoredFolder, at: number | null): void {
  const folderIds = mirror.folders.subtreeIds(folder.id);
  const records = recordsInFolder(mirror, folder.id);
  const entryOf = (each: StoredFolder): BinEntry =>
    folderEntry(mirror, each, at, each.id === folder.id ? null : folder.id);
  const entries = [
    ...folderIds.flatMap((id) => mirror.folders.get(id) ?? []).map(entryOf),
    ...records.map((record) => recordEntry(mirror, record, at, folder.id)),
  ];
  for (const entry of entries) mirror.bin.put(entry);
  for (const { id } of records) takeConflictOut(mirror, id);
  mirror.records.removeMany(records.map(({ id }) => id));
  mirror.folders.remove(folderIds);
}

/** Everything that lies in a folder, at any depth. */
export function recordsInFolder(mirror: Mirror, folderId: string): StoredRecord[] {
  const ids: string[] = [];
  for (let offset = 0, more = true; more; offset += gatheredAtOnce) {
    const scope = { kind: 'folder', folderId } as const;
    const page = mirror.records.page({ scope, sort: byName, offset, limit: gatheredAtOnce });
    ids.push(...page.rows.map(({ id }) => id));
    more = page.rows.length === gatheredAtOnce;
  }
  return ids.flatMap((id) => mirror.records.get(id) ?? []);
}

/** An entry of the bin for a record that is to lie there. */
export function recordEntry(
  mirror: Mirror,
  record: StoredRecord,
  deletedAt: number | null,
  under: string | null,
  binItemId: string | null = null,
): BinEntry {
  const place = record.folderId === null ? [] : mirror.folders.path(record.folderId).map(({ name }) => name);
  const { id, name } = record;
  const vaultId = record.vaultId ?? '';
  return { id, kind: 'record', binItemId, vaultId, name, place, deletedAt, under, record, folder: null };
}

/** An entry of the bin for a folder that is to lie there. */
export function folderEntry(
  mirror: Mirror,
  folder: StoredFolder,
  deletedAt: number | null,
  under: string | null,
  binItemId: string | null = null,
): BinEntry {
  const { id, name, vaultId } = folder;
  const place = mirror.folders
    .path(id)
    .slice(0, -1)
    .map((above) => above.name);
  return { id, kind: 'folder', binItemId, vaultId, name, place, deletedAt, under, record: null, folder };
}

/** Whether `putBack` would put this entry back. */
export function canBePutBack(mirror: Mirror, entry: BinEntry, serverRestores: boolean): boolean {
  return serverRestores || isUnsentRemoval(mirror, entry) || isMadeHere(thingIn(entry));
}

function isRemoval({ kind }: OutboxChange): boolean {
  return kind === 'remove' || kind === 'removeFolder';
}

/** The deletion waits here, and no request for it has left. */
function isUnsentRemoval(mirror: Mirror, { id, kind }: BinEntry): boolean {
  const last = mirror.outbox.ofObject(kind, id).at(-1);
  return last?.attempts === 0 && isRemoval(last.change);
}

function thingIn({ record, folder }: BinEntry): StoredRecord | StoredFolder {
  const thing = record ?? folder;
  if (thing === null) throw new StrongroomError('mirrorDamaged');
  return thing;
}

function keepBase(mirror: Mirror, { id, record, folder }: BinEntry): void {
  const { bases } = mirror;
  if (record !== null && bases.record(id) === undefined) bases.putRecord(id, record);
  if (folder !== null && bases.folder(id) === undefined) bases.putFolder(id, folder);
}

/** Made here, and no request for it has ever left. */
function wasNeverSent(mirror: Mirror, object: OutboxObject, id: string): boolean {
  const base = object === 'record' ? mirror.bases.record(id) : mirror.bases.folder(id);
  return base === null && mirror.outbox.ofObject(object, id).every(({ attempts }) => attempts === 0);
}

/** A person who deletes a record has decided what was open about it. */
function takeConflictOut(mirror: Mirror, recordId: string): void {
  const conflict = mirror.conflicts.ofRecord(recordId);
  if (conflict === null) return;
  mirror.conflicts.remove(conflict.id);
  for (const operation of mirror.outbox.ofObject('record', recordId)) {
    if (operation.state === 'undecided') mirror.outbox.remove(operation.id);
  }
}

/** Where its folder is not here the record stands beside what the server has: that is to be taken anew. */
function inKnownFolder(mirror: Mirror, record: StoredRecord): StoredRecord {
  const { folderId } = record;
  if (folderId === null || mirror.folders.get(folderId) !== null) return record;
  raiseDoubt(mirror);
  return { ...record, folderId: null, contentHash: '' };
}

function askToRestore(mirror: Mirror, entry: BinEntry, at: number): void {
  const { id, kind, name } = entry;
  keepBase(mirror, entry);
  const change = { kind: kind === 'record' ? 'restore' : 'restoreFolder' } as const;
  mirror.outbox.add({ object: kind, objectId: id, name, change, at });
}

function createAgain(mirror: Mirror, entry: BinEntry, at: number): void {
  const { id, name } = entry;
  if (entry.kind === 'folder') {
    const folder = mirror.folders.get(id);
    if (folder === null) return;
    const { vaultId, parentId } = folder;
    const change = { kind: 'createFolder', vaultId, parentId, name: folder.name } as const;
    mirror.bases.putFolder(id, null);
    mirror.outbox.add({ object: 'folder', objectId: id, name, change, at });
    return;
  }
  const record = mirror.records.get(id);
  if (record !== null) sendAsNew(mirror, record, at);
}

/** Puts everything into the outbox that makes a record of this device anew on the server. */
export function sendAsNew(mirror: Mirror, record: StoredRecord, at: number): void {
  const { id, name, vaultId, folderId, keyWrapped, favourite } = record;
  if (vaultId === null) throw new StrongroomError('notRestorable');
  const common = { object: 'record', objectId: id, name, at } as const;
  const place = { vaultId, folderId };
  mirror.bases.putRecord(id, null);
  mirror.outbox.add({
    ...common,
    change: { kind: 'create', place, keyWrapped, fields: allFieldsOf(record) },
  });
  for (const { id: attachmentId } of record.attachments) {
    mirror.outbox.add({ ...common, change: { kind: 'attach', attachmentId } });
  }
  if (favourite) mirror.outbox.add({ ...common, change: { kind: 'favourite', favourite } });
}
