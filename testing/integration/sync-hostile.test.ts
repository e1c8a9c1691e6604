/** The rules of a hostile server, each against one that lies; rows are those of the threat table D3. */
import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  asMasterKey,
  generateKeyPair,
  generateSalt,
  generateVaultKey,
  masterKeyHash,
  publicPemOf,
  sealPassword,
  sealPrivateKey,
  vaultCheckValue,
  wrapVaultKey,
  type NewKeyPair,
} from '../../main/keychain/index.ts';
import type { StoredVault } from '../../main/mirror/model.ts';
import type { EnrolmentResult } from '../../main/sync/index.ts';
import { enrol, TestDevice, type OpenedSecret } from '../hostile/device.ts';
import * as lie from '../hostile/lies.ts';
import { LyingProxy, type Lie } from '../hostile/proxy.ts';
import {
  anna,
  buildSmallOrganisation,
  startOwnServer,
  type OwnServer,
  type SmallOrganisation,
} from '../hostile/smallorganisation.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
let proxy: LyingProxy;
let account: EnrolmentResult;
let hash: string;
let annaPublic: string;
let stranger: NewKeyPair;

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  proxy = await LyingProxy.start(server.url);
  account = await enrol(proxy.url, anna);
  if (account.keys === null) throw new Error('The account must be encrypted.');
  hash = masterKeyHash(account.keys.masterKey);
  annaPublic = publicPemOf(account.keys.privateKey);
  stranger = await generateKeyPair();
});

afterAll(async () => {
  await proxy.close();
  await server.end();
});

const devices: TestDevice[] = [];
afterEach(async () => {
  proxy.tell(null);
  proxy.requests.length = 0;
  for (const device of devices.splice(0)) await device.dispose();
});

/** A server that would be given the hash, and otherwise tells these lies. */
function tell(...lies: readonly Lie[]): void {
  proxy.tell(lie.together(lie.withoutFeature('masterKeyHashOptional'), ...lies));
}

function device(as: EnrolmentResult = account): TestDevice {
  const made = new TestDevice(as);
  devices.push(made);
  return made;
}

async function syncedDevice(): Promise<TestDevice> {
  const made = device();
  expect((await made.sync()).phase).toBe('idle');
  proxy.requests.length = 0;
  return made;
}

function requestsWithHash(): string[] {
  return proxy.requests
    .filter(({ path, headers, body }) => JSON.stringify([path, headers, body]).toLowerCase().includes(hash))
    .map(({ method, path }) => `${method} ${path}`);
}

function hashHeaders(): unknown[] {
  const names = ['x-master-key-hash', 'passwork-masterkeyhash'];
  return proxy.requests.flatMap(({ headers }) => names.filter((name) => name in headers));
}

describe('the control: an honest server that wants the hash', () => {
  it('gets it under both names, after the keys and never before', async () => {
    tell();
    await enrol(proxy.url, anna);
    expect(requestsWithHash()).toEqual([]);
    const here = device();
    expect((await here.sync()).phase).toBe('idle');
    const first = proxy.requests.findIndex(({ headers }) => headers['x-master-key-hash'] === hash);
    const keys = proxy.requests.map(({ path }) => path).lastIndexOf('/api/v1/users/keys');
    expect(first).toBeGreaterThan(keys);
    expect(proxy.requests[first]?.headers['passwork-masterkeyhash']).toBe(hash);
  });

  it('that says it does not need the hash never gets it', async () => {
    await (await syncedDevice()).sync();
    expect(proxy.requests.length).toBeGreaterThan(5);
    expect([requestsWithHash(), hashHeaders()]).toEqual([[], []]);
  });
});

const salt = 'aB3@dE6!gH9jK2mN5pQ8';

