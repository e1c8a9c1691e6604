/**
 * Files that will take the place of others when a vault is converted. Each is an attachment of its
 * record already, so that it goes where the record goes; but no record names it before it is in force.
 */
import type { Kysely } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { ReplacedFile } from './secrets.ts';
import type { Tables } from './tables.ts';

/** Ids as many at a time as one statement takes. */
function* portions(ids: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < ids.length; start += 500) yield ids.slice(start, start + 500);
}

/** The repository of staged files. Every method that makes rows forget files answers the files' names. */
export function stagedFileStore(database: Kysely<Tables>, seal: Seal) {
  async function namesOf(attachmentIds: readonly string[]): Promise<string[]> {
    const whole = database.selectFrom('attachments').select('file_name').where('id', 'in', attachmentIds);
    const parts = database
      .selectFrom('file_parts')
      .select('file_name')
      .where('attachment_id', 'in', attachmentIds);
    return [...(await whole.execute()), ...(await parts.execute())].map((row) => row.file_name);
  }

  async function removeAttachments(attachmentIds: readonly string[]): Promise<string[]> {
    const names: string[] = [];
    for (const portion of portions(attachmentIds)) {
      names.push(...(await namesOf(portion)));
      await database.deleteFrom('attachments').where('id', 'in', portion).execute();
    }
    return names;
  }

  async function removeUploads(uploadIds: readonly string[]): Promise<string[]> {
    const names: string[] = [];
    for (const id of uploadIds) {
      const parts = database.selectFrom('file_parts').select('file_name').where('upload_id', '=', id);
      names.push(...(await parts.execute()).map((row) => row.file_name));
      await database.deleteFrom('uploads').where('id', '=', id).execute();
    }
    return names;
  }

  return {
    /** Stages an attachment, whose row must be there, for another one that was staged nowhere. */
    async insert(rekeyingId: string, formerId: string, { id, hash }: ReplacedFile): Promise<void> {
      await database
        .insertInto('staged_files')
        .values({ id, rekeying_id: rekeyingId, former_id: formerId, content: seal.sealJson({ hash }) })
        .execute();
    },

    /** What is staged for some attachments, by their ids. */
    async of(rekeyingId: string, formerIds: readonly string[]): Promise<Map<string, ReplacedFile>> {
      const found = new Map<string, ReplacedFile>();
      for (const portion of portions(formerIds)) {
        const rows = await database
          .selectFrom('staged_files')
          .select(['id', 'former_id', 'content'])
          .where('rekeying_id', '=', rekeyingId)
          .where('former_id', 'in', portion)
          .execute();
        for (const { id, former_id: formerId, content } of rows) {
          found.set(formerId, { id, hash: seal.openJson<{ hash: string }>(content).hash });
        }
      }
      return found;
    },

    /** Drops what is staged for one attachment. */
    async drop(rekeyingId: string, formerId: string): Promise<string[]> {
      const staged = (await this.of(rekeyingId, [formerId])).get(formerId);
      return staged ? removeAttachments([staged.id]) : [];
    },

    /** Drops everything that is staged for a conversion, and what is on its way for it. */
    async dropAll(rekeyingId: string): Promise<string[]> {
      const staged = database.selectFrom('staged_files').select('id').where('rekeying_id', '=', rekeyingId);
      const uploads = database.selectFrom('uploads').select('id').where('rekeying_id', '=', rekeyingId);
      const uploadIds = (await uploads.execute()).map((row) => row.id);
      const names = await removeUploads(uploadIds);
      return [...names, ...(await removeAttachments((await staged.execute()).map((row) => row.id)))];
    },

    /**
     * Lets the staged files stand as what they are, and drops all other files of the vault, those on
     * their way included: nothing of it stays in the former form.
     */
    async adopt(rekeyingId: string, vaultId: string): Promise<string[]> {
      const staged = database.selectFrom('staged_files').select('id').where('rekeying_id', '=', rekeyingId);
      const kept = new Set((await staged.execute()).map((row) => row.id));
      await database.deleteFrom('staged_files').where('rekeying_id', '=', rekeyingId).execute();
      const items = database.selectFrom('items').select('id').where('vault_id', '=', vaultId);
      const attached = database.selectFrom('attachments').select('id').where('item_id', 'in', items);
      const former = (await attached.execute()).map((row) => row.id).filter((id) => !kept.has(id));
      const uploads = database.selectFrom('uploads').select('id').where('item_id', 'in', items);
      const names = await removeUploads((await uploads.execute()).map((row) => row.id));
      return [...names, ...(await removeAttachments(former))];
    },
  };
}
