import { describe, expect, it } from 'vitest';
import type { GeneratorWishes, PasswordRule } from '../../../contract/generator.ts';
import { brokenBy, drawValue } from './drawing.ts';

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
    const made = drawValue(characters, []);
    expect(made).toMatchObject({ ok: true });
    const text = made.ok ? made.text : '';
    expect(text).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(text).not.toMatch(/[xyzIl1O0o]/);
    expect(text.match(/[0-9]/g)?.length ?? 0).toBeGreaterThanOrEqual(2);
  });

  it('says why there is none', () => {
    expect(drawValue({ ...characters, length: 4, digits: 5 }, [])).toEqual({
      ok: false,
      reason: 'tooManyDemanded',
    });
    expect(drawValue({ ...characters, lower: null, upper: null, digits: null }, [])).toEqual({
      ok: false,
      reason: 'noCharacters',
    });
  });

  it('may be a phrase or something to say', () => {
    const phrase = { list: 'russian', words: 4, separator: '-', capitals: false, digit: false } as const;
    expect(drawValue({ kind: 'phrase', ...phrase }, [])).toMatchObject({ ok: true });
    const spoken = drawValue({ kind: 'spoken', length: 12, capitals: false, digit: false }, []);
    expect(spoken.ok ? spoken.text : '').toMatch(/^[a-z]{12}$/);
  });
});

describe('rules', () => {
  const length: PasswordRule = { kind: 'length', least: 24, from: 'server' };
  const symbols: PasswordRule = { kind: 'set', set: 'symbols', from: 'vault' };
  const bits: PasswordRule = { kind: 'bits', least: 80, from: 'vault' };

  it('are never broken by what is made: it says which one and whose', () => {
    expect(drawValue(characters, [length, symbols, bits])).toEqual({
      ok: false,
      reason: 'rules',
      broken: [length, symbols],
    });
    const words = { list: 'english', words: 4, separator: '-', capitals: true, digit: true } as const;
    expect(drawValue({ kind: 'phrase', ...words }, [bits])).toEqual({
      ok: false,
      reason: 'rules',
      broken: [bits],
    });
  });

  it('make a demanded set certain where it may be used', () => {
    const rare = { ...characters, lower: 0, upper: 0, digits: 0, symbols: 0, length: 24, clear: false };
    const all = [length, symbols, { kind: 'set', set: 'digits', from: 'server' } as const];
    for (let time = 0; time < 200; time += 1) expect(drawValue(rare, all)).toMatchObject({ ok: true });
  });

  it('are held against what was typed', () => {
    expect(brokenBy('short', [length, symbols, bits])).toEqual([length, symbols, bits]);
    expect(brokenBy('Correct-Horse-Battery-Staple', [length, symbols, bits])).toEqual([]);
  });
});
