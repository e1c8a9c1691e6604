/** Records of the mirror: writing, reading one, and the lists. */
import type { Engine, Query } from './engine.ts';
import { customFieldList, textList } from './jsoncolumn.ts';
import type { MissingFile, RecordKeyWrap, StoredAttachment, StoredRecord } from './model.ts';
import { eraseRecords } from './recorderase.ts';
import type { Page, PageRequest, RecordList } from './recordlist.ts';
import { RecordWriter } from './recordwriter.ts';

interface RecordRow {
  row: number;
  id: string;
  server_id: string;
  kind: StoredRecord['kind'];
  vault_id: string | null;
  folder_id: string | null;
  item_server_id: string;
  name: string;
  login: string;
  urls: string;
  description: string;
  tags: string;
  color: number;
  favourite: number;
  key_wrap: RecordKeyWrap;
  key_wrapped: string | null;
  vault_key_wrapped: string | null;
  password_encrypted: string | null;
  customs: string;
  sender: string | null;
  writable: number;
  unread: number;
  revision: number | null;
  updated_at: number | null;
  content_hash: string;
  flagged: number;
}

export interface RecordCounts {
  readonly total: number;
  readonly favourites: number;
  readonly recent: number;
  readonly inbox: number;
  readonly inboxUnread: number;
}

const selectRecord = `
  SELECT records.row, id, server_id, kind, vault_id, folder_id, item_server_id, name, login, urls,
    description, tags, color, favourite, key_wrap, key_wrapped, wrapped AS vault_key_wrapped,
    password_encrypted, customs, sender, writable, unread, revision, updated_at, content_hash, flagged
  FROM records JOIN record_details USING (row)
  LEFT JOIN wrapped_vault_keys ON wrapped_vault_keys.number = record_details.vault_key`;

export class Records {
  readonly #engine: Engine;
  readonly #list: RecordList;
  readonly #writer: RecordWriter;
  readonly #get: Query<RecordRow>;
  readonly #renamed: Query<RecordRow>;
  readonly #after: Query<RecordRow>;
  readonly #attachments: Query<StoredAttachment>;

