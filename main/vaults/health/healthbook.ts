/**
 * The facts of one unlocked account: read from the mirror once, kept in step with it, and summed up
 * into findings. Facts hold no password, so they may stay in memory until the lock.
 */
import type { Finding, HealthFacts } from '../../../contract/health.ts';
import type { LockedBytes } from '../../custody/index.ts';
import { rowsInHealthBlock } from '../../mirror/index.ts';
import type { HealthRows } from '../../mirror/index.ts';
import { ownTurn } from '../../remote/index.ts';
import { leastScore } from '../../strength/index.ts';
import { openFacts, sealFacts, type Fact, type Facts } from './facts.ts';

const dayMs = 86_400_000;
const blocksAtOnce = 8;

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
}

export class HealthBook {
  readonly #rows: HealthRows;
  readonly #key: LockedBytes;
  readonly #isClosed: () => boolean;
  readonly #blocks = new Map<number, Facts>();
  #loading: Promise<void> | null = null;

  constructor(rows: HealthRows, key: LockedBytes, isClosed: () => boolean) {
    this.#rows = rows;
    this.#key = key;
    this.#isClosed = isClosed;
  }

  /** Reads the sealed facts, a few at a time. */
  load(): Promise<void> {
    return (this.#loading ??= this.#load());
  }

  async #load(): Promise<void> {
    for (let after = -1; ;) {
      await ownTurn();
      if (this.#isClosed()) return;
      const sealed = this.#rows.blocks(after, blocksAtOnce);
      for (const { block, sealed: bytes } of sealed) {
        const facts = openFacts(this.#key, block, bytes);
        // Facts that do not open are none: their records are looked at again.
        if (facts === null) {
          this.#rows.forget();
          this.#blocks.clear();
          return;
        }
        this.#blocks.set(block, facts);
        after = block;
      }
      if (sealed.length < blocksAtOnce) return;
    }
  }

  factOf(row: number): Fact | undefined {
    return this.#blocks.get(blockOf(row))?.get(row);
  }

  /** Facts of rows of one block that were looked at now. */
  settle(block: number, judged: Facts): void {
    const facts = new Map([...(this.#blocks.get(block) ?? []), ...judged]);
    this.#rows.settle([...judged.keys()], block, sealFacts(this.#key, block, facts));
    this.#blocks.set(block, facts);
  }

  /** Puts other facts in the place of known ones. */
  amend(changed: Facts): void {
    const touched = new Set<number>();
    for (const [row, fact] of changed) {
      this.#blocks.get(blockOf(row))?.set(row, fact);
      touched.add(blockOf(row));
    }
    for (const block of touched) {
      const facts = this.#blocks.get(block);
      if (facts) this.#rows.putBlock(block, sealFacts(this.#key, block, facts));
    }
  }

  /** Findings about what is still here, as of `now`. */
  async summary(now: number, oldAfterDays: number): Promise<Summary> {
    await this.load();
    const known: KnownPassword[] = [];
    let count = 0;
    for (const [block, facts] of this.#blocks) {
      count += 1;
      if (count % blocksAtOnce === 0) await ownTurn();
      if (this.#isClosed()) break;
      for (const { row, id } of this.#rows.knownIn(block)) {
        const fact = facts.get(row);
        if (fact) known.push({ row, id, fact });
      }
    }
    await ownTurn();
    return summed(known, now - oldAfterDays * dayMs);
  }
}

export const blockOf = (row: number): number => Math.floor(row / rowsInHealthBlock);

function summed(known: readonly KnownPassword[], oldBefore: number): Summary {
  const uses = new Map<string, number>();
  for (const { fact } of known) uses.set(fact.mark, (uses.get(fact.mark) ?? 0) + 1);
  const facts = new Map<string, HealthFacts>();
  const lists: Record<Finding, string[]> = {
    ...{ breached: [], weak: [], reused: [], sameAsLogin: [], old: [], totpMissing: [] },
  };
  const ordered = [...known].sort((one, other) => one.fact.guessesLog10 - other.fact.guessesLog10);
  for (const { id, fact } of ordered) {
    const others = fact.mark === '' ? 0 : (uses.get(fact.mark) ?? 1) - 1;
    const found = findingsOf(fact, others, oldBefore);
    for (const finding of found) lists[finding].push(id);
    const { score, reason, since, leaks, totpSite } = fact;
    facts.set(id, { findings: found, score, reason, others, since, leaks, totpSite });
  }
  const of = (id: string): HealthFacts | undefined => facts.get(id);
  lists.old.sort((one, other) => (of(one)?.since ?? 0) - (of(other)?.since ?? 0));
  lists.reused.sort((one, other) => (of(other)?.others ?? 0) - (of(one)?.others ?? 0));
  lists.breached.sort((one, other) => (of(other)?.leaks ?? 0) - (of(one)?.leaks ?? 0));
  return { known, facts, lists };
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
  return holds.flatMap(([finding, found]) => (found ? [finding] : []));
}
