/**
 * Keeping both values of a conflicted field: mine stays in its place, theirs moves beside it.
 *
 * Lists are joined, descriptions stand one below the other, and everything else becomes a custom
 * field of its own, whose label is the field's with a number. Their secret is encrypted anew: every
 * device takes a known ciphertext in another field for a forgery.
 */
import { wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { ConflictedField, StoredCustomField, StoredRecord } from '../../mirror/index.ts';
import type { ConflictFaces } from './conflictfaces.ts';
import { sealText } from '../editing/recordseals.ts';
import { openValueWith } from '../reading/recordsecrets.ts';

/** The record with both values of every field of `doubled`. */
export function bothKept(
  record: StoredRecord,
  doubled: readonly ConflictedField[],
  faces: ConflictFaces,
  key: RecordKey | null,
): StoredRecord {
  return doubled.reduce((kept, field) => withBoth(kept, field, faces, key), record);
}

function withBoth(
  record: StoredRecord,
  field: ConflictedField,
  faces: ConflictFaces,
  key: RecordKey | null,
): StoredRecord {
  const seal = (text: string): string => sealText(Buffer.from(text, 'utf8'), key);
  const added = (custom: StoredCustomField): StoredRecord => ({
    ...record,
    customs: [...record.customs, custom],
  });
  switch (field.kind) {
    case 'urls':
    case 'tags':
      return { ...record, [field.kind]: joined(record[field.kind], field.sides.theirs ?? []) };
    case 'description':
      return { ...record, description: `${record.description}\n\n${field.sides.theirs ?? ''}`.trim() };
    case 'name':
    case 'login': {
      const { theirs = '' } = field.sides;
      const label = field.kind === 'name' ? 'Name (2)' : 'Login (2)';
      return added({ name: seal(label), value: seal(theirs), type: seal('text') });
    }
    case 'password': {
      const { theirs } = field.sides;
      if (!theirs) return record;
      return added({ name: seal('Password (2)'), value: resealed(theirs, key), type: seal('password') });
    }
    case 'custom': {
      const { theirs } = field.sides;
      if (theirs === undefined) return record;
      const name = seal(`${faces.label(field)} (2)`);
      return added({ ...theirs, name, value: resealed(theirs.value, key), type: resealed(theirs.type, key) });
    }
    case 'color':
    case 'place':
      return record;
  }
}

function resealed(wire: string, key: RecordKey | null): string {
  const text = openValueWith(wire, key);
  try {
    return sealText(text, key);
  } finally {
    wipe(text);
  }
}

function joined(mine: readonly string[], theirs: readonly string[]): string[] {
  return [...mine, ...theirs.filter((text) => !mine.includes(text))];
}
