/**
 * Two devices that edit the same organisation at random, offline and online in turns, come to the
 * same end every time, with nothing lost. `FAULT_SEED` walks one seed again.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { Pair, WalkResult } from './twodevices.ts';
import { walkLine, walkOfTwo } from './twodevices.ts';

const wanted = process.env['FAULT_SEED'];
const seeds = wanted === undefined ? [101, 102, 103, 104, 105] : [Number(wanted)];
const steps = 260;
const results: WalkResult[] = [];

afterAll(() => console.log(walkLine(results)));

describe.each<Pair>(['one person', 'two people'])('two devices of %s', (pair) => {
  it.each(seeds)('converge without a loss, seed %i', { timeout: 300_000 }, async (seed) => {
    const result = await walkOfTwo(pair, seed, steps);
    results.push(result);
    expect(result.steps).toBe(steps);
    expect(result.values).toBeGreaterThan(0);
  });
});
