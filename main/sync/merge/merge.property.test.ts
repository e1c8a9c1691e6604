/** Laws of the merge over random records that were changed at random on both sides. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredAttachment, StoredCustomField, StoredRecord } from '../../mirror/model.ts';
import type { ConflictedField } from '../../mirror/outboxmodel.ts';
import { aRecord } from '../../mirror/testmirror.ts';
import { mergeRecords, type MergeSides, type Sameness } from './merge.ts';

/** A wire value is `<salt>:<text>`; texts are drawn from few, so that chance meets chance. */
const unopened = 'unopened';
const textOf = (wire: string): string => {
  const text = wire.slice(wire.indexOf(':') + 1);
  return text === unopened ? wire : text;
};
const same: Sameness = {
  secret: (a, b) => (a === null || b === null ? a === b : textOf(a) === textOf(b)),
  customIdentity: ({ name }) => (name.endsWith(unopened) ? null : textOf(name)),
};

const word = fc.constantFrom('a', 'b', 'c', 'd');
const salt = fc.constantFrom('1', '2', '3');
const wire = fc.tuple(salt, word).map(([of, text]) => `${of}:${text}`);
const label = fc.tuple(salt, fc.constantFrom('PIN', 'Key', unopened)).map(([of, text]) => `${of}:${text}`);
const customField = fc.record({ name: label, value: wire, type: fc.constantFrom('1:text', '1:password') });
const words = fc.uniqueArray(word, { maxLength: 4 });
const attachment = (id: string): StoredAttachment => ({
  id,
  serverId: id,
  name: `${id}.pem`,
  encryptedKey: `key of ${id}`,
  hash: null,
  size: null,
  localFile: null,
});
const files = fc
  .uniqueArray(fc.constantFrom('f1', 'f2', 'f3'), { maxLength: 3 })
  .map((ids) => ids.map(attachment));
const place = fc.record({
  vaultId: fc.constantFrom('v1', 'v2'),
  folderId: fc.constantFrom(null, 'f'),
});

const scalars = { name: word, login: word, description: word, color: fc.nat(3), favourite: fc.boolean() };
const record = fc
  .record({
    ...scalars,
    urls: words,
    tags: words,
    passwordEncrypted: fc.option(wire),
    customs: fc.array(customField, { maxLength: 4 }),
    attachments: files,
    place,
  })
  .map(({ place: lies, ...fields }) => aRecord({ id: 'r', ...fields, ...lies, keyWrapped: lies.vaultId }));

type Change = (before: StoredRecord) => StoredRecord;

const changeList = <T>(
  list: readonly T[],
  kind: 'add' | 'remove' | 'replace' | 'reverse',
  at: number,
  with_: T,
): T[] => {
  const index = at % Math.max(list.length, 1);
  if (kind === 'add') return [...list.slice(0, index), with_, ...list.slice(index)];
  if (kind === 'remove') return list.filter((_, each) => each !== index);
  if (kind === 'replace') return list.map((member, each) => (each === index ? with_ : member));
  return [...list].reverse();
};
const listStep = { kind: fc.constantFrom('add', 'remove', 'replace', 'reverse'), at: fc.nat(3) } as const;

/** Each change touches one member of the record. */
const changes: Readonly<Record<string, fc.Arbitrary<Change>>> = {
  ...Object.fromEntries(
    Object.entries(scalars).map(([member, value]) => [
      member,
      (value as fc.Arbitrary<unknown>).map((to): Change => (before) => ({ ...before, [member]: to })),
    ]),
  ),
  ...Object.fromEntries(
    (['urls', 'tags'] as const).map((member) => [
      member,
      fc.record({ ...listStep, to: word }).map(({ kind, at, to }): Change => (before) => ({
        ...before,
        [member]: [...new Set(changeList(before[member], kind, at, to))],
      })),
    ]),
  ),
  password: fc
    .option(wire)
    .map((passwordEncrypted): Change => (before) => ({ ...before, passwordEncrypted })),
  customs: fc
    .record({ ...listStep, to: customField, member: fc.constantFrom('name', 'value', 'type', null) })
    .map(({ kind, at, to, member }): Change => (before) => {
      const old = before.customs[at % Math.max(before.customs.length, 1)];
      const replaced = member === null || old === undefined ? to : { ...old, [member]: to[member] };
      const changed = changeList<StoredCustomField>(before.customs, kind, at, kind === 'add' ? to : replaced);
      return { ...before, customs: changed.map((field) => ({ ...field })) };
    }),
  attachments: files.map((attachments): Change => (before) => ({ ...before, attachments })),
  place: place.map((to): Change => (before) => ({ ...before, ...to, keyWrapped: to.vaultId })),
};

