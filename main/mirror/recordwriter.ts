/**
 * Writing records: the row, its details, its attachments and its search entry, always together.
 */
import { isConflictedSql } from './conflicts.ts';
import type { Engine, Query, SqlValue } from './engine.ts';
import { hostOf, sortKey } from './folding.ts';
import type { StoredAttachment, StoredRecord } from './model.ts';
import { isPendingSql } from './outbox.ts';
import { SearchIndex } from './searchindex.ts';

interface Known {
  row: number;
  customs: string;
}

interface KnownAttachment {
  id: string;
  server_id: string | null;
  encrypted_key: string;
  hash: string | null;
  size: number | null;
  local_file: string | null;
}

const recordColumns = [
  'id',
  'server_id',
  'kind',
  'vault_id',
  'folder_id',
  'item_server_id',
  'name',
  'name_key',
  'login',
  'login_key',
  'host',
  'host_key',
  'tags',
  'color',
  'favourite',
  'attachment_count',
  'flagged',
  'unread',
  'revision',
  'updated_at',
  'content_hash',
] as const;

const detailColumns = [
  'urls',
  'description',
  'key_wrap',
  'key_wrapped',
  'vault_key',
  'password_encrypted',
  'customs',
  'sender',
  'writable',
] as const;

function insertSql(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}

/** A row that is put back may have operations or a conflict from before; its id is bound twice more. */
const insertRecordSql = `INSERT INTO records (${recordColumns.join(', ')}, pending, conflict, has_totp)
  VALUES (${recordColumns.map(() => '?').join(', ')}, ${isPendingSql('record', '?')}, ${isConflictedSql('?')}, ?)`;

function updateSql(table: string, columns: readonly string[]): string {
  return `UPDATE ${table} SET ${columns.map((name) => `${name} = ?`).join(', ')} WHERE row = ?`;
}

export class RecordWriter {
  readonly #index: SearchIndex;
  readonly #known: Query<Known>;
  readonly #insert: Query<never>;
  readonly #update: Query<never>;
  readonly #forgetTotp: Query<never>;
  readonly #insertDetails: Query<never>;
  readonly #updateDetails: Query<never>;
  readonly #wrappedKey: Query<number>;
  readonly #addWrappedKey: Query<never>;
  readonly #attachments: Query<KnownAttachment>;
  readonly #clearAttachments: Query<never>;
  readonly #addAttachment: Query<never>;

  constructor(engine: Engine) {
    this.#index = new SearchIndex(engine);
    this.#known = engine.query(
      'SELECT records.row, customs FROM records JOIN record_details USING (row) WHERE id = ?',
    );
    this.#insert = engine.query(insertRecordSql);
    this.#update = engine.query(updateSql('records', recordColumns));
    this.#forgetTotp = engine.query('UPDATE records SET has_totp = ? WHERE row = ?');
    this.#insertDetails = engine.query(insertSql('record_details', [...detailColumns, 'row']));
    this.#updateDetails = engine.query(updateSql('record_details', detailColumns));
    this.#wrappedKey = engine.values('SELECT number FROM wrapped_vault_keys WHERE wrapped = ?');
    this.#addWrappedKey = engine.values(
      'INSERT INTO wrapped_vault_keys (wrapped) VALUES (?) RETURNING number',
    );
    this.#attachments = engine.query(
      'SELECT id, server_id, encrypted_key, hash, size, local_file FROM attachments WHERE row = ?',
    );
    this.#clearAttachments = engine.query('DELETE FROM attachments WHERE row = ?');
    this.#addAttachment = engine.query(
      `INSERT INTO attachments
         (row, position, id, server_id, name, encrypted_key, hash, size, local_file)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /**
   * Writes one record; call it inside a transaction. What this device has learned by itself
   * is kept where it still holds: whether there is a TOTP field as long as the custom fields
   * are the same, and an attachment's hash, size and local copy as long as its key is the same.
   * An attachment that comes under the server's id keeps the id that it has here.
   */
  put(record: StoredRecord): void {
    const known = this.#known.get(record.id);
    const customs = JSON.stringify(record.customs);
    const details = this.#detailValues(record, customs);
    if (known === undefined) {
      const row = this.#insert.insert(...recordValues(record), record.id, record.id, totpOf(customs));
      this.#insertDetails.run(...details, row);
      if (record.attachments.length > 0) this.#putAttachments(row, record.attachments);
      this.#index.add(row, record);
    } else {
      this.#update.run(...recordValues(record), known.row);
      this.#updateDetails.run(...details, known.row);
      if (known.customs !== customs) this.#forgetTotp.run(totpOf(customs), known.row);
      this.#putAttachments(known.row, record.attachments);
      this.#index.replace(known.row, record);
    }
  }

  /** Writes the search entry of a record anew, if it has another form than it should. */
  renewSearch(row: number, record: StoredRecord): void {
    this.#index.replace(row, record);
  }

  #detailValues(record: StoredRecord, customs: string): SqlValue[] {
    return [
      JSON.stringify(record.urls),
      record.description,
      record.keyWrap,
      record.keyWrapped,
      record.vaultKeyWrapped === null ? null : this.#numberOfKey(record.vaultKeyWrapped),
      record.passwordEncrypted,
      customs,
      record.sender,
      Number(record.writable),
    ];
  }

  #numberOfKey(wrapped: string): number {
    return this.#wrappedKey.get(wrapped) ?? this.#addWrappedKey.insert(wrapped);
  }

  #putAttachments(row: number, attachments: readonly StoredAttachment[]): void {
    const before = this.#attachments.all(row);
    if (before.length > 0) this.#clearAttachments.run(row);
    attachments.forEach((attachment, position) => {
      const candidate = sameAttachment(before, attachment);
      const known = candidate?.encrypted_key === attachment.encryptedKey ? candidate : undefined;
      this.#addAttachment.run(
        row,
        position,
        candidate?.id ?? attachment.id,
        attachment.serverId ?? candidate?.server_id ?? null,
        attachment.name,
        attachment.encryptedKey,
        attachment.hash ?? known?.hash ?? null,
        attachment.size ?? known?.size ?? null,
        attachment.localFile ?? known?.local_file ?? null,
      );
    });
  }
}

/** What is known of a one-time code before any field is opened: without fields there is none. */
function totpOf(customs: string): number | null {
  return customs === '[]' ? 0 : null;
}

function sameAttachment(
  before: readonly KnownAttachment[],
  attachment: StoredAttachment,
): KnownAttachment | undefined {
  return (
    before.find(({ id }) => id === attachment.id) ??
    before.find(({ server_id }) => server_id !== null && server_id === attachment.serverId)
  );
}

function recordValues(record: StoredRecord): SqlValue[] {
  const host = hostOf(record.urls);
  return [
    record.id,
    record.serverId,
    record.kind,
    record.vaultId,
    record.folderId,
    record.itemServerId,
    record.name,
    sortKey(record.name),
    record.login,
    sortKey(record.login),
    host,
    sortKey(host),
    JSON.stringify(record.tags),
    record.color,
    Number(record.favourite),
    record.attachments.length,
    Number(record.flagged),
    Number(record.unread),
    record.revision,
    record.updatedAt,
    record.contentHash,
  ];
}