  constructor(engine: Engine, list: RecordList) {
    this.#engine = engine;
    this.#list = list;
    this.#writer = new RecordWriter(engine);
    this.#get = engine.query(`${selectRecord} WHERE id = ?`);
    this.#renamed = engine.query(`${selectRecord} WHERE server_id = ? AND server_id <> id AND kind = ?`);
    this.#after = engine.query(`${selectRecord} WHERE records.row > ? ORDER BY records.row LIMIT ?`);
    this.#attachments = engine.query(
      `SELECT id, name, encrypted_key AS encryptedKey, hash, size, local_file AS localFile
       FROM attachments WHERE row = ? ORDER BY position`,
    );
  }

  /**
   * Writes records with their search entries, all or none. What this device knows of a record
   * by itself (local copies of attachments, `hasTotp`) survives as long as it still holds.
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
    return row === undefined ? null : this.#recordOf(row);
  }

  byServerId(kind: StoredRecord['kind'], serverId: string): StoredRecord | null {
    // Nearly every record goes by its server's id on this device as well.
    const same = this.#get.get(serverId);
    const row = same?.server_id === serverId && same.kind === kind ? same : this.#renamed.get(serverId, kind);
    return row === undefined ? null : this.#recordOf(row);
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

  /** One page of a list; see `RecordList.page` for the orders. */
  page(request: PageRequest): Page {
    return this.#list.page(request);
  }

  /** Content hashes by server id, of one vault's records of a kind (of the inbox with a null vault). */
  contentHashes(
    vaultId: string | null,
    kind: StoredRecord['kind'],
  ): Map<string, { readonly id: string; readonly contentHash: string }> {
    const rows = this.#engine
      .query<{ server_id: string; id: string; content_hash: string }>(
        'SELECT server_id, id, content_hash FROM records WHERE vault_id IS ? AND kind = ?',
      )
      .all(vaultId, kind);
    return new Map(rows.map((row) => [row.server_id, { id: row.id, contentHash: row.content_hash }]));
  }

  /**
   * Records of a vault by a stretch of server ids: after the first id (from the start with null)
   * up to and including the second (to the end with null). Costs as much as the stretch is long.
   */
  serverIdsBetween(
    vaultId: string,
    kind: StoredRecord['kind'],
    after: string | null,
    through: string | null,
  ): { readonly id: string; readonly serverId: string }[] {
    // Ids have letters, digits, "-" and "_" only, so "~" stands behind all of them. The "+"
    // keeps the planner from walking the whole vault.
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

  setFavourite(id: string, favourite: boolean): void {
    this.#engine.query('UPDATE records SET favourite = ? WHERE id = ?').run(Number(favourite), id);
    this.#engine.noteChange();
  }

  setFlagged(id: string, flagged: boolean): void {
    this.#engine.query('UPDATE records SET flagged = ? WHERE id = ?').run(Number(flagged), id);
  }

  /** Told by whoever could decrypt the record's custom fields. */
  setHasTotp(id: string, hasTotp: boolean): void {
    this.#engine.query('UPDATE records SET has_totp = ? WHERE id = ?').run(Number(hasTotp), id);
  }

  /** Names of the stored files that records refer to. */
  localFiles(): Set<string> {
    const names = this.#engine.values<string>(
      'SELECT local_file FROM attachments WHERE local_file IS NOT NULL',
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

  /** Attachments without a local copy; those known to be larger than `limitBytes` are left out. */
  missingFiles(limitBytes: number | null = null): MissingFile[] {
    return this.#engine
      .query<MissingFile>(
        `SELECT records.id AS recordId, kind AS recordKind, item_server_id AS itemServerId,
           attachments.id AS attachmentId, attachments.name AS name, size
         FROM attachments JOIN records USING (row)
         WHERE local_file IS NULL AND (? IS NULL OR size IS NULL OR size <= ?)
         ORDER BY row, position`,
      )
      .all(limitBytes, limitBytes);
  }

  counts(): RecordCounts {
    const counts = this.#engine
      .query<RecordCounts>(
        `SELECT (SELECT count(*) FROM records) AS total,
           (SELECT count(*) FROM records WHERE favourite = 1) AS favourites,
           (SELECT count(*) FROM recents WHERE record_id IN (SELECT id FROM records)) AS recent,
           (SELECT count(*) FROM records WHERE kind = 'inbox') AS inbox,
           (SELECT count(*) FROM records WHERE kind = 'inbox' AND unread = 1) AS inboxUnread`,
      )
      .get();
    if (counts === undefined) throw new Error('a count returned no row');
    return counts;
  }

  /** Every record, in batches, so that a long walk can pause between them and survive changes. */
  *batches(size: number): Generator<readonly StoredRecord[], void, undefined> {
    let last = 0;
    for (;;) {
      const rows = this.#after.all(last, size);
      if (rows.length === 0) return;
      last = rows.at(-1)?.row ?? last;
      yield rows.map((row) => this.#recordOf(row));
    }
  }

  #recordOf(row: RecordRow): StoredRecord {
    return {
      id: row.id,
      serverId: row.server_id,
      kind: row.kind,
      vaultId: row.vault_id,
      folderId: row.folder_id,
      itemServerId: row.item_server_id,
      name: row.name,
      login: row.login,
      urls: textList(row.urls),
      description: row.description,
      tags: textList(row.tags),
      color: row.color,
      favourite: row.favourite === 1,
      keyWrap: row.key_wrap,
      keyWrapped: row.key_wrapped,
      vaultKeyWrapped: row.vault_key_wrapped,
      passwordEncrypted: row.password_encrypted,
      customs: customFieldList(row.customs),
      attachments: this.#attachments.all(row.row),
      sender: row.sender,
      writable: row.writable === 1,
      unread: row.unread === 1,
      revision: row.revision,
      updatedAt: row.updated_at,
      contentHash: row.content_hash,
      flagged: row.flagged === 1,
    };
  }
}
