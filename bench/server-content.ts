/**
 * A large organisation for the benchmarks of the server: 10,000 people, 500 groups, 2,000 vaults,
 * 100,000 records. It is written straight into the tables, sealed as the server seals, because over
 * the API it would take hours; the two people who are measured come over the API before.
 */
import type { Kysely } from 'kysely';
import { generateRecordKey, generateVaultKey, sealPassword, sealRecordKey } from '../main/keychain/index.ts';
import { loginForm } from '../server/storage/people.ts';
import type { UserContent } from '../server/storage/people.ts';
import type { ItemContent } from '../server/storage/items.ts';
import { itemContent } from '../server/storage/items.ts';
import type { VaultContent } from '../server/storage/vaults.ts';
import { usualVaultSettings } from '../server/storage/vaults.ts';
import type { Seal } from '../server/sealing/cipher.ts';
import type { Tables } from '../server/storage/tables.ts';

export const size = { people: 10_000, groups: 500, vaults: 2_000, records: 100_000, largest: 10_000 };
const groupsOfVault = 3;
const groupsOfReader = 10;
const rowsAtOnce = 500;
const madeAt = 1_790_000_000;

/** Who is measured: the owner, who administers every vault, and a reader in some groups. */
export interface Measured {
  organisationId: string;
  ownerId: string;
  readerId: string;
}

const kinds = { person: 'a1', group: 'a2', vault: 'a3', record: 'a4', entry: 'a5' } as const;

/** The id of the nth object of a kind. */
export const idOf = (kind: keyof typeof kinds, number: number): string =>
  `6ab13c80${kinds[kind]}${number.toString(16).padStart(14, '0')}`;

export const groupsOf = (vault: number): number[] =>
  Array.from({ length: groupsOfVault }, (_, index) => (vault + index * 167) % size.groups);
const membersOf = (group: number): number[] =>
  Array.from({ length: size.people / size.groups }, (_, index) => group + index * size.groups);

/** The vault of a record: the first vault has the most. */
export const vaultOf = (record: number): number =>
  record < size.largest ? 0 : 1 + (record % (size.vaults - 1));

async function insert(
  database: Kysely<Tables>,
  table: keyof Tables,
  count: number,
  rowOf: (number: number) => object[],
): Promise<void> {
  const anything = database as unknown as Kysely<Record<string, object>>;
  for (let start = 0; start < count; start += rowsAtOnce) {
    const numbers = Array.from({ length: Math.min(rowsAtOnce, count - start) }, (_, index) => start + index);
    const rows = numbers.flatMap(rowOf);
    for (let at = 0; at < rows.length; at += rowsAtOnce) {
      await anything
        .insertInto(table)
        .values(rows.slice(at, at + rowsAtOnce))
        .execute();
    }
  }
}

async function people(database: Kysely<Tables>, seal: Seal, { organisationId, readerId }: Measured) {
  const common = { organisation_id: organisationId, created_at: madeAt };
  await insert(database, 'users', size.people, (number) => {
    const login = `person${number}`;
    const content: UserContent = {
      ...{ login, email: `${login}@corp.example`, fullName: `Person ${number}`, passwordHash: '' },
      ...{ masterKeyOptions: '', masterKeyFingerprint: null, keys: null },
    };
    const state = { role: 'user', role_id: null, is_owner: 0, is_blocked: 0, is_deleted: 0 };
    const loginKey = seal.fingerprint('login', loginForm(login));
    const id = idOf('person', number);
    return [{ ...common, ...state, id, login_key: loginKey, content: seal.sealJson(content) }];
  });
  await insert(database, 'user_groups', size.groups, (number) => [
    { ...common, id: idOf('group', number), content: seal.sealJson({ name: `Group ${number}` }) },
  ]);
  await insert(database, 'group_members', size.groups, (number) => {
    const own = membersOf(number).map((person) => idOf('person', person));
    const userIds = number < groupsOfReader ? [...own, readerId] : own;
    return userIds.map((userId) => ({ group_id: idOf('group', number), user_id: userId }));
  });
}

async function vaults(database: Kysely<Tables>, seal: Seal, measured: Measured) {
  const { organisationId, ownerId, readerId } = measured;
  const wrapped = Buffer.alloc(256, 7).toString('base64');
  await insert(database, 'vaults', size.vaults, (number) => {
    const content: VaultContent = {
      ...{ name: `Vault ${number}`, description: '', settings: usualVaultSettings },
      ...{ masterKeyHash: 'a'.repeat(64), salt: 'b'.repeat(32) },
    };
    const standing = { type: 'privateShared', type_id: null, deleted_at: null, deleter_id: null };
    const common = { id: idOf('vault', number), organisation_id: organisationId, created_at: madeAt };
    return [{ ...common, ...standing, content: seal.sealJson(content) }];
  });
  await insert(database, 'access', size.vaults, (number) => {
    const place = { vault_id: idOf('vault', number), folder_id: null };
    const entryId = (index: number) => idOf('entry', number * 10 + index);
    const owned = { ...place, id: entryId(9), user_id: ownerId, group_id: null, level: 'admin' };
    const shared = groupsOf(number).map((group, index) => ({
      ...{ ...place, id: entryId(index), user_id: null, group_id: idOf('group', group), level: 'write' },
    }));
    return [owned, ...shared];
  });
  await insert(database, 'vault_keys', size.vaults, (number) => {
    const groups = groupsOf(number);
    const members = groups.flatMap(membersOf).map((person) => idOf('person', person));
    const isRead = groups.some((group) => group < groupsOfReader);
    const holders = [...new Set([ownerId, ...(isRead ? [readerId] : []), ...members])];
    const vaultId = idOf('vault', number);
    return holders.map((userId) => ({ vault_id: vaultId, user_id: userId, content: seal.sealJson(wrapped) }));
  });
}

async function records(database: Kysely<Tables>, seal: Seal, { ownerId }: Measured) {
  const key = generateRecordKey();
  const keyEncrypted = sealRecordKey(key, generateVaultKey());
  const passwordEncrypted = sealPassword(Buffer.from('a password of usual length'), key);
  await insert(database, 'items', size.records, (number) => {
    const content: ItemContent = itemContent({
      ...{ name: `Record ${number}`, login: `login${number}`, url: `https://host${number}.corp.example` },
      ...{ urls: [], description: null, tags: ['bench'], color: 0, fieldsOrder: null },
      ...{ passwordEncrypted, keyEncrypted, customs: [], attachments: [] },
    });
    const place = { vault_id: idOf('vault', vaultOf(number)), folder_id: null, bin_id: null };
    const times = { revision: 1, created_at: madeAt, updated_at: madeAt, editor_id: ownerId };
    return [{ id: idOf('record', number), ...place, ...times, content: seal.sealJson(content) }];
  });
}

/** Writes all of it as one transaction. */
export async function fillOrganisation(
  database: Kysely<Tables>,
  seal: Seal,
  measured: Measured,
): Promise<void> {
  await database.transaction().execute(async (within) => {
    await people(within, seal, measured);
    await vaults(within, seal, measured);
    await records(within, seal, measured);
  });
}
