/**
 * Committing changes: row, search entry, base and outbox operation in one durable transaction.
 *
 * A change that was never sent absorbs the next one of its kind, so that typing on in a form
 * does not fill the outbox; one that comes back to what the server has goes. What is part of a
 * conflict is written into the row only: it is sent when a person has decided.
 */
import { randomBytes } from 'node:crypto';
import type {
  ConflictedField,
  Mirror,
  OutboxChange,
  OutboxOperation,
  RecordFields,
  StoredConflict,
  StoredFolder,
  StoredPlace,
  StoredRecord,
} from '../../mirror/index.ts';
import { changedFields } from '../../sync/index.ts';

/** A new id of this device. No server of the protocol gives ids of this form. */
export function newId(): string {
  return `new-${randomBytes(12).toString('hex')}`;
}

type ChangeOf<Kind extends OutboxChange['kind']> = Extract<OutboxChange, { kind: Kind }>;

/** The last operation of an object, if it was never sent and may still be changed. */
function unsentTail(mirror: Mirror, object: OutboxOperation['object'], id: string): OutboxOperation | null {
  const tail = mirror.outbox.ofObject(object, id).at(-1);
  return tail?.state === 'waiting' && tail.attempts === 0 ? tail : null;
}

function keepBase(mirror: Mirror, record: StoredRecord): void {
  if (mirror.bases.record(record.id) === undefined) mirror.bases.putRecord(record.id, record);
}

/** Writes an edited record, `before` being its row. Nothing happens where nothing changed. */
export function commitEdit(mirror: Mirror, before: StoredRecord, next: StoredRecord, at: number): boolean {
  const fields = changedFields(before, next);
  if (Object.keys(fields).length === 0) return false;
  mirror.durable(() => {
    keepBase(mirror, before);
    mirror.records.upsertMany([next]);
    const conflict = mirror.conflicts.ofRecord(before.id);
    const sendable = conflict === null ? fields : decidedFields(mirror, conflict, before, next, fields);
    if (Object.keys(sendable).length > 0) addEdit(mirror, next, sendable, at);
  });
  return true;
}

/** What of an edit may go out while a conflict of the record is open; the rest becomes my side of it. */
function decidedFields(
  mirror: Mirror,
  conflict: StoredConflict,
  before: StoredRecord,
  next: StoredRecord,
  fields: RecordFields,
): RecordFields {
  // Deleted here and changed there: what is typed now goes out behind that decision.
  if (conflict.kind === 'changedThere') return fields;
  if (conflict.kind !== 'fields') return {};
  const open = new Set<string>(conflict.fields.map(({ kind }) => memberOf(kind)));
  const updated = conflict.fields.map((field) => withMine(field, before, next));
  mirror.conflicts.put({ ...conflict, fields: updated });
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !open.has(name)));
}

const members: Partial<Record<ConflictedField['kind'], string>> = {
  password: 'passwordEncrypted',
  custom: 'customs',
};
const memberOf = (kind: ConflictedField['kind']): string => members[kind] ?? kind;

/** A conflicted field whose own side is what the record shows now. */
function withMine(field: ConflictedField, before: StoredRecord, next: StoredRecord): ConflictedField {
  switch (field.kind) {
    case 'name':
    case 'login':
    case 'description':
      return { ...field, sides: { ...field.sides, mine: next[field.kind] } };
    case 'urls':
    case 'tags':
      return { ...field, sides: { ...field.sides, mine: next[field.kind] } };
    case 'color':
      return { ...field, sides: { ...field.sides, mine: next.color } };
    case 'password':
      return { ...field, sides: { ...field.sides, mine: next.passwordEncrypted } };
    case 'custom': {
      const { mine } = field.sides;
      const at = before.customs.findIndex(({ name, value }) => name === mine?.name && value === mine.value);
      const now = at < 0 ? undefined : sameField(next, before.customs[at]?.name, at);
      return at < 0 ? field : { ...field, sides: { ...field.sides, mine: now } };
    }
    case 'place':
      return field;
  }
}

/** The field that carries a label's ciphertext on, else the one at its place; undefined when it went. */
function sameField(
  { customs }: StoredRecord,
  name: string | undefined,
  at: number,
): StoredRecord['customs'][number] | undefined {
  return customs.find((field) => field.name === name) ?? customs[at];
}

function addEdit(mirror: Mirror, record: StoredRecord, fields: RecordFields, at: number): void {
  const { outbox, bases } = mirror;
  const { id, name } = record;
  const tail = unsentTail(mirror, 'record', id);
  if (tail?.change.kind === 'create') {
    outbox.rewrite(tail.id, { ...tail.change, fields: { ...tail.change.fields, ...fields } });
  } else if (tail?.change.kind === 'edit') {
    const all = { ...tail.change.fields, ...fields };
    const base = outbox.ofObject('record', id).length === 1 ? bases.record(id) : null;
    const left = base ? differing(base, all) : all;
    if (Object.keys(left).length > 0) outbox.rewrite(tail.id, { kind: 'edit', fields: left });
    else giveUp(mirror, tail);
  } else {
    outbox.add({ object: 'record', objectId: id, name, change: { kind: 'edit', fields }, at });
  }
}

/** Fields that still differ from what the server has. */
function differing(base: StoredRecord, fields: RecordFields): RecordFields {
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) => name in changedFields(base, { ...base, ...fields })),
  );
}

