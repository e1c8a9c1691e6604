/** Reading whole records: the narrow row, its details and its attachments put together. */
import type { Engine, Query } from './engine.ts';
import { customFieldList, textList } from './jsoncolumn.ts';
import type { RecordKeyWrap, StoredAttachment, StoredRecord } from './model.ts';

export interface RecordRow {
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

/** Gives `RecordRow`s; a condition on `records` goes behind it. */
export const selectRecord = `
  SELECT records.row, id, server_id, kind, vault_id, folder_id, item_server_id, name, login, urls,
    description, tags, color, favourite, key_wrap, key_wrapped, wrapped AS vault_key_wrapped,
    password_encrypted, customs, sender, writable, unread, revision, updated_at, content_hash, flagged
  FROM records JOIN record_details USING (row)
  LEFT JOIN wrapped_vault_keys ON wrapped_vault_keys.number = record_details.vault_key`;

export class RecordReader {
  readonly #attachments: Query<StoredAttachment>;

  constructor(engine: Engine) {
    this.#attachments = engine.query(
      `SELECT id, server_id AS serverId, name, encrypted_key AS encryptedKey, hash, size,
         local_file AS localFile
       FROM attachments WHERE row = ? ORDER BY position`,
    );
  }

  /** The record of a row that `selectRecord` gave. */
  recordOf(row: RecordRow): StoredRecord {
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
