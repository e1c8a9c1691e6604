/** Searches that a person kept. They say what somebody looks for, so they lie in the encrypted mirror. */
import { randomBytes } from 'node:crypto';
import { StrongroomError } from '../../contract/errors.ts';
import { mostSavedSearches } from '../../contract/searching.ts';
import type { Engine, Query } from './engine.ts';

export interface StoredSearch {
  readonly id: string;
  readonly name: string;
  readonly query: string;
}

export class SavedSearches {
  readonly #engine: Engine;
  readonly #all: Query<StoredSearch>;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#all = engine.query('SELECT id, name, query FROM saved_searches');
  }

  /** By name, without regard to case. */
  all(): StoredSearch[] {
    return this.#all
      .all()
      .sort((one, other) => one.name.localeCompare(other.name) || (one.id < other.id ? -1 : 1));
  }

  /** Keeps a query; the same query again only changes its name. Throws `tooManySearches`. Gives its id. */
  save(name: string, query: string): string {
    return this.#engine.durable(() => {
      const known = this.#engine.values<string>('SELECT id FROM saved_searches WHERE query = ?').get(query);
      if (known !== undefined) {
        this.rename(known, name);
        return known;
      }
      if (this.all().length >= mostSavedSearches) {
        throw new StrongroomError('tooManySearches', { limit: mostSavedSearches });
      }
      const id = `search-${randomBytes(9).toString('hex')}`;
      this.#engine
        .query('INSERT INTO saved_searches (id, name, query) VALUES (?, ?, ?)')
        .run(id, name, query);
      return id;
    });
  }

  /** False if it is gone. */
  rename(id: string, name: string): boolean {
    return this.#engine.query('UPDATE saved_searches SET name = ? WHERE id = ?').run(name, id) > 0;
  }

  remove(id: string): void {
    this.#engine.query('DELETE FROM saved_searches WHERE id = ?').run(id);
  }
}
