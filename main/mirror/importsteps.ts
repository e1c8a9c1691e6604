/**
 * What the last import did, kept beside what it wrote and in the same transactions: taking it back
 * is possible after a lock, a quit or a crash, and never undoes what was not done.
 */
import type { Engine, Query } from './engine.ts';
import type { StoredRecord } from './model.ts';
import { recordIn } from './storedshape.ts';

/** `before`: the record as it was, where one was written over; null for one that the import made. */
export interface ImportStep {
  readonly step: number;
  readonly recordId: string;
  /** Of the record as the import left it: what was changed since has another one. */
  readonly fingerprint: string;
  readonly before: StoredRecord | null;
}

interface Row {
  step: number;
  object_id: string;
  fingerprint: string;
  before: string | null;
}

export class ImportSteps {
  readonly #add: Query<never>;
  readonly #records: Query<Row>;
  readonly #folders: Query<string>;
  readonly #remove: Query<never>;
  readonly #count: Query<number>;
  readonly #clear: Query<never>;

  constructor(engine: Engine) {
    this.#add = engine.query(
      'INSERT INTO import_steps (kind, object_id, fingerprint, before) VALUES (?, ?, ?, ?)',
    );
    this.#records = engine.query(
      `SELECT step, object_id, fingerprint, before FROM import_steps
       WHERE kind = 'record' AND step > ? ORDER BY step LIMIT ?`,
    );
    this.#folders = engine.values("SELECT object_id FROM import_steps WHERE kind = 'folder' ORDER BY step");
    this.#remove = engine.query('DELETE FROM import_steps WHERE step = ?');
    this.#count = engine.values("SELECT count(*) FROM import_steps WHERE kind = 'record'");
    this.#clear = engine.query('DELETE FROM import_steps');
  }

  addRecord({ recordId, fingerprint, before }: Omit<ImportStep, 'step'>): void {
    this.#add.run('record', recordId, fingerprint, before === null ? null : JSON.stringify(before));
  }

  addFolder(folderId: string): void {
    this.#add.run('folder', folderId, '', null);
  }

  /** Records behind a step, in the order of the import; 0 for the first ones. */
  recordsAfter(step: number, most: number): ImportStep[] {
    return this.#records.all(step, most).map(({ step: own, object_id, fingerprint, before }) => ({
      ...{ step: own, recordId: object_id, fingerprint },
      before: before === null ? null : recordIn(before),
    }));
  }

  /** Folders that the import made, in that order. */
  folders(): string[] {
    return this.#folders.all();
  }

  /** How many records can be taken back. */
  count(): number {
    return this.#count.get() ?? 0;
  }

  remove(step: number): void {
    this.#remove.run(step);
  }

  /** There is nothing to take back any more. */
  clear(): void {
    this.#clear.run();
  }
}