describe('D3 row 1: a weakened key derivation', () => {
  it.each([
    [`pbkdf:sha256:1:64:${salt}`, 'tooFew'],
    [`pbkdf:sha256:299999:64:${salt}`, 'tooFew'],
    [`pbkdf:sha256:10000001:64:${salt}`, 'tooMany'],
    [`pbkdf:md5:300000:64:${salt}`, 'digest'],
    [`pbkdf:sha256:300000:16:${salt}`, 'bytes'],
    ['pbkdf:sha256:300000:64:', 'malformed'],
    ['argon2:sha256:300000:64:salt', 'malformed'],
    ['nonsense', 'malformed'],
  ])('%s is refused at enrolment and at return, and no hash leaves', async (options, reason) => {
    const here = await syncedDevice();
    const content = here.content();
    tell(lie.masterKeyOptions(options));
    await expect(enrol(proxy.url, anna)).rejects.toMatchObject({ code: 'kdfRefused', params: { reason } });
    expect(await here.sync()).toMatchObject({
      phase: 'stopped',
      problem: { code: 'kdfRefused', params: { reason } },
    });
    expect(here.content()).toEqual(content);
    expect(proxy.requests.length).toBeGreaterThan(5);
    expect([requestsWithHash(), hashHeaders()]).toEqual([[], []]);
  });

  it.each([
    [`pbkdf:sha256:600000:64:anotherSalt`, 'saltChanged'],
    ['below the pin', 'fellBelowPin'],
  ])('%s against what was pinned is refused, and no hash leaves', async (options, reason) => {
    const pinned = (account.pins.masterKeyOptions ?? '').replace(':300000:', ':600000:');
    const here = device({ ...account, pins: { ...account.pins, masterKeyOptions: pinned } });
    tell(options.startsWith('pbkdf') ? lie.masterKeyOptions(options) : () => undefined);
    expect(await here.sync()).toMatchObject({
      phase: 'stopped',
      problem: { code: 'kdfRefused', params: { reason } },
    });
    expect([requestsWithHash(), hashHeaders()]).toEqual([[], []]);
  });
});

describe('D3 row 2: the hash', () => {
  it('stands in no error, no status and no output, whatever goes wrong', async () => {
    // A session of its own: one of the answers below makes it renew its tokens.
    const own = await enrol(proxy.url, anna);
    const written: string[] = [];
    const capture = (piece: unknown): boolean => written.push(String(piece)) > 0;
    const spies = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    for (const spy of spies) spy.mockImplementation(capture);
    const seen: unknown[] = [];
    const gather = (failure: unknown): void => {
      seen.push(failure, failure instanceof Error ? [failure.stack, failure.cause] : null);
    };
    for (const status of [400, 401, 403, 404, 409, 429, 500]) {
      const here = device(own);
      tell(lie.answering('/vaults', { status, json: { errors: [{ code: 'x', message: hash }] } }));
      seen.push(await here.sync(), here.incidents);
      await here.client.send({ method: 'GET', path: '/vaults' }).catch(gather);
    }
    tell(
      lie.answering('/users/login', {
        status: 500,
        json: { errors: [{ code: hash.slice(0, 20), message: hash }] },
      }),
    );
    await enrol(proxy.url, anna).catch(gather);
    for (const spy of spies) spy.mockRestore();
    expect(requestsWithHash().length).toBeGreaterThan(0);
    expect(JSON.stringify(seen)).not.toContain(hash);
    expect(written.join('')).not.toContain(hash);
  });
});

describe('D3 row 3: client-side encryption switched off', () => {
  it.each([
    ['the flag flipped', lie.statedEncryption(false)],
    ['no key derivation any more', lie.masterKeyOptions(null)],
    ['no keys any more', lie.changing('/users/keys', (json) => void (json['keys'] = null))],
  ])('%s stops the sync, changes nothing and gets no hash', async (_what, told) => {
    const here = await syncedDevice();
    const content = here.content();
    tell(told);
    expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'encryptionModeChanged' } });
    expect(here.content()).toEqual(content);
    expect([requestsWithHash(), hashHeaders()]).toEqual([[], []]);
  });

  it('ciphertext replaced by plaintext is refused', async () => {
    const here = await syncedDevice();
    const before = here.record('Router');
    const plain = Buffer.from('plain').toString('base64');
    proxy.tell(lie.record(before.serverId, (row) => void (row['passwordEncrypted'] = plain)));
    expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'encryptionModeChanged' } });
    expect(here.record('Router')).toEqual(before);
  });

  it('a record key that is gone is refused', async () => {
    const here = await syncedDevice();
    const before = here.record('Router');
    proxy.tell(lie.record(before.serverId, (row) => void (row['keyEncrypted'] = null)));
    expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'encryptionModeChanged' } });
    expect(here.record('Router')).toEqual(before);
  });
});

