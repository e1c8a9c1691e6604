/**
 * Files under another key: each is written anew under a name that begins with the name of the new
 * key, which marks it. A row names the one or the other, and the old file goes once no row names it.
 */
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import { opened, sealed } from '../storage/partfiles.ts';
import type { Tables } from '../storage/tables.ts';
import type { Rotation } from './rotating.ts';

const filesAtOnce = 20;

const markOf = (seal: Seal): string => `${seal.keyId}-`;

async function unmarkedFiles(database: Kysely<Tables>, mark: string): Promise<string[]> {
  const whole = database.selectFrom('attachments').select('file_name');
  const parts = database.selectFrom('file_parts').select('file_name');
  const rows = await whole
    .where('file_name', 'not like', `${mark}%`)
    .union(parts.where('file_name', 'not like', `${mark}%`))
    .limit(filesAtOnce)
    .execute();
  return rows.map((row) => row.file_name);
}

/** Seals every file anew that a row names; false when it was asked to stop. */
export async function sealFiles(rotation: Rotation): Promise<boolean> {
  const { database, files, present, next } = rotation;
  const mark = markOf(next);
  let count = 0;
  for (;;) {
    const names = await unmarkedFiles(database, mark);
    if (names.length === 0) break;
    for (const name of names) {
      if (rotation.isStopping()) return false;
      const anew = `${mark}${randomBytes(20).toString('hex')}`;
      await files.write(anew, sealed(next, opened(present, files.read(name))));
      await database.transaction().execute(async (within) => {
        const renamed = { file_name: anew };
        await within.updateTable('attachments').set(renamed).where('file_name', '=', name).execute();
        await within.updateTable('file_parts').set(renamed).where('file_name', '=', name).execute();
      });
      await files.remove([name]);
      count += 1;
    }
  }
  await dropUnnamed(rotation);
  rotation.tell(`files: ${count}`);
  return true;
}

/** Removes what no row names: files that were written when it was killed, and former ones it had not removed. */
async function dropUnnamed({ database, files }: Rotation): Promise<void> {
  const named = new Set<string>();
  for (const table of ['attachments', 'file_parts'] as const) {
    for (const row of await database.selectFrom(table).select('file_name').execute())
      named.add(row.file_name);
  }
  const unnamed: string[] = [];
  for await (const name of files.names()) if (!named.has(name)) unnamed.push(name);
  await files.remove(unnamed);
}
