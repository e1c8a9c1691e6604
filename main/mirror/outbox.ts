/**
 * The outbox: what was changed on this device, in order, until the server has it.
 *
 * Rows of records and folders carry a mark while they have operations. It is written here, in
 * the transaction that adds or removes the operation, and where rows are written anew; nobody
 * else touches it, so it can never differ from what waits.
 */
import { randomUUID } from 'node:crypto';
import { StrongroomError } from '../../contract/errors.ts';
import type { Engine, Query } from './engine.ts';
import type {
  NewOperation,
  OutboxChange,
  OutboxHead,
  OutboxObject,
  OutboxOperation,
  OutboxState,
} from './outboxmodel.ts';
import { changeIn, problemIn } from './storedshape.ts';

interface OperationRow {
  seq: number;
  id: string;
  object: OutboxObject;
  object_id: string;
  name: string;
  change: string;
  at: number;
  state: OutboxState;
  attempts: number;
  tried_at: number | null;
  problem_code: string | null;
  problem_params: string | null;
}

export interface OutboxCounts {
  /** All operations, whatever their state. */
  readonly waiting: number;
  readonly held: number;
}

/** `total` counts all operations. */
export interface OutboxPage {
  readonly total: number;
  readonly rows: readonly OutboxOperation[];
}

const columns = `seq, id, object, object_id, name, change, at, state, attempts, tried_at,
  problem_code, problem_params`;

/** SQL that says whether the row `head` can be sent: nothing of its object waits before it. */
const isHead = `head.state IN ('waiting', 'unanswered') AND NOT EXISTS (
  SELECT 1 FROM outbox AS earlier WHERE earlier.object = head.object
    AND earlier.object_id = head.object_id AND earlier.seq < head.seq)`;

/** SQL that binds a JSON list of kinds; in the words of the index by kind. */
const isOfKinds = "change ->> '$.kind' IN (SELECT value FROM json_each(?))";

/** For a row of the outbox, whether what it is about lies directly in one of the folders `within`. */
const liesIn = (object: OutboxObject, column: string, member: string): string => `
  earlier.object = '${object}' AND (
    EXISTS (SELECT 1 FROM ${object}s AS row WHERE row.id = earlier.object_id
      AND row.${column} IN (SELECT id FROM within))
    OR EXISTS (SELECT 1 FROM bin WHERE bin.id = earlier.object_id
      AND bin.${object} ->> '$.${member}' IN (SELECT id FROM within))
    OR EXISTS (SELECT 1 FROM bases WHERE bases.object = '${object}' AND bases.id = earlier.object_id
      AND bases.state ->> '$.${member}' IN (SELECT id FROM within)))`;

const waitsInSql = `WITH within (id) AS (SELECT value FROM json_each(?))
  SELECT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.seq < ? AND (
    (${liesIn('record', 'folder_id', 'folderId')}) OR (${liesIn('folder', 'parent_id', 'parentId')})))`;

