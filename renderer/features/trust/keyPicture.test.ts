import { describe, expect, it } from 'vitest';
import { pictureFields, pictureTint } from './keyPicture.ts';

const digits = [...'0123456789abcdef'];
const only = (digit: string): string => digit.repeat(64);

describe('the picture of a fingerprint', () => {
  it('has a shape of its own for every digit, without colour', () => {
    const paths = digits.map((digit) => pictureFields(only(digit))[0]?.path);
    expect(new Set(paths).size).toBe(16);
    expect(paths).not.toContain('');
  });

  it('shows each of the first sixteen digits in its place', () => {
    const plain = pictureFields(only('0'));
    expect(plain).toHaveLength(16);
    for (let place = 0; place < 16; place += 1) {
      const other = pictureFields(`${'0'.repeat(place)}f${'0'.repeat(63 - place)}`);
      const differing = other.filter((field, at) => field.path !== plain[at]?.path);
      expect(differing.map(({ row, column }) => row * 4 + column)).toEqual([place]);
    }
  });

  it('takes its tint from the palette', () => {
    for (const digit of digits) expect(pictureTint(only(digit))).toMatch(/^var\(--mark-\d+\)$/);
  });
});
