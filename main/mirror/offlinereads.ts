/** Secrets that were looked at without contact, until the activity log has been told. */
import type { Engine, Query } from './engine.ts';
import type { OfflineRead } from './outboxmodel.ts';

export class OfflineReads {
  readonly #engine: Engine;
  readonly #add: Query<never>;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#add = engine.query('INSERT INTO offline_reads (item_server_id, at, action) VALUES (?, ?, ?)');
  }

  add(read: Omit<OfflineRead, 'seq'>): void {
    this.#add.run(read.itemServerId, read.at, read.action);
  }

  /** In the order in which they were added. */
  oldest(limit: number): OfflineRead[] {
    return this.#engine
      .query<OfflineRead>(
        `SELECT seq, item_server_id AS itemServerId, at, action FROM offline_reads ORDER BY seq LIMIT ?`,
      )
      .all(limit);
  }

  /** Forgets those that were told, up to and including `seq`. */
  removeThrough(seq: number): void {
    this.#engine.query('DELETE FROM offline_reads WHERE seq <= ?').run(seq);
  }

  count(): number {
    return this.#engine.values<number>('SELECT count(*) FROM offline_reads').get() ?? 0;
  }
}
