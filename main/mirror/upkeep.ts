/**
 * What a long stretch of writing owes the mirror between its portions: merging the search index
 * and keeping the log short; and what a migration left to be done, which is the same kind of work.
 * Each piece is so small that it holds nobody up, and whoever writes decides when there is time for
 * one.
 */
import type { Checkpointer } from './checkpointer.ts';
import { flushLog } from './logflush.ts';
import type { SearchMerge } from './searchmerge.ts';
import type { SearchRenewal } from './searchrenewal.ts';

export interface UpkeepParts {
  readonly renewal: SearchRenewal;
  readonly merge: SearchMerge;
  readonly checkpointer: Checkpointer | null;
  /** Of the database. */
  readonly path: string;
}

export class Upkeep {
  readonly #parts: UpkeepParts;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /** A few milliseconds of work on the search index; false when there is none. */
  mergeSome(): boolean {
    return this.#parts.renewal.step() || this.#parts.merge.step();
  }

  /** Has what was written by now put on the disk, while this thread does other things. Throws disk codes. */
  flush(): Promise<void> {
    return flushLog(this.#parts.path);
  }

  /** Null, or what to wait for before more is written. It never fails. */
  relief(): Promise<void> | null {
    return this.#parts.checkpointer?.relief() ?? null;
  }
}
