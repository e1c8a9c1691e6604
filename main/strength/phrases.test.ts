import { describe, expect, it } from 'vitest';
import { generatePhrase, generateSpoken, wordsOf } from './phrases.ts';
import { russianWords } from './russianwords.ts';

const plain = { words: 5, separator: '-', capitals: false, digit: false } as const;

describe('the word lists', () => {
  it('are long, distinct and easily told apart', () => {
    expect(wordsOf('english')).toHaveLength(7776);
    expect(russianWords.length).toBeGreaterThan(1295);
    expect(new Set(russianWords.map((word) => word.replaceAll('ё', 'е'))).size).toBe(russianWords.length);
    for (const word of russianWords) expect(word).toMatch(/^[а-яё]{3,8}$/);
  });
});

describe('a passphrase', () => {
  it.each(['english', 'russian'] as const)('is made of words of its list (%s)', (list) => {
    const { text, bits } = generatePhrase({ ...plain, separator: ' ', list });
    const words = text.split(' ');
    expect(words).toHaveLength(5);
    for (const word of words) expect(wordsOf(list)).toContain(word);
    expect(bits).toBeCloseTo(5 * Math.log2(wordsOf(list).length), 6);
  });

  it('carries a digit and capitals where they are wanted', () => {
    const { text, bits } = generatePhrase({
      list: 'russian',
      words: 4,
      separator: '.',
      capitals: true,
      digit: true,
    });
    expect(text).toMatch(/^([А-ЯЁ][а-яё]+\d?\.){3}[А-ЯЁ][а-яё]+\d?$/);
    expect(text.match(/\d/g)).toHaveLength(1);
    expect(bits).toBeCloseTo(4 * Math.log2(russianWords.length) + Math.log2(40), 6);
  });
});

describe('a text to be said', () => {
  it('has vowels and consonants in turn', () => {
    for (let run = 0; run < 200; run += 1) {
      const { text } = generateSpoken({ length: 12, capitals: true, digit: true });
      expect(text).toMatch(/^[A-Z][a-z]{10}\d$/);
      expect(text.toLowerCase().slice(0, 11)).toMatch(/^[aeiouy]?([^aeiouy\d][aeiouy])*[^aeiouy\d]?$/);
    }
  });

  it('counts both ways to begin', () => {
    const { bits } = generateSpoken({ length: 3, capitals: false, digit: false });
    expect(bits).toBeCloseTo(Math.log2(6 * 20 * 6 + 20 * 6 * 20), 9);
  });
});
