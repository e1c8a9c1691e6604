import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterRuns } from './characters.ts';

describe('runs of characters', () => {
  it('tell letters, digits and symbols apart in any script', () => {
    expect(characterRuns('aO0!Щ٣ é')).toEqual([
      { kind: 'letter', text: 'aO' },
      { kind: 'digit', text: '0' },
      { kind: 'symbol', text: '!' },
      { kind: 'letter', text: 'Щ' },
      { kind: 'digit', text: '٣' },
      { kind: 'letter', text: ' é' },
    ]);
  });

  it('lose and reorder nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const runs = characterRuns(text);
        expect(runs.map((run) => run.text).join('')).toBe(text);
        for (const [index, run] of runs.entries()) expect(run.kind).not.toBe(runs[index + 1]?.kind);
      }),
    );
  });
});
