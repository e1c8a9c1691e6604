import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../strength/index.ts';
import { keyWordCount, keyWords } from './keywords.ts';

const fingerprintOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const list = wordsOf('english');

describe('a fingerprint as words', () => {
  it('stays what it is: words that were read out must be found again in later versions', () => {
    expect(keyWords(fingerprintOf('anna')).join(' ')).toMatchInlineSnapshot(
      `"mastiff overrule preaching rundown skier snowless tavern islamist"`,
    );
    expect(keyWords('0'.repeat(64))).toEqual(Array.from({ length: 8 }, () => list[0]));
    expect(keyWords(`${'0'.repeat(63)}1`).at(-1)).toBe(list[1]);
  });

  it('is eight words of the list, from which the 103 bits can be had back', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const fingerprint = fingerprintOf(text);
        const words = keyWords(fingerprint);
        expect(words).toHaveLength(keyWordCount);
        const back = words.reduce((sum, word) => sum * BigInt(list.length) + BigInt(list.indexOf(word)), 0n);
        expect(back).toBe(BigInt(`0x${fingerprint}`) % BigInt(list.length) ** 8n);
      }),
    );
  });
});
