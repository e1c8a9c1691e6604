/**
 * Conflicts as a person sees them: every field with its sides, secrets masked.
 *
 * A conflict about fields brings its own. For a record that was deleted elsewhere the fields are
 * what was changed here; for one whose vault is closed they are what was typed, under a seal.
 */
import type { ConflictField, ConflictSide, ConflictValue } from '../../../contract/conflicts.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { ifItOpens, wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type {
  ConflictedField,
  Mirror,
  StoredConflict,
  StoredCustomField,
  StoredPlace,
  StoredRecord,
} from '../../mirror/index.ts';
import { changedFields } from '../../sync/index.ts';
import type { TypedRecord } from '../../sync/index.ts';
import { openValueWith } from '../reading/recordsecrets.ts';

const sides = ['mine', 'theirs', 'ancestor'] as const satisfies readonly ConflictSide[];
const absent: ConflictValue = { text: null, empty: true, absent: true, broken: false };

/** What was changed here of a record that the other side deleted, or deleted here and changed there. */
export function changedSides(base: StoredRecord | null, mine: StoredRecord): ConflictedField[] {
  const before = base ?? { ...mine, name: '', login: '', urls: [], description: '', tags: [], color: 0 };
  const changed = changedFields(base ?? { ...before, passwordEncrypted: null, customs: [] }, mine);
  const fields: ConflictedField[] = [];
  const text = (kind: 'name' | 'login' | 'description'): void => {
    const sidesOf = { ancestor: before[kind], mine: mine[kind], theirs: undefined };
    if (changed[kind] !== undefined) fields.push({ key: kind, kind, sides: sidesOf });
  };
  const list = (kind: 'urls' | 'tags'): void => {
    const sidesOf = { ancestor: before[kind], mine: mine[kind], theirs: undefined };
    if (changed[kind] !== undefined) fields.push({ key: kind, kind, sides: sidesOf });
  };
  text('name');
  text('login');
  if (changed.passwordEncrypted !== undefined) {
    const ancestor = base?.passwordEncrypted;
    fields.push({
      key: 'password',
      kind: 'password',
      sides: { ancestor, mine: mine.passwordEncrypted, theirs: undefined },
    });
  }
  list('urls');
  text('description');
  list('tags');
  if (changed.color !== undefined) {
    fields.push({
      key: 'color',
      kind: 'color',
      sides: { ancestor: before.color, mine: mine.color, theirs: undefined },
    });
  }
  if (changed.customs !== undefined) fields.push(...changedCustoms(base?.customs ?? [], mine.customs));
  return fields;
}

function changedCustoms(
  before: readonly StoredCustomField[],
  now: readonly StoredCustomField[],
): ConflictedField[] {
  return now.flatMap((field, index): ConflictedField[] => {
    if (
      before.some(
        ({ name, value, type }) => name === field.name && value === field.value && type === field.type,
      )
    )
      return [];
    const ancestor = before.find(({ name }) => name === field.name);
    return [
      { key: `custom:${String(index)}`, kind: 'custom', sides: { ancestor, mine: field, theirs: undefined } },
    ];
  });
}

/** Opens the sides of fields for the screen, or one of them for good. `key` stays the caller's. */
export class ConflictFaces {
  readonly #mirror: Mirror;
  readonly #key: RecordKey | null;

  constructor(mirror: Mirror, key: RecordKey | null) {
    this.#mirror = mirror;
    this.#key = key;
  }

