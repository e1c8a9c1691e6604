import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64Strict, encodeBase64 } from './base64.ts';

const refusal = expect.objectContaining({ name: 'KeychainError', code: 'undecipherable' });

describe('base64', () => {
  it("agrees with the runtime's encoder and reads it back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (input) => {
        const text = encodeBase64(input).toString('latin1');
        expect(text).toBe(Buffer.from(input).toString('base64'));
        expect(Uint8Array.from(decodeBase64Strict(text))).toEqual(input);
      }),
    );
  });

  it('accepts exactly one spelling of every value', () => {
    const words = fc
      .array(fc.constantFrom('A', 'B', 'Q', 'g', 'w', '+', '/', '8', '=', '-', '_', ' ', '\u0141'), {
        maxLength: 9,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(words, (word) => {
        const isCanonical = Buffer.from(word, 'base64').toString('base64') === word;
        if (isCanonical) expect(encodeBase64(decodeBase64Strict(word)).toString()).toBe(word);
        else expect(() => decodeBase64Strict(word)).toThrow(refusal);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    'eA',
    'eA=',
    'eB==',
    'eHh=',
    'e===',
    '====',
    'eA==eA==',
    'eA==\n',
    ' eA==',
    'e-==',
    'eHg_',
    'e\u0141==',
  ])('refuses %j', (text) => {
    expect(() => decodeBase64Strict(text)).toThrow(refusal);
  });
});
