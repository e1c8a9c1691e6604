/** What facts of single passwords add up to: findings, and the lists in which they are shown. */
import type { Finding, HealthFacts } from '../../../contract/health.ts';
import { leastScore } from '../../strength/index.ts';
import type { Fact } from './facts.ts';
import { sortedInPortions, type Portions } from './portions.ts';

export interface KnownPassword {
  readonly row: number;
  readonly id: string;
  readonly fact: Fact;
}

export interface Summary {
  readonly known: readonly KnownPassword[];
  readonly facts: ReadonlyMap<string, HealthFacts>;
  /** Ids by finding, the worst first. */
  readonly lists: Readonly<Record<Finding, readonly string[]>>;
  /** Passwords that the lookup service was asked about, and when last; null if it never was. */
  readonly asked: number;
  readonly askedAt: number | null;
}

interface Found {
  readonly id: string;
  readonly guessesLog10: number;
  readonly facts: HealthFacts;
}

/** The worst first; what makes it worse is greater. */
const badness: Readonly<Record<Finding, (found: Found) => number>> = {
  breached: ({ facts }) => facts.leaks ?? 0,
  weak: ({ guessesLog10 }) => -guessesLog10,
  reused: ({ facts }) => facts.others,
  sameAsLogin: ({ guessesLog10 }) => -guessesLog10,
  old: ({ facts }) => -facts.since,
  totpMissing: ({ guessesLog10 }) => -guessesLog10,
};

/** `oldBefore`: a password that has been the same since before then counts as old. */
export async function summed(
  known: readonly KnownPassword[],
  oldBefore: number,
  portions: Portions,
): Promise<Summary> {
  const uses = new Map<string, number>();
  for (const { fact } of known) {
    if (portions.stepDue) await portions.turn();
    uses.set(fact.mark, (uses.get(fact.mark) ?? 0) + 1);
  }
  const facts = new Map<string, HealthFacts>();
  const found: Record<Finding, Found[]> = {
    ...{ breached: [], weak: [], reused: [], sameAsLogin: [], old: [], totpMissing: [] },
  };
  let [asked, askedAt]: [number, number | null] = [0, null];
  for (const { id, fact } of known) {
    if (portions.stepDue) await portions.turn();
    const of = healthFactsOf(fact, (uses.get(fact.mark) ?? 1) - 1, oldBefore);
    facts.set(id, of);
    for (const finding of of.findings)
      found[finding].push({ id, guessesLog10: fact.guessesLog10, facts: of });
    if (fact.askedAt === null) continue;
    asked += 1;
    askedAt = Math.max(askedAt ?? 0, fact.askedAt);
  }
  const list = async (finding: Finding): Promise<string[]> => {
    const bad = badness[finding];
    const sorted = await sortedInPortions(found[finding], (one, other) => bad(other) - bad(one), portions);
    return sorted.map(({ id }) => id);
  };
  const lists = {
    ...{ breached: await list('breached'), weak: await list('weak'), reused: await list('reused') },
    ...{ sameAsLogin: await list('sameAsLogin'), old: await list('old') },
    totpMissing: await list('totpMissing'),
  };
  return { known, facts, lists, asked, askedAt };
}

function healthFactsOf(fact: Fact, twins: number, oldBefore: number): HealthFacts {
  const { score, reason, since, leaks, totpSite } = fact;
  const others = fact.mark === '' ? 0 : twins;
  const findings = findingsOf(fact, others, oldBefore);
  return { findings, score, reason, others, since, leaks, totpSite };
}

function findingsOf(fact: Fact, others: number, oldBefore: number): Finding[] {
  if (fact.mark === '') return [];
  const holds: readonly (readonly [Finding, boolean])[] = [
    ['breached', (fact.leaks ?? 0) > 0],
    ['weak', fact.score < leastScore],
    ['reused', others > 0],
    ['sameAsLogin', fact.sameAsLogin],
    ['old', fact.since < oldBefore],
    ['totpMissing', fact.totpSite !== null],
  ];
  return holds.flatMap(([finding, is]) => (is ? [finding] : []));
}
