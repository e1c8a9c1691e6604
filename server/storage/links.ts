/** External links. The token is found by its keyed hash; the code that decrypts never comes here. */
import type { Kysely, Selectable } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { LinkTable, Tables } from './tables.ts';

export interface LinkContent {
  token: string;
  keyHash: string | null;
  keyEncrypted: string | null;
  itemData: unknown;
}

/** Times are Unix seconds. */
export interface Link extends LinkContent {
  id: string;
  itemId: string;
  shortcutId: string | null;
  creatorId: string;
  type: 'single_use' | 'reusable';
  /** Null for a link that does not end by itself. */
  expiresAt: number | null;
  createdAt: number;
  views: number;
  /** When it was opened for the first time. */
  openedAt: number | null;
}

/** The repository of external links. */
export function linkStore(database: Kysely<Tables>, seal: Seal) {
  const tokenKey = (token: string) => seal.fingerprint('token of a link', token);
  const open = (row: Selectable<LinkTable>): Link => ({
    ...{ id: row.id, itemId: row.item_id, shortcutId: row.shortcut_id, creatorId: row.creator_id },
    ...{ type: row.type, expiresAt: row.expires_at, createdAt: row.created_at },
    ...{ views: row.views, openedAt: row.opened_at },
    ...seal.openJson<LinkContent>(row.content),
  });

  return {
    async insert(link: Link): Promise<void> {
      const { token, keyHash, keyEncrypted, itemData } = link;
      await database
        .insertInto('links')
        .values({
          ...{ id: link.id, item_id: link.itemId, shortcut_id: link.shortcutId },
          ...{ creator_id: link.creatorId, type: link.type, expires_at: link.expiresAt },
          ...{ created_at: link.createdAt, token_key: tokenKey(token) },
          ...{ views: link.views, opened_at: link.openedAt },
          content: seal.sealJson({ token, keyHash, keyEncrypted, itemData } satisfies LinkContent),
        })
        .execute();
    },

    async find(id: string): Promise<Link | undefined> {
      const row = await database.selectFrom('links').selectAll().where('id', '=', id).executeTakeFirst();
      return row && open(row);
    },

    async findByToken(token: string): Promise<Link | undefined> {
      const links = database.selectFrom('links').selectAll();
      const row = await links.where('token_key', '=', tokenKey(token)).executeTakeFirst();
      return row && open(row);
    },

    /** The links that a person has made, newest first. */
    async createdBy(creatorId: string): Promise<Link[]> {
      const links = database.selectFrom('links').selectAll().where('creator_id', '=', creatorId);
      return (await links.orderBy('created_at', 'desc').orderBy('id', 'desc').execute()).map(open);
    },

    /** The links to a record, newest first. */
    async ofItem(itemId: string): Promise<Link[]> {
      const links = database.selectFrom('links').selectAll().where('item_id', '=', itemId);
      return (await links.orderBy('created_at', 'desc').orderBy('id', 'desc').execute()).map(open);
    },

    /** Counts one more view. */
    async countView(link: Pick<Link, 'id' | 'openedAt'>, at: number): Promise<void> {
      await database
        .updateTable('links')
        .set((expression) => ({
          views: expression('views', '+', 1),
          opened_at: link.openedAt ?? at,
        }))
        .where('id', '=', link.id)
        .execute();
    },

    /** Ends every link to some records. */
    async removeOf(itemIds: readonly string[]): Promise<void> {
      await database.deleteFrom('links').where('item_id', 'in', itemIds).execute();
    },

    async remove(id: string): Promise<void> {
      await database.deleteFrom('links').where('id', '=', id).execute();
    },
  };
}
