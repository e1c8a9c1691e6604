import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wholeNumber } from './wholeNumber.ts';

describe('a typed whole number', () => {
  it('is taken within its bounds and nowhere else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2000 }), (value) => {
        expect(wholeNumber(` ${value} `, 1, 365)).toBe(value >= 1 && value <= 365 ? value : null);
      }),
    );
  });

  it('is no fraction, no sign, no other notation', () => {
    for (const text of ['', '1.5', '-1', '1e3', '0x10', 'ten', '9999999']) {
      expect(wholeNumber(text, 0, 10_000_000)).toBeNull();
    }
  });
});
