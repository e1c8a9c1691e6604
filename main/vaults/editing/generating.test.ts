import { describe, expect, it } from 'vitest';
import type { GeneratorWishes } from '../../../contract/generator.ts';
import { generateValue } from './generating.ts';

const characters = {
  kind: 'characters',
  length: 20,
  lower: 0,
  upper: 1,
  digits: 2,
  symbols: null,
  clear: true,
  without: 'xyz',
} as const satisfies GeneratorWishes;

describe('a value made up', () => {
  it('is of the sets that are wanted and of nothing else', () => {
    const made = generateValue(characters);
    expect(made).toMatchObject({ ok: true });
    const text = made.ok ? made.text : '';
    expect(text).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(text).not.toMatch(/[xyzIl1O0o]/);
    expect(text.match(/[0-9]/g)?.length ?? 0).toBeGreaterThanOrEqual(2);
  });

  it('says why there is none', () => {
    expect(generateValue({ ...characters, length: 4, digits: 5 })).toEqual({
      ok: false,
      reason: 'tooManyDemanded',
    });
    expect(generateValue({ ...characters, lower: null, upper: null, digits: null })).toEqual({
      ok: false,
      reason: 'noCharacters',
    });
  });

  it('may be a phrase or something to say', () => {
    const phrase = { list: 'russian', words: 4, separator: '-', capitals: false, digit: false } as const;
    expect(generateValue({ kind: 'phrase', ...phrase })).toMatchObject({ ok: true });
    const spoken = generateValue({ kind: 'spoken', length: 12, capitals: false, digit: false });
    expect(spoken.ok ? spoken.text : '').toMatch(/^[a-z]{12}$/);
  });
});
