/** The bin: what was deleted, whole, until it is put back or gone for good. */
import type { Engine, Query } from './engine.ts';
import { textList } from './jsoncolumn.ts';
import type { BinEntry, OutboxObject } from './outboxmodel.ts';
import { folderIn, recordIn } from './storedshape.ts';

interface BinRow {
  id: string;
  kind: OutboxObject;
  bin_item_id: string | null;
  vault_id: string;
  name: string;
  place: string;
  deleted_at: number | null;
  under: string | null;
  record: string | null;
  folder: string | null;
}

export interface BinRequest {
  /** Null for the entries of all vaults. */
  readonly vaultId: string | null;
  readonly offset: number;
  readonly limit: number;
}

export interface BinPage {
  readonly total: number;
  readonly rows: readonly BinEntry[];
}

const columns = 'id, kind, bin_item_id, vault_id, name, place, deleted_at, under, record, folder';

/** The ids under an entry, at any depth, without its own. UNION ends rings, which no honest tree has. */
const below = `WITH RECURSIVE below (id) AS (
    SELECT id FROM bin WHERE under = ?
    UNION SELECT bin.id FROM bin JOIN below ON bin.under = below.id
  )`;

export class Bin {
  readonly #engine: Engine;
  readonly #put: Query<never>;
  readonly #get: Query<BinRow>;
  readonly #byServerId: Query<BinRow>;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#put = engine.query(
      `INSERT OR REPLACE INTO bin (${columns}, server_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#get = engine.query(`SELECT ${columns} FROM bin WHERE id = ?`);
    this.#byServerId = engine.query(
      `SELECT ${columns} FROM bin WHERE server_id = ? AND server_id <> '' AND kind = ?`,
    );
  }

  /** Writes an entry, in the place of an earlier one of its id. */
  put(entry: BinEntry): void {
    this.#put.run(
      entry.id,
      entry.kind,
      entry.binItemId,
      entry.vaultId,
      entry.name,
      JSON.stringify(entry.place),
      entry.deletedAt,
      entry.under,
      entry.record === null ? null : JSON.stringify(entry.record),
      entry.folder === null ? null : JSON.stringify(entry.folder),
      entry.record?.serverId ?? entry.folder?.serverId ?? '',
    );
  }

  get(id: string): BinEntry | null {
    const row = this.#get.get(id);
    return row === undefined ? null : entryOf(row);
  }

  /** By the server's id of the record or folder itself; not by that of its entry there. */
  byServerId(kind: OutboxObject, serverId: string): BinEntry | null {
    const row = this.#byServerId.get(serverId, kind);
    return row === undefined ? null : entryOf(row);
  }

  /**
   * What was deleted by itself, newest first; entries whose time is not known stand last. What
   * lies under a folder's entry is not listed.
   */
  page({ vaultId, offset, limit }: BinRequest): BinPage {
    const where = vaultId === null ? 'under IS NULL' : 'under IS NULL AND vault_id = ?';
    const values = vaultId === null ? [] : [vaultId];
    const total = this.#engine.values<number>(`SELECT count(*) FROM bin WHERE ${where}`).get(...values) ?? 0;
    const rows = this.#engine
      .query<BinRow>(
        `SELECT ${columns} FROM bin WHERE ${where} ORDER BY deleted_at DESC, id DESC LIMIT ? OFFSET ?`,
      )
      .all(...values, limit, offset);
    return { total, rows: rows.map(entryOf) };
  }

  /** What lies under a folder's entry, at any depth; folders first. */
  under(id: string): BinEntry[] {
    return this.#engine
      .query<BinRow>(
        `${below} SELECT ${columns} FROM bin WHERE id IN (SELECT id FROM below) AND id <> ?
         ORDER BY kind, name, id`,
      )
      .all(id, id)
      .map(entryOf);
  }

  /** How many records lie under a folder's entry, at any depth. */
  countUnder(id: string): number {
    return (
      this.#engine
        .values<number>(
          `${below} SELECT count(*) FROM bin
           WHERE id IN (SELECT id FROM below) AND id <> ? AND kind = 'record'`,
        )
        .get(id, id) ?? 0
    );
  }

  /** Takes an entry out with everything under it. */
  remove(id: string): void {
    this.#engine.query(`${below} DELETE FROM bin WHERE id IN (SELECT id FROM below) OR id = ?`).run(id, id);
  }

  /** Everything of one vault, what lies under folders included. */
  ofVault(vaultId: string): BinEntry[] {
    return this.#engine
      .query<BinRow>(`SELECT ${columns} FROM bin WHERE vault_id = ? ORDER BY deleted_at DESC, id DESC`)
      .all(vaultId)
      .map(entryOf);
  }

  removeVault(vaultId: string): void {
    this.#engine.query('DELETE FROM bin WHERE vault_id = ?').run(vaultId);
  }

  /** What was deleted by itself; what lies under a folder's entry is not counted. */
  count(): number {
    return this.#engine.values<number>('SELECT count(*) FROM bin WHERE under IS NULL').get() ?? 0;
  }
}

function entryOf(row: BinRow): BinEntry {
  return {
    id: row.id,
    kind: row.kind,
    binItemId: row.bin_item_id,
    vaultId: row.vault_id,
    name: row.name,
    place: textList(row.place),
    deletedAt: row.deleted_at,
    under: row.under,
    record: row.record === null ? null : recordIn(row.record),
    folder: row.folder === null ? null : folderIn(row.folder),
  };
}
