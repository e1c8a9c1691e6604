/**
 * Pages of records in any order.
 *
 * A page near the start comes straight from an index where one fits. For anything deeper or differently
 * sorted, the whole order of the list is worked out once as row numbers and kept until a
 * record changes: then every page costs the same, however deep it lies.
 */
import type { RecordScope, RecordSort } from '../../contract/records.ts';
import type { Engine, Query } from './engine.ts';
import type { Folders } from './folders.ts';
import { textList } from './jsoncolumn.ts';
import type { ListRow } from './model.ts';
import { scopeFilter } from './recordscope.ts';
import type { Vaults } from './vaults.ts';

export interface PageRequest {
  readonly scope: RecordScope;
  readonly sort: RecordSort;
  readonly offset: number;
  readonly limit: number;
}

export interface Page {
  /** Records in the whole scope. */
  readonly total: number;
  readonly rows: readonly ListRow[];
}

interface StoredListRow {
  id: string;
  kind: ListRow['kind'];
  vault_id: string | null;
  folder_id: string | null;
  name: string;
  login: string;
  host: string;
  tags: string;
  color: number;
  favourite: number;
  has_totp: number | null;
  attachment_count: number;
  flagged: number;
  unread: number;
  pending: number;
  conflict: number;
  updated_at: number | null;
}

const listColumns = `id, kind, vault_id, folder_id, name, login, host, tags, color, favourite, has_totp,
  attachment_count, flagged, unread, pending, conflict, updated_at`;

/** Pages that end before this row are not worth an order of the whole list. */
const nearStart = 400;
const ordersKept = 6;

export class RecordList {
  readonly #engine: Engine;
  readonly #vaults: Vaults;
  readonly #folders: Folders;
  readonly #row: Query<StoredListRow>;
  readonly #orders = new Map<string, readonly number[]>();
  readonly #totals = new Map<string, number>();
  readonly #vaultNames = new Map<string, string>();
  #generation = -1;

  constructor(engine: Engine, vaults: Vaults, folders: Folders) {
    this.#engine = engine;
    this.#vaults = vaults;
    this.#folders = folders;
    this.#row = engine.query(`SELECT ${listColumns} FROM records WHERE row = ?`);
  }