/** The only operation of an object is no longer needed. */
function giveUp(mirror: Mirror, { id, object, objectId }: OutboxOperation): void {
  mirror.outbox.remove(id);
  if (mirror.outbox.ofObject(object, objectId).length > 0) return;
  if (object === 'record' && mirror.conflicts.ofRecord(objectId) !== null) return;
  mirror.bases.remove(object, objectId);
}

/** Writes a moved record; `next` carries the new place and, in another vault, its key wrapped for it. */
export function commitMove(mirror: Mirror, before: StoredRecord, next: StoredRecord, at: number): void {
  const { id, vaultId, folderId } = next;
  if (vaultId === null || (vaultId === before.vaultId && folderId === before.folderId)) return;
  mirror.durable(() => {
    keepBase(mirror, before);
    mirror.records.upsertMany([next]);
    // A deletion elsewhere is decided on the record as it lies here.
    if (mirror.conflicts.ofRecord(id)?.kind === 'deletedThere') return;
    const tail = unsentTail(mirror, 'record', id);
    const place = { vaultId, folderId };
    if (tail?.change.kind === 'create') {
      mirror.outbox.rewrite(tail.id, { ...tail.change, place, keyWrapped: next.keyWrapped });
      return;
    }
    addMove(mirror, before, next, place, at);
  });
}

/**
 * Names the record key where the server will see another vault than the one it knows by then:
 * that of the base for the first move, that of the row for one behind a move already sent.
 */
function addMove(
  mirror: Mirror,
  before: StoredRecord,
  { id, name, keyWrapped }: StoredRecord,
  place: StoredPlace,
  at: number,
): void {
  const { outbox, bases } = mirror;
  const wrapped = (known: string | null | undefined): string | null =>
    place.vaultId === known ? null : keyWrapped;
  const base = bases.record(id);
  const moves = outbox.ofObject('record', id).filter(({ change }) => change.kind === 'move');
  const tail = unsentTail(mirror, 'record', id);
  if (base && moves.length === 1 && moves[0]?.id === tail?.id && tail) {
    const row = mirror.records.get(id);
    // Back in the vault where it was it has the key that the server has, not one wrapped anew.
    if (row !== null && base.vaultId === place.vaultId)
      mirror.records.upsertMany([{ ...row, keyWrapped: base.keyWrapped }]);
    if (base.vaultId === place.vaultId && base.folderId === place.folderId) return giveUp(mirror, tail);
    outbox.rewrite(tail.id, { kind: 'move', place, keyWrapped: wrapped(base.vaultId) });
    return;
  }
  const change = { kind: 'move', place, keyWrapped: wrapped(before.vaultId) } as const;
  outbox.add({ object: 'record', objectId: id, name, change, at });
}

/** Marks a record as one of the person's favourites, or not any more. */
export function commitFavourite(mirror: Mirror, record: StoredRecord, favourite: boolean, at: number): void {
  if (record.favourite === favourite) return;
  mirror.durable(() => {
    keepBase(mirror, record);
    mirror.records.setFavourite(record.id, favourite);
    const tail = unsentTail(mirror, 'record', record.id);
    if (tail?.change.kind === 'favourite') giveUp(mirror, tail);
    else {
      const change = { kind: 'favourite', favourite } as const;
      mirror.outbox.add({ object: 'record', objectId: record.id, name: record.name, change, at });
    }
  });
}

/** Adds or removes a file: `next` is the row with its new list. */
export function commitFile(
  mirror: Mirror,
  before: StoredRecord,
  next: StoredRecord,
  change: ChangeOf<'attach'> | ChangeOf<'detach'>,
  at: number,
): void {
  mirror.durable(() => {
    keepBase(mirror, before);
    mirror.records.upsertMany([next]);
    if (mirror.conflicts.ofRecord(next.id)?.kind === 'deletedThere') return;
    const waiting = mirror.outbox
      .ofObject('record', next.id)
      .find((each) => each.change.kind === 'attach' && each.change.attachmentId === change.attachmentId);
    const neverSent = waiting?.state === 'waiting' && waiting.attempts === 0;
    // A file that the server never heard of leaves nothing to be told.
    if (change.kind === 'detach' && neverSent) giveUp(mirror, waiting);
    else mirror.outbox.add({ object: 'record', objectId: next.id, name: next.name, change, at });
  });
}

/** Writes a changed or new folder; `before` is null for a new one. */
export function commitFolder(
  mirror: Mirror,
  before: StoredFolder | null,
  next: StoredFolder,
  change: ChangeOf<'createFolder'> | ChangeOf<'renameFolder'> | ChangeOf<'moveFolder'>,
  at: number,
): void {
  mirror.durable(() => {
    const { id, name, parentId } = next;
    if (mirror.bases.folder(id) === undefined) mirror.bases.putFolder(id, before);
    mirror.folders.upsert(next);
    const tail = unsentTail(mirror, 'folder', id);
    if (tail?.change.kind === 'createFolder') {
      mirror.outbox.rewrite(tail.id, { ...tail.change, name, parentId });
    } else if (tail !== null && tail.change.kind === change.kind) {
      const base = mirror.outbox.ofObject('folder', id).length === 1 ? mirror.bases.folder(id) : null;
      if (base?.name === name && base.parentId === parentId) giveUp(mirror, tail);
      else mirror.outbox.rewrite(tail.id, change);
    } else {
      mirror.outbox.add({ object: 'folder', objectId: id, name, change, at });
    }
  });
}
