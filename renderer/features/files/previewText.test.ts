import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownTextBytes, textOf } from './previewText.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the text of a preview', () => {
  it('is the whole of a short file', () => {
    expect(textOf(encode('порт = 5432\n'))).toEqual({ text: 'порт = 5432\n', cut: false });
    expect(textOf(encode(''))).toEqual({ text: '', cut: false });
  });

  it('says when it is only the beginning', () => {
    const long = encode('a'.repeat(shownTextBytes + 1));
    const { text, cut } = textOf(long);
    expect(cut).toBe(true);
    expect(text).toHaveLength(shownTextBytes);
    expect(textOf(long.subarray(1)).cut).toBe(false);
  });

  it('never breaks a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(64), (whole, limit) => {
        const { text, cut } = textOf(encode(whole), limit);
        expect(whole.startsWith(text)).toBe(true);
        expect(cut).toBe(encode(whole).length > limit);
        // Nothing is left out but the one character that the limit runs through.
        expect(encode(text).length).toBeGreaterThan(Math.min(encode(whole).length, limit) - 4);
      }),
    );
  });

  it('shows what is not text as something else, and goes on', () => {
    expect(textOf(new Uint8Array([0x61, 0xff, 0x62])).text).toBe('a\u{fffd}b');
  });
});
