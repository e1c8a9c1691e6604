/** A vault gets another key: cut in the middle and gone on with, and accepted on others' devices. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  generateVaultKey,
  keyFingerprint,
  openRecordKey,
  unwrapVaultKey,
  wrapVaultKey,
} from '../../main/keychain/index.ts';
import * as lie from '../hostile/lies.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import type { Member, OpenVault } from '../organisation/member.ts';
import { Application } from './application.ts';
import { annasSecret, utf8 } from './accountstage.ts';
import { TrustStage } from './truststage.ts';

let stage: TrustStage;
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
  stage.proxy.cutAt(null);
  line.tell(null);
  line.setDown(false);
});

const publicKey = async ({ userId }: Member) =>
  (await stage.organisation.anna.http.send<{ publicKey: string }>('GET', `/users/${userId}/public-key`))
    .publicKey;

async function letIn(vault: OpenVault, member: Member): Promise<void> {
  const pem = await publicKey(member);
  if (vault.key === null) throw new Error('The vault has a key.');
  await stage.organisation.anna.http.send('POST', `/vaults/${vault.id}/access`, {
    ...{ userId: member.userId, access: 'write', publicKeyFingerprint: keyFingerprint(pem) },
    masterKeyEncrypted: wrapVaultKey(vault.key, pem),
  });
}

/** Opens every password of a vault here; the number of those that do. */
async function passwordsIn(app: Application, vaultId: string): Promise<string[]> {
  const ids = await app.ids({ kind: 'vault', vaultId });
  const opened: string[] = [];
  for (const recordId of ids) {
    const view = await app.ask('records', 'read', { recordId });
    if (view.fields.some(({ broken }) => broken)) opened.push('broken');
    const field = { kind: 'password' } as const;
    const answer = await app.call('records', 'revealField', { recordId, field });
    opened.push(answer.ok ? answer.value.value : answer.error.code);
  }
  return opened.sort();
}

const admittedOf = async (app: Application, vaultId: string) => {
  const { holders } = await app.ask('rekeying', 'holders', { vaultId });
  return holders.map(({ userId, fingerprint }) => ({ userId, fingerprint: fingerprint ?? '' }));
};
const statesOf = async (app: Application) =>
  (await app.ask('rekeying', 'status', {})).rekeyings.map(({ state, failure }) => ({ state, failure }));
const ended = (app: Application): Promise<void> =>
  vi.waitFor(async () => expect(await statesOf(app)).toEqual([]), { timeout: 20_000 });

