/** The bin: what was deleted together, by whom and when. Its objects stay where they were, marked. */
import type { Kysely } from 'kysely';
import type { BinTable, Tables } from './tables.ts';

/** An entry of the bin. The time is in Unix seconds. */
export interface BinEntry {
  id: string;
  vaultId: string;
  kind: 'item' | 'folder';
  objectId: string;
  deleterId: string;
  deletedAt: number;
}

/** An entry and the place whose access counts for it: a record's folder, or the folder itself. */
export interface PlacedBinEntry extends BinEntry {
  folderId: string | null;
}

const open = (row: BinTable): BinEntry => ({
  id: row.id,
  vaultId: row.vault_id,
  kind: row.kind,
  objectId: row.object_id,
  deleterId: row.deleter_id,
  deletedAt: row.created_at,
});

/** The repository of the bin. */
export function binStore(database: Kysely<Tables>) {
  const placed = () =>
    database
      .selectFrom('bin')
      .leftJoin('items', (join) =>
        join.onRef('items.id', '=', 'bin.object_id').onRef('items.bin_id', '=', 'bin.id'),
      )
      .selectAll('bin')
      .select('items.folder_id as place');
  type Row = BinTable & { place: string | null };
  const openPlaced = (row: Row): PlacedBinEntry => ({
    ...open(row),
    folderId: row.kind === 'folder' ? row.object_id : row.place,
  });

  return {
    async insert(entry: BinEntry): Promise<void> {
      const { id, vaultId, kind, objectId, deleterId, deletedAt } = entry;
      await database
        .insertInto('bin')
        .values({
          ...{ id, vault_id: vaultId, kind, object_id: objectId },
          ...{ deleter_id: deleterId, created_at: deletedAt },
        })
        .execute();
    },

    async find(id: string): Promise<PlacedBinEntry | undefined> {
      const row = await placed().where('bin.id', '=', id).executeTakeFirst();
      return row && openPlaced(row);
    },

    async findMany(ids: readonly string[]): Promise<Map<string, BinEntry>> {
      if (ids.length === 0) return new Map();
      const rows = await database
        .selectFrom('bin')
        .selectAll()
        .where('id', 'in', [...new Set(ids)])
        .execute();
      return new Map(rows.map((row) => [row.id, open(row)]));
    },

    /** The entries of some vaults, the latest first. */
    async list(vaultIds: readonly string[]): Promise<PlacedBinEntry[]> {
      if (vaultIds.length === 0) return [];
      const rows = await placed()
        .where('bin.vault_id', 'in', vaultIds)
        .orderBy('bin.created_at', 'desc')
        .orderBy('bin.id', 'desc')
        .execute();
      return rows.map(openPlaced);
    },

    /** Takes an entry out; `_place` is where those look who are told of it. */
    async remove({ id }: BinEntry, _place: string | null): Promise<void> {
      await database.deleteFrom('bin').where('id', '=', id).execute();
    },
  };
}
