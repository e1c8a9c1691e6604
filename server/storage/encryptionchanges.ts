/** Changes of an organisation from or to client-side encryption: the one under way, and those before. */
import type { Kysely, Selectable } from 'kysely';
import type { EncryptionChangeTable, EncryptionDirection } from './administrationtables.ts';
import type { Tables } from './tables.ts';

export interface EncryptionChange {
  id: string;
  organisationId: string;
  direction: EncryptionDirection;
  starterId: string;
  /** Unix seconds. */
  createdAt: number;
}

/** One that has been put in force. */
export interface FinishedChange {
  direction: EncryptionDirection;
  finisherId: string;
  /** Unix seconds. */
  finishedAt: number;
}

const open = (row: Selectable<EncryptionChangeTable>): EncryptionChange => ({
  ...{ id: row.id, organisationId: row.organisation_id, direction: row.direction },
  ...{ starterId: row.starter_id, createdAt: row.created_at },
});

/** The repository of changes. */
export function encryptionChangeStore(database: Kysely<Tables>) {
  return {
    /** Begins a change; an organisation has at most one under way. */
    async insert({ id, organisationId, direction, starterId, createdAt }: EncryptionChange): Promise<void> {
      await database
        .insertInto('encryption_changes')
        .values({
          ...{ id, organisation_id: organisationId, direction, starter_id: starterId },
          ...{ created_at: createdAt, finisher_id: null, finished_at: null },
        })
        .execute();
    },

    async underWay(organisationId: string): Promise<EncryptionChange | undefined> {
      const row = await database
        .selectFrom('encryption_changes')
        .selectAll()
        .where('organisation_id', '=', organisationId)
        .where('finished_at', 'is', null)
        .executeTakeFirst();
      return row && open(row);
    },

    /** The one that was put in force last. */
    async last(organisationId: string): Promise<FinishedChange | undefined> {
      const row = await database
        .selectFrom('encryption_changes')
        .selectAll()
        .where('organisation_id', '=', organisationId)
        .where('finished_at', 'is not', null)
        .orderBy('finished_at', 'desc')
        .orderBy('id', 'desc')
        .executeTakeFirst();
      if (!row) return undefined;
      const { direction, finisher_id: finisherId, finished_at: finishedAt } = row;
      return { direction, finisherId: finisherId ?? '', finishedAt: finishedAt ?? 0 };
    },

    async finish(id: string, finisherId: string, finishedAt: number): Promise<void> {
      await database
        .updateTable('encryption_changes')
        .set({ finisher_id: finisherId, finished_at: finishedAt })
        .where('id', '=', id)
        .execute();
    },

    /** Forgets a change with everything that was put by for it; its files are removed by whoever calls. */
    async remove(id: string): Promise<void> {
      await database.deleteFrom('encryption_changes').where('id', '=', id).execute();
    },
  };
}
