/**
 * A record changed elsewhere while changes of this device wait for it: the other side becomes the
 * new base, the row shows both, and what is left to be sent is written anew on top of it.
 *
 * What the other side already holds of ours has arrived, whether its answer was heard or not.
 * Fields that both sides changed are a conflict; they leave the waiting edits and are a person's
 * to decide. Once there is a conflict, its fields stay out of everything that is sent until then,
 * whatever else changes meanwhile.
 */
import { createSecretKey, randomUUID } from 'node:crypto';
import { sealRecordKey, sameKey, wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type {
  ConflictedField,
  Mirror,
  StoredConflict,
  OutboxOperation,
  StoredRecord,
} from '../../mirror/index.ts';
import { mergeRecords, type MergeSides } from './merge.ts';
import {
  fieldNames,
  isPutBackThere,
  isSameRecord,
  renewed,
  replaceEdits,
  rewriteUnsent,
  sameValue,
  withChange,
} from '../outbox/pending.ts';
import { raiseDoubt } from '../doubt.ts';
import { replaceMoves, sendFiles } from '../outbox/difference.ts';
import type { PullContext } from '../pullcontext.ts';
import { withEarlier } from './conflictfields.ts';
import { RecordTexts, underNewKey } from './recordtexts.ts';

/**
 * Takes `theirs`, as a row of this device, under what waits here; gives the row to be written.
 * Operations, base and conflict are written by this; call it inside a transaction. Null when the
 * record's keys do not open here: then nothing is changed and the edits are held.
 */
export function rebase(context: PullContext, delivered: MergeSides): StoredRecord | null {
  const { mirror, now } = context;
  const opened = openSides(context, { ...delivered, base: withArrived(context, delivered) });
  if (opened === null) {
    holdUndecipherable(context, delivered.mine.id);
    return null;
  }
  try {
    const { sides, texts } = opened;
    const merge = mergeRecords(sides, texts);
    const earlier = openConflict(context, sides.mine.id);
    const { conflicts, toSend } = withEarlier(merge, earlier, sides.theirs, texts);
    const favourite = wantedMark(context, sides);
    const row = { ...merge.merged, favourite, flagged: false };
    noteConflicts(context, row, conflicts);
    replaceEdits(mirror, row, toSend, now());
    rewriteMoves(context, row, sides, conflicts, opened.keyChanged);
    askForRest(context, row, sides.theirs, conflicts);
    renewOthers(context, row.id);
    mirror.bases.putRecord(row.id, sides.theirs);
    return settled(context, row, sides.theirs);
  } finally {
    opened.dispose();
  }
}

/**
 * Takes out every operation whose effect the other side already shows, and gives the base with
 * them: what was changed here after something that has arrived is a change of its own, even where
 * it goes back to what was there before.
 */
function withArrived({ mirror }: PullContext, { base, mine, theirs }: MergeSides): StoredRecord {
  let settledSoFar = base;
  for (const operation of mirror.outbox.ofObject('record', mine.id)) {
    const isThere = isPutBackThere(mirror, operation) || hasArrived(operation, mine, theirs);
    if (!isThere) continue;
    mirror.outbox.remove(operation.id);
    const { kind } = operation.change;
    // Files are matched one by one (mergeattachments.ts), and a new record's base names all of it.
    const isTold = kind === 'edit' || kind === 'move' || kind === 'renameFile';
    if (isTold) settledSoFar = withChange(settledSoFar, operation.change, []);
  }
  return settledSoFar;
}

/** The mark as the person here set it last, while that waits; theirs otherwise. */
function wantedMark({ mirror }: PullContext, { mine, theirs }: MergeSides): boolean {
  const marks = mirror.outbox.ofObject('record', mine.id).filter(({ change }) => change.kind === 'favourite');
  const last = marks.at(-1)?.change;
  if (last?.kind !== 'favourite') return theirs.favourite;
  if (last.favourite === theirs.favourite) for (const { id } of marks) mirror.outbox.remove(id);
  return last.favourite;
}

/** The row to be written; with nothing left to be sent or decided it has to be theirs. */
function settled({ mirror }: PullContext, row: StoredRecord, theirs: StoredRecord): StoredRecord {
  const isOpen = mirror.outbox.ofObject('record', row.id).length > 0;
  if (isOpen || mirror.conflicts.ofRecord(row.id) !== null) return row;
  mirror.bases.remove('record', row.id);
  if (isSameRecord(row, theirs)) return row;
  raiseDoubt(mirror);
  return { ...row, contentHash: '' };
}

function hasArrived({ change }: OutboxOperation, mine: StoredRecord, theirs: StoredRecord): boolean {
  switch (change.kind) {
    case 'create':
      return true;
    case 'edit':
      return fieldNames.every(
        (name) => !(name in change.fields) || sameValue(change.fields[name], theirs[name]),
      );
    case 'move':
      return change.place.vaultId === theirs.vaultId && change.place.folderId === theirs.folderId;
    case 'attach': {
      const file = mine.attachments.find(({ id }) => id === change.attachmentId);
      return (
        file === undefined ||
        theirs.attachments.some(({ id, serverId }) => id === file.id && serverId !== null)
      );
    }
    case 'detach':
      return !theirs.attachments.some(
        ({ id, serverId }) => id === change.attachmentId || serverId === change.serverId,
      );
    case 'renameFile': {
      // One that is gone there has no name any more.
      const file = theirs.attachments.find(({ id }) => id === change.attachmentId);
      return file === undefined || file.name === change.name;
    }
    default:
      return false;
  }
}

interface OpenedSides {
  readonly sides: MergeSides;
  readonly texts: RecordTexts;
  readonly keyChanged: boolean;
  dispose(): void;
}

/** Opens the record keys; with another record key on their side, mine and base are brought under it. */
function openSides(context: PullContext, { base, mine, theirs }: MergeSides): OpenedSides | null {
  const manifestKey = createSecretKey(context.manifestKey.bytes);
  const { vaultKeys } = context;
  if (context.mode === 'none' || vaultKeys === null) {
    const sides = [base, mine, theirs].map((record) => ({ record, key: null }));
    return {
      sides: { base, mine, theirs },
      texts: new RecordTexts(manifestKey, sides),
      keyChanged: false,
      dispose: () => undefined,
    };
  }
  const old = vaultKeys.recordKeyOf(mine) ?? vaultKeys.recordKeyOf(base);
  const now = theirs.keyWrapped === mine.keyWrapped ? old : vaultKeys.recordKeyOf(theirs);
  const dispose = (): void => {
    for (const key of new Set([old, now])) if (key !== null) wipe(key);
  };
  const sameWrap = theirs.keyWrapped === mine.keyWrapped || theirs.keyWrapped === base.keyWrapped;
  if ((old === null || now === null) && !sameWrap) {
    dispose();
    return null;
  }
  const changes = old !== null && now !== null && !sameKey(old, now);
  const sealed = new Map<string, string>();
  const [mineNow, baseNow] = changes
    ? [
        wrapped(context, underNewKey(mine, old, now, sealed), theirs, now),
        underNewKey(base, old, now, sealed),
      ]
    : [mine, base];
  const keyed = [baseNow, mineNow, theirs].flatMap((record) => (now === null ? [] : [{ record, key: now }]));
  return {
    sides: { base: baseNow, mine: mineNow, theirs },
    texts: new RecordTexts(manifestKey, keyed),
    keyChanged: changes,
    dispose,
  };
}

/** Mine was moved to another vault here: the new record key is wrapped for that one as well. */
function wrapped(
  { vaultKeys }: PullContext,
  mine: StoredRecord,
  theirs: StoredRecord,
  key: RecordKey,
): StoredRecord {
  if (vaultKeys === null || mine.vaultId === null || mine.vaultId === theirs.vaultId) return mine;
  return { ...mine, keyWrapped: sealRecordKey(key, vaultKeys.keyOf(mine.vaultId)) };
}

function holdUndecipherable({ mirror }: PullContext, recordId: string): void {
  for (const operation of mirror.outbox.ofObject('record', recordId)) {
    if (operation.state === 'undecided') continue;
    mirror.outbox.setState(operation.id, 'held', { code: 'undecipherable', params: {} });
  }
}

/** The fields of a conflict that is open already. A record that was gone and is back has none. */
function openConflict({ mirror }: PullContext, recordId: string): readonly ConflictedField[] {
  const conflict = mirror.conflicts.ofRecord(recordId);
  if (conflict === null || conflict.sealed !== null) return [];
  if (conflict.kind === 'fields') return conflict.fields;
  // Changed there once more: it is still not to be deleted without a person.
  if (conflict.kind === 'changedThere') return [];
  mirror.conflicts.remove(conflict.id);
  for (const operation of mirror.outbox.ofObject('record', recordId)) {
    if (operation.state === 'undecided') mirror.outbox.setState(operation.id, 'waiting', null);
  }
  return [];
}

function noteConflicts(
  { mirror, now }: PullContext,
  row: StoredRecord,
  fields: readonly ConflictedField[],
): void {
  const known = mirror.conflicts.ofRecord(row.id);
  if (fields.length === 0) {
    if (known?.kind === 'fields') mirror.conflicts.remove(known.id);
    return;
  }
  const vaultName = (row.vaultId === null ? null : mirror.vaults.get(row.vaultId)?.name) ?? '';
  const { id: recordId, name } = row;
  const isStale = known !== null && !fields.every((field) => isShownBy(known, field));
  // Whoever looks at a conflict decides about what is shown, and not about what has come since.
  const [id, at] = [known === null || isStale ? randomUUID() : known.id, known?.at ?? now()];
  if (known?.kind === 'changedThere') dropUndecidedRemoval(mirror, recordId);
  mirror.conflicts.put({ id, kind: 'fields', recordId, name, vaultName, at, fields, sealed: null });
}

function isShownBy({ fields }: StoredConflict, { key, sides }: ConflictedField): boolean {
  return fields.some((shown) => shown.key === key && sameValue(shown.sides.theirs, sides.theirs));
}

/** The fields are decided first; after that the record may be deleted again. */
function dropUndecidedRemoval(mirror: Mirror, recordId: string): void {
  for (const { id, state, change } of mirror.outbox.ofObject('record', recordId)) {
    if (state === 'undecided' && change.kind === 'remove') mirror.outbox.remove(id);
  }
}

/** A place that both sides chose is decided by a person; another vault needs the key of now. */
function rewriteMoves(
  { mirror }: PullContext,
  row: StoredRecord,
  { theirs }: MergeSides,
  conflicts: readonly ConflictedField[],
  keyChanged: boolean,
): void {
  const moves = mirror.outbox.ofObject('record', row.id).filter(({ change }) => change.kind === 'move');
  const isOpen = conflicts.some(({ kind }) => kind === 'place');
  const isThere = row.vaultId === theirs.vaultId && row.folderId === theirs.folderId;
  for (const operation of moves) {
    const { change } = operation;
    if (isOpen || isThere) mirror.outbox.remove(operation.id);
    else if (keyChanged && change.kind === 'move' && change.place.vaultId === row.vaultId) {
      const keyWrapped = row.vaultId === theirs.vaultId ? null : row.keyWrapped;
      rewriteUnsent(mirror, operation, { ...change, keyWrapped });
    }
  }
}

/**
 * While a deletion there was a person's to decide, what was done here was written into the row
 * alone. Now that it stands again, places and files have to be asked for as edits are.
 */
function askForRest(
  { mirror, now }: PullContext,
  row: StoredRecord,
  theirs: StoredRecord,
  conflicts: readonly ConflictedField[],
): void {
  sendFiles(mirror, theirs, row, now());
  const moves = mirror.outbox.ofObject('record', row.id).some(({ change }) => change.kind === 'move');
  if (!moves && !conflicts.some(({ kind }) => kind === 'place')) replaceMoves(mirror, theirs, row, now());
}

/** What was sent has not come to what the record is now, so it is another request. */
function renewOthers({ mirror }: PullContext, recordId: string): void {
  for (const operation of mirror.outbox.ofObject('record', recordId)) {
    const { kind } = operation.change;
    // A mark or a file that was sent and is not there has been taken away again since.
    const isAnother = kind !== 'create' && kind !== 'restore';
    if (isAnother && operation.state === 'unanswered') renewed(mirror, operation);
  }
}
