/** A server that lies about turning client-side encryption on or off, to be given what it could read. */
import { constants, publicEncrypt } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  encodePlain,
  generateKeyPair,
  generateSalt,
  generateVaultKey,
  keyFingerprint,
  vaultCheckValue,
  wrapVaultKey,
} from '../../main/keychain/index.ts';
import * as lie from '../hostile/lies.ts';
import type { Lie, LyingProxy } from '../hostile/proxy.ts';
import type { Http } from '../organisation/http.ts';
import { signIn } from '../organisation/index.ts';
import { Application, devicePassphrase } from './application.ts';
import { annasSecret, utf8 } from './accountstage.ts';
import { EncryptionStage, ended } from './encryptionstage.ts';
import { TrustStage } from './truststage.ts';

/** What went to the server about converting vaults. */
const sentOf = (proxy: LyingProxy, deed = ''): string[] =>
  proxy.requests
    .filter(({ method, path }) => method !== 'GET' && /\/vaults\/[^/]+\/encryption/.test(path))
    .filter(({ path }) => path.includes(`/encryption${deed}`))
    .map(({ body }) => body);

describe('a turning off that the server made up', () => {
  let stage: TrustStage;
  /** Tells of it everywhere, with every vault still to be handed over. */
  let madeUp: Lie;

  beforeAll(async () => {
    stage = await TrustStage.open();
    const { servers, office } = stage.organisation;
    const who = { id: '0123456789abcdef01234567', name: 'Anna' };
    const underWay = {
      ...{ direction: 'off', starter: who, startedAt: 1_700_000_000, withoutKeys: 0, waitingFor: [] },
      vaults: { total: 2, ready: 0 },
    };
    const row = { isInBin: false, startedBy: null, doneCount: 0, total: 3, isReady: false };
    const vaults = [
      { ...row, id: servers.id, name: 'Nothing of importance' },
      { ...row, id: office.id, name: 'Office' },
    ];
    const state = { id: who.id, startedBy: who.id, startedAt: 1_700_000_000, doneCount: 0, total: 3 };
    const begun = { ...state, masterKeyHash: null, salt: null, masterKeyEncrypted: null };
    madeUp = lie.together(
      lie.changing('/app/settings', (json) => void (json['encryptionChange'] = 'off')),
      lie.changing('/changes', (json) => {
        (json['account'] as lie.Members)['encryptionChange'] = 'off';
      }),
      lie.answering('/encryption-change', { json: { underWay, last: null } }),
      lie.answering('/encryption-change/vaults', { json: { vaults } }),
      ...vaults.map(({ id }) => lie.answering(`/vaults/${id}/encryption`, { json: begun })),
    );
  });
  afterEach(() => {
    stage.proxy.tell(null);
    stage.proxy.requests.length = 0;
  });
  afterAll(() => stage.close());

  it('D3 row 3: gets no plain text by itself, by a wrong master password, or after a restart', async () => {
    const { app, proxy } = stage;
    proxy.tell(madeUp);
    await app.synced();
    expect(await app.ask('encryptionChange', 'announced', {})).toEqual({
      ...{ direction: 'off', conversion: null },
    });
    const vaultIds = [stage.organisation.servers.id];
    const wrong = { masterPassword: utf8('not it'), vaultIds };
    expect(await app.refusal('encryptionChange', 'handOver', wrong)).toBe('wrongMasterPassword');
    await app.quit();
    const again = new Application(app.folder);
    await again.unlock(stage.accountId, annasSecret);
    await again.synced();
    expect(await again.ask('encryptionChange', 'announced', {})).toMatchObject({ conversion: null });
    await again.quit();
    await app.unlock(stage.accountId, annasSecret);
    expect(sentOf(proxy)).toEqual([]);
  });

  it('D3 row 3: cannot have a vault handed over under the name of another one', async () => {
    stage.proxy.tell(madeUp);
    const { vaults } = await stage.app.ask('encryptionChange', 'read', {});
    const { servers } = stage.organisation;
    expect(vaults.find(({ vaultId }) => vaultId === servers.id)?.name).toBe(servers.name);
  });

  it('D3 row 8: gets nothing of a vault whose key came into doubt, which is named', async () => {
    const { app, proxy, organisation } = stage;
    const { servers } = organisation;
    const pin = app.accounts.current().mirror.pins.vaultKey(servers.id);
    if (pin === null) throw new Error('The key is pinned.');
    app.accounts.current().mirror.pins.setVaultKey({ ...pin, trust: 'keyChanged' });
    proxy.tell(madeUp);
    const vaultIds = [servers.id];
    await app.ask('encryptionChange', 'handOver', { masterPassword: utf8(annasSecret), vaultIds });
    expect(await ended({ app })).toMatchObject({
      ...{ state: 'stopped', failure: 'vaultKeyChanged' },
      unreadable: [{ vaultName: servers.name, recordName: null }],
    });
    app.accounts.current().mirror.pins.setVaultKey(pin);
    expect(sentOf(proxy)).toEqual([]);
  });

  it('D3 row 3: encrypts no vault anew for an account that has keys', async () => {
    const { app, proxy, organisation } = stage;
    proxy.tell(madeUp);
    const wish = { masterPassword: utf8(annasSecret), vaultIds: [organisation.servers.id], admitted: [] };
    expect(await app.refusal('encryptionChange', 'encrypt', wish)).toBe('encryptionChangeGone');
    expect(sentOf(proxy)).toEqual([]);
  });
});