  /**
   * One page of a list. Equal values are ordered by name, then by age in the mirror. The
   * `recent` scope has an order of its own, last used first, whatever `sort` says.
   */
  page(request: PageRequest): Page {
    this.#forgetIfChanged();
    const { scope, sort, offset, limit } = request;
    const known = this.#orders.get(orderName(scope, sort));
    if (known === undefined && offset + limit <= nearStart && this.#canWalkByName(scope, sort)) {
      const filter = scopeFilter(scope, this.#folders);
      const rows = this.#engine
        .values<number>(
          `SELECT row FROM records INDEXED BY records_by_name WHERE ${filter.where}
           ORDER BY ${orderSql(sort)} LIMIT ? OFFSET ?`,
        )
        .all(...filter.values, limit, offset);
      return { total: this.#total(scope), rows: this.rows(rows) };
    }
    const order = known ?? this.order(scope, sort);
    return { total: order.length, rows: this.rows(order.slice(offset, offset + limit)) };
  }

  /** Row numbers of the whole scope, in order. */
  order(scope: RecordScope, sort: RecordSort): readonly number[] {
    this.#forgetIfChanged();
    const name = orderName(scope, sort);
    const known = this.#orders.get(name);
    if (known !== undefined) return known;
    const filter = scopeFilter(scope, this.#folders);
    if (scope.kind === 'recent') {
      return this.#engine
        .values<number>(
          'SELECT row FROM recents JOIN records ON records.id = record_id ORDER BY at DESC, record_id',
        )
        .all();
    }
    const order = this.#engine
      .values<number>(`SELECT row FROM records WHERE ${filter.where} ORDER BY ${orderSql(sort)}`)
      .all(...filter.values);
    for (const oldest of this.#orders.keys()) {
      if (this.#orders.size < ordersKept) break;
      this.#orders.delete(oldest);
    }
    this.#orders.set(name, order);
    return order;
  }

  /** How many records there are. */
  total(): number {
    this.#forgetIfChanged();
    return this.#total({ kind: 'all' });
  }

  /** Ids of the whole scope, in order. */
  ids(scope: RecordScope, sort: RecordSort): string[] {
    const order = this.order(scope, sort);
    const id = this.#engine.values<string>('SELECT id FROM records WHERE row = ?');
    if (order.length * 8 < this.total()) return order.flatMap((row) => id.get(row) ?? []);
    // The index of the ids holds nothing but ids and rows, so reading all of it is cheap.
    const rows = this.#engine
      .values<number>('SELECT row FROM records INDEXED BY sqlite_autoindex_records_1 ORDER BY id')
      .all();
    const ids = this.#engine
      .values<string>('SELECT id FROM records INDEXED BY sqlite_autoindex_records_1 ORDER BY id')
      .all();
    const byRow = new Map(rows.map((row, index) => [row, ids[index] ?? '']));
    return order.flatMap((row) => byRow.get(row) ?? []);
  }

  /** The lines of the given row numbers, in their order; rows that are gone are left out. */
  rows(rows: readonly number[]): ListRow[] {
    this.#forgetIfChanged();
    return rows.flatMap((row) => {
      const stored = this.#row.get(row);
      return stored === undefined ? [] : [this.#listRow(stored)];
    });
  }

  /**
   * Can the index by name be walked until the page is full: for everything, and for a vault
   * that holds so many of the records that few others are met on the way.
   */
  #canWalkByName(scope: RecordScope, sort: RecordSort): boolean {
    if (sort.by !== 'name') return false;
    if (scope.kind === 'all') return true;
    return scope.kind === 'vault' && this.#total(scope) * 8 > this.#total({ kind: 'all' });
  }

  #total(scope: RecordScope): number {
    const name = JSON.stringify(scope);
    const known = this.#totals.get(name);
    if (known !== undefined) return known;
    const filter = scopeFilter(scope, this.#folders);
    const total =
      this.#engine
        .values<number>(`SELECT count(*) FROM records WHERE ${filter.where}`)
        .get(...filter.values) ?? 0;
    this.#totals.set(name, total);
    return total;
  }

  #listRow(row: StoredListRow): ListRow {
    return {
      id: row.id,
      kind: row.kind,
      name: row.name,
      login: row.login,
      host: row.host,
      tags: textList(row.tags),
      color: row.color,
      favourite: row.favourite === 1,
      vaultId: row.vault_id,
      folderId: row.folder_id,
      place: this.#place(row.vault_id, row.folder_id),
      hasTotp: row.has_totp === null ? null : row.has_totp === 1,
      attachmentCount: row.attachment_count,
      flagged: row.flagged === 1,
      unread: row.unread === 1,
      pending: row.pending === 1,
      conflict: row.conflict === 1,
      updatedAt: row.updated_at,
    };
  }

  #place(vaultId: string | null, folderId: string | null): string[] {
    const place: string[] = [];
    if (vaultId !== null) {
      let name = this.#vaultNames.get(vaultId);
      if (name === undefined) {
        name = this.#vaults.get(vaultId)?.name ?? '';
        this.#vaultNames.set(vaultId, name);
      }
      if (name !== '') place.push(name);
    }
    if (folderId !== null) place.push(...this.#folders.path(folderId).map((folder) => folder.name));
    return place;
  }

  #forgetIfChanged(): void {
    if (this.#generation === this.#engine.generation) return;
    this.#generation = this.#engine.generation;
    this.#orders.clear();
    this.#totals.clear();
    this.#vaultNames.clear();
  }
}

function orderName(scope: RecordScope, sort: RecordSort): string {
  return JSON.stringify([scope, sort.by, sort.descending]);
}

function orderSql(sort: RecordSort): string {
  const direction = sort.descending ? 'DESC' : 'ASC';
  switch (sort.by) {
    case 'name':
      return `name_key ${direction}, row ${direction}`;
    case 'login':
      return `login_key ${direction}, name_key, row`;
    case 'host':
      return `host_key ${direction}, name_key, row`;
    case 'updated':
      return `coalesce(updated_at, 0) ${direction}, name_key, row`;
    case 'color':
      return `color ${direction}, name_key, row`;
  }
}
