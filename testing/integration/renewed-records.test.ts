/** Every record gets a key of its own along with its vault: whoever kept single record keys opens nothing new. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  decodeAttachment,
  generateRecordKey,
  generateVaultKey,
  keyFingerprint,
  openPassword,
  openRecordKey,
  sealPassword,
  sealRecordKey,
  wrapVaultKey,
} from '../../main/keychain/index.ts';
import type { RecordKey, VaultKey } from '../../main/keychain/index.ts';
import * as lie from '../hostile/lies.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import type { Member, OpenVault } from '../organisation/member.ts';
import { Application } from './application.ts';
import { utf8 } from './accountstage.ts';
import { TrustStage } from './truststage.ts';

let stage: TrustStage;
/** Between the server and somebody else's application. */
let line: LyingProxy;
beforeAll(async () => {
  stage = await TrustStage.open();
  line = await LyingProxy.start(stage.server.url);
});
afterAll(async () => {
  await stage.close();
  await line.close();
});
afterEach(() => {
  stage.proxy.tell(null);
  line.tell(null);
  line.setDown(false);
});

interface WireItem {
  readonly id: string;
  readonly name: string;
  readonly keyEncrypted: string;
  readonly passwordEncrypted: string | null;
  readonly attachments: readonly { readonly id: string; readonly encryptedKey: string }[];
}

const owner = (): Member => stage.organisation.anna;
const get = <T>(path: string): Promise<T> => owner().http.send<T>('GET', path);
const itemsOf = async ({ id }: OpenVault): Promise<WireItem[]> =>
  (await get<{ items: WireItem[] }>(`/items?vaultId=${id}`)).items;
const keysUnder = (items: readonly WireItem[], vaultKey: VaultKey): Map<string, RecordKey> =>
  new Map(items.map(({ id, keyEncrypted }) => [id, openRecordKey(keyEncrypted, vaultKey)]));

async function passwordsIn(app: Application, vaultId: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const recordId of await app.ids({ kind: 'vault', vaultId })) {
    const { name } = await app.ask('records', 'read', { recordId });
    const answer = await app.call('records', 'revealField', { recordId, field: { kind: 'password' } });
    found[name] = answer.ok ? answer.value.value : answer.error.code;
  }
  return found;
}

/** A vault with three records, and the application of somebody else who may enter it, behind the line. */
async function vaultWithMember(name: string, login: string) {
  const member = await stage.join(login);
  const { vault } = await stage.vaultWithGroup(name, ['One', 'Two', 'Three']);
  if (vault.key === null) throw new Error('The vault has a key.');
  const { publicKey } = await get<{ publicKey: string }>(`/users/${member.userId}/public-key`);
  await owner().http.send('POST', `/vaults/${vault.id}/access`, {
    ...{ userId: member.userId, access: 'write', publicKeyFingerprint: keyFingerprint(publicKey) },
    masterKeyEncrypted: wrapVaultKey(vault.key, publicKey),
  });
  const app = new Application();
  await app.enrol(line.url, member.person);
  return { vault, member, app };
}

const statesOf = async (app: Application) =>
  (await app.ask('rekeying', 'status', {})).rekeyings.map(({ state, failure }) => ({ state, failure }));

async function rekey(vault: OpenVault): Promise<void> {
  const { holders, mayRenewRecords } = await stage.app.ask('rekeying', 'holders', { vaultId: vault.id });
  expect(mayRenewRecords).toBe(true);
  const admitted = holders.map(({ userId, fingerprint }) => ({ userId, fingerprint: fingerprint ?? '' }));
  await stage.app.ask('rekeying', 'begin', { vaultId: vault.id, admitted, renewsRecords: true });
}
const ended = (): Promise<void> =>
  vi.waitFor(async () => expect(await statesOf(stage.app)).toEqual([]), { timeout: 20_000 });

const wireOf = async (item: WireItem, at = 0) => {
  const { id = '', encryptedKey = '' } = item.attachments[at] ?? {};
  const { encryptedData, hash } = await get<{ encryptedData: string; hash: string }>(
    `/items/${item.id}/attachment/${id}`,
  );
  return { encryptedKey, encryptedData, hash };
};

