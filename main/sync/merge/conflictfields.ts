/**
 * The fields of a conflict that is open already, beside those that a new merge finds: they stay out
 * of everything that is sent until a person has decided, and keep the ancestor they began with.
 */
import type { ConflictedField, RecordFields, StoredRecord } from '../../mirror/index.ts';
import { customsWithTheirs } from '../outbox/decisions.ts';
import { sameValue } from '../outbox/pending.ts';
import type { Merge } from './merge.ts';
import type { RecordTexts } from './recordtexts.ts';

/**
 * Adds the fields of an earlier conflict that are still open: the base has moved on to theirs, so
 * the merge takes them for changed here alone. They keep the ancestor they began with.
 */
export function withEarlier(
  { merged, conflicts, toSend }: Merge,
  earlier: readonly ConflictedField[],
  theirs: StoredRecord,
  texts: RecordTexts,
): Pick<Merge, 'conflicts' | 'toSend'> {
  const fresh = new Map(conflicts.map((field) => [field.key, field]));
  const kept: ConflictedField[] = [];
  let sending: RecordFields = toSend;
  for (const field of earlier) {
    const again = fresh.get(field.key);
    fresh.delete(field.key);
    if (again !== undefined) {
      kept.push(withAncestor(again, field));
      continue;
    }
    if (isSettled(field, merged, theirs, texts)) continue;
    kept.push(field);
    sending = withoutField(sending, field, theirs);
  }
  return { conflicts: [...kept, ...fresh.values()], toSend: sending };
}

function withAncestor(field: ConflictedField, earlier: ConflictedField): ConflictedField {
  const { ancestor } = earlier.sides;
  // Both have the same key and so the same kind; only the compiler cannot know.
  return { ...field, sides: { ...field.sides, ancestor } } as ConflictedField;
}

/** Both sides have come to the same by now. */
function isSettled(
  field: ConflictedField,
  merged: StoredRecord,
  theirs: StoredRecord,
  texts: RecordTexts,
): boolean {
  switch (field.kind) {
    case 'place':
      return merged.vaultId === theirs.vaultId && merged.folderId === theirs.folderId;
    case 'password':
      return texts.secret(merged.passwordEncrypted, theirs.passwordEncrypted);
    case 'custom': {
      const { mine } = field.sides;
      const isSame = (other: NonNullable<typeof mine>): boolean =>
        mine !== undefined &&
        texts.customIdentity(other) === texts.customIdentity(mine) &&
        texts.secret(other.value, mine.value);
      return mine === undefined ? field.sides.theirs === undefined : theirs.customs.some(isSame);
    }
    default:
      return sameValue(merged[field.kind], theirs[field.kind]);
  }
}

/** What is to be sent, without a field that is a person's to decide. */
export function withoutField(
  sending: RecordFields,
  field: ConflictedField,
  theirs: StoredRecord,
): RecordFields {
  if (field.kind === 'custom') {
    if (sending.customs === undefined) return sending;
    const customs = customsWithTheirs(sending.customs, field.sides);
    const { customs: _, ...rest } = sending;
    return sameValue(customs, theirs.customs) ? rest : { ...rest, customs };
  }
  const name = field.kind === 'password' ? 'passwordEncrypted' : field.kind;
  return Object.fromEntries(Object.entries(sending).filter(([each]) => each !== name));
}
