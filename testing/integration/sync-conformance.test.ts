/**
 * Two ways, one mirror: the same changes reach two devices of one person, one by the change
 * feed and one by listings, and after every few changes the two mirrors are compared row by
 * row. For an administrator and for a plain member, over several seeds.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { BusyOrganisation } from '../hostile/busyorganisation.ts';
import { enrol, TestDevice } from '../hostile/device.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, boris, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { SamplePerson } from '../organisation/cast.ts';
import { choicesFrom } from '../organisation/random.ts';

const seeds = [1, 20_260_721, 4_711];
const stepsPerSeed = 150;

const total = { steps: 0, comparisons: 0, rows: 0, cuts: 0 };
const kinds = new Map<string, number>();

afterAll(() => {
  const { steps, comparisons, rows, cuts } = total;
  const each = [...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ');
  process.stdout.write(
    `\n${steps} changes, ${comparisons} comparisons, ${rows} rows compared, ${cuts} syncs cut: ${each}\n`,
  );
});

/** Two devices of one person that are to hold the same. */
interface Pair {
  readonly byFeed: TestDevice;
  readonly byListings: TestDevice;
}

async function pairOf(person: SamplePerson, fed: LyingProxy, listed: LyingProxy): Promise<Pair> {
  return {
    byFeed: new TestDevice(await enrol(fed.url, person)),
    byListings: new TestDevice(await enrol(listed.url, person)),
  };
}

function noticesOf(device: TestDevice): string[] {
  return device.synchroniser
    .status()
    .notices.map(({ kind, subject }) => `${kind} ${subject}`)
    .sort();
}

/** Syncs by the feed over a line that breaks at some request; what is missing comes with the next sync. */
async function syncBroken({ byFeed }: Pair, fed: LyingProxy, after: number): Promise<void> {
  fed.cutAt(after, 'body');
  const { phase } = await byFeed.sync();
  expect(['idle', 'offline']).toContain(phase);
  if (!fed.cutPending) total.cuts += 1;
  fed.cutAt(null);
}

async function compare({ byFeed, byListings }: Pair): Promise<void> {
  for (const device of [byFeed, byListings]) {
    expect(await device.sync()).toMatchObject({ phase: 'idle', problem: null });
    expect(device.incidents).toEqual([]);
  }
  expect(byFeed.content()).toEqual(byListings.content());
  expect(noticesOf(byFeed)).toEqual(noticesOf(byListings));
  total.comparisons += 1;
  total.rows += byFeed.records().length;
}

describe('the change feed and the listings', () => {
  it.each(seeds)('lead to the same mirrors with seed %i', { timeout: 120_000 }, async (seed) => {
    const server = await startOwnServer();
    const { anna: boss, boris: clerk } = await buildSmallOrganisation(server);
    const [fed, listed] = [
      await LyingProxy.start(server.url),
      await LyingProxy.start(server.url, ['changes']),
    ];
    const pairs = [await pairOf(anna, fed, listed), await pairOf(boris, fed, listed)];
    const choices = choicesFrom(seed);
    // Pages of three things, so that vaults come in many stretches.
    fed.readdress((path) => path.replace(/limit=25/, 'limit=3'));
    const busy = await BusyOrganisation.of(boss, clerk, choices);
    for (const pair of pairs) await compare(pair);
    fed.requests.length = 0;
    for (let step = 1; step <= stepsPerSeed; step += 1) {
      await busy.step();
      total.steps += 1;
      if (!choices.oneIn(4)) continue;
      const pair = choices.pick(pairs);
      if (choices.oneIn(2)) await syncBroken(pair, fed, choices.number(4));
      await compare(pair);
    }
    for (const pair of pairs) await compare(pair);
    // Nothing of this was had by a listing, and everything still opens.
    expect(fed.requests.filter(({ path }) => path.startsWith('/api/v1/vaults'))).toEqual([]);
    for (const { byFeed, byListings } of pairs) {
      expect(byFeed.openAll().length).toBe(byListings.openAll().length);
      await byFeed.dispose();
      await byListings.dispose();
    }
    for (const [kind, count] of busy.counts) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
    await fed.close();
    await listed.close();
    await server.end();
  });
});
