/** Other people of the organisation, so that a sender or a sharer has a name. */
import type { Engine, Query } from './engine.ts';
import type { StoredUser } from './model.ts';

export class Users {
  readonly #upsert: Query<never>;
  readonly #get: Query<StoredUser>;
  readonly #all: Query<StoredUser>;

  constructor(engine: Engine) {
    this.#upsert = engine.query(
      `INSERT INTO users (id, login, full_name) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET login = excluded.login, full_name = excluded.full_name`,
    );
    this.#get = engine.query('SELECT id, login, full_name AS fullName FROM users WHERE id = ?');
    this.#all = engine.query('SELECT id, login, full_name AS fullName FROM users ORDER BY full_name, id');
  }

  upsert(user: StoredUser): void {
    this.#upsert.run(user.id, user.login, user.fullName);
  }

  get(id: string): StoredUser | null {
    return this.#get.get(id) ?? null;
  }

  all(): StoredUser[] {
    return this.#all.all();
  }
}
