/** The tables of files that come in parts: sessions of sending one, and where each part lies. */
import type { Kysely } from 'kysely';
import type { Engine } from './engine.ts';

/** A session of sending a file. `attachment_id` and what follows are set once it is finished. */
export interface UploadTable {
  id: string;
  user_id: string;
  item_id: string;
  upload_key: Uint8Array;
  /** The conversion of a vault that the file is put by for; null for one that is to be attached. */
  rekeying_id: string | null;
  size: number;
  part_count: number;
  created_at: number;
  touched_at: number;
  attachment_id: string | null;
  revision: number | null;
  updated_at: number | null;
}

/** A part belongs to a session until that is finished, and to an attachment from then on. */
export interface FilePartTable {
  file_name: string;
  upload_id: string | null;
  attachment_id: string | null;
  number: number;
  size: number;
  content: Uint8Array;
}

export interface UploadTables {
  uploads: UploadTable;
  file_parts: FilePartTable;
}

/** Creates both tables; rows go with the record, the person or the attachment that they belong to. */
export async function createUploadTables(
  database: Kysely<unknown>,
  bytes: Engine['bytesColumn'],
): Promise<void> {
  await database.schema
    .createTable('uploads')
    .addColumn('id', 'varchar(24)', (column) => column.primaryKey())
    .addColumn('user_id', 'varchar(24)', (column) =>
      column.notNull().references('users.id').onDelete('cascade'),
    )
    .addColumn('item_id', 'varchar(24)', (column) =>
      column.notNull().references('items.id').onDelete('cascade'),
    )
    .addColumn('upload_key', bytes, (column) => column.notNull())
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('part_count', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('touched_at', 'bigint', (column) => column.notNull())
    // Without a reference: that it was finished stays known when the attachment has gone again.
    .addColumn('attachment_id', 'varchar(24)')
    .addColumn('revision', 'integer')
    .addColumn('updated_at', 'bigint')
    .addUniqueConstraint('uploads_by_key', ['user_id', 'upload_key'])
    .execute();
  await database.schema
    .createTable('file_parts')
    .addColumn('file_name', 'varchar(64)', (column) => column.primaryKey())
    .addColumn('upload_id', 'varchar(24)', (column) => column.references('uploads.id').onDelete('cascade'))
    .addColumn('attachment_id', 'varchar(24)', (column) =>
      column.references('attachments.id').onDelete('cascade'),
    )
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('size', 'integer', (column) => column.notNull())
    .addColumn('content', bytes, (column) => column.notNull())
    .addUniqueConstraint('file_parts_once', ['upload_id', 'number'])
    .execute();
  for (const [table, column] of [
    ['uploads', 'item_id'],
    ['file_parts', 'attachment_id'],
  ] as const) {
    await database.schema.createIndex(`${table}_by_${column}`).on(table).column(column).execute();
  }
}
