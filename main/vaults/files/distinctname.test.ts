import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinctName } from './distinctname.ts';

describe('the name of a file beside others', () => {
  it.each([
    ['a.txt', [], 'a.txt'],
    ['a.txt', ['b.txt'], 'a.txt'],
    ['a.txt', ['a.txt'], 'a (2).txt'],
    ['a.txt', ['A.TXT', 'a (2).txt'], 'a (3).txt'],
    ['.profile', ['.profile'], '.profile (2)'],
    ['archive.tar.gz', ['archive.tar.gz'], 'archive.tar (2).gz'],
    ['Ключ', ['Ключ'], 'Ключ (2)'],
    ['é', ['e\u0301'], 'é (2)'],
  ])('%s beside %j is %s', (name, taken, expected) => {
    expect(distinctName(name, taken)).toBe(expected);
  });

  it('never stands twice, however often one name comes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'A', 'a (2)', 'b.c', 'B.c')), (names) => {
        const given: string[] = [];
        for (const name of names) given.push(distinctName(name, given));
        expect(new Set(given.map((name) => name.toLowerCase())).size).toBe(names.length);
      }),
    );
  });
});
