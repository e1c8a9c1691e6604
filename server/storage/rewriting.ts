/**
 * Many records, former states or shortcuts written over at once. Whole rows are written over
 * themselves, many in one statement: one by one, a vault of ten thousand records would hold
 * everybody up for long.
 */
import type { Kysely } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { ItemContent } from './items.ts';
import type { Tables } from './tables.ts';

/** Who changed something, and when (Unix seconds). */
export interface Editing {
  editorId: string;
  at: number;
}

/** The content that something gets, from the one that it has. */
export type Rewrite = (id: string, former: ItemContent) => ItemContent;

/** The writers on a database or a transaction of it. */
export function rewriting(database: Kysely<Tables>, seal: Seal) {
  const rewritten = (row: { id: string; content: Uint8Array }, rewrite: Rewrite) =>
    seal.sealJson(rewrite(row.id, seal.openJson<ItemContent>(row.content)));

  return {
    /** Gives records another content; each gets its next revision. */
    async items(ids: readonly string[], rewrite: Rewrite, { editorId, at }: Editing): Promise<void> {
      if (ids.length === 0) return;
      const former = await database.selectFrom('items').selectAll().where('id', 'in', ids).execute();
      if (former.length === 0) return;
      const rows = former.map((row) => ({
        ...{ ...row, editor_id: editorId, updated_at: at, revision: row.revision + 1 },
        content: rewritten(row, rewrite),
      }));
      await database
        .insertInto('items')
        .values(rows)
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((update) => ({
            content: update.ref('excluded.content'),
            editor_id: update.ref('excluded.editor_id'),
            updated_at: update.ref('excluded.updated_at'),
            revision: update.ref('excluded.revision'),
          })),
        )
        .execute();
    },

    /** Gives former states another content. */
    async snapshots(ids: readonly string[], rewrite: Rewrite): Promise<void> {
      if (ids.length === 0) return;
      const former = await database.selectFrom('snapshots').selectAll().where('id', 'in', ids).execute();
      if (former.length === 0) return;
      const rows = former.map((row) => ({ ...row, content: rewritten(row, rewrite) }));
      await database
        .insertInto('snapshots')
        .values(rows)
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((update) => ({ content: update.ref('excluded.content') })),
        )
        .execute();
    },

    /** Gives shortcuts their record keys, by id. */
    async shortcuts(keys: ReadonlyMap<string, unknown>): Promise<void> {
      if (keys.size === 0) return;
      const ids = [...keys.keys()];
      const former = await database.selectFrom('shortcuts').selectAll().where('id', 'in', ids).execute();
      if (former.length === 0) return;
      const rows = former.map((row) => ({ ...row, content: seal.sealJson(keys.get(row.id) ?? null) }));
      await database
        .insertInto('shortcuts')
        .values(rows)
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((update) => ({ content: update.ref('excluded.content') })),
        )
        .execute();
    },
  };
}
