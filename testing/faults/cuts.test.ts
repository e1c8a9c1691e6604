/** The network, cut at every request of a push and pull in turn; on this server and on any other. */
import { afterAll, describe, expect, it } from 'vitest';
import { cutEverywhere } from './cutting.ts';
import type { CutCounts } from './cutting.ts';
import { brokenLine } from './law.ts';
import { ownFeatures } from './stage.ts';

const all: CutCounts[] = [];
const sum = (of: (counts: CutCounts) => number): number => all.reduce((total, each) => total + of(each), 0);
const seed = Number(process.env['FAULT_SEED'] ?? 21);

afterAll(() => {
  const counts = `${String(sum(({ cuts }) => cuts))} cuts, ${String(sum(({ values }) => values))} values held to`;
  console.log(`cut lines: ${counts}, ${brokenLine()}`);
});

describe.each([
  ['with every feature', []],
  ['of another make', ownFeatures],
])('a sync with a server %s', (_name, hidden) => {
  it.each(['request', 'body'] as const)(
    'goes on after every cut (%s)',
    { timeout: 180_000 },
    async (where) => {
      const counts = await cutEverywhere(hidden, where, seed, hidden.length === 0 ? 1 : 3);
      all.push(counts);
      expect(counts.cuts).toBeGreaterThan(8);
    },
  );
});
