/** A data folder from before a step is brought up to date with what is in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterEach, expect, it } from 'vitest';
import { trialEngine } from '../../testing/organisation/trialdatabase.ts';
import { createSeal } from '../sealing/cipher.ts';
import { loadSealingKey } from '../sealing/keyfile.ts';
import { filePlace } from './places.ts';
import { newId } from './ids.ts';
import { migrations } from './migrations.ts';
import { openStorage } from './storage.ts';
import type { Tables } from './tables.ts';
import { usualVaultSettings } from './vaults.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

it('brings a database from before the administration of vaults up to date, with its content', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-migrations-'));
  folders.push(folder);
  const seal = createSeal(loadSealingKey(folder, false));
  const [organisationId, userId, vaultId, logId, linkId, itemId] = Array.from({ length: 6 }, () => newId(0));
  const old = new Kysely<Record<string, Record<string, unknown>>>({
    dialect: (await trialEngine(folder)).dialect,
  });
  const provider = migrations(await trialEngine(folder), () => 0);
  await new Migrator({ db: old, provider }).migrateTo('0003_offline_edits');
  const rows: [table: string, row: Record<string, unknown>][] = [
    ['organisations', { id: organisationId, client_side_encryption: 1, content: { name: 'O' } }],
    [
      'users',
      {
        ...{ id: userId, organisation_id: organisationId, login_key: Buffer.from('x'), role: 'user' },
        ...{ is_owner: 0, is_blocked: 0, is_deleted: 0, content: { login: 'l', fullName: 'F', keys: null } },
      },
    ],
    [
      'vaults',
      {
        ...{ id: vaultId, organisation_id: organisationId, type: 'privateShared' },
        content: { name: 'V', masterKeyHash: 'h', salt: 's' },
      },
    ],
    [
      'items',
      {
        ...{ id: itemId, vault_id: vaultId, revision: 1, updated_at: 0, editor_id: userId },
        content: { name: 'I' },
      },
    ],
    [
      'links',
      {
        ...{ id: linkId, item_id: itemId, creator_id: userId, type: 'reusable' },
        content: { token: 't', keyHash: null, keyEncrypted: null, itemData: {} },
      },
    ],
    [
      'activity',
      {
        ...{ id: logId, organisation_id: organisationId, actor_id: userId, event: 'item_viewed' },
        ...{
          object_id: itemId,
          vault_id: vaultId,
          acted_at: 0,
          is_offline: 1,
          content: { action: 'copied' },
        },
      },
    ],
  ];
  for (const [table, row] of rows) {
    const sealed = { ...row, created_at: 0, content: seal.sealJson(row['content']) };
    await old.insertInto(table).values(sealed).execute();
  }
  await old.destroy();

  const storage = await openStorage(await trialEngine(folder), seal, filePlace(folder, undefined), () => 0);
  const described = { description: '', settings: usualVaultSettings, customTypeId: null, masterKeyHash: 'h' };
  expect(await storage.vaults.list(organisationId ?? '')).toMatchObject([{ id: vaultId, ...described }]);
  expect(await storage.users.find(userId ?? '')).toMatchObject({ login: 'l', role: 'user', roleId: null });
  expect(await storage.links.ofItem(itemId ?? '')).toMatchObject([{ id: linkId, views: 0, openedAt: null }]);
  expect(await storage.activity.list(organisationId ?? '', {})).toMatchObject([
    { id: logId, action: 'copied', subjectId: null, address: null },
  ]);
  await storage.close();
  const known = new Kysely<Tables>({ dialect: (await trialEngine(folder)).dialect });
  const done = await new Migrator({ db: known, provider }).getMigrations();
  expect(done.every(({ executedAt }) => executedAt !== undefined)).toBe(true);
  await known.destroy();
});
