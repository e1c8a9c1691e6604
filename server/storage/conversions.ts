/**
 * Vaults on their way to the other mode: what their records and former states will hold is put by
 * beside them, and tells what it was made from.
 */
import type { Kysely } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { ItemContent } from './items.ts';
import type { Editing, Rewrite } from './rewriting.ts';
import { rewriting } from './rewriting.ts';
import type { ReplacedFile, SecretContent } from './secrets.ts';
import { stateOf, withSecrets } from './secrets.ts';
import type { Tables } from './tables.ts';

/** Whatever holds secret content of a vault's own. */
export const convertedKinds = ['item', 'snapshot'] as const;
export type ConvertedKind = (typeof convertedKinds)[number];

/** A record or a former state as it stands. */
export interface Convertible {
  kind: ConvertedKind;
  id: string;
  itemId: string;
  revision: number;
  /** 64 hexadecimal digits: see `stateOf`. */
  state: string;
  content: ItemContent;
}

/** What takes the place of an object's secrets, and the state that it was made from. */
export interface Converted {
  kind: ConvertedKind;
  id: string;
  state: string;
  /** The revision that has that state; null where none has. */
  revision: number | null;
  content: SecretContent;
}

/** How many objects of a vault there are, and for how many what was put by is in its present state. */
export interface Progress {
  total: number;
  done: number;
}

