/**
 * The journal of an organisation: which object was last touched at which position.
 *
 * It holds no content and no history. An entry says "look at this object again", stands at a
 * place (so that nobody is told of what happens in places closed to them), and moves to the
 * end when the object is touched once more; so the journal grows with the number of objects
 * and not with the number of changes. Positions come from one counter an organisation, raised
 * in the transaction of the change itself.
 *
 * Every raise also leaves a random mark. A cursor carries the mark it was made under: after
 * the server has been put back to an older copy, the positions are given out again, but under
 * other marks, and a cursor from the lost future is known by that.
 */
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Engine } from './engine.ts';
import type { ChangeKind, ChangeTable, Tables } from './tables.ts';

/**
 * An object to look at again. A `scope` entry stands for one person's access to one vault and
 * has the vault as its object. Empty texts stand for "none", since a key cannot hold nulls.
 */
export interface ChangeEntry {
  kind: ChangeKind;
  objectId: string;
  vaultId: string;
  folderId: string;
  /** Whom it concerns; empty for everybody who may read the place. */
  userId: string;
}

export interface PlacedEntry extends ChangeEntry {
  position: number;
}

/** A stretch of the journal as one person is concerned by it. */
export interface JournalScope {
  userId: string;
  vaultIds: readonly string[];
  /** Entries after this position ... */
  from: number;
  /** ... up to and including this one. */
  through: number;
}

const columns = ['kind', 'object_id', 'vault_id', 'folder_id', 'user_id', 'position'] as const;

function open(row: Pick<ChangeTable, (typeof columns)[number]>): PlacedEntry {
  return {
    kind: row.kind,
    objectId: row.object_id,
    vaultId: row.vault_id,
    folderId: row.folder_id,
    userId: row.user_id,
    position: row.position,
  };
}

function distinct(entries: readonly ChangeEntry[]): ChangeEntry[] {
  const known = new Map<string, ChangeEntry>();
  for (const entry of entries) {
    const { kind, objectId, vaultId, folderId, userId } = entry;
    known.set([kind, objectId, vaultId, folderId, userId].join(' '), entry);
  }
  return [...known.values()];
}

/** A mark such as the journal leaves with each raise of its position. */
export function newMark(): string {
  return randomBytes(12).toString('hex');
}

/** The repository of the journal. */
export function journalStore(database: Kysely<Tables>, engine: Engine, clock: Clock) {
  const seconds = () => Math.floor(clock() / 1000);

  async function leaveMark(organisationId: string, position: number): Promise<void> {
    await database
      .insertInto('journal_marks')
      .values({ organisation_id: organisationId, position, mark: newMark(), created_at: seconds() })
      .execute();
  }

  async function write(organisationId: string, entries: readonly ChangeEntry[], last: number) {
    const first = last - entries.length + 1;
    const perStatement = Math.max(1, Math.floor(engine.boundValues / 7));
    for (let start = 0; start < entries.length; start += perStatement) {
      const rows = entries.slice(start, start + perStatement).map((entry, index) => ({
        organisation_id: organisationId,
        kind: entry.kind,
        object_id: entry.objectId,
        vault_id: entry.vaultId,
        folder_id: entry.folderId,
        user_id: entry.userId,
        position: first + start + index,
      }));
      await database
        .insertInto('changes')
        .values(rows)
        .onConflict((conflict) =>
          conflict
            .columns(['organisation_id', 'kind', 'object_id', 'vault_id', 'folder_id', 'user_id'])
            .doUpdateSet({ position: (expression) => expression.ref('excluded.position') }),
        )
        .execute();
    }
  }

  return {
    /** Begins the journal of a new organisation. */
    async begin(organisationId: string): Promise<void> {
      await database
        .insertInto('journals')
        .values({ organisation_id: organisationId, position: 1, horizon: 1 })
        .execute();
      await leaveMark(organisationId, 1);
    },

    /** Notes changes. To be called in the transaction that makes them. */
    async note(organisationId: string, changes: readonly ChangeEntry[]): Promise<void> {
      const entries = distinct(changes);
      if (entries.length === 0) return;
      const raised = await database
        .updateTable('journals')
        .set((expression) => ({ position: expression('position', '+', entries.length) }))
        .where('organisation_id', '=', organisationId)
        .returning('position')
        .executeTakeFirstOrThrow();
      await write(organisationId, entries, raised.position);
      await leaveMark(organisationId, raised.position);
    },

    /** Where the journal ends, and from where on it is whole. */
    async reach(organisationId: string): Promise<{ position: number; horizon: number }> {
      return database
        .selectFrom('journals')
        .select(['position', 'horizon'])
        .where('organisation_id', '=', organisationId)
        .executeTakeFirstOrThrow();
    },

    /** The mark under which a position was given out; undefined when it never was. */
    async markAt(organisationId: string, position: number): Promise<string | undefined> {
      const row = await database
        .selectFrom('journal_marks')
        .select('mark')
        .where('organisation_id', '=', organisationId)
        .where('position', '>=', position)
        .orderBy('position')
        .limit(1)
        .executeTakeFirst();
      return row?.mark;
    },

    /** Vaults to which a person's access was touched after a position, each with where that stands. */
    async scopesAfter(organisationId: string, userId: string, from: number): Promise<Map<string, number>> {
      const rows = await database
        .selectFrom('changes')
        .select(['vault_id', 'position'])
        .where('organisation_id', '=', organisationId)
        .where('user_id', '=', userId)
        .where('kind', '=', 'scope')
        .where('position', '>', from)
        .execute();
      return new Map(rows.map((row) => [row.vault_id, row.position]));
    },

    /** The next entries that concern a person, in order. */
    async after(organisationId: string, scope: JournalScope, limit: number): Promise<PlacedEntry[]> {
      const rows = await database
        .selectFrom('changes')
        .select(columns)
        .where('organisation_id', '=', organisationId)
        .where('position', '>', scope.from)
        .where('position', '<=', scope.through)
        .where((where) => {
          const own = where('user_id', '=', scope.userId);
          if (scope.vaultIds.length === 0) return own;
          const common = where.and([where('user_id', '=', ''), where('vault_id', 'in', scope.vaultIds)]);
          return where.or([own, common]);
        })
        .orderBy('position')
        .limit(limit)
        .execute();
      return rows.map(open);
    },

    /** Forgets what was touched before a time (Unix seconds); cursors from before it end with that. */
    async forgetBefore(time: number): Promise<void> {
      const reached = await database
        .selectFrom('journal_marks')
        .select((select) => ['organisation_id', select.fn.max('position').as('position')])
        .where('created_at', '<', time)
        .groupBy('organisation_id')
        .execute();
      for (const { organisation_id: organisationId, position } of reached) {
        const upTo = Number(position);
        const old = database.deleteFrom('changes').where('organisation_id', '=', organisationId);
        await old.where('position', '<=', upTo).execute();
        // The last of the old marks stays: cursors that have seen everything stand under it.
        const marks = database.deleteFrom('journal_marks').where('organisation_id', '=', organisationId);
        await marks.where('position', '<', upTo).execute();
        await database
          .updateTable('journals')
          .set({ horizon: upTo })
          .where('organisation_id', '=', organisationId)
          .execute();
      }
    },
  };
}

export type JournalStore = ReturnType<typeof journalStore>;
