import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aRecord } from '../../mirror/testmirror.ts';
import { type ComparedState, differences, pairCustoms } from './differences.ts';
import { restoringEdit } from './restoring.ts';
import { isForged, type OpenedCustom, type OpenedState } from './states.ts';

const custom = (index: number, label: string, value: string | null): OpenedCustom => ({
  ...{ label, type: 'text', index },
  value: value === null ? 'broken' : Buffer.from(value),
});
const state = (customs: readonly OpenedCustom[], more: Partial<ComparedState> = {}): ComparedState => ({
  record: aRecord({ id: 'r', vaultId: 'v' }),
  ...{ broken: false, password: Buffer.from('one'), customs, files: [] },
  ...more,
});
const labels = fc
  .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 8 })
  .map((all) => all.map((label, index) => custom(index, label, `value ${index}`)));

describe('the custom fields of two states', () => {
  it('are paired by label, each once, and in their order', () => {
    fc.assert(
      fc.property(labels, labels, (left, right) => {
        const pairs = pairCustoms(left, right);
        const places = (side: 'left' | 'right') => pairs.flatMap((pair) => pair[side]?.index ?? []);
        expect(places('left')).toEqual(left.map(({ index }) => index));
        expect(places('right').toSorted((a, b) => a - b)).toEqual(right.map(({ index }) => index));
        for (const label of ['a', 'b', 'c', '']) {
          const here = pairs.filter((pair) => pair.left?.label === label && pair.right !== null);
          const count = (all: readonly OpenedCustom[]) => all.filter((one) => one.label === label).length;
          expect(here).toHaveLength(Math.min(count(left), count(right)));
          expect(here.every((pair) => pair.right?.label === label)).toBe(true);
          const order = here.map((pair) => pair.right?.index ?? -1);
          expect(order).toEqual(order.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it('that do not open equal nothing, themselves included', () => {
    const broken = state([custom(0, '', null)]);
    const field = differences(broken, broken).find(({ kind }) => kind === 'custom');
    expect(field).toMatchObject({ differs: true, left: { broken: true }, right: { broken: true } });
  });
});

describe('a comparison', () => {
  it('takes no password and an empty one for the same', () => {
    const fields = differences(state([], { password: null }), state([], { password: Buffer.alloc(0) }));
    expect(fields.filter(({ differs }) => differs)).toEqual([]);
    expect(fields.find(({ kind }) => kind === 'password')).toMatchObject({
      left: { empty: true, text: null },
    });
  });
});

describe('putting back', () => {
  it('one field leaves every other by its place', () => {
    const now = state([custom(0, 'a', 'new'), custom(1, 'b', 'kept')]);
    const former = state([custom(0, 'gone', 'back'), custom(1, 'a', 'old')]);
    const change = restoringEdit(now, former, [
      { kind: 'custom', index: 1 },
      { kind: 'custom', index: 0 },
    ]);
    expect(Object.keys(change)).toEqual(['customs']);
    expect(change.customs).toMatchObject([
      { from: 0, value: { kind: 'set', value: Uint8Array.from(Buffer.from('old')) } },
      { from: 1, label: { kind: 'keep' }, value: { kind: 'keep' } },
      { from: null, value: { kind: 'set', value: Uint8Array.from(Buffer.from('back')) } },
    ]);
  });

  it.each([
    ['a state whose key does not open', state([], { broken: true, password: 'broken' })],
    ['a field that does not open', state([custom(0, '', null)])],
  ])('refuses %s', (_name, former: OpenedState) => {
    expect(() => restoringEdit(state([]), former, null)).toThrow(
      expect.objectContaining({ code: 'undecipherable' }) as Error,
    );
  });
});

describe('a state with a ciphertext of another field', () => {
  const now = aRecord({
    ...{ id: 'r', vaultId: 'v', keyWrap: 'vault', passwordEncrypted: 'P' },
    customs: [
      { name: 'N1', value: 'V1', type: 'T1' },
      { name: 'N2', value: 'V2', type: 'T2' },
    ],
  });

  it('is a forgery, a mere change of order is none', () => {
    expect(isForged(now, { ...now, passwordEncrypted: 'V2' })).toBe(true);
    expect(isForged(now, { ...now, customs: [{ name: 'N1', value: 'P', type: 'T1' }] })).toBe(true);
    expect(isForged(now, { ...now, customs: [{ name: 'V1', value: 'X', type: 'T1' }] })).toBe(true);
    expect(isForged(now, { ...now, passwordEncrypted: 'former', customs: now.customs.toReversed() })).toBe(
      false,
    );
  });
});
