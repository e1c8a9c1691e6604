/** Records of the mirror: writing, reading one, and the lists. */
import type { RecordScope, RecordSort } from '../../contract/records.ts';
import type { Engine, Query } from './engine.ts';
import type { FileCopy, MissingFile, StoredRecord } from './model.ts';
import { eraseRecords } from './recorderase.ts';
import type { Page, PageRequest, RecordList } from './recordlist.ts';
import { RecordReader, selectRecord, type RecordRow } from './recordreader.ts';
import { RecordWriter } from './recordwriter.ts';

export interface RecordCounts {
  readonly total: number;
  readonly favourites: number;
  readonly recent: number;
  readonly inbox: number;
  readonly inboxUnread: number;
  readonly shortcuts: number;
}

export class Records {
  readonly #engine: Engine;
  readonly #list: RecordList;
  readonly #writer: RecordWriter;
  readonly #reader: RecordReader;
  readonly #get: Query<RecordRow>;
  readonly #renamed: Query<RecordRow>;
  readonly #setSynced: Query<never>;
  readonly #after: Query<RecordRow>;
  readonly #untold: Query<RecordRow>;

  constructor(engine: Engine, list: RecordList) {
    this.#engine = engine;
    this.#list = list;
    this.#writer = new RecordWriter(engine);
    this.#reader = new RecordReader(engine);
    this.#get = engine.query(`${selectRecord} WHERE id = ?`);
    this.#renamed = engine.query(`${selectRecord} WHERE server_id = ? AND server_id <> id AND kind = ?`);
    this.#setSynced = engine.query(
      'UPDATE records SET revision = ?, updated_at = ?, content_hash = ? WHERE id = ?',
    );
    this.#untold = engine.query(
      `${selectRecord} WHERE records.row IN
         (SELECT row FROM records WHERE has_totp IS NULL AND row > ? ORDER BY row LIMIT ?) ORDER BY records.row`,
    );
    this.#after = engine.query(`${selectRecord} WHERE records.row > ? ORDER BY records.row LIMIT ?`);
  }

  /**
   * Writes records with their search entries, all or none. What this device knows of a record
   * by itself survives as long as it still holds: local copies and ids of attachments, `hasTotp`,
   * and the marks for waiting changes and conflicts.
   */
  upsertMany(records: readonly StoredRecord[]): void {
    this.#engine.transaction(() => {
      for (const record of records) this.#writer.put(record);
    });
    this.#engine.noteChange();
  }

  /** Erases records with their search entries, manifests and places among the recents. */
  removeMany(ids: readonly string[]): void {
    this.#engine.transaction(() => {
      eraseRecords(this.#engine, 'SELECT row FROM records WHERE id IN (SELECT value FROM json_each(?))', [
        JSON.stringify(ids),
      ]);
    });
  }

  get(id: string): StoredRecord | null {
    const row = this.#get.get(id);
    return row === undefined ? null : this.#reader.recordOf(row);
  }

  byServerId(kind: StoredRecord['kind'], serverId: string): StoredRecord | null {
    if (serverId === '') return null;
    // Nearly every record goes by its server's id on this device as well.
    const same = this.#get.get(serverId);
    const row = same?.server_id === serverId && same.kind === kind ? same : this.#renamed.get(serverId, kind);
    return row === undefined ? null : this.#reader.recordOf(row);
  }

  /**
   * Whether another record than `itemServerId` stands here with exactly this wrapped key. Looks
   * through all of them, so it is for rare questions only.
   */
  isKeyOfAnother(keyWrapped: string, itemServerId: string): boolean {
    const holder = this.#engine
      .values(
        `SELECT records.id FROM record_details JOIN records USING (row)
         WHERE key_wrapped = ? AND item_server_id <> ? LIMIT 1`,
      )
      .get(keyWrapped, itemServerId);
    return holder !== undefined;
  }

  /** Whether a ciphertext stands as the password or in a custom field of any record. Reads them all. */
  isSealedValue(wire: string): boolean {
    const holder = this.#engine
      .values('SELECT row FROM record_details WHERE password_encrypted = ? OR instr(customs, ?) > 0 LIMIT 1')
      .get(wire, wire);
    return holder !== undefined;
  }

  /** Ids of a whole list, in order. */
  ids(scope: RecordScope, sort: RecordSort): string[] {
    return this.#list.ids(scope, sort);
  }

  /** One page of a list; see `RecordList.page` for the orders. */
  page(request: PageRequest): Page {
    return this.#list.page(request);
  }

  /**
   * Content hashes by server id, of one vault's records of a kind (of the inbox with a null
   * vault). What the server does not have yet is left out.
   */
  contentHashes(
    vaultId: string | null,
    kind: StoredRecord['kind'],
  ): Map<string, { readonly id: string; readonly contentHash: string }> {
    const rows = this.#engine
      .query<{ server_id: string; id: string; content_hash: string }>(
        `SELECT server_id, id, content_hash FROM records
         WHERE vault_id IS ? AND kind = ? AND server_id <> ''`,
      )
      .all(vaultId, kind);
    return new Map(rows.map((row) => [row.server_id, { id: row.id, contentHash: row.content_hash }]));
  }

  /**
   * Records of a vault by a stretch of server ids: after the first id (from the start with null)
   * up to and including the second (to the end with null). Costs as much as the stretch is long.
   * What the server does not have yet is left out.
   */
  serverIdsBetween(
    vaultId: string,
    kind: StoredRecord['kind'],
    after: string | null,
    through: string | null,
  ): { readonly id: string; readonly serverId: string }[] {
    // Ids have letters, digits, "-" and "_" only, so "~" stands behind all of them. The "+"
    // keeps the planner from walking the whole vault. An empty id stands before every stretch.
    const ends = [after ?? '', through ?? '~'];
    return this.#engine
      .query<{ id: string; serverId: string }>(
        `SELECT id, server_id AS serverId FROM records
         WHERE id > ? AND id <= ? AND server_id = id AND +vault_id = ? AND kind = ?
         UNION ALL
         SELECT id, server_id AS serverId FROM records
         WHERE server_id <> id AND server_id > ? AND server_id <= ? AND +vault_id = ? AND kind = ?`,
      )
      .all(...ends, vaultId, kind, ...ends, vaultId, kind);
  }

  /** The record keys of a vault as they are wrapped, of records and shortcuts that have one. */
  wrappedKeys(vaultId: string): { readonly id: string; readonly keyWrapped: string }[] {
    return this.#engine
      .query<{ id: string; keyWrapped: string }>(
        `SELECT id, key_wrapped AS keyWrapped FROM records JOIN record_details USING (row)
         WHERE vault_id = ? AND key_wrap = 'vault' AND key_wrapped <> ''`,
      )
      .all(vaultId);
  }

  /** The same record key under another key of the vault. */
  setKeyWrapped(id: string, keyWrapped: string): void {
    this.#engine
      .query(
        `UPDATE record_details SET key_wrapped = ?
         WHERE row = (SELECT row FROM records WHERE id = ?)`,
      )
      .run(keyWrapped, id);
  }

  setFavourite(id: string, favourite: boolean): void {
    this.#engine.query('UPDATE records SET favourite = ? WHERE id = ?').run(Number(favourite), id);
    this.#engine.noteChange();
  }

  /** The id that the server gave to a record made here; the row keeps its own. */
  setServerId(id: string, serverId: string): void {
    this.#engine
      .query(
        `UPDATE records SET server_id = ?,
           item_server_id = CASE kind WHEN 'record' THEN ? ELSE item_server_id END
         WHERE id = ?`,
      )
      .run(serverId, serverId, id);
  }

  /** Notes the server's state that the row now stands on, after one of its changes was settled. */
  setSynced(id: string, state: Pick<StoredRecord, 'revision' | 'updatedAt' | 'contentHash'>): void {
    this.#setSynced.run(state.revision, state.updatedAt, state.contentHash, id);
    this.#engine.noteChange();
  }

  setFlagged(id: string, flagged: boolean): void {
    this.#engine.query('UPDATE records SET flagged = ? WHERE id = ?').run(Number(flagged), id);
  }

  /** Told by whoever could decrypt the record's custom fields. */
  setHasTotp(id: string, hasTotp: boolean): void {
    const told = Number(hasTotp);
    const changed = this.#engine
      .query('UPDATE records SET has_totp = ? WHERE id = ? AND has_totp IS NOT ?')
      .run(told, id, told);
    if (changed > 0) this.#engine.noteChange();
  }

  /**
   * Names of the stored files that records refer to: those in the lists, those in the bin, and
   * the settled states to which a change given up goes back.
   */
  localFiles(): Set<string> {
    const names = this.#engine.values<string>(
      `SELECT local_file FROM attachments WHERE local_file IS NOT NULL
       UNION
       SELECT value ->> 'localFile' FROM (
         SELECT record AS state FROM bin WHERE record IS NOT NULL
         UNION ALL SELECT state FROM bases WHERE object = 'record' AND state IS NOT NULL
       ), json_each(state, '$.attachments') WHERE value ->> 'localFile' IS NOT NULL`,
    );
    return new Set(names.all());
  }

  /** Notes where the sealed contents of an attachment lie; `localFile` null when they are gone. */
  setAttachmentLocal(
    recordId: string,
    attachmentId: string,
    local: { readonly localFile: string | null; readonly size: number | null },
  ): void {
    this.#engine
      .query(
        `UPDATE attachments SET local_file = ?, size = coalesce(?, size)
         WHERE row = (SELECT row FROM records WHERE id = ?) AND id = ?`,
      )
      .run(local.localFile, local.size, recordId, attachmentId);
  }

  /** The id that the server gave to an attachment added here; it keeps its own. */
  setAttachmentServerId(recordId: string, attachmentId: string, serverId: string): void {
    this.#engine
      .query(
        `UPDATE attachments SET server_id = ?
         WHERE row = (SELECT row FROM records WHERE id = ?) AND id = ?`,
      )
      .run(serverId, recordId, attachmentId);
  }

  /**
   * Attachments that the server has and this device has no copy of; those known to be larger
   * than `limitBytes` are left out.
   */
  missingFiles(limitBytes: number | null = null): MissingFile[] {
    return this.#engine
      .query<MissingFile>(
        `SELECT records.id AS recordId, vault_id AS vaultId, kind AS recordKind, item_server_id AS itemServerId,
           attachments.id AS attachmentId, attachments.server_id AS attachmentServerId,
           attachments.name AS name, size
         FROM attachments JOIN records USING (row)
         WHERE local_file IS NULL AND attachments.server_id IS NOT NULL
           AND (? IS NULL OR size IS NULL OR size <= ?)
         ORDER BY row, position`,
      )
      .all(limitBytes, limitBytes);
  }

  /** Every file of every listed record. */
  fileCopies(): FileCopy[] {
    return this.#engine
      .query<FileCopy>(
        `SELECT records.id AS recordId, vault_id AS vaultId, attachments.id AS attachmentId,
           attachments.server_id AS serverId, size, local_file AS localFile
         FROM attachments JOIN records USING (row) ORDER BY row, position`,
      )
      .all();
  }

  /**
   * Ids of records that lie in a folder which is not here or of another vault, or that the server
   * does not know. Looks through all of them, so it is for rare questions only.
   */
  strays(): string[] {
    return this.#engine
      .values<string>(
        `SELECT records.id FROM records LEFT JOIN folders ON folders.id = folder_id
         WHERE records.server_id = ''
           OR (folder_id IS NOT NULL AND folders.vault_id IS NOT records.vault_id)`,
      )
      .all();
  }

  counts(): RecordCounts {
    const counts = this.#engine
      .query<RecordCounts>(
        `SELECT (SELECT count(*) FROM records) AS total,
           (SELECT count(*) FROM records WHERE favourite = 1) AS favourites,
           (SELECT count(*) FROM recents WHERE record_id IN (SELECT id FROM records)) AS recent,
           (SELECT count(*) FROM records WHERE kind = 'inbox') AS inbox,
           (SELECT count(*) FROM records WHERE kind = 'inbox' AND unread = 1) AS inboxUnread,
           (SELECT count(*) FROM records WHERE kind = 'shortcut') AS shortcuts`,
      )
      .get();
    if (counts === undefined) throw new Error('a count returned no row');
    return counts;
  }

  /** Records behind a row of which nobody has told yet whether they hold a one-time code. */
  untoldTotp(after: number, limit: number): { readonly row: number; readonly record: StoredRecord }[] {
    return this.#withRows(this.#untold.all(after, limit));
  }

  #withRows(rows: readonly RecordRow[]): { readonly row: number; readonly record: StoredRecord }[] {
    return rows.map((row) => ({ row: row.row, record: this.#reader.recordOf(row) }));
  }

  /** Seen on this device; the server hears of it when the entry is fetched from there. */
  setSeen(id: string): void {
    const changed = this.#engine.query('UPDATE records SET unread = 0 WHERE id = ? AND unread = 1').run(id);
    if (changed > 0) this.#engine.noteChange();
  }

  /**
   * Writes the search entries of at most `most` records behind a row anew, for a mirror whose entries
   * have an earlier form. Gives the last row, or null where there was none left.
   */
  renewSearchAfter(last: number, most: number): number | null {
    const rows = this.#after.all(last, most);
    for (const { row, record } of this.#withRows(rows)) this.#writer.renewSearch(row, record);
    return rows.at(-1)?.row ?? null;
  }

  /** Every record, in batches, so that a long walk can pause between them and survive changes. */
  *batches(size: number): Generator<readonly StoredRecord[], void, undefined> {
    let last = 0;
    for (;;) {
      const rows = this.#after.all(last, size);
      if (rows.length === 0) return;
      last = rows.at(-1)?.row ?? last;
      yield rows.map((row) => this.#reader.recordOf(row));
    }
  }
}
