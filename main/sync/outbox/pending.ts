/**
 * What a record or folder with changes waiting is made of: its last settled state, and on top
 * of it the operations in order. Everything that takes operations out or writes them anew goes
 * through here, so that row, base and operations always tell the same.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import { raiseDoubt } from '../doubt.ts';
import type { Mirror } from '../../mirror/index.ts';
import type {
  OutboxChange,
  OutboxObject,
  OutboxOperation,
  RecordFields,
  StoredFolder,
  StoredRecord,
} from '../../mirror/index.ts';

/** The record as it stands here: in the lists, or in the bin. */
export function recordHere(mirror: Mirror, id: string): StoredRecord | null {
  return mirror.records.get(id) ?? mirror.bin.get(id)?.record ?? null;
}

/** The folder as it stands here: in the tree, or in the bin. */
export function folderHere(mirror: Mirror, id: string): StoredFolder | null {
  return mirror.folders.get(id) ?? mirror.bin.get(id)?.folder ?? null;
}

/** Whether the server has never had it: it was made here, and its creation is not settled. */
export function isMadeHere(object: { readonly serverId: string }): boolean {
  return object.serverId === '';
}

/**
 * Drops the base of an object that nothing waits for any more. What is shown is then what the
 * server has; where it is not (it was put back into another place, say), its hash is forgotten and
 * the listings are compared, so that the next delivery is taken in whole. What was typed into before
 * it went to the bin keeps its base there: put back, it shows what was typed, and that
 * has to be sent then.
 */
export function endIfSettled(mirror: Mirror, object: OutboxObject, id: string): void {
  if (mirror.outbox.ofObject(object, id).length > 0) return;
  if (object === 'record' && mirror.conflicts.ofRecord(id) !== null) return;
  if (object === 'record' ? isTypedInBin(mirror, id) : isNamedInBin(mirror, id)) return;
  if (object === 'record') forgetHashOfRecord(mirror, id);
  else forgetHashOfFolder(mirror, id);
  mirror.bases.remove(object, id);
}

function isTypedInBin(mirror: Mirror, id: string): boolean {
  const base = mirror.bases.record(id);
  const row = mirror.records.get(id) === null ? mirror.bin.get(id)?.record : null;
  return !!base && !!row && !isSameRecord(base, row);
}

function isNamedInBin(mirror: Mirror, id: string): boolean {
  const base = mirror.bases.folder(id);
  const folder = mirror.folders.get(id) === null ? mirror.bin.get(id)?.folder : null;
  return !!base && !!folder && base.name !== folder.name;
}

function forgetHashOfRecord(mirror: Mirror, id: string): void {
  const base = mirror.bases.record(id);
  const row = mirror.records.get(id);
  if (!base || row === null || isSameRecord(base, row)) return;
  mirror.records.upsertMany([{ ...row, contentHash: '' }]);
  raiseDoubt(mirror);
}

function forgetHashOfFolder(mirror: Mirror, id: string): void {
  const base = mirror.bases.folder(id);
  const row = mirror.folders.get(id);
  if (!base || row === null || (base.name === row.name && base.parentId === row.parentId)) return;
  mirror.folders.upsert({ ...row, contentHash: '' });
  raiseDoubt(mirror);
}

/** Whether two states of a record show the same, whatever their counters say. */
export function isSameRecord(one: StoredRecord, other: StoredRecord): boolean {
  const shown = (record: StoredRecord): unknown => [
    ...[record.vaultId, record.folderId, record.keyWrapped, record.favourite],
    ...fieldNames.map((name) => record[name]),
    ...record.attachments.map(({ serverId, name }) => [serverId, name]),
  ];
  return sameValue(shown(one), shown(other));
}

/** Takes every operation of an object out. */
export function dropOperations(mirror: Mirror, object: OutboxObject, id: string): void {
  for (const operation of mirror.outbox.ofObject(object, id)) mirror.outbox.remove(operation.id);
}

/** The fields that an edit can name, in the order in which they are compared. */
export const fieldNames = [
  'name',
  'login',
  'urls',
  'description',
  'tags',
  'color',
  'passwordEncrypted',
  'customs',
] as const satisfies readonly (keyof RecordFields)[];

