/**
 * A fingerprint as words, for comparing by telephone.
 *
 * Eight words of the EFF's long list (7,776 words) are the fingerprint modulo 7,776 to the eighth:
 * 103 bits, so that a key with the same words cannot be made. They are English for everybody, since
 * two people who compare must see the same.
 */
import { wordsOf } from '../../strength/index.ts';

/** Words of one fingerprint. */
export const keyWordCount = 8;

/** Words of a fingerprint in hexadecimal, the most significant first. */
export function keyWords(fingerprint: string): string[] {
  const list = wordsOf('english');
  const base = BigInt(list.length);
  let rest = BigInt(`0x${fingerprint}`) % base ** BigInt(keyWordCount);
  const words: string[] = [];
  for (let place = 0; place < keyWordCount; place += 1) {
    words.unshift(list[Number(rest % base)] ?? '');
    rest /= base;
  }
  return words;
}