describe('a server that is to lose what it can read', { timeout: 60_000 }, () => {
  let stage: EncryptionStage;
  let ownersVoice: Http;

  beforeAll(async () => {
    stage = await EncryptionStage.open(25);
    await stage.begin('on');
    await stage.setMasterPassword(stage.owner);
    await stage.setMasterPassword(stage.boris);
    // Whoever sets a master password is signed out everywhere else.
    ownersVoice = (await signIn(stage.server.http, stage.owner.member.person)).http;
  });
  afterEach(() => {
    stage.proxy.tell(null);
    stage.proxy.setDown(false);
    stage.proxy.requests.length = 0;
  });
  afterAll(() => stage.close());

  const wish = (admitted: readonly { userId: string; fingerprint: string }[] = []) => ({
    ...{ masterPassword: utf8(stage.owner.masterPassword), vaultIds: [stage.shared.id] },
    admitted: [...admitted],
  });
  const publicKeyOf = async (userId: string): Promise<string> =>
    (await ownersVoice.send<{ publicKey: string }>('GET', `/users/${userId}/public-key`)).publicKey;

  it('D3 row 4: gets no vault key for another own pair than the one that was made here', async () => {
    const { owner, boris, proxy } = stage;
    const voice = (await signIn(stage.server.http, boris.member.person)).http;
    const other = await voice.send<{ keys: lie.Members }>('GET', '/users/keys');
    const swapped = { public: other.keys['public'] };
    proxy.tell(lie.changing('/users/keys', (json) => Object.assign(json['keys'] as object, swapped)));
    expect(await owner.app.refusal('encryptionChange', 'encrypt', wish())).toBe('ownKeyMismatch');
    proxy.tell(lie.changing('/users/keys', (json) => void (json['keys'] = other.keys)));
    expect(await owner.app.refusal('encryptionChange', 'encrypt', wish())).toBe('ownKeyMismatch');
    expect(sentOf(proxy)).toEqual([]);
  });

  it('D3 row 1: is asked nothing with the master password under a weaker derivation', async () => {
    const { owner, proxy } = stage;
    const path = '/users/master-key/options';
    const { masterKeyOptions } = await ownersVoice.send<{ masterKeyOptions: string }>('GET', path);
    const weaker = masterKeyOptions.replace(/:\d{6}:/, ':1000:');
    expect(weaker).not.toBe(masterKeyOptions);
    proxy.tell(lie.masterKeyOptions(weaker));
    expect(await owner.app.refusal('encryptionChange', 'encrypt', wish())).toBe('kdfRefused');
    expect(sentOf(proxy)).toEqual([]);
  });

  it('D3 row 5: gets no vault key wrapped for a key that came between showing and deciding', async () => {
    const { owner, boris, proxy } = stage;
    const { holders } = await owner.app.ask('encryptionChange', 'people', {});
    const fingerprint = holders[0]?.fingerprint ?? '';
    const { publicPem } = await generateKeyPair();
    const { userId } = boris.member;
    proxy.tell(lie.answering(`/users/${userId}/public-key`, { json: { publicKey: publicPem } }));
    const admitted = [{ userId, fingerprint }];
    expect(await owner.app.refusal('encryptionChange', 'encrypt', wish(admitted))).toBe(
      'recipientKeyChanged',
    );
    expect(sentOf(proxy)).toEqual([]);
  });

  it('D3 row 8: gets nothing sealed under a vault key of its own when the work goes on', async () => {
    const { owner, proxy } = stage;
    proxy.tell(({ request }) => {
      if (request.method === 'POST' && request.path.endsWith('/encryption/objects')) proxy.setDown(true);
      return undefined;
    });
    await owner.app.ask('encryptionChange', 'encrypt', wish());
    expect(await ended(owner)).toMatchObject({ state: 'stopped', failure: 'unreachable' });
    proxy.setDown(false);
    const pem = await publicKeyOf(owner.member.userId);
    const [key, salt] = [generateVaultKey(), generateSalt()];
    const zeros = publicEncrypt(
      { key: pem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      Buffer.alloc(100),
    );
    const stated = [
      {
        masterKeyEncrypted: wrapVaultKey(key, pem),
        masterKeyHash: vaultCheckValue(key, salt),
      },
      { masterKeyEncrypted: zeros.toString('base64') },
      { masterKeyEncrypted: encodePlain(utf8('no wrapped key')) },
    ];
    for (const members of stated) {
      proxy.requests.length = 0;
      proxy.tell(
        lie.changing(`/vaults/${stage.shared.id}/encryption`, (json) => {
          if (json['masterKeyEncrypted'] !== undefined) Object.assign(json, { salt, ...members });
        }),
      );
      await owner.app.ask('encryptionChange', 'encrypt', wish());
      expect(await ended(owner)).toMatchObject({ state: 'stopped', failure: 'tampered' });
      // Begun anew under a key of this device, which the server did not keep either.
      expect(sentOf(proxy).map((body) => (JSON.parse(body) as lie.Members)['takesOver'])).toEqual([true]);
      expect(sentOf(proxy, '/')).toEqual([]);
    }
  });

  it('D3 row 8: cannot have a vault gone on with on a device that made no key for it', async () => {
    const { owner, proxy } = stage;
    const elsewhere = new Application();
    await elsewhere.enrol(proxy.url, owner.member.person);
    expect(await elsewhere.ask('encryptionChange', 'read', {})).toMatchObject({ ownKeys: 'elsewhere' });
    await elsewhere.ask('encryptionChange', 'encrypt', wish());
    expect(await ended({ app: elsewhere })).toMatchObject({ state: 'done' });
    expect(await elsewhere.ask('encryptionChange', 'read', {})).toMatchObject({ ownKeys: 'here' });
    const [begun] = sentOf(proxy);
    const { keys, takesOver } = JSON.parse(begun ?? '{}') as {
      keys: Record<string, { publicKeyFingerprint: string }>;
      takesOver: boolean;
    };
    expect(takesOver).toBe(true);
    expect(keys[owner.member.userId]?.publicKeyFingerprint).toBe(
      keyFingerprint(await publicKeyOf(owner.member.userId)),
    );
    await elsewhere.close();
    // The device that had begun before finds everything ready.
    await owner.app.ask('encryptionChange', 'encrypt', wish());
    expect(await ended(owner)).toMatchObject({ state: 'done', vaults: { total: 1, ready: 1 } });
  });

  it('keeps no master password and no passphrase of the device in what it is told', () => {
    const { owner, proxy } = stage;
    const all = proxy.requests.map(({ path, body }) => path + body).join('\n');
    expect(all).not.toContain(owner.masterPassword);
    expect(all).not.toContain(devicePassphrase);
  });
});
