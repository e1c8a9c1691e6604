/** Last settled states of what has changes waiting: the common ancestor when both sides change it. */
import type { Engine, Query } from './engine.ts';
import type { StoredFolder, StoredRecord } from './model.ts';
import type { OutboxObject } from './outboxmodel.ts';
import { folderIn, recordIn } from './storedshape.ts';

export class Bases {
  readonly #get: Query<{ state: string | null }>;
  readonly #put: Query<never>;
  readonly #remove: Query<never>;
  readonly #forgotten: Query<{ object: OutboxObject; id: string }>;

  constructor(engine: Engine) {
    this.#get = engine.query('SELECT state FROM bases WHERE object = ? AND id = ?');
    this.#put = engine.query(
      `INSERT INTO bases (object, id, state) VALUES (?, ?, ?)
       ON CONFLICT (object, id) DO UPDATE SET state = excluded.state`,
    );
    this.#remove = engine.query('DELETE FROM bases WHERE object = ? AND id = ?');
    this.#forgotten = engine.query(
      `SELECT object, id FROM bases
       WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.object = bases.object AND object_id = bases.id)
         AND NOT EXISTS (SELECT 1 FROM conflicts WHERE bases.object = 'record' AND record_id = bases.id)
         AND NOT EXISTS (SELECT 1 FROM bin WHERE bin.id = bases.id)`,
    );
  }

  /** Null: it was made here, the server has never had it. Undefined: there is no base. */
  record(id: string): StoredRecord | null | undefined {
    const row = this.#get.get('record', id);
    if (row === undefined) return undefined;
    return row.state === null ? null : recordIn(row.state);
  }

  /** Like `record`. */
  folder(id: string): StoredFolder | null | undefined {
    const row = this.#get.get('folder', id);
    if (row === undefined) return undefined;
    return row.state === null ? null : folderIn(row.state);
  }

  /** Objects in the lists of which a base is kept although nothing of them waits or is to be decided. */
  forgotten(): { readonly object: OutboxObject; readonly id: string }[] {
    return this.#forgotten.all();
  }

  putRecord(id: string, base: StoredRecord | null): void {
    this.#put.run('record', id, base === null ? null : JSON.stringify(base));
  }

  putFolder(id: string, base: StoredFolder | null): void {
    this.#put.run('folder', id, base === null ? null : JSON.stringify(base));
  }

  remove(object: OutboxObject, id: string): void {
    this.#remove.run(object, id);
  }
}
