/**
 * What a person decides about conflicts, as transactions on the mirror.
 *
 * No key is needed here: whoever decides brings values in wire form, sealed under the record's
 * key where they are secret. What is to be sent afterwards is told by comparing the decided
 * record with the base, so nothing depends on which operations led to the conflict. Each function
 * is one transaction; start the synchroniser (`edited()`) afterwards.
 *
 *   resolveFields(mirror, conflictId, resolved, at)   ends `fields`; `resolved` is the whole record
 *   pickSides(record, conflict, picks)                `resolved` for picks of mine and theirs
 *   decide(mirror, conflictId, decision, options)     `deletedThere`, `changedThere`; drops the sealed kinds
 *
 * To keep what a sealed conflict (`vaultLost`, `refused`) holds: `openTyped`, make a new record
 * of it, then `forgetTyped` (all in typed.ts).
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { ConflictedField, Mirror, StoredConflict, StoredRecord } from '../../mirror/index.ts';
import { raiseDoubt } from '../doubt.ts';
import { noteMadeAnew } from './anew.ts';
import { binItemKey, binRecord, recordEntry, sendAsNew } from './binning.ts';
import {
  changedFields,
  dropOperations,
  endIfSettled,
  filesLeftOut,
  mustHaveRecord,
  replaceEdits,
} from './pending.ts';
import { replaceMoves, sendDifference } from './difference.ts';
import { forgetTyped } from './typed.ts';

export type Pick = 'mine' | 'theirs';

/**
 * The record with one side taken for every conflicted field; mine where nothing is picked.
 * `base` is the record's base, which is what the other side has. Give the result to
 * `resolveFields`, changed further where both values are to be kept.
 */
export function pickSides(
  mirror: Mirror,
  conflict: StoredConflict,
  picks: ReadonlyMap<string, Pick>,
): StoredRecord {
  const record = mustHaveRecord(mirror, conflict.recordId);
  const base = mirror.bases.record(conflict.recordId) ?? null;
  const theirs = conflict.fields.filter(({ key }) => picks.get(key) === 'theirs');
  return theirs.reduce((taken, field) => withTheirs(taken, field, base), record);
}

function withTheirs(record: StoredRecord, field: ConflictedField, base: StoredRecord | null): StoredRecord {
  switch (field.kind) {
    case 'name':
    case 'login':
    case 'description':
      return { ...record, [field.kind]: field.sides.theirs ?? '' };
    case 'urls':
    case 'tags':
      return { ...record, [field.kind]: field.sides.theirs ?? [] };
    case 'color':
      return { ...record, color: field.sides.theirs ?? 0 };
    case 'password':
      return { ...record, passwordEncrypted: field.sides.theirs ?? null };
    case 'place':
      return base === null ? record : atPlaceOf(record, base);
    case 'custom':
      return { ...record, customs: customsWithTheirs(record.customs, field.sides) };
  }
}

function atPlaceOf(record: StoredRecord, base: StoredRecord): StoredRecord {
  const { vaultId, folderId, keyWrapped, vaultKeyWrapped } = base;
  return { ...record, vaultId, folderId, keyWrapped, vaultKeyWrapped };
}

/** Their field in the place of mine; added where I deleted it, taken out where they did. */
export function customsWithTheirs(
  customs: StoredRecord['customs'],
  { mine, theirs }: Extract<ConflictedField, { kind: 'custom' }>['sides'],
): StoredRecord['customs'] {
  const at = mine === undefined ? -1 : customs.findIndex(({ value, name }) => isField(mine, name, value));
  if (at < 0) return theirs === undefined ? customs : [...customs, theirs];
  return customs.flatMap((field, index) => (index !== at ? [field] : theirs === undefined ? [] : [theirs]));
}

function isField(
  field: { readonly name: string; readonly value: string },
  name: string,
  value: string,
): boolean {
  return field.name === name && field.value === value;
}

/**
 * Ends a conflict of fields: the record becomes `resolved` (its values and its place; wire form),
 * and what of it the server does not have waits to be sent. `at` in Unix milliseconds.
 * @throws StrongroomError `noSuchConflict`, `noSuchRecord`
 */
export function resolveFields(mirror: Mirror, conflictId: string, resolved: StoredRecord, at: number): void {
  mirror.transaction(() => {
    const conflict = mustHaveConflict(mirror, conflictId, ['fields']);
    const { recordId } = conflict;
    const row = mustHaveRecord(mirror, recordId);
    const base = mirror.bases.record(recordId) ?? row;
    const { id, serverId, itemServerId, revision, updatedAt, contentHash } = row;
    const next = { ...resolved, id, serverId, itemServerId, revision, updatedAt, contentHash };
    mirror.conflicts.remove(conflictId);
    mirror.records.upsertMany([next]);
    replaceEdits(mirror, next, changedFields(base, next), at);
    replaceMoves(mirror, base, next, at);
    endIfSettled(mirror, 'record', recordId);
  });
}