  face(field: ConflictedField): ConflictField {
    const { key, kind } = field;
    const secret = kind === 'password' || kind === 'custom';
    const [mine, theirs, ancestor] = sides.map((side) => this.#value(field, side));
    const bothThere = field.sides.mine !== undefined && field.sides.theirs !== undefined;
    return {
      key,
      kind,
      label: field.kind === 'custom' ? this.label(field) : '',
      secret,
      mine: mine ?? absent,
      theirs: theirs ?? absent,
      ancestor: ancestor ?? absent,
      canKeepBoth: bothThere && kind !== 'color' && kind !== 'place',
    };
  }

  /** The label of a custom field, from whichever side opens. */
  label({ sides: { mine, theirs, ancestor } }: Extract<ConflictedField, { kind: 'custom' }>): string {
    for (const side of [mine, theirs, ancestor]) {
      const text = side === undefined ? null : this.#opened(side.name);
      if (text !== null) return text;
    }
    return '';
  }

  /** One secret of one side. Throws `noSuchField`, `emptyField`, `undecipherable`. */
  secret(field: ConflictedField, side: ConflictSide): string {
    const wire = secretOf(field, side);
    if (wire === undefined) throw new StrongroomError('noSuchField');
    if (wire === '') throw new StrongroomError('emptyField');
    const text = this.#opened(wire);
    if (text === null) throw new StrongroomError('undecipherable');
    if (text === '') throw new StrongroomError('emptyField');
    return text;
  }

  #value(field: ConflictedField, side: ConflictSide): ConflictValue {
    if (field.sides[side] === undefined) return absent;
    const wire = secretOf(field, side);
    if (wire === undefined) {
      const text = this.#plain(field, side);
      return { text, empty: text === '', absent: false, broken: false };
    }
    const opened = wire === '' ? '' : this.#opened(wire);
    return { text: null, empty: opened === '', absent: false, broken: opened === null };
  }

  #plain(field: ConflictedField, side: ConflictSide): string {
    switch (field.kind) {
      case 'urls':
        return (field.sides[side] ?? []).join('\n');
      case 'tags':
        return (field.sides[side] ?? []).join(', ');
      case 'color':
        return String(field.sides[side] ?? 0);
      case 'place':
        return this.#placeName(field.sides[side]);
      case 'name':
      case 'login':
      case 'description':
        return field.sides[side] ?? '';
      default:
        return '';
    }
  }

  #placeName(place: StoredPlace | undefined): string {
    if (place === undefined) return '';
    const vault = this.#mirror.vaults.get(place.vaultId)?.name ?? '';
    const folders = place.folderId === null ? [] : this.#mirror.folders.path(place.folderId);
    return [vault, ...folders.map(({ name }) => name)].join(' / ');
  }

  /** Null for what does not open. */
  #opened(wire: string): string | null {
    const text = ifItOpens(() => openValueWith(wire, this.#key));
    if (text === null) return null;
    try {
      return text.toString('utf8');
    } finally {
      wipe(text);
    }
  }
}

/** The wire form of a side's secret; undefined where there is none on this side or of this kind. */
function secretOf(field: ConflictedField, side: ConflictSide): string | undefined {
  if (field.kind === 'password')
    return field.sides[side] === undefined ? undefined : (field.sides[side] ?? '');
  return field.kind === 'custom' ? field.sides[side]?.value : undefined;
}

/** A field of what is kept under a seal, with its text; only my side exists. */
export interface TypedField {
  readonly face: ConflictField;
  readonly text: string;
}

/** What was typed of a record whose vault is closed, or that the server refuses. */
export function typedFields(typed: TypedRecord): TypedField[] {
  const field = (key: string, kind: ConflictField['kind'], label: string, text: string): TypedField => {
    const secret = kind === 'password' || kind === 'custom';
    const mine = { text: secret ? null : text, empty: text === '', absent: false, broken: false };
    return {
      text,
      face: { key, kind, label, secret, mine, theirs: absent, ancestor: absent, canKeepBoth: false },
    };
  };
  const { name, login, urls, description, tags, color, password } = typed;
  return [
    ...(name === undefined ? [] : [field('name', 'name', '', name)]),
    ...(login === undefined ? [] : [field('login', 'login', '', login)]),
    ...(password === undefined ? [] : [field('password', 'password', '', password ?? '')]),
    ...(urls === undefined ? [] : [field('urls', 'urls', '', urls.join('\n'))]),
    ...(description === undefined ? [] : [field('description', 'description', '', description)]),
    ...(tags === undefined ? [] : [field('tags', 'tags', '', tags.join(', '))]),
    ...(color === undefined ? [] : [field('color', 'color', '', String(color))]),
    ...typed.customs.map((custom, index) =>
      field(`custom:${String(index)}`, 'custom', custom.name, custom.value),
    ),
    ...typed.files.map((file, index) => field(`file:${String(index)}`, 'attachment', file.name, file.name)),
  ];
}

/** The conflict's line in a list. */
export function conflictRowOf(
  { id, kind, recordId, name, vaultName, at, fields }: StoredConflict,
  mirror: Mirror,
) {
  const isHere = mirror.records.get(recordId) !== null;
  return { id, kind, recordId: isHere ? recordId : null, name, vaultName, at, fieldCount: fields.length };
}
