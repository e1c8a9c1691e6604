/**
 * Telling which delivered records were made on this device: their creation went out, and its answer
 * was lost on the way.
 */
import type { Mirror, OutboxOperation, StoredRecord } from '../../mirror/index.ts';
import { allFieldsOf, isMadeHere, sameValue } from '../outbox/pending.ts';

/** Creations of this device that may have arrived without an answer. */
export class Creations {
  readonly #mirror: Mirror;
  #waiting: OutboxOperation[] | null = null;

  constructor(mirror: Mirror) {
    this.#mirror = mirror;
  }

  /**
   * The record made here that a delivered, unknown one is: a record key is drawn at random, so the
   * same wrapped key is the same record. Without client-side encryption, one that was sent and not
   * answered is known by its place and every value.
   */
  find(delivered: StoredRecord, folderId: string | null): StoredRecord | null {
    this.#waiting ??= this.#mirror.outbox.counts().waiting === 0 ? [] : creationsIn(this.#mirror);
    const at = this.#waiting.findIndex((operation) => isSame(operation, delivered, folderId));
    const [operation] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (operation === undefined) return null;
    const { objectId } = operation;
    const record = this.#mirror.records.get(objectId) ?? this.#mirror.bin.get(objectId)?.record ?? null;
    return record !== null && isMadeHere(record) ? record : null;
  }
}

function creationsIn(mirror: Mirror): OutboxOperation[] {
  return mirror.outbox.ofKinds(['create']);
}

function isSame(
  { change, attempts }: OutboxOperation,
  delivered: StoredRecord,
  folderId: string | null,
): boolean {
  if (change.kind !== 'create') return false;
  if (change.keyWrapped !== null) return change.keyWrapped === delivered.keyWrapped;
  const { vaultId } = delivered;
  return (
    attempts > 0 &&
    sameValue(
      [change.place.vaultId, change.place.folderId, inOrder(change.fields)],
      [vaultId, folderId, inOrder(allFieldsOf(delivered))],
    )
  );
}

function inOrder(fields: ReturnType<typeof allFieldsOf>): unknown[] {
  const { name, login, urls, description, tags, color, passwordEncrypted, customs } = fields;
  const members = customs.map((field) => [field.name, field.value, field.type]);
  return [name, login, urls, description, tags, color, passwordEncrypted ?? '', members];
}

/** Whether the delivered record shows exactly what a creation of this device asked for. */
export function isAsSent({ change }: OutboxOperation, delivered: StoredRecord): boolean {
  if (change.kind !== 'create') return false;
  return sameValue(inOrder(change.fields), inOrder(allFieldsOf(delivered)));
}
