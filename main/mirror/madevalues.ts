/**
 * Values that the generator made lately, sealed by the floor above before they come here. They
 * are neither sent nor synchronised, and whoever reads them says from when on they still count.
 */
import type { Engine, Query } from './engine.ts';

/** One sealed value; `at` is Unix time in milliseconds. */
export interface StoredMadeValue {
  readonly id: string;
  readonly at: number;
  readonly sealed: Buffer;
}

export class MadeValueStore {
  readonly #put: Query<never>;
  readonly #since: Query<StoredMadeValue>;
  readonly #get: Query<StoredMadeValue>;
  readonly #remove: Query<never>;
  readonly #removeOutside: Query<never>;
  readonly #removeAll: Query<never>;

  constructor(engine: Engine) {
    this.#put = engine.query('INSERT INTO made_values (id, at, sealed) VALUES (?, ?, ?)');
    this.#since = engine.query(
      'SELECT id, at, sealed FROM made_values WHERE at >= ? ORDER BY at DESC, id LIMIT ?',
    );
    this.#get = engine.query('SELECT id, at, sealed FROM made_values WHERE id = ?');
    this.#remove = engine.query('DELETE FROM made_values WHERE id = ?');
    this.#removeOutside = engine.query('DELETE FROM made_values WHERE at < ? OR at > ?');
    this.#removeAll = engine.query('DELETE FROM made_values');
  }

  put({ id, at, sealed }: StoredMadeValue): void {
    this.#put.run(id, at, sealed);
  }

  get(id: string): StoredMadeValue | null {
    return this.#get.get(id) ?? null;
  }

  /** Newest first, at most `most`. */
  since(at: number, most: number): StoredMadeValue[] {
    return this.#since.all(at, most);
  }

  remove(id: string): void {
    this.#remove.run(id);
  }

  /** Takes away what was made before `from` or claims to have been made after `until`. */
  removeOutside(from: number, until: number): void {
    this.#removeOutside.run(from, until);
  }

  removeAll(): void {
    this.#removeAll.run();
  }
}
