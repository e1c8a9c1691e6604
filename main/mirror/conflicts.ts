/** Conflicts that wait for a person. A record with one carries a mark, kept right here. */
import type { Engine, Query } from './engine.ts';
import type { ConflictKind, StoredConflict } from './outboxmodel.ts';
import { conflictedFieldsIn } from './storedshape.ts';

interface ConflictRow {
  id: string;
  kind: ConflictKind;
  record_id: string;
  name: string;
  vault_name: string;
  at: number;
  fields: string;
  sealed: Buffer | null;
}

const columns = 'id, kind, record_id, name, vault_name, at, fields, sealed';

/** SQL that says whether the record of this id has a conflict; binds nothing. */
export function isConflictedSql(id: string): string {
  return `EXISTS (SELECT 1 FROM conflicts WHERE record_id = ${id})`;
}

export class Conflicts {
  readonly #engine: Engine;
  readonly #all: Query<ConflictRow>;
  readonly #count: Query<number>;
  readonly #get: Query<ConflictRow>;
  readonly #ofRecord: Query<ConflictRow>;
  readonly #clear: Query<never>;
  readonly #insert: Query<never>;
  readonly #mark: Query<never>;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#all = engine.query(`SELECT ${columns} FROM conflicts ORDER BY at DESC, id`);
    this.#count = engine.values('SELECT count(*) FROM conflicts');
    this.#get = engine.query(`SELECT ${columns} FROM conflicts WHERE id = ?`);
    this.#ofRecord = engine.query(`SELECT ${columns} FROM conflicts WHERE record_id = ?`);
    this.#clear = engine.query('DELETE FROM conflicts WHERE id = ?');
    this.#insert = engine.query(`INSERT INTO conflicts (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#mark = engine.query(`UPDATE records SET conflict = ${isConflictedSql('records.id')} WHERE id = ?`);
  }

  /** Newest first. */
  all(): StoredConflict[] {
    return this.#all.all().map(conflictOf);
  }

  get(id: string): StoredConflict | null {
    const row = this.#get.get(id);
    return row === undefined ? null : conflictOf(row);
  }

  ofRecord(recordId: string): StoredConflict | null {
    const row = this.#ofRecord.get(recordId);
    return row === undefined ? null : conflictOf(row);
  }

  /** Writes a conflict in the place of the one with its id and of the one of its record, if there are such. */
  put(conflict: StoredConflict): void {
    this.#engine.transaction(() => {
      this.#take(this.#ofRecord.get(conflict.recordId));
      this.#take(this.#get.get(conflict.id));
      this.#insert.run(
        conflict.id,
        conflict.kind,
        conflict.recordId,
        conflict.name,
        conflict.vaultName,
        conflict.at,
        JSON.stringify(conflict.fields),
        conflict.sealed,
      );
      this.#mark.run(conflict.recordId);
    });
  }

  remove(id: string): void {
    this.#engine.transaction(() => {
      this.#take(this.#get.get(id));
    });
  }

  count(): number {
    return this.#count.get() ?? 0;
  }

  #take(row: ConflictRow | undefined): void {
    if (row === undefined) return;
    this.#clear.run(row.id);
    this.#mark.run(row.record_id);
  }
}

function conflictOf(row: ConflictRow): StoredConflict {
  return {
    id: row.id,
    kind: row.kind,
    recordId: row.record_id,
    name: row.name,
    vaultName: row.vault_name,
    at: row.at,
    fields: conflictedFieldsIn(row.fields),
    sealed: row.sealed,
  };
}
