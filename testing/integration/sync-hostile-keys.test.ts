/** A server that lies about vault keys, or watches what becomes of them (threat table D3). */
import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generateSalt, generateVaultKey, vaultCheckValue, wrapVaultKey } from '../../main/keychain/index.ts';
import type { StoredVault } from '../../main/mirror/model.ts';
import type { OpenedSecret, TestDevice } from '../hostile/device.ts';
import * as lie from '../hostile/lies.ts';
import { HostileStage } from '../hostile/stage.ts';

let stage: HostileStage;

beforeAll(async () => {
  stage = await HostileStage.open(['changes']);
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

function vaultOf(device: TestDevice, id: string): StoredVault {
  const found = device.mirror.vaults.get(id);
  if (found === null) throw new Error('There is no such vault.');
  return found;
}

function byField(a: OpenedSecret, b: OpenedSecret): number {
  return `${a.recordId}${a.field}` < `${b.recordId}${b.field}` ? -1 : 1;
}

describe('D3 row 8: a vault key substituted', () => {
  it('is not believed: the old key goes on reading, the vault is flagged, and once only', async () => {
    const here = await stage.syncedDevice();
    const opened = here.openAll();
    const { id, name } = stage.organisation.servers;
    const wrapped = wrapVaultKey(generateVaultKey(), stage.annaPublic);
    stage.proxy.tell(lie.vault(id, (row) => void (row['masterKeyEncrypted'] = wrapped)));
    expect(await here.sync()).toMatchObject({
      phase: 'idle',
      notices: [{ kind: 'vaultKeyChanged', subject: name }],
    });
    expect(here.mirror.pins.vaultKey(id)?.trust).toBe('keyChanged');
    expect(here.openAll()).toEqual(opened);
    const changed = here.content();
    await here.sync();
    expect(here.content()).toEqual(changed);
    stage.proxy.tell(null);
    await here.sync();
    expect(here.mirror.pins.vaultKey(id)?.trust).toBe('unverified');
    expect(here.openAll()).toEqual(opened);
  });

  it('is not believed after a vault was taken away and given back either', async () => {
    const here = await stage.syncedDevice();
    const opened = here.openAll();
    const { id } = stage.organisation.servers;
    const wrapped = wrapVaultKey(generateVaultKey(), stage.annaPublic);
    stage.proxy.tell(
      lie.changing(
        '/vaults',
        (json) => void (json['items'] = lie.rowsOf(json).filter((row) => row['id'] !== id)),
      ),
    );
    await here.sync();
    stage.proxy.tell(lie.vault(id, (row) => void (row['masterKeyEncrypted'] = wrapped)));
    await here.sync();
    expect(here.mirror.pins.vaultKey(id)?.trust).toBe('keyChanged');
    expect(here.mirror.vaults.get(id)?.keyWrapped).toBeNull();
    // The records still carry the pinned key themselves, so reading goes on with that one.
    expect(here.openAll().sort(byField)).toEqual(opened.sort(byField));
  });

  it('is not taken from a record either', async () => {
    const here = await stage.syncedDevice();
    const { id } = stage.organisation.servers;
    const wrapped = wrapVaultKey(generateVaultKey(), stage.annaPublic);
    here.mirror.vaults.upsert({ ...vaultOf(here, id), keyWrapped: null });
    here.vaultKeys?.dispose();
    const record = { vaultId: id, vaultKeyWrapped: wrapped };
    expect(() => here.vaultKeys?.keyForRecord(record)).toThrow(
      expect.objectContaining({ code: 'vaultKeyChanged' }),
    );
    const missing = { vaultId: id, vaultKeyWrapped: null };
    expect(() => here.vaultKeys?.keyForRecord(missing)).toThrow(
      expect.objectContaining({ code: 'vaultKeyMissing' }),
    );
  });

  it('the same key wrapped anew is fine', async () => {
    const here = await stage.syncedDevice();
    const { id, key } = stage.organisation.servers;
    if (key === null) throw new Error('The vault has no key.');
    stage.proxy.tell(
      lie.vault(id, (row) => void (row['masterKeyEncrypted'] = wrapVaultKey(key, stage.annaPublic))),
    );
    expect(await here.sync()).toMatchObject({ phase: 'idle', notices: [] });
    expect(here.mirror.pins.vaultKey(id)?.trust).toBe('unverified');
    expect(here.openAll().length).toBeGreaterThan(5);
  });

  it('a key that is taken away stays here', async () => {
    const here = await stage.syncedDevice();
    const opened = here.openAll();
    stage.proxy.tell(
      lie.vault(stage.organisation.servers.id, (row) => void (row['masterKeyEncrypted'] = null)),
    );
    await here.sync();
    expect(here.openAll()).toEqual(opened);
  });

  it('a wrong check value is noticed, at first sight and later', async () => {
    const { id, name } = stage.organisation.servers;
    const checkSalt = generateSalt();
    const wrongCheck = lie.vault(id, (row) => {
      Object.assign(row, { salt: checkSalt, masterKeyHash: vaultCheckValue(generateVaultKey(), checkSalt) });
    });
    const here = await stage.syncedDevice();
    const fresh = stage.device();
    stage.proxy.tell(wrongCheck);
    const notice = { kind: 'vaultKeyChanged', subject: name };
    expect(await here.sync()).toMatchObject({ phase: 'idle', notices: [notice] });
    expect(here.mirror.pins.vaultKey(id)?.trust).toBe('keyChanged');
    expect(await fresh.sync()).toMatchObject({ phase: 'idle', notices: [notice] });
    expect(fresh.mirror.pins.vaultKey(id)).toBeNull();
    expect(fresh.mirror.vaults.get(id)?.keyWrapped).toBeNull();
  });

  it('a right check value is accepted', async () => {
    const { id, key } = stage.organisation.servers;
    if (key === null) throw new Error('The vault has no key.');
    const checkSalt = generateSalt();
    const right = vaultCheckValue(key, checkSalt);
    stage.proxy.tell(
      lie.vault(id, (row) => void Object.assign(row, { salt: checkSalt, masterKeyHash: right })),
    );
    expect((await stage.device().sync()).notices).toEqual([]);
  });
});

describe('D3 row 13: a server that watches what we do with bad padding', () => {
  it('sees the same requests whether a wrapped key opens or not', async () => {
    const { id, key } = stage.organisation.servers;
    if (key === null) throw new Error('The vault has no key.');
    const old = { key: stage.annaPublic, padding: constants.RSA_PKCS1_PADDING };
    const badBlock = Buffer.concat([Buffer.from([0, 1]), randomBytes(254)]);
    const wraps = {
      oaep: wrapVaultKey(key, stage.annaPublic),
      pkcs1: publicEncrypt(old, key).toString('base64'),
      'bad block': publicEncrypt(
        { key: stage.annaPublic, padding: constants.RSA_NO_PADDING },
        badBlock,
      ).toString('base64'),
      'not printable': publicEncrypt(old, randomBytes(100).fill(7, 0, 1)).toString('base64'),
      noise: Buffer.concat([Buffer.from([0]), randomBytes(255)]).toString('base64'),
      'not base64': '!!!',
    };
    const traffic = new Map<string, string[]>();
    for (const [name, wrapped] of Object.entries(wraps)) {
      const here = stage.device();
      stage.proxy.requests.length = 0;
      stage.proxy.tell(lie.vault(id, (row) => void (row['masterKeyEncrypted'] = wrapped)));
      expect(await here.sync()).toMatchObject({ phase: 'idle', problem: null });
      await here.sync();
      traffic.set(
        name,
        stage.proxy.requests
          .map(
            ({ method, path, headers, body }) => `${method} ${path} ${Object.keys(headers).join()} ${body}`,
          )
          .sort(),
      );
      const opens = name === 'oaep' || name === 'pkcs1';
      expect(here.mirror.pins.vaultKey(id) === null).toBe(!opens);
    }
    for (const seen of traffic.values()) expect(seen).toEqual(traffic.get('oaep'));
  });
});
