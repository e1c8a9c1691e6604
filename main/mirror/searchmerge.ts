/**
 * Merging the segments of the search index, in pieces of a few milliseconds.
 *
 * Every commit adds a segment, and a query asks all of them. FTS5 would merge inside whichever
 * commit makes them too many, at up to fifty milliseconds a time; told not to, it has to be
 * asked for each piece. What it does by itself is left as a last resort for mirrors that nobody
 * looks after, and then the segments are small.
 */
import type { Engine, Query } from './engine.ts';

/** Aim of one piece. */
const aimMs = 3;
/** Pages of the index that one piece writes: to begin with, and at most. */
const firstPages = 16;
const mostPages = 48;

/** FTS5's settings (its "automerge", "crisismerge" and "usermerge" commands). */
const settings = {
  /** Never by itself while something is written. */
  automerge: 0,
  /** Segments of one level at which it does so all the same. */
  crisismerge: 128,
  /** Segments of one level from which on it is worth it. */
  usermerge: 8,
} as const;

/** Stands in `search_index_config` in a form of FTS5's own. */
interface Setting {
  k: string;
  v: number;
}

export class SearchMerge {
  readonly #engine: Engine;
  readonly #merge: Query<never>;
  readonly #changes: Query<number>;
  #pages = firstPages;

  constructor(engine: Engine) {
    this.#engine = engine;
    const config = engine.query<Setting>('SELECT k, v FROM search_index_config').all();
    const set = engine.query<never>(
      'INSERT INTO search_index (search_index, rank) VALUES (?, CAST(? AS INTEGER))',
    );
    for (const [name, value] of Object.entries(settings)) {
      if (config.find(({ k }) => k === name)?.v !== value) set.run(name, value);
    }
    this.#merge = engine.query("INSERT INTO search_index (search_index, rank) VALUES ('merge', ?)");
    this.#changes = engine.values('SELECT total_changes()');
  }

  /** Merges for a few milliseconds; false when there was nothing to merge. */
  step(): boolean {
    const start = performance.now();
    const before = this.#changes.get() ?? 0;
    this.#engine.transaction(() => this.#merge.run(this.#pages));
    const changes = (this.#changes.get() ?? 0) - before;
    // The command itself counts as one change (SQLite, FTS5, "The merge Command").
    if (changes < 2) return false;
    // One that came to its end early says nothing about how long a whole one takes.
    if (changes < this.#pages) return true;
    const fitting = Math.floor((this.#pages * aimMs) / Math.max(performance.now() - start, 0.05));
    this.#pages = Math.max(1, Math.min(fitting, this.#pages * 2, mostPages));
    return true;
  }
}
