import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitsOf, randomBelow } from './chance.ts';
import { CannotGenerate, characterSets, generateCharacters, lookAlikes, setNames } from './characters.ts';
import type { CharacterSet, CharacterWishes } from './characters.ts';

const wishes = fc
  .record({
    length: fc.integer({ min: 1, max: 40 }),
    minimums: fc.dictionary(fc.constantFrom(...setNames), fc.integer({ min: 0, max: 6 }), { minKeys: 1 }),
    without: fc.constantFrom('', lookAlikes, 'abc', characterSets.digits.slice(1)),
  })
  .map((wished): CharacterWishes => wished);

const among = (text: string, set: CharacterSet): number =>
  [...text].filter((character) => characterSets[set].includes(character)).length;

describe('a password of characters', () => {
  it('meets every demand, or says that it cannot', () => {
    fc.assert(
      fc.property(wishes, (wished) => {
        const demanded = Object.values(wished.minimums).reduce((sum, minimum) => sum + minimum, 0);
        if (demanded > wished.length) {
          expect(() => generateCharacters(wished)).toThrow(CannotGenerate);
          return;
        }
        const { text, bits } = generateCharacters(wished);
        expect([...text]).toHaveLength(wished.length);
        expect([...text].filter((character) => wished.without.includes(character))).toEqual([]);
        for (const set of setNames) {
          expect(among(text, set)).toBeGreaterThanOrEqual(wished.minimums[set] ?? 0);
          if (wished.minimums[set] === undefined) expect(among(text, set)).toBe(0);
        }
        expect(bits).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses to do without any character', () => {
    const nothing = { length: 4, minimums: { digits: 0 }, without: characterSets.digits };
    expect(() => generateCharacters(nothing)).toThrow(new CannotGenerate('noCharacters'));
    expect(() => generateCharacters({ length: 4, minimums: {}, without: '' })).toThrow(CannotGenerate);
  });

  it('tells the entropy of exactly the texts that there are', () => {
    // All texts of two characters with a digit: 62 * 62 less 52 * 52.
    const minimums = { lower: 0, upper: 0, digits: 1 };
    const { bits } = generateCharacters({ length: 2, minimums, without: '' });
    expect(bits).toBeCloseTo(Math.log2(62 * 62 - 52 * 52), 9);
    const plain = generateCharacters({ length: 20, minimums: { lower: 0 }, without: '' });
    expect(plain.bits).toBeCloseTo(20 * Math.log2(26), 9);
  });

  it('makes each of them as likely as every other', () => {
    // 3 letters and 1 digit that are left, two characters, at least one digit: aa..cc are out, 7 are in.
    const few = characterSets.lower.slice(3) + characterSets.digits.slice(1);
    const draws = 21_000;
    const counts = new Map<string, number>();
    for (let draw = 0; draw < draws; draw += 1) {
      const { text } = generateCharacters({ length: 2, minimums: { lower: 0, digits: 1 }, without: few });
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['00', '0a', '0b', '0c', 'a0', 'b0', 'c0']);
    // Chi-squared of 7 outcomes; above 35 lies less than one run in 200,000.
    const expected = draws / 7;
    const chi = [...counts.values()].reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    expect(chi).toBeLessThan(35);
  });
});

describe('chance', () => {
  it('draws below any bound', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 1n << 300n }), (bound) => {
        const drawn = randomBelow(bound);
        expect(drawn >= 0n && drawn < bound).toBe(true);
      }),
    );
    expect(() => randomBelow(0n)).toThrow(RangeError);
  });

  it('takes logarithms of large numbers', () => {
    expect(bitsOf(1n)).toBe(0);
    expect(bitsOf(1n << 500n)).toBe(500);
    expect(bitsOf(95n ** 40n)).toBeCloseTo(40 * Math.log2(95), 8);
  });
});
