/**
 * Forms that were open when the vaults locked: what a person typed, sealed by the floor above
 * before it comes here. It is never sent and never synchronised.
 */
import type { Engine, Query } from './engine.ts';

/** One sealed draft; `at` is Unix time in milliseconds. */
export interface StoredDraft {
  readonly id: string;
  readonly at: number;
  readonly sealed: Buffer;
}

export class DraftStore {
  readonly #put: Query<never>;
  readonly #remove: Query<never>;
  readonly #all: Query<StoredDraft>;
  readonly #get: Query<StoredDraft>;

  constructor(engine: Engine) {
    this.#put = engine.query(
      `INSERT INTO drafts (id, at, sealed) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET at = excluded.at, sealed = excluded.sealed`,
    );
    this.#remove = engine.query('DELETE FROM drafts WHERE id = ?');
    this.#all = engine.query('SELECT id, at, sealed FROM drafts ORDER BY at DESC, id');
    this.#get = engine.query('SELECT id, at, sealed FROM drafts WHERE id = ?');
  }

  put({ id, at, sealed }: StoredDraft): void {
    this.#put.run(id, at, sealed);
  }

  get(id: string): StoredDraft | null {
    return this.#get.get(id) ?? null;
  }

  /** Newest first. */
  all(): StoredDraft[] {
    return this.#all.all();
  }

  remove(id: string): void {
    this.#remove.run(id);
  }
}
