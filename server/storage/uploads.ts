/**
 * Sessions of sending a file in parts, and the parts themselves.
 *
 * A session is found by a key that its sender chose, so that a sender who never heard an answer asks
 * under the same key again. A finished one is kept for a while, with what was answered, for the
 * same reason. Rows and files are two things: every method that makes a row forget a file answers
 * the file's name, and whoever called removes it once the change is kept for good.
 */
import type { Kysely } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import { newId } from './ids.ts';
import type { Tables } from './tables.ts';

/** What the sender was told, or would have been, when the file was attached. Times in Unix seconds. */
export interface FinishedUpload {
  attachmentId: string;
  revision: number;
  updatedAt: number;
}

export interface Upload {
  id: string;
  userId: string;
  itemId: string;
  /** Bytes of all parts together, as they are sent. */
  size: number;
  partCount: number;
  touchedAt: number;
  finished: FinishedUpload | null;
}

/** A part that has arrived whole; `digest` is the hex SHA-256 of what was sent. */
export interface StoredPart {
  number: number;
  size: number;
  digest: string;
  fileName: string;
}

/** The repository of sessions and parts. */
export function uploadStore(database: Kysely<Tables>, seal: Seal) {
  const keyOf = (key: string) => seal.fingerprint('upload key', key);

  const partsWhere = async (column: 'upload_id' | 'attachment_id', id: string): Promise<StoredPart[]> => {
    const rows = await database
      .selectFrom('file_parts')
      .select(['number', 'size', 'content', 'file_name'])
      .where(column, '=', id)
      .orderBy('number')
      .execute();
    return rows.map(({ number, size, content, file_name: fileName }) => ({
      ...{ number, size, fileName },
      digest: seal.openJson<{ digest: string }>(content).digest,
    }));
  };

  const filesOf = async (uploadIds: readonly string[]): Promise<string[]> => {
    if (uploadIds.length === 0) return [];
    const rows = await database
      .selectFrom('file_parts')
      .select('file_name')
      .where('upload_id', 'in', uploadIds)
      .execute();
    return rows.map((row) => row.file_name);
  };

  return {
    /** The session of a person under a key; undefined when there is none, or no longer. */
    async find(userId: string, key: string): Promise<Upload | undefined> {
      const row = await database
        .selectFrom('uploads')
        .selectAll()
        .where('user_id', '=', userId)
        .where('upload_key', '=', keyOf(key))
        .executeTakeFirst();
      if (!row) return undefined;
      const { id, item_id: itemId, size, part_count: partCount, touched_at: touchedAt } = row;
      const { attachment_id: attachmentId, revision, updated_at: updatedAt } = row;
      const isFinished = attachmentId !== null && revision !== null && updatedAt !== null;
      const finished = isFinished ? { attachmentId, revision, updatedAt } : null;
      return { id, userId, itemId, size, partCount, touchedAt, finished };
    },

    /** Whether a session is there and not finished. */
    async isOpen(uploadId: string): Promise<boolean> {
      const row = await database
        .selectFrom('uploads')
        .select('id')
        .where('id', '=', uploadId)
        .where('attachment_id', 'is', null)
        .executeTakeFirst();
      return row !== undefined;
    },

    /** How many sessions of a person are not finished, those for a conversion aside. */
    async countOpen(userId: string): Promise<number> {
      const { count } = await database
        .selectFrom('uploads')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('user_id', '=', userId)
        .where('attachment_id', 'is', null)
        .where('rekeying_id', 'is', null)
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    /**
     * Begins a session; with `rekeyingId` one for a file that a vault's conversion puts by. `now` in
     * Unix seconds.
     */
    async insert(
      upload: Pick<Upload, 'userId' | 'itemId' | 'size' | 'partCount'>,
      key: string,
      now: number,
      rekeyingId: string | null = null,
    ) {
      const { userId, itemId, size, partCount } = upload;
      const id = newId(now * 1000);
      await database
        .insertInto('uploads')
        .values({
          ...{ id, user_id: userId, item_id: itemId, upload_key: keyOf(key), size, part_count: partCount },
          ...{
            rekeying_id: rekeyingId,
            created_at: now,
            touched_at: now,
            attachment_id: null,
            revision: null,
            updated_at: null,
          },
        })
        .execute();
      return { ...upload, id, touchedAt: now, finished: null };
    },

    /** The parts of a session that are there, by number. */
    parts: (uploadId: string) => partsWhere('upload_id', uploadId),

    /** The parts of an attachment, by number; none of one that came whole. */
    partsOfAttachment: (attachmentId: string) => partsWhere('attachment_id', attachmentId),

    /**
     * Takes a part into its session, in the place of one of the same number, whose file's name is
     * answered. Call it inside a transaction.
     */
    async putPart(uploadId: string, part: StoredPart, now: number): Promise<string[]> {
      const { number, size, digest, fileName } = part;
      const same = database.selectFrom('file_parts').select('file_name').where('upload_id', '=', uploadId);
      const replaced = await same.where('number', '=', number).execute();
      const names = replaced.map((row) => row.file_name);
      for (const name of names) {
        await database.deleteFrom('file_parts').where('file_name', '=', name).execute();
      }
      const content = seal.sealJson({ digest });
      await database
        .insertInto('file_parts')
        .values({ file_name: fileName, upload_id: uploadId, attachment_id: null, number, size, content })
        .execute();
      await database.updateTable('uploads').set({ touched_at: now }).where('id', '=', uploadId).execute();
      return names;
    },

    /** Hands the parts over to the attachment, whose row must be there. */
    async finish(uploadId: string, finished: FinishedUpload, now: number): Promise<void> {
      const { attachmentId, revision, updatedAt } = finished;
      await database
        .updateTable('file_parts')
        .set({ attachment_id: attachmentId, upload_id: null })
        .where('upload_id', '=', uploadId)
        .execute();
      await database
        .updateTable('uploads')
        .set({ attachment_id: attachmentId, revision, updated_at: updatedAt, touched_at: now })
        .where('id', '=', uploadId)
        .execute();
    },

    /** Gives a session up; answers its files. Call it inside a transaction. */
    async remove(uploadId: string): Promise<string[]> {
      const names = await filesOf([uploadId]);
      await database.deleteFrom('uploads').where('id', '=', uploadId).execute();
      return names;
    },

    /**
     * Gives up open sessions that nothing came for since one time, and forgets finished ones from
     * before another (Unix seconds); answers the files. Call it inside a transaction.
     */
    async forget(openBefore: number, finishedBefore: number): Promise<string[]> {
      const open = await database
        .selectFrom('uploads')
        .select('id')
        .where('attachment_id', 'is', null)
        .where('touched_at', '<', openBefore)
        .execute();
      const names: string[] = [];
      for (const { id } of open) names.push(...(await this.remove(id)));
      await database
        .deleteFrom('uploads')
        .where('attachment_id', 'is not', null)
        .where('touched_at', '<', finishedBefore)
        .execute();
      return names;
    },
  };
}
