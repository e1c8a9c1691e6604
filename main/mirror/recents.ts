/** Records used last. Ids of records that are gone are never given. */
import type { Engine, Query } from './engine.ts';

/** How many are remembered. */
export const recentsKept = 100;

export class Recents {
  readonly #engine: Engine;
  readonly #touch: Query<never>;
  readonly #prune: Query<never>;
  readonly #ids: Query<string>;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#touch = engine.query(
      'INSERT INTO recents (record_id, at) VALUES (?, ?) ON CONFLICT (record_id) DO UPDATE SET at = excluded.at',
    );
    this.#prune = engine.query(
      `DELETE FROM recents WHERE record_id NOT IN
         (SELECT record_id FROM recents ORDER BY at DESC, record_id LIMIT ${String(recentsKept)})`,
    );
    this.#ids = engine.values(
      `SELECT record_id FROM recents WHERE record_id IN (SELECT id FROM records)
       ORDER BY at DESC, record_id LIMIT ?`,
    );
  }

  /** `at` in Unix milliseconds. */
  touch(recordId: string, at: number): void {
    this.#engine.transaction(() => {
      this.#touch.run(recordId, at);
      this.#prune.run();
    });
  }

  /** Last used first. */
  ids(limit: number): string[] {
    return this.#ids.all(limit);
  }
}