describe('another key for a vault', () => {
  it('goes on after a cut and a restart; every record opens, and the old key opens nothing', async () => {
    const { servers, office, anna } = stage.organisation;
    const goner = await stage.join('goner');
    await letIn(servers, goner);
    const held = await goner.http.send<{ masterKeyEncrypted: string }>('GET', `/vaults/${servers.id}`);
    if (goner.privateKey === null) throw new Error('The person has keys.');
    const oldKey = unwrapVaultKey(held.masterKeyEncrypted, goner.privateKey);
    const access = { userId: goner.userId, access: 'notSet' };
    await anna.http.send('POST', `/vaults/${servers.id}/access`, access);
    const before = await passwordsIn(stage.app, servers.id);
    expect(before).not.toContain('undecipherable');

    stage.proxy.tell(({ request }) => {
      // The connection breaks where the second portion would go out.
      if (request.method === 'POST' && request.path.endsWith('/rekey')) stage.proxy.cutAt(2);
      return undefined;
    });
    const admitted = await admittedOf(stage.app, servers.id);
    expect(admitted.map(({ userId }) => userId)).toEqual([anna.userId]);
    await stage.app.ask('rekeying', 'begin', { vaultId: servers.id, admitted });
    await vi.waitFor(
      async () => expect(await statesOf(stage.app)).toEqual([{ state: 'stopped', failure: 'unreachable' }]),
      { timeout: 20_000 },
    );
    stage.proxy.tell(null);
    expect(await passwordsIn(stage.app, servers.id)).toEqual(before);

    await stage.app.quit();
    const again = new Application(stage.app.folder);
    await again.unlock(stage.accountId, annasSecret);
    expect(await statesOf(again)).toEqual([{ state: 'stopped', failure: null }]);
    await again.ask('rekeying', 'goOn', { vaultId: servers.id });
    await ended(again);
    expect(await passwordsIn(again, servers.id)).toEqual(before);
    expect(again.accounts.current().mirror.pins.vaultKey(servers.id)?.trust).toBe('verified');
    const listed = await anna.http.send<{ items: { id: string; keyEncrypted: string }[] }>(
      'GET',
      `/items?vaultId=${servers.id}`,
    );
    const snapshots = await Promise.all(listed.items.map((item) => snapshotKeys(anna, item.id)));
    const wraps = [...listed.items.map(({ keyEncrypted }) => keyEncrypted), ...snapshots.flat()];
    expect(wraps.length).toBeGreaterThan(4);
    const newKey = again.accounts.current().vaultKeys?.keyOf(servers.id);
    if (newKey === undefined) throw new Error('The account has vault keys.');
    for (const wrap of wraps) {
      expect(() => openRecordKey(wrap, oldKey)).toThrow();
      expect(openRecordKey(wrap, newKey).length).toBeGreaterThan(0);
    }
    await again.synced();
    expect(await passwordsIn(again, servers.id)).toEqual(before);

    // A vault with a shortcut, in one go.
    const inOffice = await passwordsIn(again, office.id);
    const all = await admittedOf(again, office.id);
    await again.ask('rekeying', 'begin', { vaultId: office.id, admitted: all });
    await ended(again);
    expect(await passwordsIn(again, office.id)).toEqual(inOffice);
    await again.quit();
    await stage.app.unlock(stage.accountId, annasSecret);
  }, 60_000);

  it('leaves out whoever was not admitted, who waits then as a request', async () => {
    const left = await stage.join('left-out');
    const { vault } = await stage.vaultWithGroup('Left', ['One', 'Two']);
    await letIn(vault, left);
    await stage.app.synced();
    const admitted = await admittedOf(stage.app, vault.id);
    expect(admitted).toHaveLength(2);
    const own = admitted.filter(({ userId }) => userId !== left.userId);
    await stage.app.ask('rekeying', 'begin', { vaultId: vault.id, admitted: own });
    await ended(stage.app);
    const { requests } = await stage.app.ask('requests', 'list', { offset: 0 });
    expect(requests.find((each) => each.vault.id === vault.id)).toMatchObject({
      ...{ reason: 'rekey', person: { id: left.userId } },
    });
  }, 30_000);

  it('wraps nothing for a key that is not the one that was shown', async () => {
    const member = await stage.join('swapped-later');
    const { vault } = await stage.vaultWithGroup('Swapped', ['One']);
    await letIn(vault, member);
    await stage.app.synced();
    const admitted = await admittedOf(stage.app, vault.id);
    stage.stateKey(member.userId, await publicKey(stage.organisation.boris));
    stage.proxy.requests.length = 0;
    const wish = { vaultId: vault.id, admitted };
    expect(await stage.app.refusal('rekeying', 'begin', wish)).toBe('recipientKeyChanged');
    expect(stage.proxy.requests.filter(({ path }) => path.endsWith('/rekey'))).toEqual([]);
    expect(await statesOf(stage.app)).toEqual([]);
  }, 30_000);

  it('is not gone on with where the server states another key than the one made here', async () => {
    const { vault } = await stage.vaultWithGroup('Stated', ['One']);
    await stage.app.synced();
    const admitted = await admittedOf(stage.app, vault.id);
    const pem = await publicKey(stage.organisation.anna);
    const other = wrapVaultKey(generateVaultKey(), pem);
    stage.proxy.tell(
      lie.changing(`/vaults/${vault.id}/rekey`, (json) => void (json['masterKeyEncrypted'] = other)),
    );
    stage.proxy.requests.length = 0;
    await stage.app.ask('rekeying', 'begin', { vaultId: vault.id, admitted });
    await ended(stage.app);
    expect(stage.proxy.requests.filter(({ path }) => path.includes('/rekey/records'))).toEqual([]);
    stage.proxy.tell(null);
    expect((await stage.app.ask('rekeying', 'holders', { vaultId: vault.id })).underWay?.state).toBe(
      'elsewhere',
    );
    await stage.app.ask('rekeying', 'giveUp', { vaultId: vault.id });
    expect((await stage.app.ask('rekeying', 'holders', { vaultId: vault.id })).underWay).toBeNull();
  }, 30_000);
});

