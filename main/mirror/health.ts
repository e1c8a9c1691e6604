/**
 * Of which records the health of the passwords is known, and the sealed facts.
 *
 * Triggers of the schema note which records changed since. A record is marked as being looked at
 * before it is handed out, so that one that changes meanwhile is not taken for known.
 */
import type { Engine, Query } from './engine.ts';
import type { StoredRecord } from './model.ts';
import { RecordReader, selectRecord, type RecordRow } from './recordreader.ts';

/** How many rows share one block of sealed facts. */
export const rowsInHealthBlock = 256;

/** A record to look at. */
export interface UnjudgedRecord {
  readonly row: number;
  readonly record: StoredRecord;
  /** Null as long as nobody has told. */
  readonly hasTotp: boolean | null;
}

/** A shortcut or inbox entry whose record is here too is the same password once more, not another one. */
const countedSql = `(kind = 'record' OR NOT EXISTS
  (SELECT 1 FROM records AS target WHERE target.kind = 'record' AND target.id = records.item_server_id)
  AND NOT EXISTS (SELECT 1 FROM records AS target WHERE target.kind = 'record'
    AND target.server_id <> target.id AND target.server_id = records.item_server_id))`;
const notKnownSql = `NOT EXISTS (SELECT 1 FROM health_rows WHERE health_rows.row = records.row AND state = 0)`;

export class HealthRows {
  readonly #engine: Engine;
  readonly #reader: RecordReader;
  readonly #next: Query<number>;
  readonly #record: Query<RecordRow & { has_totp: number | null }>;
  readonly #begin: Query<never>;
  readonly #settle: Query<never>;
  readonly #known: Query<{ row: number; id: string }>;
  readonly #isKnown: Query<number>;
  readonly #putBlock: Query<never>;
  readonly #blockAfter: Query<{ block: number; sealed: Buffer }>;
  readonly #count: Query<{ unjudged: number | null; last: number | null }>;
  #changes = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#reader = new RecordReader(engine);
    this.#next = engine.values(
      `SELECT row FROM records WHERE row > ? AND ${countedSql} AND ${notKnownSql} ORDER BY row LIMIT ?`,
    );
    this.#record = engine.query(
      `${selectRecord.replace('SELECT ', 'SELECT has_totp, ')} WHERE records.row = ?`,
    );
    this.#begin = engine.query(
      'INSERT INTO health_rows (row, state) VALUES (?, 2) ON CONFLICT (row) DO UPDATE SET state = 2',
    );
    this.#settle = engine.query(
      'UPDATE health_rows SET state = 0 WHERE state = 2 AND row IN (SELECT value FROM json_each(?))',
    );
    this.#blockAfter = engine.query(
      'SELECT block, sealed FROM health_blocks WHERE block > ? ORDER BY block LIMIT 1',
    );
    this.#count = engine.query(
      `SELECT total(open) AS unjudged, max(row) AS last FROM
         (SELECT row, (${countedSql} AND ${notKnownSql}) AS open FROM records WHERE row > ? ORDER BY row LIMIT ?)`,
    );
    this.#known = engine.query(
      `SELECT health_rows.row AS row, id FROM health_rows JOIN records USING (row)
       WHERE state = 0 AND health_rows.row >= ? AND health_rows.row < ?`,
    );
    this.#isKnown = engine.values(
      'SELECT 1 FROM records JOIN health_rows USING (row) WHERE id = ? AND state = 0',
    );
    this.#putBlock = engine.query(
      'INSERT INTO health_blocks (block, sealed) VALUES (?, ?) ON CONFLICT (block) DO UPDATE SET sealed = excluded.sealed',
    );
  }

  /** Another one whenever records, or what is known of them, may have changed; caches compare it. */
  get edition(): string {
    return `${String(this.#engine.generation)} ${String(this.#changes)}`;
  }

  /**
   * How many of the next `limit` records behind a row are not known yet or changed since, and the last
   * of their rows; null behind the end.
   */
  countUnjudged(after: number, limit: number): { readonly unjudged: number; readonly last: number } | null {
    const { unjudged, last } = this.#count.get(after, limit) ?? { unjudged: null, last: null };
    return last === null ? null : { unjudged: unjudged ?? 0, last };
  }

  /** Rows to look at behind a row, in order. */
  rowsToJudge(after: number, limit: number): number[] {
    return this.#next.all(after, limit);
  }

  /** Hands records out to be looked at, and marks them so; rows that are gone are left out. */
  begin(rows: readonly number[]): UnjudgedRecord[] {
    return this.#engine.transaction(() =>
      rows.flatMap((row) => {
        const found = this.#record.get(row);
        if (found === undefined) return [];
        this.#begin.run(row);
        const hasTotp = found.has_totp === null ? null : found.has_totp === 1;
        return [{ row, record: this.#reader.recordOf(found), hasTotp }];
      }),
    );
  }

  /** Rows are known, together with the block of facts they stand in; those that changed meanwhile are not. */
  settle(rows: readonly number[], block: number, sealed: Buffer): void {
    this.#engine.transaction(() => {
      this.#putBlock.run(block, sealed);
      this.#settle.run(JSON.stringify(rows));
    });
    this.#changes += 1;
  }

  /** Replaces facts of records that are known already. */
  putBlock(block: number, sealed: Buffer): void {
    this.#putBlock.run(block, sealed);
    this.#changes += 1;
  }

  /** Whether a record was looked at and did not change since. */
  isKnown(id: string): boolean {
    return this.#isKnown.get(id) !== undefined;
  }

  /** Known rows of one block with the ids of their records. */
  knownIn(block: number): { readonly row: number; readonly id: string }[] {
    const from = block * rowsInHealthBlock;
    return this.#known.all(from, from + rowsInHealthBlock);
  }

  /** The sealed facts of the next block behind one; null behind the last. */
  blockAfter(block: number): { readonly block: number; readonly sealed: Buffer } | null {
    return this.#blockAfter.get(block) ?? null;
  }

  /** Everything is unknown again. */
  forget(): void {
    this.#engine.transaction(() => {
      this.#engine.query('DELETE FROM health_blocks').run();
      this.#engine.query('DELETE FROM health_rows').run();
    });
    this.#changes += 1;
  }
}
