/**
 * A vault on its way to another key. What is wrapped anew is put by, and takes the place of the old
 * all at once: until then everybody reads and writes under the old key.
 */
import type { Kysely, Selectable } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { KeyedKind, RekeyingTable } from './administrationtables.ts';
import type { ItemContent } from './items.ts';
import type { Editing, Rewrite } from './rewriting.ts';
import { rewriting } from './rewriting.ts';
import type { SecretContent } from './secrets.ts';
import { stateOf, withSecrets } from './secrets.ts';
import type { Tables } from './tables.ts';
import type { Vault } from './vaults.ts';

/** Check value and salt of the new key; null where there is to be none. */
interface RekeyingContent {
  masterKeyHash: string | null;
  salt: string | null;
}

export interface Rekeying extends RekeyingContent {
  id: string;
  vaultId: string;
  /** The change of the whole organisation that the vault is converted for; null for another key alone. */
  changeId: string | null;
  starterId: string;
  /** Unix seconds. */
  createdAt: number;
}

/** The new vault key wrapped for somebody, and the public key that it was wrapped for. */
export interface RewrappedVaultKey {
  masterKeyEncrypted: string;
  publicKeyFingerprint: string;
}

/** Something of a vault that carries a record key under the vault key. */
export interface Keyed {
  kind: KeyedKind;
  id: string;
  keyEncrypted: string;
  /** What it holds; null of a shortcut, which holds nothing else. */
  content: ItemContent | null;
}

/** A record key under the new vault key, and the sealed one that it was made from. */
export interface RewrappedRecordKey extends Omit<Keyed, 'content'> {
  formerKeyEncrypted: string;
}

/** What was put by: the record key under the new vault key, or all secrets under a new record key. */
export type PutBy = string | SecretContent;

/** The order in which the keyed things of a vault are walked through. */
export const keyedKinds = ['item', 'snapshot', 'shortcut'] as const satisfies readonly KeyedKind[];