describe("another key on a member's device", () => {
  async function memberWith(
    name: string,
  ): Promise<{ vault: OpenVault; app: Application; member: Member; reread: () => Promise<string[]> }> {
    const member = await stage.join(name);
    const { vault } = await stage.vaultWithGroup(`Vault of ${name}`, ['One', 'Two', 'Three']);
    await letIn(vault, member);
    const app = new Application();
    await app.enrol(line.url, member.person);
    return { vault, app, member, reread: () => passwordsIn(app, vault.id) };
  }

  it('is read-only until it was accepted, and loses nothing that waits', async () => {
    const { vault, app, reread } = await memberWith('accepts');
    const before = await reread();
    line.setDown(true);
    const place = { vaultId: vault.id, folderId: null };
    const made = await app.ask('editing', 'create', {
      place,
      fields: { name: 'Made away', password: { kind: 'set', value: utf8('typed away') } },
    });
    await stage.app.synced();
    const admitted = await admittedOf(stage.app, vault.id);
    await stage.app.ask('rekeying', 'begin', { vaultId: vault.id, admitted });
    await ended(stage.app);
    line.setDown(false);
    await app.synced();
    expect(app.accounts.current().mirror.pins.vaultKey(vault.id)?.trust).toBe('keyChanged');
    expect(await reread()).toEqual([...before, 'typed away'].sort());
    const edit = { recordId: made.recordId, fields: { name: 'Not now' } };
    expect(await app.refusal('editing', 'save', edit)).toBe('vaultKeyChanged');

    const told = await app.ask('rekeying', 'examine', { vaultId: vault.id });
    expect(told).toMatchObject({ same: 3, other: 0, missing: 0 });
    if (told.mac === null) throw new Error('The key opens.');
    await app.ask('rekeying', 'accept', { vaultId: vault.id, mac: told.mac });
    expect(await reread()).toEqual([...before, 'typed away'].sort());
    await vi.waitFor(
      async () => {
        await app.synced();
        expect(await app.ask('sync', 'status', {})).toMatchObject({ waiting: 0, problem: null });
      },
      { timeout: 20_000 },
    );
    await stage.app.synced();
    expect(await passwordsIn(stage.app, vault.id)).toEqual([...before, 'typed away'].sort());
    expect(await reread()).toEqual([...before, 'typed away'].sort());
    await app.close();
  }, 60_000);

  it('D3 row 8: shows that a key of the server’s own opens none of the records', async () => {
    const { vault, app, member, reread } = await memberWith('doubts');
    const before = await reread();
    const forged = wrapVaultKey(generateVaultKey(), await publicKey(member));
    line.tell(
      lie.vault(vault.id, (row) => {
        Object.assign(row, { masterKeyEncrypted: forged, salt: null, masterKeyHash: null });
      }),
    );
    app.accounts.current().mirror.syncState.set('changeCursor', null);
    await app.synced();
    expect(app.accounts.current().mirror.pins.vaultKey(vault.id)?.trust).toBe('keyChanged');
    expect(await app.ask('rekeying', 'examine', { vaultId: vault.id })).toMatchObject({ same: 0, other: 3 });
    const wrong = { vaultId: vault.id, mac: 'ab'.repeat(32) };
    expect(await app.refusal('rekeying', 'accept', wrong)).toBe('vaultKeyChanged');
    expect(await reread()).toEqual(before);
    await app.close();
  }, 30_000);
});

async function snapshotKeys(member: Member, itemId: string): Promise<string[]> {
  const { items } = await member.http.send<{ items: { keyEncrypted: string }[] }>(
    'GET',
    `/items/${itemId}/snapshots`,
  );
  return items.map(({ keyEncrypted }) => keyEncrypted);
}
