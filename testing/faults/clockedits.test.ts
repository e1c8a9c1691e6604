/** Edits and syncs of two devices under a clock that jumps by years lose nothing. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { choicesFrom } from '../organisation/random.ts';
import { brokenLine } from './law.ts';
import { convergeUnderLaw } from './settling.ts';
import { FaultStage } from './stage.ts';
import type { Device } from './stage.ts';
import { actAtRandom } from './walk.ts';

const year = 365 * 24 * 3600 * 1000;
const realNow = Date.now;
const counts = { jumps: 0, values: 0 };
let stage: FaultStage;
let device: Device;

/** Sets this process's clock so far from the true one. */
const shift = (by: number): void => {
  counts.jumps += 1;
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + by);
};

beforeAll(async () => {
  stage = await FaultStage.open();
  device = await stage.device('a', { seed: 11 });
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  await stage.close();
  const { jumps, values } = counts;
  console.log(
    `edits under clocks: ${String(jumps)} jumps, ${String(values)} values held to, ${brokenLine()}`,
  );
});

describe('a clock that jumps', () => {
  it('by years back and forth loses nothing between edits and syncs', async () => {
    const other = await stage.device('b', { seed: 12 });
    const choices = choicesFrom(13);
    for (let round = 0; round < 24; round += 1) {
      shift((choices.number(41) - 20) * year);
      for (const each of [device, other]) {
        for (let acts = 0; acts < 3; acts += 1) await actAtRandom(each.hands, choices);
        if (choices.oneIn(2)) expect((await each.sync()).phase).toBe('idle');
      }
    }
    vi.restoreAllMocks();
    counts.values = (await convergeUnderLaw(stage)).values;
    expect(counts.values).toBeGreaterThan(0);
    await stage.dismiss(other);
  }, 60_000);
});
