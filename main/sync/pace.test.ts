import { describe, expect, it } from 'vitest';
import { Pace, sideBySide } from './pace.ts';

const never = new AbortController().signal;

describe('work in portions', () => {
  it('does everything once and in order, and lets others go first in between', async () => {
    const seen: number[] = [];
    let turns = 0;
    let running = true;
    const others = (): void => {
      turns += 1;
      if (running) setImmediate(others);
    };
    setImmediate(others);
    const pace = new Pace();
    await pace.work(
      Array.from({ length: 1000 }, (_, index) => index),
      never,
      (portion) => seen.push(...portion),
    );
    running = false;
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    expect(turns).toBeGreaterThan(3);
  });

  it('takes smaller portions when elements are costly', async () => {
    const sizes: number[] = [];
    const pace = new Pace();
    await pace.work(Array.from({ length: 40 }), never, (portion) => {
      sizes.push(portion.length);
      const until = performance.now() + 4 * portion.length;
      while (performance.now() < until);
    });
    expect(Math.max(...sizes.slice(2))).toBeLessThanOrEqual(2);
  });

  it('stops between two portions when cancelled', async () => {
    const abort = new AbortController();
    let done = 0;
    const work = new Pace().work(Array.from({ length: 100 }), abort.signal, (portion) => {
      done += portion.length;
      abort.abort();
    });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(done).toBeLessThan(100);
  });
});

describe('the upkeep of a long stretch of writing', () => {
  /** Owes as many pieces as portions were written, and asks for a pause at the end of each rest. */
  function anUpkeep(pieces: number) {
    const upkeep = { owed: pieces, reliefs: 0 };
    return {
      upkeep,
      mergeSome: () => upkeep.owed > 0 && upkeep.owed-- > 0,
      relief: () => {
        upkeep.reliefs += 1;
        return Promise.resolve();
      },
    };
  }

  it('is paid between portions, and to the end', async () => {
    const part = anUpkeep(5);
    await new Pace(part).work(Array.from({ length: 5000 }), never, () => undefined);
    expect(part.upkeep.owed).toBe(0);
    expect(part.upkeep.reliefs).toBeGreaterThan(1);
  });

  it('is left where it is when cancelled', async () => {
    const abort = new AbortController();
    const part = anUpkeep(1000);
    const resting = new Pace(part).rest(abort.signal);
    setTimeout(() => abort.abort(), 0);
    await expect(resting).rejects.toMatchObject({ code: 'cancelled' });
    expect(part.upkeep.owed).toBeGreaterThan(0);
  });
});

describe('side by side', () => {
  it('never runs more than the given number', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    await sideBySide(Array.from({ length: 30 }), 4, async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      done += 1;
    });
    expect([most, done]).toEqual([4, 30]);
  });

  it('begins nothing new after a failure', async () => {
    let begun = 0;
    const run = sideBySide(Array.from({ length: 100 }), 2, async () => {
      begun += 1;
      await Promise.resolve();
      throw new Error('first');
    });
    await expect(run).rejects.toThrow('first');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(begun).toBe(2);
  });
});
