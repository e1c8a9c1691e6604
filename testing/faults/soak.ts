/**
 * `npm run soak -- --seed N --minutes M`: kills, walks and cuts without end for so long, every round
 * with a seed of its own. Counts every minute, a summary at the end, and exit code 1 on any loss.
 */
import { parseArgs } from 'node:util';
import { cutEverywhere } from './cutting.ts';
import { killLine } from './killing.ts';
import { killAsPlanned } from './killplan.ts';
import { FaultStage, ownFeatures } from './stage.ts';
import { walkLine, walkOfTwo } from './twodevices.ts';
import { buildVictim } from './victimbuild.ts';

const { values: wishes } = parseArgs({
  options: { seed: { type: 'string' }, minutes: { type: 'string', default: '10' } },
});
const firstSeed = Number(wishes.seed ?? Date.now() % 1_000_000);
const minutes = Number(wishes.minutes);
if (!Number.isSafeInteger(firstSeed) || !(minutes > 0)) throw new RangeError('--seed N --minutes M');

const totals = { rounds: 0, kills: 0, steps: 0, syncs: 0, cuts: 0, values: 0, broken: 0 };
const begun = Date.now();
const line = (): string =>
  Object.entries(totals)
    .map(
      ([name, count]) => `${name === 'broken' ? 'rounds with a loss or a doubling' : name} ${String(count)}`,
    )
    .join(', ');
const minutely = setInterval(() => console.log(`after ${elapsed()} min: ${line()}`), 60_000);
const elapsed = (): string => ((Date.now() - begun) / 60_000).toFixed(1);

console.log(`soak of ${String(minutes)} minutes, seed ${String(firstSeed)}`);
const bundle = await buildVictim();

async function killRound(seed: number): Promise<void> {
  const stage = await FaultStage.open();
  try {
    const result = await killAsPlanned(stage, bundle.script, { kills: 150, seed });
    totals.kills += result.counts.reduce((sum, { kills }) => sum + kills, 0);
    totals.values += result.values;
    console.log(`seed ${String(seed)}: ${killLine(result.counts, stage.book)}`);
  } finally {
    await stage.close();
  }
}

async function walkRound(seed: number): Promise<void> {
  for (const pair of ['one person', 'two people'] as const) {
    const result = await walkOfTwo(pair, seed, 600);
    totals.steps += result.steps;
    totals.syncs += result.syncs;
    totals.values += result.values;
    console.log(`seed ${String(seed)}: ${pair}, ${walkLine([result])}`);
  }
}

async function cutRound(seed: number): Promise<void> {
  const hidden = seed % 2 === 0 ? [] : ownFeatures;
  for (const where of ['request', 'body'] as const) {
    const { cuts, values } = await cutEverywhere(hidden, where, seed);
    totals.cuts += cuts;
    totals.values += values;
  }
}

for (let seed = firstSeed; Date.now() - begun < minutes * 60_000; seed += 1) {
  for (const round of [walkRound, cutRound, killRound]) {
    if (Date.now() - begun >= minutes * 60_000) break;
    totals.rounds += 1;
    try {
      await round(seed);
    } catch (error) {
      totals.broken += 1;
      console.error(`${round.name} with seed ${String(seed)}:`, error);
    }
  }
}
clearInterval(minutely);
bundle.remove();
console.log(`soak ended after ${elapsed()} min, seed ${String(firstSeed)}: ${line()}`);
process.exitCode = totals.broken === 0 ? 0 : 1;
