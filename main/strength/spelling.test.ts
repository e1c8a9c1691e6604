import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spells } from './spelling.ts';

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
/** Letters whose two cases are one character each. */
const letters = fc.constantFrom(...'abcxyzABCXYZабвюяАБВЮЯäÄ19-_@. 🔑');
const word = fc.array(letters, { minLength: 1, maxLength: 12 }).map((signs) => signs.join(''));

describe('spells', () => {
  it('takes both cases for the same, in any alphabet', () => {
    expect(spells('Svc-Backup', utf8('sVC-bACKUP'))).toBe(true);
    expect(spells('Иванов', utf8('иВАНОВ'))).toBe(true);
    expect(spells('Straße', utf8('STRASSE'))).toBe(true);
  });

  it('takes neither a beginning nor an end for the whole', () => {
    expect(spells('root', utf8('roo'))).toBe(false);
    expect(spells('root', utf8('root1'))).toBe(false);
    expect(spells('root', utf8(''))).toBe(false);
    expect(spells('', utf8(''))).toBe(false);
  });

  it('reads bytes that are no text as none', () => {
    expect(spells('aé', Buffer.from([0x61, 0xc3]))).toBe(false);
  });

  it('says of any two words what their lower cases say', () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        expect(spells(one, utf8(other))).toBe(one.toLowerCase() === other.toLowerCase());
        expect(spells(one, utf8(one.toUpperCase()))).toBe(true);
        expect(spells(one, utf8(one.toLowerCase()))).toBe(true);
      }),
    );
  });

  it('leaves the secret as it is', () => {
    const secret = utf8('Root');
    spells('root', secret);
    expect(secret.toString('utf8')).toBe('Root');
  });
});