/** Whether two fields are the same in wire form. */
export function sameValue(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

/** The fields of `mine` that differ from `base`, ciphertexts byte for byte. */
export function changedFields(base: StoredRecord, mine: StoredRecord): RecordFields {
  const names = fieldNames.filter((name) => !sameValue(base[name], mine[name]));
  return fieldsOf(mine, names);
}

/** Some fields of a record, as an edit names them. */
export function fieldsOf(record: StoredRecord, names: readonly (keyof RecordFields)[]): RecordFields {
  return Object.fromEntries(names.map((name) => [name, record[name]]));
}

/** Every field of a record, as its creation names them. */
export function allFieldsOf(record: StoredRecord): Required<RecordFields> {
  const { name, login, urls, description, tags, color, passwordEncrypted, customs } = record;
  return { name, login, urls, description, tags, color, passwordEncrypted, customs };
}

/** A record after a change: what the row shows once the operation was committed. */
export function withChange(
  record: StoredRecord,
  change: OutboxChange,
  attachments: StoredRecord['attachments'],
): StoredRecord {
  switch (change.kind) {
    case 'create':
    case 'edit':
      return { ...record, ...change.fields };
    case 'move':
      return { ...record, ...change.place, keyWrapped: change.keyWrapped ?? record.keyWrapped };
    case 'favourite':
      return { ...record, favourite: change.favourite };
    case 'attach': {
      const added = attachments.find(({ id }) => id === change.attachmentId);
      return added === undefined ? record : { ...record, attachments: [...record.attachments, added] };
    }
    case 'detach':
      return {
        ...record,
        attachments: record.attachments.filter(({ id }) => id !== change.attachmentId),
      };
    case 'renameFile':
      return { ...record, attachments: record.attachments.map((file) => withName(file, change)) };
    default:
      return record;
  }
}

function withName(
  file: StoredRecord['attachments'][number],
  { attachmentId, name }: { readonly attachmentId: string; readonly name: string },
): StoredRecord['attachments'][number] {
  return file.id === attachmentId ? { ...file, name } : file;
}

/**
 * Makes one edit of a record's waiting edits, naming `fields`; with none of them left, the edits
 * are taken out. An edit that was refused before stays held, any other waits. One that was sent
 * gets a new id, since it is no longer what was sent.
 */
export function replaceEdits(mirror: Mirror, record: StoredRecord, fields: RecordFields, at: number): void {
  const { outbox } = mirror;
  const edits = outbox.ofObject('record', record.id).filter(({ change }) => change.kind === 'edit');
  const [first, ...others] = edits;
  for (const edit of others) outbox.remove(edit.id);
  if (Object.keys(fields).length === 0) {
    if (first !== undefined) outbox.remove(first.id);
    return;
  }
  const change = { kind: 'edit', fields } as const;
  if (first === undefined) {
    outbox.add({ object: 'record', objectId: record.id, name: record.name, change, at });
    return;
  }
  const held = edits.find(({ state }) => state === 'held') ?? null;
  rewriteUnsent(mirror, first, change);
  if (held !== null && first.state !== 'held') {
    const { id } = mirror.outbox.ofObject('record', record.id).find(({ seq }) => seq === first.seq) ?? first;
    outbox.setState(id, 'held', held.problem);
  }
}

/**
 * Gives an operation another body. If it was sent under its id before, it gets another id and
 * waits again: what arrived under the old one has been taken into account by then.
 */
export function rewriteUnsent(mirror: Mirror, operation: OutboxOperation, change: OutboxChange): void {
  mirror.outbox.rewrite(operation.id, change);
  if (operation.attempts > 0) renewed(mirror, operation);
}

/** Draws a new id for an operation that was sent and is to be sent in another form. */
export function renewed(mirror: Mirror, operation: OutboxOperation): void {
  const id = mirror.outbox.renewId(operation.id);
  if (operation.state === 'unanswered') mirror.outbox.setState(id, 'waiting', null);
}

/** Names of the stored files that `before` refers to and `after` does not. */
export function filesLeftOut(before: StoredRecord, after: StoredRecord | null): string[] {
  const kept = new Set(after?.attachments.map(({ localFile }) => localFile));
  return before.attachments.flatMap(({ localFile }) =>
    localFile === null || kept.has(localFile) ? [] : [localFile],
  );
}

/** @throws StrongroomError `noSuchRecord` */
export function mustHaveRecord(mirror: Mirror, id: string): StoredRecord {
  const record = mirror.records.get(id);
  if (record === null) throw new StrongroomError('noSuchRecord');
  return record;
}

/** Whether it was put back here and stands there: not for want of a deletion that goes out first. */
export function isPutBackThere(mirror: Mirror, { object, objectId, change, seq }: OutboxOperation): boolean {
  if (change.kind !== 'restore' && change.kind !== 'restoreFolder') return false;
  const isRemoval = (each: OutboxOperation): boolean =>
    each.change.kind === 'remove' || each.change.kind === 'removeFolder';
  return !mirror.outbox.ofObject(object, objectId).some((each) => each.seq < seq && isRemoval(each));
}

/** It stands there, whoever put it back: that needs not be asked for any more. */
export function settlePutBack(mirror: Mirror, recordId: string): void {
  for (const operation of mirror.outbox.ofObject('record', recordId)) {
    if (isPutBackThere(mirror, operation)) mirror.outbox.remove(operation.id);
  }
}

/** Records that are to be put back, or about whose deletion there a person has to decide. */
export function missedRecords({ outbox, conflicts }: Mirror): Set<string> {
  const restores = outbox.ofKinds(['restore']);
  const deleted = conflicts.all().filter(({ kind }) => kind === 'deletedThere');
  return new Set([...restores.map(({ objectId }) => objectId), ...deleted.map(({ recordId }) => recordId)]);
}

/** A folder that will never have a server's id: it is gone, or was deleted here before it was sent. */
export function isLostPlace(mirror: Mirror, folderId: string | null): boolean {
  if (folderId === null) return false;
  const folder = folderHere(mirror, folderId);
  if (folder === null) return true;
  return isMadeHere(folder) && mirror.outbox.ofObject('folder', folderId).length === 0;
}

/** Whether it lies in a folder that was put back here, and that the server has not put back yet. */
export function liesInRestored(mirror: Mirror, { folderId }: StoredRecord): boolean {
  if (folderId === null) return false;
  return mirror.folders
    .path(folderId)
    .some(({ id }) =>
      mirror.outbox.ofObject('folder', id).some(({ change }) => change.kind === 'restoreFolder'),
    );
}
