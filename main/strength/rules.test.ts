import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateCharacters, keepsRule, ruleSets, rulesOf } from './index.ts';

describe('rules about passwords', () => {
  it('come from a policy in one order and are none where it demands nothing', () => {
    expect(rulesOf({ minimumLength: 0, requiredSets: [], minimumBits: 0 })).toEqual([]);
    expect(rulesOf({ minimumLength: 12, requiredSets: ['symbols', 'lower'], minimumBits: 60 })).toEqual([
      { kind: 'length', least: 12 },
      { kind: 'set', set: 'lower' },
      { kind: 'set', set: 'symbols' },
      { kind: 'bits', least: 60 },
    ]);
  });

  it('tell the sets by what a character is, in any alphabet', () => {
    const setsOf = (text: string): string[] =>
      ruleSets.filter((set) => keepsRule(text, null, { kind: 'set', set }));
    expect(setsOf('якорь')).toEqual(['lower']);
    expect(setsOf('Якорь-7')).toEqual(['lower', 'upper', 'digits', 'symbols']);
    expect(setsOf('a b')).toEqual(['lower']);
    expect(setsOf('')).toEqual([]);
  });

  it('count characters, not units of an encoding', () => {
    expect(keepsRule('😀😀', null, { kind: 'length', least: 3 })).toBe(false);
    expect(keepsRule('😀😀', null, { kind: 'length', least: 2 })).toBe(true);
  });

  it('go by how a value was made where that is known', () => {
    const rule = { kind: 'bits', least: 60 } as const;
    expect(keepsRule('Aa1!Aa1!Aa1!Aa1!', 20, rule)).toBe(false);
    expect(keepsRule('Aa1!Aa1!Aa1!Aa1!', null, rule)).toBe(true);
    expect(keepsRule('12345678', null, rule)).toBe(false);
  });

  it('never think less of a made value than it is worth', () => {
    const set = fc.option(fc.nat(3), { nil: undefined });
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 40 }), set, set, set, fc.nat(3), (length, a, b, c, symbols) => {
        const minimums = { lower: a, upper: b, digits: c, symbols };
        const used = Object.entries(minimums).filter(([, least]) => least !== undefined);
        const made = generateCharacters({ length, minimums: Object.fromEntries(used), without: '' });
        // What stands in the text by chance may be fewer sets than could have; its own are always counted.
        const all = ruleSets.filter((name) => keepsRule(made.text, null, { kind: 'set', set: name }));
        if (all.length < used.length) return;
        expect(keepsRule(made.text, null, { kind: 'bits', least: made.bits })).toBe(true);
      }),
    );
  });
});
