import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Kept } from './kept.ts';
import { Portions, sortedInPortions } from './portions.ts';

const anyTime = (): Portions => new Portions(() => undefined);

describe('sorting in portions', () => {
  it('gives what sorting in one go gives, equal ones in the order they came in', async () => {
    const item = fc.record({ key: fc.integer({ min: 0, max: 5 }), name: fc.nat() });
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 3000, size: 'max' }), async (list) => {
        const compare = (one: { key: number }, other: { key: number }): number => one.key - other.key;
        expect(await sortedInPortions(list, compare, anyTime())).toEqual(list.toSorted(compare));
      }),
      { numRuns: 30 },
    );
  });

  it('lets others have their turn, and ends when it may not go on', async () => {
    const list = Array.from({ length: 60_000 }, (_, at) => (at * 7919) % 60_013);
    let turns = 0;
    const stopped = new Error('stopped');
    const portions = new Portions(() => {
      turns += 1;
      if (turns === 3) throw stopped;
    });
    let clock = 0;
    // A clock by which every look at it is one millisecond later.
    const watch = vi.spyOn(performance, 'now').mockImplementation(() => (clock += 1));
    onTestFinished(() => watch.mockRestore());
    const sorting = sortedInPortions(list, (one, other) => one - other, portions);
    await expect(sorting).rejects.toBe(stopped);
    expect(turns).toBe(3);
  });
});

describe('a kept value', () => {
  it('is worked out once for one state, and again for another', async () => {
    const kept = new Kept<number>();
    let worked = 0;
    const work = async (): Promise<number> => (worked += 1);
    expect(await Promise.all([kept.get('one', work), kept.get('one', work)])).toEqual([1, 1]);
    expect(await kept.get('two', work)).toBe(2);
    expect(await kept.get('two', work)).toBe(2);
  });

  it('is tried again after a failure, which everybody who waited is told', async () => {
    const kept = new Kept<number>();
    const fail = (): Promise<number> => Promise.reject(new Error('no disk'));
    const waiting = [kept.get('one', fail), kept.get('one', fail)];
    for (const one of await Promise.allSettled(waiting)) expect(one.status).toBe('rejected');
    expect(await kept.get('one', async () => 5)).toBe(5);
  });
});