export class Outbox {
  readonly #engine: Engine;
  readonly #add: Query<OperationRow>;
  readonly #get: Query<OperationRow>;
  readonly #ofObject: Query<OperationRow>;
  readonly #headsAfter: Query<OutboxHead>;
  readonly #head: Query<OperationRow>;
  readonly #ofKinds: Query<OperationRow>;
  readonly #hasKind: Query<number>;
  readonly #waitsIn: Query<number>;
  readonly #toEnd: Query<never>;
  readonly #counts: Query<OutboxCounts>;
  readonly #setState: Query<never>;
  readonly #tried: Query<never>;
  readonly #remove: Query<never>;
  readonly #mark: Readonly<Record<OutboxObject, Query<never>>>;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#add = engine.query(
      `INSERT INTO outbox (id, object, object_id, name, change, at) VALUES (?, ?, ?, ?, ?, ?)
       RETURNING ${columns}`,
    );
    this.#get = engine.query(`SELECT ${columns} FROM outbox WHERE id = ?`);
    this.#ofObject = engine.query(
      `SELECT ${columns} FROM outbox WHERE object = ? AND object_id = ? ORDER BY seq`,
    );
    this.#headsAfter = engine.query(
      `SELECT seq, attempts FROM outbox AS head WHERE seq > ? AND ${isHead} ORDER BY seq LIMIT ?`,
    );
    this.#head = engine.query(`SELECT ${columns} FROM outbox AS head WHERE seq = ? AND ${isHead}`);
    this.#ofKinds = engine.query(`SELECT ${columns} FROM outbox WHERE ${isOfKinds} ORDER BY seq`);
    this.#hasKind = engine.values(`SELECT EXISTS (SELECT 1 FROM outbox WHERE ${isOfKinds})`);
    this.#waitsIn = engine.values(waitsInSql);
    this.#toEnd = engine.query('UPDATE outbox SET seq = (SELECT max(seq) + 1 FROM outbox) WHERE id = ?');
    this.#counts = engine.query(
      `SELECT (SELECT count(*) FROM outbox) AS waiting,
         (SELECT count(*) FROM outbox WHERE state = 'held') AS held`,
    );
    this.#setState = engine.query(
      'UPDATE outbox SET state = ?, problem_code = ?, problem_params = ? WHERE seq = ?',
    );
    this.#tried = engine.query(
      `UPDATE outbox SET state = 'unanswered', attempts = attempts + 1, tried_at = ? WHERE id = ?`,
    );
    this.#remove = engine.query('DELETE FROM outbox WHERE id = ?');
    this.#mark = { record: markQuery(engine, 'record'), folder: markQuery(engine, 'folder') };
  }

  /** Appends an operation under a new idempotency key and marks its object, if that stands in the mirror. */
  add(operation: NewOperation): OutboxOperation {
    const { object, objectId, name, change, at } = operation;
    return this.#engine.transaction(() => {
      const row = this.#add.get(randomUUID(), object, objectId, name, JSON.stringify(change), at);
      if (row === undefined) throw new Error('an insertion returned no row');
      this.#refreshMark(object, objectId);
      return operationOf(row);
    });
  }

  get(id: string): OutboxOperation | null {
    const row = this.#get.get(id);
    return row === undefined ? null : operationOf(row);
  }

  /** In the order of the changes. */
  all(): OutboxOperation[] {
    return this.#engine
      .query<OperationRow>(`SELECT ${columns} FROM outbox ORDER BY seq`)
      .all()
      .map(operationOf);
  }

  /** In the order of the changes. */
  page({ offset, limit }: { readonly offset: number; readonly limit: number }): OutboxPage {
    const rows = this.#engine
      .query<OperationRow>(`SELECT ${columns} FROM outbox ORDER BY seq LIMIT ? OFFSET ?`)
      .all(limit, offset);
    return { total: this.counts().waiting, rows: rows.map(operationOf) };
  }

  /** Everything that waits for one object, in the order of the changes. */
  ofObject(object: OutboxObject, objectId: string): OutboxOperation[] {
    return this.#ofObject.all(object, objectId).map(operationOf);
  }

  /** The operations of some kinds, in the order of the changes; how many others wait does not matter. */
  ofKinds(kinds: readonly OutboxChange['kind'][]): OutboxOperation[] {
    return this.#ofKinds.all(JSON.stringify(kinds)).map(operationOf);
  }

  /** Whether an operation of one of these kinds waits. */
  hasKind(kinds: readonly OutboxChange['kind'][]): boolean {
    return this.#hasKind.get(JSON.stringify(kinds)) === 1;
  }

  /**
   * Whether anything waits that was changed before the operation numbered `seq` and that lies, in the
   * lists or in the bin or as last settled, directly in one of these folders.
   */
  waitsIn(folderIds: readonly string[], seq: number): boolean {
    return this.#waitsIn.get(JSON.stringify(folderIds), seq) === 1;
  }

  /** Puts an operation behind all others. */
  toEnd(id: string): void {
    this.#toEnd.run(id);
  }

  /**
   * What could be sent next: the first operation of every object, where it is `waiting` or
   * `unanswered`. An object whose first operation is held or undecided has none. In the order of the
   * changes, at most `limit`, from behind the operation numbered `seq` on.
   */
  headsAfter(seq: number, limit: number): OutboxHead[] {
    return this.#headsAfter.all(seq, limit);
  }

  /** The operation of this number, if it could be sent next. */
  head(seq: number): OutboxOperation | null {
    const row = this.#head.get(seq);
    return row === undefined ? null : operationOf(row);
  }

  /**
   * Gives an operation another change. Only for one that was never sent, or whose answer is
   * known: what was sent and not answered must go out again as it was.
   * @throws StrongroomError `noSuchChange`
   */
  rewrite(id: string, change: OutboxChange): void {
    this.#engine.transaction(() => {
      const known = this.#existing(id);
      this.#engine.query('UPDATE outbox SET change = ? WHERE seq = ?').run(JSON.stringify(change), known.seq);
    });
  }

  /**
   * Draws a new idempotency key for a change that is no longer the one sent under the old key;
   * gives the new key.
   * @throws StrongroomError `noSuchChange`
   */
  renewId(id: string): string {
    return this.#engine.transaction(() => {
      const renewed = randomUUID();
      this.#engine.query('UPDATE outbox SET id = ? WHERE seq = ?').run(renewed, this.#existing(id).seq);
      return renewed;
    });
  }

  /** @throws StrongroomError `noSuchChange` */
  setState(id: string, state: OutboxState, problem: OutboxOperation['problem']): void {
    this.#engine.transaction(() => {
      const { seq } = this.#existing(id);
      const params = problem === null ? null : JSON.stringify(problem.params);
      this.#setState.run(state, problem?.code ?? null, params, seq);
    });
  }

  /**
   * Notes a sending, before it leaves: from now on the server may have the change. `at` in Unix
   * milliseconds.
   * @throws StrongroomError `noSuchChange`: it was given up, and must not be sent
   */
  tried(id: string, at: number): void {
    if (this.#tried.run(at, id) === 0) throw new StrongroomError('noSuchChange');
  }

  /** Takes an operation out, settled or given up; with the last one the object's mark goes. */
  remove(id: string): void {
    this.#engine.transaction(() => {
      const known = this.#get.get(id);
      if (known === undefined) return;
      this.#remove.run(id);
      this.#refreshMark(known.object, known.object_id);
    });
  }

  counts(): OutboxCounts {
    const counts = this.#counts.get();
    if (counts === undefined) throw new Error('a count returned no row');
    return counts;
  }

  #existing(id: string): OperationRow {
    const row = this.#get.get(id);
    if (row === undefined) throw new StrongroomError('noSuchChange');
    return row;
  }

  #refreshMark(object: OutboxObject, objectId: string): void {
    this.#mark[object].run(objectId);
  }
}

const tables: Readonly<Record<OutboxObject, string>> = { record: 'records', folder: 'folders' };

/** SQL that says whether the row of `tables[object]` with this id has operations; binds nothing. */
export function isPendingSql(object: OutboxObject, id: string): string {
  return `EXISTS (SELECT 1 FROM outbox WHERE object = '${object}' AND object_id = ${id})`;
}

function markQuery(engine: Engine, object: OutboxObject): Query<never> {
  const table = tables[object];
  return engine.query(`UPDATE ${table} SET pending = ${isPendingSql(object, `${table}.id`)} WHERE id = ?`);
}

function operationOf(row: OperationRow): OutboxOperation {
  return {
    seq: row.seq,
    id: row.id,
    object: row.object,
    objectId: row.object_id,
    name: row.name,
    change: changeIn(row.change),
    at: row.at,
    state: row.state,
    attempts: row.attempts,
    triedAt: row.tried_at,
    problem: problemIn(row.problem_code, row.problem_params),
  };
}