describe('D3 row 4: the own key pair', () => {
  it('with a strange public key is refused at enrolment, before any hash', async () => {
    tell(lie.ownKeys((keys) => void (keys['public'] = stranger.publicPem)));
    await expect(enrol(proxy.url, anna)).rejects.toMatchObject({ code: 'ownKeyMismatch' });
    expect([requestsWithHash(), hashHeaders()]).toEqual([[], []]);
  });

  it('swapped as a whole does not open with the master key, so no hash leaves', async () => {
    const theirs = sealPrivateKey(stranger.privatePem, asMasterKey(randomBytes(44)));
    tell(
      lie.ownKeys((keys) => Object.assign(keys, { public: stranger.publicPem, privateEncrypted: theirs })),
    );
    await expect(enrol(proxy.url, anna)).rejects.toMatchObject({ code: 'wrongMasterPassword' });
    expect([requestsWithHash(), hashHeaders()]).toEqual([[], []]);
  });

  it.each(['another key', 'no key at all'])('that became %s stops the sync before any hash', async (what) => {
    const here = await syncedDevice();
    const publicPem = what === 'another key' ? stranger.publicPem : 'garbage';
    tell(lie.ownKeys((keys) => void (keys['public'] = publicPem)));
    expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'ownKeyChanged' } });
    expect([requestsWithHash(), hashHeaders()]).toEqual([[], []]);
  });
});

it('a server that demands the hash before it hands over the keys does not get it', async () => {
  const here = await syncedDevice();
  tell(lie.hashDemand);
  await expect(enrol(proxy.url, anna)).rejects.toMatchObject({ code: 'hashDemandedTooEarly' });
  expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'hashDemandedTooEarly' } });
  expect([requestsWithHash(), hashHeaders()]).toEqual([[], []]);
});

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
    const here = await syncedDevice();
    const opened = here.openAll();
    const { id, name } = organisation.servers;
    const wrapped = wrapVaultKey(generateVaultKey(), annaPublic);
    proxy.tell(lie.vault(id, (row) => void (row['masterKeyEncrypted'] = wrapped)));
    expect(await here.sync()).toMatchObject({
      phase: 'idle',
      notices: [{ kind: 'vaultKeyChanged', subject: name }],
    });
    expect(here.mirror.pins.vaultKey(id)?.trust).toBe('keyChanged');
    expect(here.openAll()).toEqual(opened);
    const changed = here.content();
    await here.sync();
    expect(here.content()).toEqual(changed);
    proxy.tell(null);
    await here.sync();
    expect(here.mirror.pins.vaultKey(id)?.trust).toBe('unverified');
    expect(here.openAll()).toEqual(opened);
  });

  it('is not believed after a vault was taken away and given back either', async () => {
    const here = await syncedDevice();
    const opened = here.openAll();
    const { id } = organisation.servers;
    const wrapped = wrapVaultKey(generateVaultKey(), annaPublic);
    proxy.tell(
      lie.changing(
        '/vaults',
        (json) => void (json['items'] = lie.rowsOf(json).filter((row) => row['id'] !== id)),
      ),
    );
    await here.sync();
    proxy.tell(lie.vault(id, (row) => void (row['masterKeyEncrypted'] = wrapped)));
    await here.sync();
    expect(here.mirror.pins.vaultKey(id)?.trust).toBe('keyChanged');
    expect(here.mirror.vaults.get(id)?.keyWrapped).toBeNull();
    // The records still carry the pinned key themselves, so reading goes on with that one.
    expect(here.openAll().sort(byField)).toEqual(opened.sort(byField));
  });

  it('is not taken from a record either', async () => {
    const here = await syncedDevice();
    const { id } = organisation.servers;
    const wrapped = wrapVaultKey(generateVaultKey(), annaPublic);
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
    const here = await syncedDevice();
    const { id, key } = organisation.servers;
    if (key === null) throw new Error('The vault has no key.');
    proxy.tell(lie.vault(id, (row) => void (row['masterKeyEncrypted'] = wrapVaultKey(key, annaPublic))));
    expect(await here.sync()).toMatchObject({ phase: 'idle', notices: [] });
    expect(here.mirror.pins.vaultKey(id)?.trust).toBe('unverified');
    expect(here.openAll().length).toBeGreaterThan(5);
  });

  it('a key that is taken away stays here', async () => {
    const here = await syncedDevice();
    const opened = here.openAll();
    proxy.tell(lie.vault(organisation.servers.id, (row) => void (row['masterKeyEncrypted'] = null)));
    await here.sync();
    expect(here.openAll()).toEqual(opened);
  });

  it('a wrong check value is noticed, at first sight and later', async () => {
    const { id, name } = organisation.servers;
    const checkSalt = generateSalt();
    const wrongCheck = lie.vault(id, (row) => {
      Object.assign(row, { salt: checkSalt, masterKeyHash: vaultCheckValue(generateVaultKey(), checkSalt) });
    });
    const here = await syncedDevice();
    const fresh = device();
    proxy.tell(wrongCheck);
    const notice = { kind: 'vaultKeyChanged', subject: name };
    expect(await here.sync()).toMatchObject({ phase: 'idle', notices: [notice] });
    expect(here.mirror.pins.vaultKey(id)?.trust).toBe('keyChanged');
    expect(await fresh.sync()).toMatchObject({ phase: 'idle', notices: [notice] });
    expect(fresh.mirror.pins.vaultKey(id)).toBeNull();
    expect(fresh.mirror.vaults.get(id)?.keyWrapped).toBeNull();
  });

  it('a right check value is accepted', async () => {
    const { id, key } = organisation.servers;
    if (key === null) throw new Error('The vault has no key.');
    const checkSalt = generateSalt();
    const right = vaultCheckValue(key, checkSalt);
    proxy.tell(lie.vault(id, (row) => void Object.assign(row, { salt: checkSalt, masterKeyHash: right })));
    expect((await device().sync()).notices).toEqual([]);
  });
});