describe('new record keys along with another vault key', () => {
  it('leave nothing new to whoever kept the old ones, and everything to those who stay', async () => {
    const { servers } = stage.organisation;
    if (servers.key === null) throw new Error('The vault has a key.');
    const before = await itemsOf(servers);
    const oldKeys = keysUnder(before, servers.key);
    const texts = await passwordsIn(stage.app, servers.id);
    const [linked] = await stage.app.ids({ kind: 'vault', vaultId: servers.id });
    const link = { kind: 'reusable', life: '1 hour', files: false } as const;
    await stage.app.ask('sharing', 'makeLink', { recordId: linked ?? '', ...link });

    await rekey(servers);
    await ended();
    expect(await passwordsIn(stage.app, servers.id)).toEqual(texts);
    const after = await itemsOf(servers);
    const newKey = stage.keyOf(servers.id) as VaultKey;
    const newKeys = keysUnder(after, newKey);
    let sealedAnew = 0;
    for (const item of after) {
      const oldKey = oldKeys.get(item.id) as RecordKey;
      const key = newKeys.get(item.id) as RecordKey;
      expect(key.equals(oldKey)).toBe(false);
      if (item.passwordEncrypted !== null) {
        const wire = item.passwordEncrypted;
        expect(() => openPassword(wire, oldKey)).toThrow();
        expect(openPassword(wire, key)?.toString()).toBe(texts[item.name]);
        sealedAnew += 1;
      }
      if (item.attachments.length > 0) {
        expect(decodeAttachment(await wireOf(item), key).length).toBeGreaterThan(0);
        const wire = await wireOf(item);
        expect(() => decodeAttachment(wire, oldKey)).toThrow();
      }
    }
    expect(sealedAnew).toBeGreaterThan(1);
    expect((await get<{ items: unknown[] }>('/links')).items).toEqual([]);
    const { items: former } = await get<{ items: WireItem[] }>(`/items/${after[0]?.id ?? ''}/snapshots`);
    for (const { keyEncrypted } of former) expect(openRecordKey(keyEncrypted, newKey)).toBeDefined();
    await stage.app.synced();
    expect(await passwordsIn(stage.app, servers.id)).toEqual(texts);
  }, 60_000);

  it('are proven to others by the secrets, and take what was typed meanwhile', async () => {
    const { vault, app } = await vaultWithMember('Renewed', 'stays');
    const [recordId = ''] = await app.ids({ kind: 'vault', vaultId: vault.id });
    const { name } = await app.ask('records', 'read', { recordId });
    line.setDown(true);
    const fields = { password: { kind: 'set', value: utf8('typed away') } } as const;
    await app.ask('editing', 'save', { recordId, fields });
    await stage.app.synced();
    const texts = await passwordsIn(stage.app, vault.id);
    await rekey(vault);
    await ended();
    expect(await passwordsIn(stage.app, vault.id)).toEqual(texts);

    line.setDown(false);
    await app.synced();
    const told = await app.ask('rekeying', 'examine', { vaultId: vault.id });
    expect(told).toMatchObject({ same: 3, other: 0, missing: 0 });
    await app.ask('rekeying', 'accept', { vaultId: vault.id, mac: told.mac ?? '' });
    const expected = { ...texts, [name]: 'typed away' };
    await vi.waitFor(
      async () => {
        await app.synced();
        expect(await app.ask('sync', 'status', {})).toMatchObject({ waiting: 0, problem: null });
      },
      { timeout: 20_000 },
    );
    expect(await passwordsIn(app, vault.id)).toEqual(expected);
    await stage.app.synced();
    expect(await passwordsIn(stage.app, vault.id)).toEqual(expected);
    await app.close();
  }, 60_000);

  it('D3 row 10: do not make secrets genuine that the server has swapped', async () => {
    const { vault } = await stage.vaultWithGroup('Swapped secrets', ['One', 'Two']);
    await stage.app.synced();
    const texts = await passwordsIn(stage.app, vault.id);
    stage.proxy.tell(
      lie.changing(`/vaults/${vault.id}/rekey/records`, (json) => {
        const items = (json['items'] ?? []) as Record<string, unknown>[];
        const [one, other] = items.filter(({ kind }) => kind === 'item');
        if (one === undefined || other === undefined) return;
        const { passwordEncrypted } = one;
        one['passwordEncrypted'] = other['passwordEncrypted'];
        other['passwordEncrypted'] = passwordEncrypted;
      }),
    );
    await rekey(vault);
    await vi.waitFor(
      async () =>
        expect(await statesOf(stage.app)).toEqual([{ state: 'stopped', failure: 'rekeyingIncomplete' }]),
      { timeout: 30_000 },
    );
    stage.proxy.tell(null);
    expect(await passwordsIn(stage.app, vault.id)).toEqual(texts);
    await stage.app.ask('rekeying', 'goOn', { vaultId: vault.id });
    await ended();
    expect(await passwordsIn(stage.app, vault.id)).toEqual(texts);
  }, 60_000);

  it('D3 row 8: prove nothing where the server sealed other secrets under a key of its own', async () => {
    const { vault, member, app } = await vaultWithMember('Made up', 'doubts');
    const { publicKey } = await get<{ publicKey: string }>(`/users/${member.userId}/public-key`);
    const [forged, recordKey] = [generateVaultKey(), generateRecordKey()];
    const keyEncrypted = sealRecordKey(recordKey, forged);
    const passwordEncrypted = sealPassword(utf8('made up'), recordKey);
    line.tell(
      lie.together(
        lie.vault(vault.id, (row) => {
          const masterKeyEncrypted = wrapVaultKey(forged, publicKey);
          Object.assign(row, { masterKeyEncrypted, salt: null, masterKeyHash: null });
        }),
        lie.changing('/items', (json) => {
          for (const row of lie.rowsOf(json)) Object.assign(row, { keyEncrypted, passwordEncrypted });
        }),
      ),
    );
    const told = await app.ask('rekeying', 'examine', { vaultId: vault.id });
    expect(told).toMatchObject({ same: 0, other: 3, missing: 0 });
    const wish = { vaultId: vault.id, mac: told.mac ?? '' };
    expect(await app.refusal('rekeying', 'accept', wish)).toBe('vaultKeyChanged');
    await app.close();
  }, 30_000);
});
