import { describe, expect, it } from 'vitest';
import { brokenRules, isTooShort } from './secretrules.ts';

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

describe('the rules of a new master password', () => {
  const strict = {
    minimumLength: 12,
    requiredSets: ['upper' as const, 'digits' as const, 'symbols' as const],
  };

  it.each([
    ['correct horse battery', ['upper', 'digits', 'symbols']],
    ['Пароль из слов 7!', []],
    ['Aa1!', ['length']],
    ['', ['length', 'upper', 'digits', 'symbols']],
  ])('tell of %j what it breaks', (secret, broken) => {
    expect([...brokenRules(utf8(secret), strict)].sort()).toEqual([...broken].sort());
  });

  it('look at nothing beside the secret in a larger buffer', () => {
    const whole = utf8('before ELEVEN char after');
    expect(brokenRules(whole.subarray(7, 18), { minimumLength: 12, requiredSets: [] })).toEqual(['length']);
  });
});

describe('the length of a secret', () => {
  it('is counted in characters, not in bytes', () => {
    expect(isTooShort(utf8('двенадцатьаб'))).toBe(false);
    expect(isTooShort(utf8('одиннадцать'))).toBe(true);
    expect(isTooShort(utf8('восемь!!'), 8)).toBe(false);
  });
});
