/**
 * Records that the server does not have any more, or not for this user.
 *
 * What nobody changed here goes, into the bin where the server says that it lies there. What was
 * changed here stays with everything that was typed, and a person decides. Deleted on both sides
 * it is settled; a favourite mark alone keeps nothing.
 *
 * A record that was received goes in any case: whether it was deleted or taken back is not told, and
 * what was taken back is not the receiver's to read any more. Only what they typed stays, sealed.
 */
import { randomUUID } from 'node:crypto';
import type {
  ConflictedField,
  Mirror,
  OutboxOperation,
  StoredConflict,
  StoredRecord,
} from '../../mirror/index.ts';
import { binItemKey, recordEntry } from '../outbox/binning.ts';
import {
  dropOperations,
  endIfSettled,
  filesLeftOut,
  isMadeHere,
  liesInRestored,
  sameValue,
} from '../outbox/pending.ts';
import type { PullContext } from '../pullcontext.ts';
import { withNothing } from './landing.ts';
import { erasable } from './rollback.ts';
import { keepTyped } from './typedkeeping.ts';

/** What the server says of a record in its bin. */
export interface ToldBinned {
  readonly binItemId: string;
  /** Unix milliseconds. */
  readonly deletedAt: number | null;
}

/**
 * Takes records out that are gone there. `told` has, by id of this device, what lies in the
 * server's bin. Gives the names of stored files that nothing refers to any more; a transaction.
 */
export function departRecords(
  context: PullContext,
  ids: readonly string[],
  told: ReadonlyMap<string, ToldBinned> = new Map(),
): string[] {
  const { mirror } = context;
  return mirror.transaction(() => {
    // What is told one by one is deleted; only what is missing may be so by a rollback.
    const missing = erasable(
      mirror,
      ids.filter((id) => !told.has(id)),
    );
    const going = new Set([...missing, ...told.keys()]);
    return ids.filter((id) => going.has(id)).flatMap((id) => depart(context, id, told.get(id) ?? null));
  });
}

function depart(context: PullContext, id: string, binned: ToldBinned | null): string[] {
  const { mirror } = context;
  const row = mirror.records.get(id);
  if (row === null || isMadeHere(row)) return [];
  const operations = mirror.outbox.ofObject('record', id);
  const conflict = mirror.conflicts.ofRecord(id);
  // Put back here, and the server has not been asked yet.
  const comesBack = operations.some(({ change }) => change.kind === 'restore');
  if (comesBack || liesInRestored(mirror, row)) return [];
  if (binned !== null) mirror.syncState.set(binItemKey(id), binned.binItemId);
  if (conflict?.kind === 'deletedThere') return [];
  const isTyped = operations.some(isWorthKeeping) || conflict?.kind === 'fields';
  if (isTyped && row.kind === 'record') {
    keepForDecision(context, row, operations, conflict);
    return [];
  }
  const kept = isTyped ? keepTyped(context, row, '') : [];
  if (conflict?.sealed === null) mirror.conflicts.remove(conflict.id);
  dropOperations(mirror, 'record', id);
  const settled = mirror.bases.record(id) ?? row;
  mirror.bases.remove('record', id);
  mirror.syncState.set(binItemKey(id), null);
  if (binned !== null) mirror.bin.put(recordEntry(mirror, settled, binned.deletedAt, null, binned.binItemId));
  mirror.records.removeMany([id]);
  return filesLeftOut(row, binned === null ? null : settled).filter((file) => !kept.includes(file));
}

function isWorthKeeping({ change }: OutboxOperation): boolean {
  return change.kind === 'edit' || change.kind === 'attach' || change.kind === 'move';
}

/**
 * A record made here that the server has had and has no more. What it shows is a person's to keep or
 * to let go; where it lies in the bin here, both sides have deleted it and it goes. Gives the names of
 * stored files that nothing refers to any more; inside a transaction.
 */
export function departUnheard(context: PullContext, id: string): string[] {
  const { mirror } = context;
  const row = mirror.records.get(id);
  if (row !== null) {
    keepForDecision(context, row, mirror.outbox.ofObject('record', id), mirror.conflicts.ofRecord(id));
    return [];
  }
  const record = mirror.bin.get(id)?.record ?? null;
  dropOperations(mirror, 'record', id);
  mirror.bases.remove('record', id);
  mirror.bin.remove(id);
  return record === null ? [] : filesLeftOut(record, null);
}

function keepForDecision(
  { mirror, now }: PullContext,
  row: StoredRecord,
  operations: readonly OutboxOperation[],
  conflict: StoredConflict | null,
): void {
  for (const { id } of operations) mirror.outbox.setState(id, 'undecided', null);
  const known = mirror.bases.record(row.id);
  const base = known ?? (known === null ? withNothing(row) : row);
  if (known === undefined) mirror.bases.putRecord(row.id, row);
  const vaultName = (row.vaultId === null ? null : mirror.vaults.get(row.vaultId)?.name) ?? '';
  const { id: recordId, name } = row;
  const about = { recordId, name, vaultName, at: now(), fields: typedFields(base, row), sealed: null };
  mirror.conflicts.put({ id: conflict?.id ?? randomUUID(), kind: 'deletedThere', ...about });
}

/** What was changed here, beside what it was; the other side has nothing of it. */
export function typedFields(base: StoredRecord, mine: StoredRecord): ConflictedField[] {
  const texts = (['name', 'login', 'description'] as const).flatMap((kind): ConflictedField[] =>
    base[kind] === mine[kind] ? [] : [{ key: kind, kind, sides: sides(base[kind], mine[kind]) }],
  );
  const lists = (['urls', 'tags'] as const).flatMap((kind): ConflictedField[] =>
    sameValue(base[kind], mine[kind]) ? [] : [{ key: kind, kind, sides: sides(base[kind], mine[kind]) }],
  );
  const color: ConflictedField = { key: 'color', kind: 'color', sides: sides(base.color, mine.color) };
  const [before, after] = [base.passwordEncrypted, mine.passwordEncrypted];
  const password: ConflictedField = { key: 'password', kind: 'password', sides: sides(before, after) };
  const customs = mine.customs
    .filter((field) => !base.customs.some((known) => sameValue(known, field)))
    .map((field, index): ConflictedField => ({
      key: `custom:${index}`,
      kind: 'custom',
      sides: { ancestor: undefined, mine: field, theirs: undefined },
    }));
  return [
    ...texts,
    ...lists,
    ...(base.color === mine.color ? [] : [color]),
    ...(before === after ? [] : [password]),
    ...customs,
  ];
}

function sides<T>(ancestor: T, mine: T): { ancestor: T; mine: T; theirs: undefined } {
  return { ancestor, mine, theirs: undefined };
}

/**
 * A record that lies in the bin here is gone there as well: what waited for it is settled. Told
 * to lie in the server's bin it stays in the bin here; otherwise it is gone for good. Gives the
 * names of stored files that nothing refers to any more.
 */
export function departBinned(mirror: Mirror, id: string, binned: ToldBinned | null): string[] {
  const entry = mirror.bin.get(id);
  if (entry === null || entry.record === null) return [];
  const waits = mirror.outbox.ofObject('record', id).length > 0;
  dropOperations(mirror, 'record', id);
  endIfSettled(mirror, 'record', id);
  if (binned !== null) {
    // It has an entry of its own there, whatever went to the bin around it.
    mirror.bin.put({ ...entry, binItemId: binned.binItemId, deletedAt: binned.deletedAt, under: null });
    return [];
  }
  if (waits || entry.under !== null) return [];
  mirror.bin.remove(id);
  return filesLeftOut(entry.record, null);
}
