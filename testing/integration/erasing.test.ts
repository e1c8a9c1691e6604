/** Erasing for good what lies in the bin: there, here, and on the devices of others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BinRow } from '../../contract/bin.ts';
import { keyFingerprint, wrapVaultKey } from '../../main/keychain/index.ts';
import type { OpenVault } from '../organisation/member.ts';
import type { Application } from './application.ts';
import { TrustStage } from './truststage.ts';

let stage: TrustStage;
/** Boris's, who may read and write the vault and not manage its bin. */
let theirs: Application;
let vault: OpenVault;

async function letBorisIn({ id, key }: OpenVault): Promise<void> {
  const { anna, boris } = stage.organisation;
  const { publicKey } = await anna.http.send<{ publicKey: string }>(
    'GET',
    `/users/${boris.userId}/public-key`,
  );
  if (key === null) throw new Error('The vault has a key.');
  await anna.http.send('POST', `/vaults/${id}/access`, {
    ...{ userId: boris.userId, access: 'read', publicKeyFingerprint: keyFingerprint(publicKey) },
    masterKeyEncrypted: wrapVaultKey(key, publicKey),
  });
}

beforeAll(async () => {
  stage = await TrustStage.open();
  ({ vault } = await stage.vaultWithGroup('Binned', ['One', 'Two', 'Three', 'Four']));
  await letBorisIn(vault);
  await stage.app.synced();
  theirs = await stage.applicationOf(stage.organisation.boris);
});
afterAll(() => stage.close());

const binOf = async (app: Application): Promise<BinRow[]> =>
  (await app.ask('bin', 'page', { vaultId: vault.id, offset: 0, limit: 50 })).rows;
async function inBin(app: Application, name: string): Promise<BinRow> {
  const found = (await binOf(app)).find((row) => row.name === name);
  if (found === undefined) throw new Error(`${name} is not in the bin.`);
  return found;
}
async function idOf(app: Application, name: string): Promise<string> {
  for (const recordId of await app.ids({ kind: 'vault', vaultId: vault.id })) {
    if ((await app.ask('records', 'read', { recordId })).name === name) return recordId;
  }
  throw new Error(`There is no ${name}.`);
}
const thereInBin = async (): Promise<string[]> =>
  (
    await stage.organisation.anna.http.send<{ items: { item: { name: string } | null }[] }>('GET', '/bin')
  ).items.map(({ item }) => item?.name ?? '');

describe('erasing what lies in the bin', () => {
  it('waits until the server has heard of the deletion', async () => {
    const { app } = stage;
    stage.proxy.setDown(true);
    await app.ask('editing', 'remove', { recordIds: [await idOf(app, 'One')] });
    const { id, erasable } = await inBin(app, 'One');
    expect(erasable).toBe(false);
    expect(await app.refusal('bin', 'erase', { id })).toBe('noSuchRecord');
    stage.proxy.setDown(false);
    await app.synced();
    expect(await inBin(app, 'One')).toMatchObject({ erasable: true, restorable: true });
  });

  it('takes it away there and here, and nothing else', async () => {
    const { app } = stage;
    await app.ask('editing', 'remove', { recordIds: [await idOf(app, 'Two')] });
    await app.synced();
    const { id } = await inBin(app, 'One');
    await app.ask('bin', 'erase', { id });
    expect((await binOf(app)).map(({ name }) => name)).toEqual(['Two']);
    expect(await thereInBin()).toEqual(['Two']);
    expect(await app.refusal('bin', 'erase', { id })).toBe('noSuchRecord');
    await app.synced();
    expect((await binOf(app)).map(({ name }) => name)).toEqual(['Two']);
    expect(await idOf(app, 'Three')).not.toBe('');
  });

  it('is not offered to those who may not, and refused by the server', async () => {
    await theirs.synced();
    const { items } = await stage.organisation.anna.http.send<{ items: { binItemId: string }[] }>(
      'GET',
      '/bin',
    );
    const erasing = stage.organisation.boris.http.send('DELETE', `/bin/${items[0]?.binItemId ?? ''}`);
    await expect(erasing).rejects.toThrow(/40[34]/);
    for (const { id, erasable } of await binOf(theirs)) {
      expect(erasable).toBe(false);
      expect(await theirs.refusal('bin', 'erase', { id })).toBe('noSuchRecord');
    }
    expect(await thereInBin()).toEqual(['Two']);
  });

  it('needs the server, and keeps what it could not erase', async () => {
    const { id } = await inBin(stage.app, 'Two');
    stage.proxy.setDown(true);
    expect(await stage.app.refusal('bin', 'erase', { id })).toBe('unreachable');
    stage.proxy.setDown(false);
    expect(await inBin(stage.app, 'Two')).toMatchObject({ erasable: true });
  });

  it('says so where somebody else was faster', async () => {
    const { app } = stage;
    const { items } = await stage.organisation.anna.http.send<{ items: { binItemId: string }[] }>(
      'GET',
      '/bin',
    );
    await stage.organisation.anna.http.send('DELETE', `/bin/${items[0]?.binItemId ?? ''}`);
    const { id } = await inBin(app, 'Two');
    expect(await app.refusal('bin', 'erase', { id })).toBe('noSuchRecord');
    await app.synced();
    await app.synced();
    expect(await binOf(app)).toEqual([]);
  });
});