describe('D3 rows 10 to 12: changed ciphertext', () => {
  const changes: [string, (row: lie.Members) => void][] = [
    [
      'row 10: the TOTP secret served as the password',
      (row) => void (row['passwordEncrypted'] = customsOf(row)[0]?.['value']),
    ],
    [
      'row 10: two custom values swapped',
      (row) => {
        const [first, second] = customsOf(row);
        if (!first || !second) throw new Error('The record needs two fields.');
        [first['value'], second['value']] = [second['value'], first['value']];
      },
    ],
    [
      'row 12: one character of a ciphertext changed',
      (row) => void (row['passwordEncrypted'] = nudge(row['passwordEncrypted'])),
    ],
    [
      'row 12: a ciphertext cut short',
      (row) => void (row['passwordEncrypted'] = String(row['passwordEncrypted']).slice(0, 71)),
    ],
    [
      'row 11: an older revision',
      (row) => void Object.assign(row, { revision: Number(row['revision']) - 1, name: 'Old' }),
    ],
  ];

  it.each(changes)('%s is refused and flagged, once, and forgotten when it ends', async (_what, change) => {
    const here = await syncedDevice();
    const before = here.record('Router');
    proxy.tell(lie.record(before.serverId, change));
    expect(await here.sync()).toMatchObject({
      phase: 'idle',
      notices: [{ kind: 'fieldTampered', subject: 'Router', recordId: before.id }],
    });
    expect(here.record('Router')).toEqual({ ...before, flagged: true });
    const content = here.content();
    const [notice] = here.synchroniser.status().notices;
    here.synchroniser.dismissNotice(notice?.id ?? '');
    expect((await here.sync()).notices).toEqual([]);
    expect(here.content()).toEqual(content);
    proxy.tell(null);
    await here.sync();
    expect(here.record('Router')).toEqual(before);
  });

  it('row 11: an old password served again after an honest change is refused', async () => {
    const here = await syncedDevice();
    const door = organisation.records.find(({ name }) => name === 'Door code');
    if (!door?.key) throw new Error('The record lacks a key.');
    const old = here.record('Door code');
    const passwordEncrypted = sealPassword(Buffer.from('5678'), door.key);
    await organisation.anna.http.send('PATCH', `/items/${door.id}`, {
      vaultId: door.vaultId,
      passwordEncrypted,
    });
    await here.sync();
    expect(here.record('Door code')).toMatchObject({ passwordEncrypted, flagged: false });
    proxy.tell(
      lie.record(
        door.id,
        (row) =>
          void Object.assign(row, { passwordEncrypted: old.passwordEncrypted, revision: old.revision }),
      ),
    );
    await here.sync();
    expect(here.record('Door code')).toMatchObject({ passwordEncrypted, flagged: true });
  });
});

function customsOf(row: lie.Members): lie.Members[] {
  return row['customs'] as lie.Members[];
}

