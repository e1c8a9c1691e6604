/** One walk of two devices from an empty organisation to the end, with everything counted. */
import { anna, boris } from '../hostile/smallorganisation.ts';
import { choicesFrom } from '../organisation/random.ts';
import { brokenLine } from './law.ts';
import type { Verdict } from './law.ts';
import { convergeUnderLaw } from './settling.ts';
import { FaultStage } from './stage.ts';
import { nothingWalked, walk, type Walked } from './walk.ts';

export type Pair = 'one person' | 'two people';

export interface WalkResult extends Walked, Verdict {}

/** Walks and settles. Throws what broke, with the seed that shows it again. */
export async function walkOfTwo(pair: Pair, seed: number, steps: number): Promise<WalkResult> {
  const stage = await FaultStage.open();
  try {
    const shared = pair === 'two people' ? await stage.shareServers() : null;
    const where = shared === null ? {} : { vaultIds: [shared] };
    const other = pair === 'two people' ? boris : anna;
    const one = await stage.device('a', { seed: seed * 2, ...where });
    const two = await stage.device('b', { seed: seed * 2 + 1, person: other, ...where });
    const walked = nothingWalked();
    await walk([one, two], choicesFrom(seed), steps, walked);
    const common = shared === null ? {} : { vaultId: shared };
    const verdict = await convergeUnderLaw(stage, { decided: walked.decided, ...common });
    return { ...walked, ...verdict };
  } catch (error) {
    throw new Error(`FAULT_SEED=${String(seed)} (${pair}, ${String(steps)} steps)`, { cause: error });
  } finally {
    await stage.close();
  }
}

/** The counts of some walks as one line. */
export function walkLine(results: readonly WalkResult[]): string {
  const sum = (of: (result: WalkResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  const decided = new Map<string, number>();
  for (const result of results) {
    for (const [kind, count] of result.decided) decided.set(kind, (decided.get(kind) ?? 0) + count);
  }
  const kinds = [...decided].sort().map(([kind, count]) => `${kind} ${String(count)}`);
  return [
    `two devices: ${String(results.length)} walks, ${String(sum(({ steps }) => steps))} steps`,
    `${String(sum(({ syncs }) => syncs))} syncs, ${String(sum(({ broken }) => broken))} broken`,
    `${String(sum(({ merges }) => merges))} merges, decided: ${kinds.join(', ') || 'nothing'}`,
    `${String(sum(({ values }) => values))} values held to, ${brokenLine()}`,
  ].join('; ');
}
