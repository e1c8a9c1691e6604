/**
 * Writing the search entries anew after a migration changed their form, in pieces of a few
 * milliseconds. How far it has come stands in the mirror, so a cut costs one piece. Until it is
 * through, records it has not reached yet are found by their titles and texts, but not by the filters
 * that the new form brought.
 */
import type { Engine } from './engine.ts';
import type { SyncState } from './syncstate.ts';

/** Aim of one piece. */
const aimMs = 3;
const mostRecords = 100;

/** Set by the migration to `1`; afterwards holds the last row that is done. */
const mark = 'search index to renew';
const donePrefix = 'row ';

export interface SearchRenewalParts {
  readonly engine: Engine;
  readonly syncState: SyncState;
  /** Renews at most so many records behind a row; gives the last row, or null behind the end. */
  readonly renewAfter: (row: number, most: number) => number | null;
}

export class SearchRenewal {
  readonly #parts: SearchRenewalParts;
  /** The last row done; null when nothing is to be renewed. */
  #after: number | null;
  #records = 4;

  constructor(parts: SearchRenewalParts) {
    this.#parts = parts;
    const found = parts.syncState.get(mark);
    this.#after = found?.startsWith(donePrefix) === true ? Number(found.slice(donePrefix.length)) : 0;
    if (found === null) this.#after = null;
  }

  /** Renews for a few milliseconds; false when there was nothing to renew. */
  step(): boolean {
    const from = this.#after;
    if (from === null) return false;
    const start = performance.now();
    const { engine, syncState, renewAfter } = this.#parts;
    this.#after = engine.transaction(() => {
      const last = renewAfter(from, this.#records);
      syncState.set(mark, last === null ? null : `${donePrefix}${String(last)}`);
      return last;
    });
    // Searches that were answered from what stood there before are answered anew.
    engine.noteChange();
    const fitting = Math.floor((this.#records * aimMs) / Math.max(performance.now() - start, 0.05));
    this.#records = Math.max(1, Math.min(fitting, this.#records * 2, mostRecords));
    return true;
  }
}
