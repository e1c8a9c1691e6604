import { describe, expect, it } from 'vitest';
import type { StoredCustomField } from '../../mirror/model.ts';
import { mergeRecords, type Merge, type Sameness } from './merge.ts';
import { base, custom, merge, readable, same, sealed } from './testmerge.ts';

describe('custom fields', () => {
  const [pin, code] = [custom('PIN', '1234'), custom('Code', 'abc')];
  const before = { ...base, customs: [pin, code] };
  const mergeFields = (mine: readonly StoredCustomField[], theirs: readonly StoredCustomField[]): Merge =>
    merge({ customs: mine }, { customs: theirs }, before);

  it('are merged one by one, and member by member', () => {
    const renamed = { ...pin, name: sealed('Card PIN') };
    const changed = { ...pin, value: sealed('9999') };
    const added = custom('New', 'n');
    const { merged, conflicts, toSend } = mergeFields([renamed, code], [changed, code, added]);
    expect(conflicts).toEqual([]);
    expect(merged.customs).toEqual([{ ...renamed, value: changed.value }, code, added]);
    expect(toSend).toEqual({ customs: merged.customs });
  });

  it('that were only encrypted anew are unchanged', () => {
    const anew = [custom('PIN', '1234'), custom('Code', 'abc')];
    const theirs = [custom('PIN', '5'), custom('Code', 'abc')];
    expect(mergeFields(anew, theirs)).toMatchObject({
      merged: { customs: theirs },
      conflicts: [],
      toSend: {},
    });
  });

  it('keep mine in order if I reordered, else theirs', () => {
    const added = custom('New', 'n');
    expect(readable(mergeFields([code, pin], [pin, code, added]).merged.customs)).toEqual([
      ...['Code=abc', 'New=n', 'PIN=1234'],
    ]);
    expect(readable(mergeFields([pin, added, code], [code, pin]).merged.customs)).toEqual([
      ...['Code=abc', 'PIN=1234', 'New=n'],
    ]);
  });

  it('clash where both changed the value, and the rest is sent with theirs in that place', () => {
    const mine = { ...pin, value: sealed('mine') };
    const theirs = { ...pin, value: sealed('theirs') };
    const added = custom('New', 'n');
    const { merged, conflicts, toSend } = mergeFields([mine, code, added], [theirs, code]);
    expect(conflicts).toEqual([
      { key: 'custom:label PIN:0', kind: 'custom', sides: { ancestor: pin, mine, theirs } },
    ]);
    expect(merged.customs).toEqual([mine, code, added]);
    expect(toSend).toEqual({ customs: [theirs, code, added] });
  });

  it('carry what only one side changed on both sides of a clash', () => {
    const mine = { ...pin, name: sealed('Card PIN'), value: sealed('mine') };
    const theirs = { ...pin, value: sealed('theirs') };
    // A changed label with a changed value cannot be told from a deletion and an addition.
    const { merged, conflicts } = mergeFields([mine, code], [theirs, code]);
    expect(readable(merged.customs)).toEqual(['Card PIN=mine', 'Code=abc']);
    expect(conflicts).toMatchObject([{ sides: { ancestor: pin, mine: undefined, theirs } }]);
    const type = sealed('password');
    const { conflicts: typed } = mergeFields(
      [{ ...pin, value: mine.value }, code],
      [{ ...theirs, type }, code],
    );
    expect(typed).toMatchObject([
      { sides: { mine: { value: mine.value, type }, theirs: { value: theirs.value, type } } },
    ]);
  });

  it('clash where one side deleted and the other changed', () => {
    const changed = { ...pin, value: sealed('9') };
    const mineGone = mergeFields([code], [changed, code]);
    expect(mineGone.merged.customs).toEqual([code]);
    expect(mineGone.conflicts).toMatchObject([
      { sides: { ancestor: pin, mine: undefined, theirs: changed } },
    ]);
    expect(mineGone.toSend).toEqual({});
    const theirsGone = mergeFields([changed, code], [code]);
    expect(theirsGone.merged.customs).toEqual([changed, code]);
    expect(theirsGone.conflicts).toMatchObject([
      { sides: { ancestor: pin, mine: changed, theirs: undefined } },
    ]);
    expect(mergeFields([code], [pin, code]).merged.customs).toEqual([code]);
    expect(mergeFields([code], [code]).conflicts).toEqual([]);
  });

  it('that both added under one label clash unless they say the same', () => {
    const [mine, theirs] = [custom('New', 'm'), custom('New', 't')];
    const { merged, conflicts } = mergeFields([pin, code, mine], [pin, code, theirs]);
    expect(readable(merged.customs)).toEqual(['PIN=1234', 'Code=abc', 'New=m']);
    expect(conflicts).toMatchObject([
      { sides: { ancestor: undefined, mine: { value: mine.value }, theirs: { value: theirs.value } } },
    ]);
    const twin = custom('New', 'm');
    expect(mergeFields([pin, code, mine], [pin, code, twin])).toMatchObject({
      merged: { customs: [pin, code, twin] },
      conflicts: [],
      toSend: {},
    });
  });

  it('of one label are told apart by their values', () => {
    const [a, b] = [custom('Key', 'a'), custom('Key', 'b')];
    const twice = { ...base, customs: [a, b] };
    const changed = { ...b, value: sealed('b2') };
    const { merged, conflicts } = merge({ customs: [b] }, { customs: [a, changed] }, twice);
    expect(merged.customs).toEqual([changed]);
    expect(conflicts).toEqual([]);
  });

  it('that do not open go by their ciphertext', () => {
    const broken = { name: '!1', value: '!2', type: '!3' };
    const more = { ...base, customs: [broken, pin] };
    const changed = { ...pin, value: sealed('9') };
    const unopened = merge({ customs: [broken, changed] }, { customs: [broken, pin, code] }, more);
    expect(unopened).toMatchObject({ merged: { customs: [broken, changed, code] }, conflicts: [] });
    const rewritten = { ...broken, value: '!4' };
    expect(merge({ customs: [pin] }, { customs: [rewritten, pin] }, more).conflicts).toMatchObject([
      { key: 'custom:unopened !1:0', sides: { mine: undefined, theirs: rewritten } },
    ]);
  });

  it('are compared a bounded number of times, however many a record was given', () => {
    let comparisons = 0;
    const counted: Sameness = {
      ...same,
      secret: (a, b) => {
        comparisons += 1;
        return same.secret(a, b);
      },
    };
    const many = (of: string): StoredCustomField[] =>
      Array.from({ length: 400 }, (_, index) => custom(index % 2 ? 'Same' : of, `${of} ${String(index)}`));
    const [before, mine, theirs] = ['base', 'mine', 'theirs'].map((of) => ({ ...base, customs: many(of) }));
    if (before === undefined || mine === undefined || theirs === undefined) throw new Error('three sides');
    const { merged, conflicts } = mergeRecords({ base: before, mine, theirs }, counted);
    expect(comparisons).toBeLessThan(40_000);
    const kept = [...merged.customs, ...conflicts.map(({ sides }) => sides.theirs as StoredCustomField)];
    expect(readable(kept)).toEqual(
      expect.arrayContaining(readable([...mine.customs, ...theirs.customs]) ?? []),
    );
  });

  it('keep members that the protocol does not know', () => {
    const theirs = { ...pin, other: { kept: true } };
    const mine = { ...pin, value: sealed('9') };
    expect(mergeFields([mine, code], [theirs, code]).merged.customs).toEqual([
      { ...mine, other: { kept: true } },
      code,
    ]);
  });
});