/** The repository of vaults on their way to another key. */
export function rekeyingStore(database: Kysely<Tables>, seal: Seal) {
  const formerKey = (keyEncrypted: string) => seal.fingerprint('record key to be replaced', keyEncrypted);

  async function rows(vaultId: string, kind: KeyedKind, after: string, limit: number) {
    if (kind === 'snapshot') {
      return database
        .selectFrom('snapshots')
        .innerJoin('items', 'items.id', 'snapshots.item_id')
        .select(['snapshots.id', 'snapshots.content'])
        .where('items.vault_id', '=', vaultId)
        .where('snapshots.id', '>', after)
        .orderBy('snapshots.id')
        .limit(limit)
        .execute();
    }
    const table = kind === 'item' ? 'items' : 'shortcuts';
    const all = database.selectFrom(table).select(['id', 'content']).where('vault_id', '=', vaultId);
    return all.where('id', '>', after).orderBy('id').limit(limit).execute();
  }

  const keyedRow = (kind: KeyedKind, { id, content }: { id: string; content: Uint8Array }): Keyed[] => {
    const opened = kind === 'shortcut' ? null : seal.openJson<ItemContent>(content);
    const keyEncrypted = opened ? opened.keyEncrypted : seal.openJson<string | null>(content);
    return keyEncrypted === null ? [] : [{ kind, id, keyEncrypted, content: opened }];
  };

  /** Whether what was put by was made from what stands now: from the key, or from all secrets. */
  const isCurrent = ({ keyEncrypted, content }: Keyed, putBy: PutBy, former: Uint8Array): boolean => {
    if (typeof putBy === 'string') return formerKey(keyEncrypted).equals(former);
    return content !== null && stateOf(seal, content) === Buffer.from(former).toString('hex');
  };

  const rekeyed =
    (keys: ReadonlyMap<string, PutBy>): Rewrite =>
    (id, former) => {
      const putBy = keys.get(id) ?? former.keyEncrypted;
      return typeof putBy === 'object' && putBy !== null
        ? withSecrets(former, putBy)
        : { ...former, keyEncrypted: putBy };
    };
  const rewrite = rewriting(database, seal);
  const open = (row: Selectable<RekeyingTable>): Rekeying => ({
    ...{ id: row.id, vaultId: row.vault_id, changeId: row.change_id, starterId: row.starter_id },
    ...{ createdAt: row.created_at, ...seal.openJson<RekeyingContent>(row.content) },
  });

  return {
    async insert(rekeying: Rekeying, keys: ReadonlyMap<string, RewrappedVaultKey>): Promise<void> {
      const { id, vaultId, changeId, starterId, createdAt, masterKeyHash, salt } = rekeying;
      const content = seal.sealJson({ masterKeyHash, salt } satisfies RekeyingContent);
      const about = { id, vault_id: vaultId, change_id: changeId, starter_id: starterId };
      await database
        .insertInto('rekeyings')
        .values({ ...about, created_at: createdAt, content })
        .execute();
      for (const [userId, key] of keys) {
        const row = { rekeying_id: id, user_id: userId, content: seal.sealJson(key) };
        await database.insertInto('rekeying_keys').values(row).execute();
      }
    },

    async remove(id: string): Promise<void> {
      await database.deleteFrom('rekeyings').where('id', '=', id).execute();
    },

    async ofVault(vaultId: string): Promise<Rekeying | undefined> {
      const rekeyings = database.selectFrom('rekeyings').selectAll();
      const row = await rekeyings.where('vault_id', '=', vaultId).executeTakeFirst();
      return row && open(row);
    },

    /** The vaults that are being converted for a change of the whole organisation. */
    async ofChange(changeId: string): Promise<Rekeying[]> {
      const rekeyings = database.selectFrom('rekeyings').selectAll();
      const rows = await rekeyings.where('change_id', '=', changeId).orderBy('id').execute();
      return rows.map(open);
    },

    /** The new key as it was wrapped for people, by user id. */
    async keys(id: string): Promise<Map<string, RewrappedVaultKey>> {
      const wrapped = database.selectFrom('rekeying_keys').selectAll();
      const found = await wrapped.where('rekeying_id', '=', id).execute();
      return new Map(found.map((row) => [row.user_id, seal.openJson<RewrappedVaultKey>(row.content)]));
    },

    /** Puts record keys by; one that was put by before is replaced. */
    async putBy(id: string, records: readonly RewrappedRecordKey[]): Promise<void> {
      const rows = records.map((record) => ({
        ...{ rekeying_id: id, kind: record.kind, object_id: record.id, revision: null },
        former_key: formerKey(record.formerKeyEncrypted),
        content: seal.sealJson(record.keyEncrypted),
      }));
      await database
        .insertInto('rekeying_records')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['rekeying_id', 'kind', 'object_id']).doUpdateSet((update) => ({
            former_key: update.ref('excluded.former_key'),
            content: update.ref('excluded.content'),
          })),
        )
        .execute();
    },

    /** How many record keys have been put by. */
    async countPutBy(id: string): Promise<number> {
      const row = await database
        .selectFrom('rekeying_records')
        .select((select) => select.fn.countAll().as('total'))
        .where('rekeying_id', '=', id)
        .executeTakeFirst();
      return Number(row?.total ?? 0);
    },

    /** What was put by for some keyed things and is still made from what they hold now. */
    async currentPutBy(id: string, keyed: readonly Keyed[]): Promise<Map<string, PutBy>> {
      const current = new Map<string, PutBy>();
      for (const [kind, ofKind] of Map.groupBy(keyed, (each) => each.kind)) {
        const found = await database
          .selectFrom('rekeying_records')
          .select(['object_id', 'former_key', 'content'])
          .where('rekeying_id', '=', id)
          .where('kind', '=', kind)
          .where(
            'object_id',
            'in',
            ofKind.map((each) => each.id),
          )
          .execute();
        const byId = new Map(found.map((row) => [row.object_id, row]));
        for (const each of ofKind) {
          const row = byId.get(each.id);
          const putBy = row && seal.openJson<PutBy>(row.content);
          if (putBy && isCurrent(each, putBy, row.former_key)) current.set(each.id, putBy);
        }
      }
      return current;
    },

    /** The next things of a vault that carry a record key, those in the bin included, by id. */
    async walk(vaultId: string, kind: KeyedKind, after: string, limit: number) {
      const found = await rows(vaultId, kind, after, limit);
      const keyed = found.flatMap((row) => keyedRow(kind, row));
      return { keyed, last: found.length < limit ? null : (found.at(-1)?.id ?? null) };
    },

    /** Gives keyed things of one kind what was put by for them, by id. */
    async rewrap(kind: KeyedKind, putBy: ReadonlyMap<string, PutBy>, by: Editing) {
      const ids = [...putBy.keys()];
      if (kind === 'item') await rewrite.items(ids, rekeyed(putBy), by);
      else if (kind === 'snapshot') await rewrite.snapshots(ids, rekeyed(putBy));
      else await rewrite.shortcuts(putBy);
    },

    /** Ends the old key of a vault: check value and salt of the new one, and nobody's wrapped key. */
    async replaceKey(vault: Vault, { masterKeyHash, salt }: RekeyingContent): Promise<void> {
      const { name, description, settings } = vault;
      const content = seal.sealJson({ name, description, settings, masterKeyHash, salt });
      await database.updateTable('vaults').set({ content }).where('id', '=', vault.id).execute();
      await database.deleteFrom('vault_keys').where('vault_id', '=', vault.id).execute();
    },
  };
}
