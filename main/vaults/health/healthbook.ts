/**
 * The facts of one unlocked account: read from the mirror once, kept in step with it, and summed up
 * into findings. Facts hold no password, so they may stay in memory until the lock. A sum is kept for
 * as long as neither facts nor records change.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { LockedBytes } from '../../custody/index.ts';
import { rowsInHealthBlock } from '../../mirror/index.ts';
import type { HealthRows } from '../../mirror/index.ts';
import { openFacts, sealFacts, type Fact, type Facts } from './facts.ts';
import { Kept } from './kept.ts';
import { Portions } from './portions.ts';
import { summed, type KnownPassword, type Summary } from './summary.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Records in one stretch of counting; some microseconds each. */
const countedAtOnce = 500;

export class HealthBook {
  readonly #rows: HealthRows;
  readonly #key: LockedBytes;
  readonly #isClosed: () => boolean;
  readonly #blocks = new Map<number, Facts>();
  readonly #loaded = new Kept<void>();
  readonly #summary = new Kept<Summary>();
  readonly #unjudged = new Kept<number>();

  constructor(rows: HealthRows, key: LockedBytes, isClosed: () => boolean) {
    this.#rows = rows;
    this.#key = key;
    this.#isClosed = isClosed;
  }

  /** Reads the sealed facts, once. Throws `cancelled` when the account is locked meanwhile, disk codes. */
  load(): Promise<void> {
    return this.#loaded.get('', () => this.#load());
  }

  async #load(): Promise<void> {
    const portions = this.#portions();
    await portions.turn();
    for (let after = -1; ;) {
      const next = this.#rows.blockAfter(after);
      if (next === null) return;
      const facts = openFacts(this.#key, next.block, next.sealed);
      // Facts that do not open are none: their records are looked at again.
      if (facts === null) {
        this.#rows.forget();
        this.#blocks.clear();
        return;
      }
      this.#blocks.set(next.block, facts);
      after = next.block;
      if (portions.due) await portions.turn();
    }
  }

  factOf(row: number): Fact | undefined {
    return this.#blocks.get(blockOf(row))?.get(row);
  }

  /** Facts of rows of one block that were looked at now. */
  async settle(block: number, judged: Facts): Promise<void> {
    const facts = new Map([...(this.#blocks.get(block) ?? []), ...judged]);
    const sealed = sealFacts(this.#key, block, facts);
    await this.#portions().turn();
    this.#rows.settle([...judged.keys()], block, sealed);
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

  /** How many records are new or changed since they were looked at. Throws as `summary` does. */
  unjudged(): Promise<number> {
    return this.#unjudged.get(this.#rows.edition, () => this.#countUnjudged());
  }

  async #countUnjudged(): Promise<number> {
    const portions = this.#portions();
    let unjudged = 0;
    for (let after = 0; ;) {
      await portions.turn();
      const stretch = this.#rows.countUnjudged(after, countedAtOnce);
      if (stretch === null) return unjudged;
      unjudged += stretch.unjudged;
      after = stretch.last;
    }
  }

  /**
   * Findings about what is still here, as of the hour that `now` is in. Throws `cancelled` when the
   * account is locked meanwhile, disk codes.
   */
  summary(now: number, oldAfterDays: number): Promise<Summary> {
    const hour = Math.floor(now / hourMs);
    const of = `${this.#rows.edition} ${String(hour)} ${String(oldAfterDays)}`;
    return this.#summary.get(of, () => this.#sum(hour * hourMs - oldAfterDays * dayMs));
  }

  async #sum(oldBefore: number): Promise<Summary> {
    await this.load();
    const portions = this.#portions();
    const known: KnownPassword[] = [];
    for (const [block, facts] of this.#blocks) {
      if (portions.due) await portions.turn();
      for (const { row, id } of this.#rows.knownIn(block)) {
        const fact = facts.get(row);
        if (fact) known.push({ row, id, fact });
      }
    }
    return summed(known, oldBefore, portions);
  }

  #portions(): Portions {
    return new Portions(() => {
      if (this.#isClosed()) throw new StrongroomError('cancelled');
    });
  }
}

export const blockOf = (row: number): number => Math.floor(row / rowsInHealthBlock);
