/** Things noticed while syncing that a person should know of. */
import { randomUUID } from 'node:crypto';
import type { Engine, Query } from './engine.ts';
import type { StoredNotice } from './model.ts';

export class Notices {
  readonly #add: Query<never>;
  readonly #all: Query<StoredNotice>;
  readonly #dismiss: Query<never>;

  constructor(engine: Engine) {
    this.#add = engine.query(
      `INSERT INTO notices (id, at, kind, subject, record_id) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (kind, subject) DO UPDATE SET at = excluded.at, record_id = excluded.record_id`,
    );
    this.#all = engine.query(
      'SELECT id, at, kind, subject, record_id AS recordId FROM notices ORDER BY at DESC, id',
    );
    this.#dismiss = engine.query('DELETE FROM notices WHERE id = ?');
  }

  /** A notice of the same kind on the same subject is not doubled; its time moves on. */
  add(notice: Omit<StoredNotice, 'id'>): void {
    this.#add.run(randomUUID(), notice.at, notice.kind, notice.subject, notice.recordId);
  }

  /** Newest first. */
  all(): StoredNotice[] {
    return this.#all.all();
  }

  dismiss(id: string): void {
    this.#dismiss.run(id);
  }
}
