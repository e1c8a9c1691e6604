/** Attachment data that came whole, and the rows that tie files to records. */
import { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { FilePlace } from './fileplace.ts';
import { newFileName } from './fileplace.ts';
import type { Tables } from './tables.ts';

/** Keeps attachment data in a place and their rows in the database. */
export function attachmentStore(database: Kysely<Tables>, seal: Seal, place: FilePlace) {
  return {
    /** Writes data to a new file and answers its name; `register` ties it to a record. */
    async write(encryptedData: string): Promise<string> {
      const name = newFileName();
      const sealed = seal.sealBytes(Buffer.from(encryptedData, 'utf8'));
      await place.write(name, Readable.from([sealed]));
      return name;
    },

    async register(id: string, itemId: string, fileName: string, createdAt: number): Promise<void> {
      await database
        .insertInto('attachments')
        .values({ id, item_id: itemId, file_name: fileName, created_at: createdAt })
        .execute();
    },

    /** The encrypted data of an attachment of a record; undefined when there is none. */
    async read(id: string, itemId: string): Promise<string | undefined> {
      const row = await database
        .selectFrom('attachments')
        .select('file_name')
        .where('id', '=', id)
        .where('item_id', '=', itemId)
        .executeTakeFirst();
      if (!row) return undefined;
      const pieces: Uint8Array[] = [];
      for await (const piece of place.read(row.file_name)) pieces.push(piece);
      return seal.openBytes(Buffer.concat(pieces)).toString('utf8');
    },

    /** The record of a vault, in the bin or not, that an attachment belongs or has belonged to. */
    async recordOf(id: string, vaultId: string): Promise<string | undefined> {
      const row = await database
        .selectFrom('attachments')
        .innerJoin('items', 'items.id', 'attachments.item_id')
        .select('attachments.item_id')
        .where('attachments.id', '=', id)
        .where('items.vault_id', '=', vaultId)
        .executeTakeFirst();
      return row?.item_id;
    },

    /** The files of everything ever attached to records of a vault, parts and what is on its way included. */
    filesOfVault: (vaultId: string): Promise<string[]> => filesOf(database, 'vault_id', vaultId),

    /** The same for records that went to the bin with one entry. */
    filesInBin: (binId: string): Promise<string[]> => filesOf(database, 'bin_id', binId),

    /** Removes files that no record names any more, or that none ever did. */
    discard: (fileNames: readonly string[]): Promise<void> => place.remove(fileNames),
  };
}

async function filesOf(
  database: Kysely<Tables>,
  column: 'vault_id' | 'bin_id',
  value: string,
): Promise<string[]> {
  const attached = database.selectFrom('attachments').innerJoin('items', 'items.id', 'attachments.item_id');
  const whole = await attached.select('attachments.file_name').where(`items.${column}`, '=', value).execute();
  const parts = await attached
    .innerJoin('file_parts', 'file_parts.attachment_id', 'attachments.id')
    .select('file_parts.file_name')
    .where(`items.${column}`, '=', value)
    .execute();
  const onTheirWay = await database
    .selectFrom('file_parts')
    .innerJoin('uploads', 'uploads.id', 'file_parts.upload_id')
    .innerJoin('items', 'items.id', 'uploads.item_id')
    .select('file_parts.file_name')
    .where(`items.${column}`, '=', value)
    .execute();
  return [...whole, ...parts, ...onTheirWay].map((row) => row.file_name);
}
