/** The journal is kept by the storage itself: nothing can be written past it unnoticed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trialEngine } from '../../testing/organisation/trialdatabase.ts';
import { createSeal } from '../sealing/cipher.ts';
import { loadSealingKey } from '../sealing/keyfile.ts';
import { filePlace } from './places.ts';
import { newId } from './ids.ts';
import { migrations } from './migrations.ts';
import type { Storage } from './storage.ts';
import { openStorage } from './storage.ts';
import type { Tables } from './tables.ts';
import { usualVaultSettings } from './vaults.ts';

/** Methods that only read, or write what no client holds. Whoever adds one decides which it is. */
const unnoted = {
  organisations: [
    ...([
      'find',
      'ids',
      'offlinePolicy',
      'setOfflinePolicy',
      'passwordPolicies',
      'setPasswordPolicies',
    ] as const),
    ...(['activityDays', 'setActivityDays', 'setEncryption'] as const),
  ],
  users: ['insert', 'find', 'findByLogin', 'administrators', 'findMany'],
  groups: ['insert', 'rename', 'list', 'memberCounts', 'memberIds', 'groupIdsOf'],
  vaults: ['find', 'findMany', 'idsOfTypes', 'list', 'findDeleted', 'listDeleted'],
  vaultKeys: ['of', 'holders', 'vaultIdsOf'],
  vaultTypes: ['set', 'remove', 'list', 'vaultIdsOf', 'administrators', 'administeredBy'],
  hiddenVaults: ['of'],
  rekeyings: [
    ...(['insert', 'remove', 'ofVault', 'ofChange', 'keys', 'putBy', 'countPutBy', 'currentPutBy'] as const),
    ...(['walk', 'rewrap'] as const),
  ],
  folders: ['find', 'findAll', 'findBinned', 'idsInBin', 'list', 'tree', 'places', 'dropEmpty'],
  access: ['concerning', 'ofVault', 'ofUser', 'ofGroup', 'sharedAmong', 'vaultIdsOfGroup'],
  items: ['find', 'findMany', 'findBinned', 'list', 'walk', 'count', 'within', 'favoritesOf'],
  shortcuts: ['find', 'findMany', 'inVaults', 'toItem'],
  inbox: ['find', 'findMany', 'receivedBy', 'sentBy', 'ofItem', 'throughGroup'],
  bin: ['insert', 'find', 'findMany', 'list'],
} as const;

/** Methods that the journal hears of. */
const noted = {
  organisations: ['insert'],
  users: ['update'],
  groups: ['remove', 'addMembers', 'removeMembers'],
  vaults: ['insert', 'update', 'setType', 'moveToBin', 'restore', 'remove'],
  vaultKeys: ['set', 'remove'],
  vaultTypes: ['setAdministrator'],
  hiddenVaults: ['set'],
  rekeyings: ['replaceKey'],
  folders: ['insert', 'rename', 'move', 'restore', 'moveToBin'],
  access: ['set'],
  items: ['insert', 'update', 'restore', 'purge', 'moveToBin', 'setFavorite'],
  shortcuts: ['insert', 'remove', 'removeTo'],
  inbox: ['insert', 'markViewed', 'setAccess', 'remove', 'removeOf'],
  bin: ['remove'],
} as const;

let folder = '';
let storage: Storage;
const organisationId = newId(0);

const sealOf = (at: string) => createSeal(loadSealingKey(at, false));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-journal-'));
  storage = await openStorage(await trialEngine(folder), sealOf(folder), filePlace(folder, undefined));
  await storage.organisations.insert({ id: organisationId, name: 'O', clientSideEncryption: true }, 0);
});
afterAll(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the methods of the repositories', () => {
  it.each(Object.keys(noted) as (keyof typeof noted)[])(
    'of %s are either noted or known to need no note',
    (name) => {
      const methods = Object.keys(storage[name]);
      expect([...noted[name], ...unnoted[name]].sort()).toEqual(methods.sort());
    },
  );
});

describe('a note', () => {
  const vault = {
    ...{ id: newId(0), organisationId, type: 'privateShared' as const },
    ...{ name: 'V', masterKeyHash: null, salt: null, customTypeId: null, description: '' },
    settings: usualVaultSettings,
  };

  it('is taken back with the write that it belongs to', async () => {
    await storage.vaults.insert(vault, 0);
    const before = await storage.journal.reach(organisationId);
    const failing = storage.transaction(async (within) => {
      await within.vaults.update({ ...vault, name: 'Other' });
      expect((await within.journal.reach(organisationId)).position).toBeGreaterThan(before.position);
      throw new Error('The disk is full.');
    });
    await expect(failing).rejects.toThrow('The disk is full.');
    expect(await storage.journal.reach(organisationId)).toEqual(before);
    expect((await storage.vaults.find(vault.id))?.name).toBe('V');
  });

  it('of the same thing again moves to the end and is not doubled', async () => {
    for (const name of ['A', 'B', 'C']) await storage.vaults.update({ ...vault, name });
    const { position } = await storage.journal.reach(organisationId);
    const scope = { userId: '', vaultIds: [vault.id], from: 0, through: position };
    const entries = await storage.journal.after(organisationId, scope, 10);
    expect(entries).toEqual([expect.objectContaining({ kind: 'vault', objectId: vault.id, position })]);
  });
});

describe('a data folder from before the journal', () => {
  it('is brought up to date, and its organisations begin theirs', async () => {
    const old = mkdtempSync(join(tmpdir(), 'strongroom-old-'));
    const engine = await trialEngine(old);
    const database = new Kysely<Tables>({ dialect: engine.dialect });
    const migrator = new Migrator({ db: database, provider: migrations(engine, Date.now) });
    await migrator.migrateTo('0001_foundation');
    const content = sealOf(old).sealJson({ name: 'Old' });
    await database
      .insertInto('organisations')
      .values({ id: organisationId, client_side_encryption: 1, created_at: 0, content })
      .execute();
    await database.destroy();
    const opened = await openStorage(await trialEngine(old), sealOf(old), filePlace(old, undefined));
    expect((await opened.organisations.find(organisationId))?.name).toBe('Old');
    expect(await opened.journal.reach(organisationId)).toEqual({ position: 1, horizon: 1 });
    expect(await opened.journal.markAt(organisationId, 1)).toMatch(/^[0-9a-f]{24}$/);
    await opened.close();
    rmSync(old, { recursive: true, force: true });
  });
});