function nudge(wire: unknown): string {
  const text = String(wire);
  const at = text.length - 20;
  return `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`;
}

describe('D3 row 13: a server that watches what we do with bad padding', () => {
  it('sees the same requests whether a wrapped key opens or not', async () => {
    const { id, key } = organisation.servers;
    if (key === null) throw new Error('The vault has no key.');
    const old = { key: annaPublic, padding: constants.RSA_PKCS1_PADDING };
    const badBlock = Buffer.concat([Buffer.from([0, 1]), randomBytes(254)]);
    const wraps = {
      oaep: wrapVaultKey(key, annaPublic),
      pkcs1: publicEncrypt(old, key).toString('base64'),
      'bad block': publicEncrypt({ key: annaPublic, padding: constants.RSA_NO_PADDING }, badBlock).toString(
        'base64',
      ),
      'not printable': publicEncrypt(old, randomBytes(100).fill(7, 0, 1)).toString('base64'),
      noise: Buffer.concat([Buffer.from([0]), randomBytes(255)]).toString('base64'),
      'not base64': '!!!',
    };
    const traffic = new Map<string, string[]>();
    for (const [name, wrapped] of Object.entries(wraps)) {
      const here = device();
      proxy.requests.length = 0;
      proxy.tell(lie.vault(id, (row) => void (row['masterKeyEncrypted'] = wrapped)));
      expect(await here.sync()).toMatchObject({ phase: 'idle', problem: null });
      await here.sync();
      traffic.set(
        name,
        proxy.requests
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

describe('D3 row 17: answers made to break the reader', () => {
  const huge = Array.from({ length: 20_001 }, (_, index) => ({ id: `v${index}`, name: 'x' }));
  const endless: Lie = ({ request }, response) => {
    if (request.path !== '/api/v1/vaults') return undefined;
    response.writeHead(200, { 'content-type': 'application/json' });
    const piece = Buffer.alloc(1024 * 1024, 0x20);
    const pour = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', pour);
    pour();
    return null;
  };
  const raw = (text: string): Lie => lie.answering('/vaults', { raw: Buffer.from(text) });

  it.each<[string, Lie]>([
    ['an endless body', endless],
    ['a list of 20,001 vaults', lie.answering('/vaults', { json: { items: huge } })],
    ['JSON nested a million deep', raw('{"items":'.padEnd(1_000_000, '['))],
    ['a prototype in a vault', raw('{"items":[{"id":"a","__proto__":{"polluted":true}}]}')],
    ['a constructor beside the list', raw('{"items":[],"constructor":{"prototype":{"polluted":true}}}')],
    [
      'another type of content',
      lie.answering('/vaults', { raw: Buffer.from('{"items":[]}'), contentType: 'text/html' }),
    ],
    ['half a JSON text', raw('{"items":[')],
    ['nothing at all', raw('')],
    ['a list that is none', lie.answering('/vaults', { json: { items: 'all' } })],
    ['an id that is a path', lie.answering('/vaults', { json: { items: [{ id: '../../x', name: '' }] } })],
    [
      'the same vault twice',
      lie.changing('/vaults', (json) => void (json['items'] = [...lie.rowsOf(json), ...lie.rowsOf(json)])),
    ],
    [
      'a folder of another vault',
      lie.changing('/folders', (json) => lie.rowsOf(json).forEach((row) => void (row['vaultId'] = 'other'))),
    ],
    [
      'a record of another vault',
      lie.changing('/items', (json) => lie.rowsOf(json).forEach((row) => void (row['vaultId'] = 'other'))),
    ],
  ])('%s changes nothing', async (_what, told) => {
    const here = await syncedDevice();
    const content = here.content();
    proxy.tell(told);
    expect(await here.sync()).toMatchObject({
      phase: 'stopped',
      problem: { code: 'badAnswer' },
      notices: [],
    });
    expect(here.content()).toEqual(content);
    expect(here.incidents).toEqual([]);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it('an inbox entry that takes the id of a record does not replace it', async () => {
    const here = await syncedDevice();
    const router = here.record('Router');
    proxy.tell(
      lie.changing('/inbox-items', (json) => {
        for (const row of lie.rowsOf(json)) (row['inbox'] as lie.Members)['id'] = router.id;
      }),
    );
    expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'badAnswer' } });
    expect(here.record('Router')).toEqual(router);
  });
});
