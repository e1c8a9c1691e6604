import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ownTurn } from './turns.ts';

describe('turns of one’s own', () => {
  it('come one after another, in the order of asking, one to a turn of the event loop', async () => {
    let turn = 0;
    let counting = true;
    const count = async (): Promise<void> => {
      while (counting) {
        await nextTurn();
        turn += 1;
      }
    };
    const counted = count();
    const seen: string[] = [];
    const turns: number[] = [];
    const piece = async (name: string): Promise<void> => {
      for (let round = 0; round < 4; round += 1) {
        await ownTurn();
        seen.push(name);
        turns.push(turn);
      }
    };
    await Promise.all([piece('a'), piece('b'), piece('c')]);
    counting = false;
    await counted;
    expect(seen.join('')).toBe('abcabcabcabc');
    expect(new Set(turns).size).toBe(turns.length);
  });
});