/** The repository of conversions. */
export function conversionStore(database: Kysely<Tables>, seal: Seal) {
  const rewrite = rewriting(database, seal);

  /** All records, or all former states, each with the vault that it is in. */
  const objects = (kind: ConvertedKind) =>
    kind === 'item'
      ? database
          .selectFrom('items')
          .select(['id', 'id as item_id', 'vault_id', 'revision', 'content'])
          .as('objects')
      : database
          .selectFrom('snapshots')
          .innerJoin('items', 'items.id', 'snapshots.item_id')
          .select(['snapshots.id', 'snapshots.item_id', 'items.vault_id'])
          .select(['snapshots.revision', 'snapshots.content'])
          .as('objects');

  type Row = { id: string; item_id: string; revision: number; content: Uint8Array };
  const open = (kind: ConvertedKind, row: Row): Convertible => {
    const content = seal.openJson<ItemContent>(row.content);
    const { id, item_id: itemId, revision } = row;
    return { kind, id, itemId, revision, state: stateOf(seal, content), content };
  };

  /** What was put by for objects that are still in the vault it was put by for. */
  const putByIn = (kind: ConvertedKind, vaultIds: readonly string[]) =>
    database
      .selectFrom('rekeying_records')
      .innerJoin('rekeyings', 'rekeyings.id', 'rekeying_records.rekeying_id')
      .innerJoin(objects(kind), (join) =>
        join
          .onRef('objects.id', '=', 'rekeying_records.object_id')
          .onRef('objects.vault_id', '=', 'rekeyings.vault_id'),
      )
      .where('rekeying_records.kind', '=', kind)
      .where('rekeyings.vault_id', 'in', vaultIds);

  const countObjects = (kind: ConvertedKind, vaultIds: readonly string[]) =>
    database
      .selectFrom(objects(kind))
      .select((select) => ['objects.vault_id', select.fn.countAll().as('count')])
      .where('objects.vault_id', 'in', vaultIds)
      .groupBy('objects.vault_id')
      .execute();

  /** Where the revision is the one that it was made from the content is, too. */
  const countUnchanged = (kind: ConvertedKind, vaultIds: readonly string[]) =>
    putByIn(kind, vaultIds)
      .whereRef('rekeying_records.revision', '=', 'objects.revision')
      .select((select) => ['objects.vault_id', select.fn.countAll().as('count')])
      .groupBy('objects.vault_id')
      .execute();

  /** Those with another revision that have the same secrets all the same: another name, another place. */
  const stillCurrent = async (kind: ConvertedKind, vaultIds: readonly string[]) => {
    const rows = await putByIn(kind, vaultIds)
      .where((where) =>
        where.or([
          where('rekeying_records.revision', 'is', null),
          where('rekeying_records.revision', '<>', where.ref('objects.revision')),
        ]),
      )
      .select(['objects.vault_id', 'objects.content', 'rekeying_records.former_key'])
      .execute();
    return rows
      .filter((row) => isOf(row.former_key, stateOf(seal, seal.openJson<ItemContent>(row.content))))
      .map((row) => ({ vault_id: row.vault_id, count: 1 }));
  };

  return {
    /** The state of a content: see `secrets.ts`. */
    stateOf: (content: ItemContent): string => stateOf(seal, content),

    /** The next records or former states of a vault, those in the bin included, by id. */
    async walk(vaultId: string, kind: ConvertedKind, after: string, limit: number) {
      const rows = await database
        .selectFrom(objects(kind))
        .selectAll()
        .where('objects.vault_id', '=', vaultId)
        .where('objects.id', '>', after)
        .orderBy('objects.id')
        .limit(limit)
        .execute();
      const last = rows.length < limit ? null : (rows.at(-1)?.id ?? null);
      return { objects: rows.map((row) => open(kind, row)), last };
    },

    /** Those of some objects of one kind that are in a vault, by id. */
    async find(vaultId: string, kind: ConvertedKind, ids: readonly string[]) {
      const rows = await database
        .selectFrom(objects(kind))
        .selectAll()
        .where('objects.vault_id', '=', vaultId)
        .where('objects.id', 'in', ids)
        .execute();
      return new Map(rows.map((row) => [row.id, open(kind, row)]));
    },

    /** Puts contents by; one that was put by before for the same object is replaced. */
    async putBy(rekeyingId: string, contents: readonly Converted[]): Promise<void> {
      const rows = contents.map(({ kind, id, state, revision, content }) => ({
        ...{ rekeying_id: rekeyingId, kind, object_id: id, revision },
        ...{ former_key: Buffer.from(state, 'hex'), content: seal.sealJson(content) },
      }));
      await database
        .insertInto('rekeying_records')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['rekeying_id', 'kind', 'object_id']).doUpdateSet((update) => ({
            former_key: update.ref('excluded.former_key'),
            revision: update.ref('excluded.revision'),
            content: update.ref('excluded.content'),
          })),
        )
        .execute();
    },

    /** What was put by for objects of one kind and is still made from the state that they have now. */
    async current(rekeyingId: string, kind: ConvertedKind, present: readonly Convertible[]) {
      const ids = present.map(({ id }) => id);
      const rows = await database
        .selectFrom('rekeying_records')
        .select(['object_id', 'former_key', 'content'])
        .where('rekeying_id', '=', rekeyingId)
        .where('kind', '=', kind)
        .where('object_id', 'in', ids)
        .execute();
      const states = new Map(present.map(({ id, state }) => [id, state]));
      return new Map(
        rows
          .filter((row) => isOf(row.former_key, states.get(row.object_id)))
          .map((row) => [row.object_id, seal.openJson<SecretContent>(row.content)]),
      );
    },

    /** Forgets what was put by for a record and its former states. */
    async forget(rekeyingId: string, itemId: string): Promise<void> {
      const snapshots = database.selectFrom('snapshots').select('id').where('item_id', '=', itemId);
      await database
        .deleteFrom('rekeying_records')
        .where('rekeying_id', '=', rekeyingId)
        .where((where) => where.or([where('object_id', '=', itemId), where('object_id', 'in', snapshots)]))
        .execute();
    },

    /** Puts contents in force, by id. Records get their next revision. */
    async replace(
      kind: ConvertedKind,
      contents: ReadonlyMap<string, SecretContent>,
      files: ReadonlyMap<string, ReplacedFile>,
      by: Editing,
    ): Promise<void> {
      const converted: Rewrite = (id, former) => {
        const secrets = contents.get(id);
        return secrets ? withSecrets(former, secrets, files) : former;
      };
      if (kind === 'item') await rewrite.items([...contents.keys()], converted, by);
      else await rewrite.snapshots([...contents.keys()], converted);
    },

    /** How far some vaults are, by id; every one of them is in the answer. */
    async progress(vaultIds: readonly string[]): Promise<Map<string, Progress>> {
      const known = new Map(vaultIds.map((id): [string, Progress] => [id, { total: 0, done: 0 }]));
      const add = (of: keyof Progress, rows: readonly { vault_id: string; count: unknown }[]) => {
        for (const row of rows) {
          const progress = known.get(row.vault_id);
          if (progress) progress[of] += Number(row.count);
        }
      };
      for (const kind of convertedKinds) {
        add('total', await countObjects(kind, vaultIds));
        add('done', await countUnchanged(kind, vaultIds));
        add('done', await stillCurrent(kind, vaultIds));
      }
      return known;
    },
  };
}

const isOf = (former: Uint8Array, state: string | undefined): boolean =>
  state !== undefined && Buffer.from(former).toString('hex') === state;
