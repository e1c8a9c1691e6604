/**
 * What a long stretch of writing owes the mirror between its portions: merging the search index
 * and keeping the log short. Each piece is so small that it holds nobody up, and whoever writes
 * decides when there is time for one.
 */
import type { Checkpointer } from './checkpointer.ts';
import type { SearchMerge } from './searchmerge.ts';

export class Upkeep {
  readonly #merge: SearchMerge;
  readonly #checkpointer: Checkpointer | null;

  constructor(merge: SearchMerge, checkpointer: Checkpointer | null) {
    this.#merge = merge;
    this.#checkpointer = checkpointer;
  }

  /** A few milliseconds of work on the search index; false when there is none. */
  mergeSome(): boolean {
    return this.#merge.step();
  }

  /** Null, or what to wait for before more is written. It never fails. */
  relief(): Promise<void> | null {
    return this.#checkpointer?.relief() ?? null;
  }
}
