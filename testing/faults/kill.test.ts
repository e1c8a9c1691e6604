/** SIGKILL at random, three hundred times: what was acknowledged is there, once, and both sides agree. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killLine } from './killing.ts';
import { killAsPlanned } from './killplan.ts';
import { FaultStage } from './stage.ts';
import { buildVictim } from './victimbuild.ts';
import type { VictimBundle } from './victimbuild.ts';

const kills = 300;
const seed = Number(process.env['FAULT_SEED'] ?? 7);
let stage: FaultStage;
let bundle: VictimBundle;

beforeAll(async () => {
  bundle = await buildVictim();
  stage = await FaultStage.open();
});
afterAll(async () => {
  await stage.close();
  bundle.remove();
});

describe('an application that is killed at any moment', () => {
  it('has lost and doubled nothing that it said was safe', { timeout: 900_000 }, async () => {
    const result = await killAsPlanned(stage, bundle.script, { kills, seed });
    const killed = result.counts.reduce((sum, each) => sum + each.kills, 0);
    expect(killed).toBe(kills);
    // How many edits come before each kill is a matter of the machine; without any nothing was tried.
    expect(stage.book.acts).toBeGreaterThan(kills / 10);
    expect(result.values).toBeGreaterThan(kills / 10);
    console.log(
      `${killLine(result.counts, stage.book)}; ${String(result.values)} values held to, seed ${String(seed)}`,
    );
  });
});
