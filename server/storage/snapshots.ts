/** The former states of records. */
import type { Kysely, Selectable } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { ItemContent } from './items.ts';
import { itemContent } from './items.ts';
import type { SnapshotTable, Tables } from './tables.ts';

/** The state of a record before a change; times are Unix seconds. */
export interface Snapshot extends ItemContent {
  id: string;
  itemId: string;
  creatorId: string;
  createdAt: number;
  revision: number;
}

/** The repository of snapshots: the former states of records, newest first. */
export function snapshotStore(database: Kysely<Tables>, seal: Seal) {
  const open = (row: Selectable<SnapshotTable>): Snapshot => ({
    id: row.id,
    itemId: row.item_id,
    creatorId: row.creator_id,
    createdAt: row.created_at,
    revision: row.revision,
    ...seal.openJson<ItemContent>(row.content),
  });

  return {
    async insert(snapshot: Snapshot): Promise<void> {
      await database
        .insertInto('snapshots')
        .values({
          id: snapshot.id,
          item_id: snapshot.itemId,
          creator_id: snapshot.creatorId,
          created_at: snapshot.createdAt,
          revision: snapshot.revision,
          content: seal.sealJson(itemContent(snapshot)),
        })
        .execute();
    },

    /** Gives a former state another content; what was put by for it was made from the one before. */
    async replaceContent(snapshot: Snapshot): Promise<void> {
      const content = seal.sealJson(itemContent(snapshot));
      await database.updateTable('snapshots').set({ content }).where('id', '=', snapshot.id).execute();
      const putBy = database.deleteFrom('rekeying_records').where('kind', '=', 'snapshot');
      await putBy.where('object_id', '=', snapshot.id).execute();
    },

    async find(id: string): Promise<Snapshot | undefined> {
      const row = await database.selectFrom('snapshots').selectAll().where('id', '=', id).executeTakeFirst();
      return row && open(row);
    },

    async list(itemId: string): Promise<Snapshot[]> {
      const rows = await database
        .selectFrom('snapshots')
        .selectAll()
        .where('item_id', '=', itemId)
        .orderBy('revision', 'desc')
        .execute();
      return rows.map(open);
    },
  };
}
