/**
 * Attachment data: one sealed file each under a random name, written beside its place
 * and renamed into it, so that a file either stands whole or not at all.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { Tables } from './tables.ts';

async function writeAtomically(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const unfinished = join(folder, `${name}.part`);
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, join(folder, name));
}

/** Keeps attachment data in a folder and their rows in the database. */
export function attachmentStore(database: Kysely<Tables>, seal: Seal, folder: string) {
  return {
    /** Writes data to a new file and answers its name; `register` ties it to a record. */
    async write(encryptedData: string): Promise<string> {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const name = randomBytes(24).toString('hex');
      await writeAtomically(folder, name, seal.sealBytes(Buffer.from(encryptedData, 'utf8')));
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
      return seal.openBytes(await readFile(join(folder, row.file_name))).toString('utf8');
    },

    /** The files of everything ever attached to records of a vault, parts and what is on its way included. */
    filesOfVault: (vaultId: string): Promise<string[]> => filesOf(database, 'vault_id', vaultId),

    /** The same for records that went to the bin with one entry. */
    filesInBin: (binId: string): Promise<string[]> => filesOf(database, 'bin_id', binId),

    /** Removes files that no record names any more, or that none ever did. */
    async discard(fileNames: readonly string[]): Promise<void> {
      await Promise.all(fileNames.map((name) => rm(join(folder, name), { force: true })));
    },
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
