/** Small strings that the synchroniser keeps between runs: resume points, times, server features. */
import type { Engine, Query } from './engine.ts';

export class SyncState {
  readonly #get: Query<string>;
  readonly #set: Query<never>;
  readonly #remove: Query<never>;

  constructor(engine: Engine) {
    this.#get = engine.values('SELECT value FROM sync_state WHERE key = ?');
    this.#set = engine.query(
      'INSERT INTO sync_state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
    this.#remove = engine.query('DELETE FROM sync_state WHERE key = ?');
  }

  get(key: string): string | null {
    return this.#get.get(key) ?? null;
  }

  /** Null removes the key. */
  set(key: string, value: string | null): void {
    if (value === null) this.#remove.run(key);
    else this.#set.run(key, value);
  }
}
