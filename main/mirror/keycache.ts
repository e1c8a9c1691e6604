/** Unwrapped keys, sealed by the floor above before they come here, so that no unlock repeats RSA. */
import type { Engine, Query } from './engine.ts';

export class KeyCache {
  readonly #get: Query<Buffer>;
  readonly #set: Query<never>;
  readonly #remove: Query<never>;

  constructor(engine: Engine) {
    this.#get = engine.values('SELECT sealed FROM key_cache WHERE name = ?');
    this.#set = engine.query(
      'INSERT INTO key_cache (name, sealed) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed',
    );
    this.#remove = engine.query('DELETE FROM key_cache WHERE name = ?');
  }

  get(name: string): Buffer | null {
    return this.#get.get(name) ?? null;
  }

  set(name: string, sealed: Buffer): void {
    this.#set.run(name, sealed);
  }

  remove(name: string): void {
    this.#remove.run(name);
  }
}