const changed = (by: readonly Change[], before: StoredRecord): StoredRecord =>
  by.reduce((now, change) => change(now), before);
const someChanges = fc.array(fc.oneof(...Object.values(changes)), { maxLength: 6 });
const sides: fc.Arbitrary<MergeSides> = fc
  .tuple(record, someChanges, someChanges)
  .map(([base, mine, theirs]) => ({ base, mine: changed(mine, base), theirs: changed(theirs, base) }));

/** Files have no order of their own. */
const sorted = (from: StoredRecord): StoredRecord => ({
  ...from,
  attachments: from.attachments.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
});

/** Can every field be told from the others of its list, and was none given another label? */
const isPlain = ({ base, mine, theirs }: MergeSides): boolean => {
  const labelOf = new Map(base.customs.map(({ name, value }) => [textOf(value), textOf(name)]));
  return [base, mine, theirs].every(({ customs }) => {
    const labels = new Set(customs.map(({ name }) => textOf(name)));
    const values = new Set(customs.map(({ value }) => textOf(value)));
    const keepsLabels = customs.every(
      ({ name, value }) => (labelOf.get(textOf(value)) ?? textOf(name)) === textOf(name),
    );
    return labels.size === customs.length && values.size === customs.length && keepsLabels;
  });
};

const opened = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (name, member: unknown) =>
    typeof member === 'string' && ['name', 'value', 'type', 'passwordEncrypted'].includes(name)
      ? textOf(member)
      : member,
  );

/** The texts a side holds beyond the base, by the field where a person typed them. */
function typed(side: StoredRecord, base: StoredRecord): [field: string, text: string][] {
  const news = (of: (from: StoredRecord) => readonly string[], field: string): [string, string][] => {
    const before = new Set(of(base));
    return of(side).flatMap((text) => (before.has(text) ? [] : [[field, text]]));
  };
  return [
    ...(['name', 'login', 'description'] as const).flatMap((field) => news((from) => [from[field]], field)),
    ...news((from) => [String(from.color)], 'color'),
    ...news((from) => from.urls, 'urls'),
    ...news((from) => from.tags, 'tags'),
    ...news(({ passwordEncrypted: password }) => (password === null ? [] : [textOf(password)]), 'password'),
    ...news((from) => from.customs.map(({ name }) => textOf(name)), 'label'),
    ...news((from) => from.customs.map(({ value }) => textOf(value)), 'value'),
    ...news(({ vaultId, folderId }) => [`${String(vaultId)}/${String(folderId)}`], 'place'),
    ...news((from) => from.attachments.map(({ id }) => id), 'file'),
  ];
}

/** All texts of a record by field, as `typed` names them. */
function textsOf(from: StoredRecord): Map<string, Set<string>> {
  const nothing = aRecord({ id: 'r', name: '—', login: '—', description: '—', color: -1 });
  return texts(typed(from, nothing));
}

function texts(pairs: readonly [string, string][]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [field, text] of pairs) found.set(field, (found.get(field) ?? new Set<string>()).add(text));
  return found;
}

function conflictTexts(
  conflicts: readonly ConflictedField[],
  side: 'mine' | 'theirs',
): Map<string, Set<string>> {
  return texts(
    conflicts.flatMap((conflict): [string, string][] => {
      switch (conflict.kind) {
        case 'custom': {
          const field = conflict.sides[side];
          return field === undefined
            ? []
            : [
                ['label', textOf(field.name)],
                ['value', textOf(field.value)],
              ];
        }
        case 'urls':
        case 'tags':
          return (conflict.sides[side] ?? []).map((text) => [conflict.kind, text]);
        case 'password':
          return [['password', textOf(conflict.sides[side] ?? '')]];
        case 'place': {
          const at = conflict.sides[side];
          return [['place', `${String(at?.vaultId)}/${String(at?.folderId)}`]];
        }
        default:
          return [[conflict.kind, String(conflict.sides[side])]];
      }
    }),
  );
}

const runs = { numRuns: 1000 };
const keysOf = (conflicts: readonly ConflictedField[]): string[] => conflicts.map(({ key }) => key).sort();