export interface DecideOptions {
  readonly decision: 'keep' | 'drop';
  /** Unix milliseconds. */
  readonly at: number;
  /** Whether the server can put back what lies in its bin. */
  readonly serverRestores: boolean;
}

/**
 * Decides a conflict about a whole record. `deletedThere`: keep puts it back with what was typed
 * here, drop lets it go. `changedThere`: keep leaves it as the server has it, drop deletes it all
 * the same. `vaultLost` and `refused`: drop forgets what was typed; keep is the caller's to do.
 * Gives the names of stored files that nothing refers to any more.
 * @throws StrongroomError `noSuchConflict`, `noSuchRecord`, `notRestorable`
 */
export function decide(mirror: Mirror, conflictId: string, options: DecideOptions): string[] {
  return mirror.transaction(() => {
    raiseDoubt(mirror);
    const conflict = mirror.conflicts.get(conflictId);
    switch (conflict?.kind) {
      case 'deletedThere':
        return decideDeleted(mirror, conflict, options);
      case 'changedThere':
        return decideChanged(mirror, conflict, options);
      case 'vaultLost':
      case 'refused':
        if (options.decision === 'drop') return forgetTyped(mirror, conflictId);
    }
    throw new StrongroomError('noSuchConflict');
  });
}

function decideDeleted(
  mirror: Mirror,
  conflict: StoredConflict,
  { decision, at, serverRestores }: DecideOptions,
): string[] {
  const { id: conflictId, recordId } = conflict;
  const row = mustHaveRecord(mirror, recordId);
  const base = mirror.bases.record(recordId) ?? null;
  const binItemId = mirror.syncState.get(binItemKey(recordId));
  mirror.conflicts.remove(conflictId);
  dropOperations(mirror, 'record', recordId);
  if (decision === 'drop') {
    if (binItemId !== null) mirror.bin.put(recordEntry(mirror, base ?? row, conflict.at, null, binItemId));
    mirror.syncState.set(binItemKey(recordId), null);
    mirror.bases.remove('record', recordId);
    mirror.records.removeMany([recordId]);
    return filesLeftOut(row, binItemId === null ? null : (base ?? row));
  }
  if (base !== null && binItemId !== null && serverRestores) {
    putBackWithChanges(mirror, base, row, at);
    return [];
  }
  return makeAnew(mirror, row, at);
}

/** Their bin has it: it is taken out there first, and what was changed here follows. */
function putBackWithChanges(mirror: Mirror, base: StoredRecord, row: StoredRecord, at: number): void {
  const common = { object: 'record', objectId: row.id, name: row.name, at } as const;
  mirror.outbox.add({ ...common, change: { kind: 'restore' } });
  sendDifference(mirror, base, row, at);
}

/** The server has nothing of it any more: it becomes a record made here, with the files that lie here. */
function makeAnew(mirror: Mirror, row: StoredRecord, at: number): string[] {
  if (row.kind !== 'record') throw new StrongroomError('notRestorable');
  const attachments = row.attachments
    .filter(({ localFile }) => localFile !== null)
    .map((file) => ({ ...file, serverId: null }));
  const fresh = { serverId: '', itemServerId: '', revision: null, updatedAt: null, contentHash: '' };
  const { folderId } = row;
  const isThere = folderId !== null && mirror.folders.get(folderId) !== null;
  const next = { ...row, ...fresh, attachments, folderId: isThere ? folderId : null };
  // Written anew as a whole: what the row knew of the server's attachments is over.
  mirror.records.removeMany([row.id]);
  mirror.records.upsertMany([next]);
  mirror.syncState.set(binItemKey(row.id), null);
  noteMadeAnew(mirror, row.id);
  sendAsNew(mirror, next, at);
  return [];
}

function decideChanged(mirror: Mirror, conflict: StoredConflict, options: DecideOptions): string[] {
  const { id: conflictId, recordId } = conflict;
  mirror.conflicts.remove(conflictId);
  for (const operation of mirror.outbox.ofObject('record', recordId)) {
    if (operation.change.kind === 'remove') mirror.outbox.remove(operation.id);
  }
  if (options.decision === 'drop') binRecord(mirror, recordId, options.at);
  else endIfSettled(mirror, 'record', recordId);
  return [];
}

function mustHaveConflict(
  mirror: Mirror,
  id: string,
  kinds: readonly StoredConflict['kind'][],
): StoredConflict {
  const conflict = mirror.conflicts.get(id);
  if (conflict === null || !kinds.includes(conflict.kind)) throw new StrongroomError('noSuchConflict');
  return conflict;
}
