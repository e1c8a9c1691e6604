/**
 * Everything of a vault that lies on this device under its former key, brought under the new one.
 *
 * The former key opens nothing here any more afterwards: somebody who was given it once, together
 * with the server, could otherwise put records before us whose keys they know, and read what is typed
 * into them. The record keys themselves stay, so every ciphertext stays as it is.
 */
import { asRecordKey, ifItOpens, openRecordKey, sealRecordKey, wipe } from '../../keychain/index.ts';
import type { VaultKey } from '../../keychain/index.ts';
import type { Mirror, OutboxOperation, StoredRecord } from '../../mirror/index.ts';

/** Key of the sync state under which the check value of a vault's former key stands. */
export function formerHashKey(vaultId: string): string {
  return `formerKeyHash:${vaultId}`;
}

/** Both keys stay the caller's to wipe. */
export interface KeyChange {
  readonly vaultId: string;
  readonly from: VaultKey;
  readonly to: VaultKey;
}

/** What was sealed in one change, by the former wrap; for `rewrapped`. */
export type SealedWraps = Map<string, string>;

/**
 * A record key under the new vault key; null where the former one does not open it. With `done` the
 * same wrap becomes the same wrap: a key that is one record's and stands at another one as well is
 * known by that, and would not be any more under a fresh salt each.
 */
export function rewrapped(
  keyWrapped: string,
  { from, to }: Pick<KeyChange, 'from' | 'to'>,
  done?: SealedWraps,
): string | null {
  const before = done?.get(keyWrapped);
  if (before !== undefined) return before;
  const key = ifItOpens(() => openRecordKey(keyWrapped, from));
  if (key === null) return null;
  try {
    const wrap = sealRecordKey(asRecordKey(key), to);
    done?.set(keyWrapped, wrap);
    return wrap;
  } finally {
    wipe(key);
  }
}

/** Call it inside a transaction, together with the new pin: all of it or nothing. */
export function rewrapVault(mirror: Mirror, change: KeyChange): void {
  const done: SealedWraps = new Map();
  for (const { id, keyWrapped } of mirror.records.wrappedKeys(change.vaultId)) {
    const wrap = rewrapped(keyWrapped, change, done);
    if (wrap !== null) mirror.records.setKeyWrapped(id, wrap);
    rewrapRevisions(mirror, id, change);
  }
  for (const entry of mirror.bin.ofVault(change.vaultId)) {
    if (entry.record !== null) mirror.bin.put({ ...entry, record: moved(entry.record, change) });
  }
  for (const operation of mirror.outbox.all()) rewrapOperation(mirror, operation, change);
}

function moved(record: StoredRecord, change: KeyChange): StoredRecord {
  const isConcerned = record.vaultId === change.vaultId && record.keyWrap === 'vault';
  if (!isConcerned || record.keyWrapped === null) return record;
  return { ...record, keyWrapped: rewrapped(record.keyWrapped, change) ?? record.keyWrapped };
}

function rewrapRevisions({ revisions }: Mirror, recordId: string, change: KeyChange): void {
  const readAt = revisions.readAt(recordId);
  if (readAt === null) return;
  const list = revisions.list(recordId).map((revision) => {
    const { keyWrapped } = revision;
    if (keyWrapped === null) return revision;
    return { ...revision, keyWrapped: rewrapped(keyWrapped, change) ?? keyWrapped };
  });
  revisions.replace(recordId, list, readAt);
}

function rewrapOperation(mirror: Mirror, operation: OutboxOperation, change: KeyChange): void {
  const { object, objectId } = operation;
  if (object === 'record') {
    const base = mirror.bases.record(objectId);
    if (base) mirror.bases.putRecord(objectId, moved(base, change));
  }
  // What may have arrived already goes out as it was; refused for its key, it is sealed anew then.
  if (operation.state !== 'unanswered') renewWrap(mirror, operation, change);
  if (operation.state === 'held' && operation.problem?.code === 'vaultKeyChanged') release(mirror, operation);
}

function renewWrap(mirror: Mirror, { id, change: wanted }: OutboxOperation, change: KeyChange): void {
  if (wanted.kind !== 'create' && wanted.kind !== 'move') return;
  if (wanted.keyWrapped === null || wanted.place.vaultId !== change.vaultId) return;
  const keyWrapped = rewrapped(wanted.keyWrapped, change);
  if (keyWrapped !== null) mirror.outbox.rewrite(id, { ...wanted, keyWrapped });
}

/** It was held because of the key: now it may go, as another request where it went out before. */
function release(mirror: Mirror, { id, attempts }: OutboxOperation): void {
  mirror.outbox.setState(attempts > 0 ? mirror.outbox.renewId(id) : id, 'waiting', null);
}