describe('whatever both sides changed, a merge', () => {
  it('loses no typed value', () => {
    fc.assert(
      fc.property(sides, ({ base, mine, theirs }) => {
        const { merged, conflicts } = mergeRecords({ base, mine, theirs }, same);
        const shown = textsOf(merged);
        for (const side of ['mine', 'theirs'] as const) {
          const kept = conflictTexts(conflicts, side);
          for (const [field, text] of typed(side === 'mine' ? mine : theirs, base)) {
            const found = shown.get(field)?.has(text) === true || kept.get(field)?.has(text) === true;
            expect(found, `${side} ${field} ${text}`).toBe(true);
          }
        }
      }),
      runs,
    );
  });

  it('finds the same in conflict whichever side is called mine', () => {
    fc.assert(
      fc.property(sides, ({ base, mine, theirs }) => {
        const one = mergeRecords({ base, mine, theirs }, same).conflicts;
        const other = mergeRecords({ base, mine: theirs, theirs: mine }, same).conflicts;
        const swapped = other.map((conflict) => ({
          ...conflict,
          sides: { ...conflict.sides, mine: conflict.sides.theirs, theirs: conflict.sides.mine },
        }));
        const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);
        expect(opened([...swapped].sort(byKey))).toEqual(opened([...one].sort(byKey)));
      }),
      runs,
    );
  });

  it('comes to the same when it is done again', () => {
    fc.assert(
      fc.property(sides, ({ base, mine, theirs }) => {
        // Of two equal fields nobody could say which was deleted, and a field that was renamed here
        // and changed there has nothing left to recognise it by.
        fc.pre(isPlain({ base, mine, theirs }));
        const once = mergeRecords({ base, mine, theirs }, same);
        const twice = mergeRecords({ base, mine: once.merged, theirs }, same);
        expect(opened(twice.merged)).toEqual(opened(once.merged));
        expect(keysOf(twice.conflicts)).toEqual(keysOf(once.conflicts));
        expect(opened(twice.toSend)).toEqual(opened(once.toSend));
      }),
      runs,
    );
  });

  it('leaves to be sent exactly what the merged record has and theirs has not', () => {
    fc.assert(
      fc.property(sides, ({ base, mine, theirs }) => {
        const { merged, conflicts, toSend } = mergeRecords({ base, mine, theirs }, same);
        fc.pre(conflicts.length === 0);
        const rebased = mergeRecords({ base: theirs, mine: merged, theirs }, same);
        expect(opened(rebased.merged)).toEqual(opened(merged));
        expect(opened(rebased.toSend)).toEqual(opened(toSend));
        const sent = { ...theirs, ...toSend };
        const member = (of: StoredRecord): unknown[] => [
          of.name,
          of.login,
          of.description,
          of.color,
          of.urls,
          of.tags,
          of.passwordEncrypted,
          of.customs,
        ];
        expect(member(sent)).toEqual(member(merged));
      }),
      runs,
    );
  });

  it('has a whole set of keys, none of them twice or too long to be named', () => {
    fc.assert(
      fc.property(sides, (all) => {
        const keys = keysOf(mergeRecords(all, same).conflicts);
        expect(new Set(keys).size).toBe(keys.length);
        for (const key of keys) expect(key.length).toBeLessThanOrEqual(128);
      }),
      runs,
    );
  });
});

describe('a merge where only one side changed', () => {
  it('is that side', () => {
    fc.assert(
      fc.property(sides, ({ base, mine: side }) => {
        const asTheirs = mergeRecords({ base, mine: base, theirs: side }, same);
        expect(asTheirs).toEqual({ merged: side, conflicts: [], toSend: {} });
        const asMine = mergeRecords({ base, mine: side, theirs: base }, same);
        expect(asMine.conflicts).toEqual([]);
        expect(opened(sorted(asMine.merged))).toEqual(opened(sorted(side)));
      }),
      runs,
    );
  });
});

describe('a merge of changes to different fields', () => {
  const split = fc.tuple(record, fc.subarray(Object.keys(changes))).chain(([base, ofMine]) => {
    const pick = (isMine: boolean): fc.Arbitrary<Change[]> => {
      const from = Object.entries(changes).filter(([member]) => ofMine.includes(member) === isMine);
      if (from.length === 0) return fc.constant([]);
      return fc.array(fc.oneof(...from.map(([, change]) => change)), { maxLength: 6 });
    };
    return fc.tuple(fc.constant(base), pick(true), pick(false));
  });

  it('has no conflict, and everything of both', () => {
    fc.assert(
      fc.property(split, ([base, byMine, byTheirs]) => {
        const theirs = changed(byTheirs, base);
        const { merged, conflicts } = mergeRecords({ base, mine: changed(byMine, base), theirs }, same);
        expect(conflicts).toEqual([]);
        expect(opened({ ...sorted(merged), keyWrapped: null })).toEqual(
          opened({ ...sorted(changed(byMine, theirs)), keyWrapped: null }),
        );
      }),
      runs,
    );
  });
});
