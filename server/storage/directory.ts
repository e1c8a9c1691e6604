/**
 * The people of an organisation as lists show them. Ten thousand sealed rows take more than a second
 * to open, and a list is asked for while somebody types. So what has been opened of them is kept in
 * memory, without hashes and private keys, and opened anew when the row has been sealed anew: every
 * sealing begins with a random IV of its own, which tells one from the next.
 */
import type { Kysely } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { User, UserContent } from './people.ts';
import type { Tables } from './tables.ts';

/** What is shown of somebody in a list. */
export interface DirectoryEntry extends Omit<
  User,
  Exclude<keyof UserContent, 'login' | 'email' | 'fullName' | 'link'>
> {
  login: string;
  email: string;
  fullName: string;
  hasKeys: boolean;
}

interface Opened {
  version: string;
  shown: Pick<DirectoryEntry, 'login' | 'email' | 'fullName' | 'link' | 'hasKeys'>;
}

/** What has been opened so far, by user id. One for each server. */
export type OpenedPeople = Map<string, Opened>;

const versionBytes = 16;
const rowsAtOnce = 1_000;
const mostKept = 200_000;

/** The repository of lists of people. */
export function directoryStore(database: Kysely<Tables>, seal: Seal, opened: OpenedPeople) {
  const versionOf = (start: Uint8Array) =>
    Buffer.from(start.buffer, start.byteOffset, versionBytes).toString('hex');

  async function openAll(ids: readonly string[]): Promise<void> {
    if (opened.size + ids.length > mostKept) opened.clear();
    for (let start = 0; start < ids.length; start += rowsAtOnce) {
      const portion = ids.slice(start, start + rowsAtOnce);
      const users = database.selectFrom('users').select(['id', 'content']);
      for (const row of await users.where('id', 'in', portion).execute()) {
        const { login, email, fullName, link, keys } = seal.openJson<UserContent>(row.content);
        const shown = { login, email, fullName, link, hasKeys: keys !== null };
        opened.set(row.id, { version: versionOf(row.content), shown });
      }
    }
  }

  return {
    /** Everybody in an organisation who has not been deleted, oldest first. */
    async list(organisationId: string): Promise<DirectoryEntry[]> {
      const rows = await database
        .selectFrom('users')
        .select(['id', 'role', 'role_id', 'is_owner', 'is_blocked'])
        .select((select) =>
          select.fn<Uint8Array>('substr', ['content', select.lit(1), select.lit(versionBytes)]).as('version'),
        )
        .where('organisation_id', '=', organisationId)
        .where('is_deleted', '=', 0)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      const outdated = rows.filter((row) => opened.get(row.id)?.version !== versionOf(row.version));
      await openAll(outdated.map((row) => row.id));
      return rows.flatMap((row) => {
        const known = opened.get(row.id);
        if (!known) return [];
        const standing = { role: row.role, roleId: row.role_id, isOwner: row.is_owner === 1 };
        const state = { isBlocked: row.is_blocked === 1, isDeleted: false };
        return [{ id: row.id, organisationId, ...standing, ...state, ...known.shown }];
      });
    },
  };
}
