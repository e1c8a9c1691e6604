/**
 * Merging custom fields. They have no ids on the wire, so first it is worked out which field of
 * one side is which of the other; each is then merged by its members.
 */
import type { StoredCustomField } from '../../mirror/model.ts';
import type { ConflictedField } from '../../mirror/outboxmodel.ts';
import { choose, type Choice } from './mergechoice.ts';
import { mergedOrder } from './mergelists.ts';
import { matchFields, type FieldSides, type Sameness } from './mergematch.ts';

export interface MergedCustoms {
  /** In conflicts mine is shown. */
  readonly merged: readonly StoredCustomField[];
  readonly conflicts: readonly ConflictedField[];
  /** Like `merged`, but with theirs in conflicts: what can be sent without deciding them. */
  readonly undisputed: readonly StoredCustomField[];
}

/** What one field came to; undefined where it is gone. */
interface Outcome {
  readonly shown: StoredCustomField | undefined;
  readonly undisputed: StoredCustomField | undefined;
  /** The sides as a person would choose between them, if they clash. */
  readonly clash: {
    readonly mine: StoredCustomField | undefined;
    readonly theirs: StoredCustomField | undefined;
  } | null;
}

/** Merges whole lists of fields. Members that are the same on both sides are theirs, byte for byte. */
export function mergeCustoms(
  base: readonly StoredCustomField[],
  mine: readonly StoredCustomField[],
  theirs: readonly StoredCustomField[],
  same: Sameness,
): MergedCustoms {
  const lines = matchFields(base, mine, theirs, same);
  const outcomes = new Map(lines.map((line) => [line, mergeField(line, same)]));
  const inOrder = (pick: (outcome: Outcome) => StoredCustomField | undefined): StoredCustomField[] => {
    const fields = new Map<FieldSides, StoredCustomField>();
    for (const [line, outcome] of outcomes) {
      const field = pick(outcome);
      if (field !== undefined) fields.set(line, field);
    }
    const sideOrder = (
      list: readonly StoredCustomField[],
      side: 'base' | 'mine' | 'theirs',
    ): FieldSides[] => {
      const byField = new Map(lines.map((line) => [line[side], line]));
      return list.flatMap((field) => byField.get(field) ?? []);
    };
    const order = mergedOrder(
      new Set(fields.keys()),
      sideOrder(base, 'base'),
      sideOrder(mine, 'mine'),
      sideOrder(theirs, 'theirs'),
    );
    return order.flatMap((line) => fields.get(line) ?? []);
  };
  return {
    merged: inOrder(({ shown }) => shown),
    conflicts: conflictsOf(outcomes),
    undisputed: inOrder(({ undisputed }) => undisputed),
  };
}

/** A key is made of the label and counts the clashes under it: the same whichever side is called mine. */
function conflictsOf(outcomes: ReadonlyMap<FieldSides, Outcome>): ConflictedField[] {
  const counts = new Map<string, number>();
  return [...outcomes].flatMap(([{ label, base }, { clash }]): ConflictedField[] => {
    if (clash === null) return [];
    const count = counts.get(label) ?? 0;
    counts.set(label, count + 1);
    const key = `custom:${label}:${String(count)}`;
    return [{ key, kind: 'custom', sides: { ancestor: base, ...clash } }];
  });
}

function mergeField({ base, mine, theirs }: FieldSides, same: Sameness): Outcome {
  if (mine !== undefined && theirs !== undefined) return mergeMembers(base, mine, theirs, same);
  const left = mine ?? theirs;
  // Added on one side, or deleted on one side (or both) and not touched on the other.
  if (base === undefined || left === undefined) return settled(left);
  if (sameField(left, base, same)) return settled(undefined);
  return { shown: mine, undisputed: theirs, clash: { mine, theirs } };
}

function settled(field: StoredCustomField | undefined): Outcome {
  return { shown: field, undisputed: field, clash: null };
}

/**
 * Member by member; a member that only one side changed is on both sides of a clash, so that
 * choosing a side never takes back what the other side changed without a clash.
 */
function mergeMembers(
  base: StoredCustomField | undefined,
  mine: StoredCustomField,
  theirs: StoredCustomField,
  same: Sameness,
): Outcome {
  const forMine: Members = {};
  const forTheirs: Members = {};
  const choices = new Set<Choice>();
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const isSame = (a: unknown, b: unknown): boolean => sameMember(name, a, b, same);
    // Without an ancestor nothing tells who is right, unless both say the same.
    const unrelated = isSame(mine[name], theirs[name]) ? 'theirs' : 'clash';
    const choice = base === undefined ? unrelated : choose(base[name], mine[name], theirs[name], isSame);
    choices.add(choice);
    put(forMine, name, choice === 'theirs' ? theirs[name] : mine[name]);
    put(forTheirs, name, choice === 'mine' ? mine[name] : theirs[name]);
  }
  if (choices.has('clash')) {
    const clash = { mine: fieldOf(forMine, mine), theirs: fieldOf(forTheirs, theirs) };
    return { shown: clash.mine, undisputed: theirs, clash };
  }
  return settled(choices.has('mine') ? fieldOf(forMine, theirs) : theirs);
}

type Members = Record<string, unknown>;

function put(members: Members, name: string, value: unknown): void {
  if (value !== undefined) members[name] = value;
}

function fieldOf(members: Members, other: StoredCustomField): StoredCustomField {
  const text = (name: SealedMember): string => {
    const value = members[name];
    return typeof value === 'string' ? value : other[name];
  };
  return { ...members, name: text('name'), value: text('value'), type: text('type') };
}

function sameField(a: StoredCustomField, b: StoredCustomField, same: Sameness): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => sameMember(name, a[name], b[name], same));
}

/** The members that are ciphertext; others are not known to the protocol and compared as they are. */
const sealedMembers = ['name', 'value', 'type'] as const;
type SealedMember = (typeof sealedMembers)[number];

function sameMember(name: string, a: unknown, b: unknown, same: Sameness): boolean {
  if (a === b) return true;
  const isSealed = sealedMembers.some((member) => member === name);
  if (isSealed && typeof a === 'string' && typeof b === 'string') return same.secret(a, b);
  return JSON.stringify(a) === JSON.stringify(b);
}
