/** The last look at an operation before it goes out. */
import type { Mirror, OutboxOperation, RecordFields, StoredRecord } from '../../mirror/index.ts';
import { folderHere, recordHere, rewriteUnsent } from '../outbox/pending.ts';
import { creationElsewhere } from '../outbox/relocation.ts';
import type { PullContext } from '../pullcontext.ts';
import { withoutField } from '../merge/conflictfields.ts';

/**
 * The operation as it is to be sent; null if it is not: nothing of it is left beside an open
 * conflict, or its vault's key is in doubt, and then it is held. Call it inside a transaction.
 */
export function prepared(context: PullContext, operation: OutboxOperation): OutboxOperation | null {
  const { mirror } = context;
  if (isInDoubt(context, operation)) {
    mirror.outbox.setState(operation.id, 'held', { code: 'vaultKeyChanged', params: {} });
    return null;
  }
  // Under the key it had: should the first request have arrived, the server says so under that one.
  const placed = creationElsewhere(mirror, operation);
  if (placed !== operation) mirror.outbox.rewrite(placed.id, placed.change);
  return placed.object === 'record' ? withoutConflicted(mirror, placed) : placed;
}

/** Nothing is written into a vault whose key was changed under our hands. */
function isInDoubt({ mirror, mode }: PullContext, operation: OutboxOperation): boolean {
  const { change, object, objectId } = operation;
  if (mode !== 'client' || change.kind === 'favourite') return false;
  const lies = (object === 'record' ? recordHere(mirror, objectId) : folderHere(mirror, objectId))?.vaultId;
  const goes = change.kind === 'create' || change.kind === 'move' ? change.place.vaultId : null;
  return [lies, goes].some(
    (vaultId) => vaultId != null && mirror.pins.vaultKey(vaultId)?.trust === 'keyChanged',
  );
}

/** What a person has to decide is not sent, even if it was typed once more meanwhile. */
function withoutConflicted(mirror: Mirror, operation: OutboxOperation): OutboxOperation | null {
  const { change, objectId } = operation;
  const conflict = mirror.conflicts.ofRecord(objectId);
  if (conflict?.kind !== 'fields' || (change.kind !== 'edit' && change.kind !== 'move')) return operation;
  const record = mirror.records.get(objectId);
  const theirs = mirror.bases.record(objectId) ?? null;
  if (record === null || theirs === null) return operation;
  if (change.kind === 'move') {
    if (!conflict.fields.some(({ kind }) => kind === 'place')) return operation;
    mirror.outbox.remove(operation.id);
    return null;
  }
  const fields = conflict.fields.reduce<RecordFields>(
    (left, field) => withoutField(left, field, theirs),
    change.fields,
  );
  mirror.conflicts.put({ ...conflict, fields: conflict.fields.map((field) => withMine(field, record)) });
  if (Object.keys(fields).length === 0) {
    mirror.outbox.remove(operation.id);
    return null;
  }
  if (
    Object.keys(fields).length === Object.keys(change.fields).length &&
    fields.customs === change.fields.customs
  ) {
    return operation;
  }
  rewriteUnsent(mirror, operation, { kind: 'edit', fields });
  return mirror.outbox.ofObject('record', objectId).find(({ seq }) => seq === operation.seq) ?? null;
}

type Field = NonNullable<ReturnType<Mirror['conflicts']['ofRecord']>>['fields'][number];

/** The conflict shows what stands in the record by now. */
function withMine(field: Field, record: StoredRecord): Field {
  switch (field.kind) {
    case 'name':
    case 'login':
    case 'description':
      return { ...field, sides: { ...field.sides, mine: record[field.kind] } };
    case 'urls':
    case 'tags':
      return { ...field, sides: { ...field.sides, mine: record[field.kind] } };
    case 'color':
      return { ...field, sides: { ...field.sides, mine: record.color } };
    case 'password':
      return { ...field, sides: { ...field.sides, mine: record.passwordEncrypted } };
    default:
      return field;
  }
}
