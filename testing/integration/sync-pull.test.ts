import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sealPassword } from '../../main/keychain/index.ts';
import type { EnrolmentResult } from '../../main/sync/index.ts';
import { enrol, TestDevice, type DeviceOptions } from '../hostile/device.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import {
  anna,
  buildPlainOrganisation,
  buildSmallOrganisation,
  nina,
  startOwnServer,
  type OwnServer,
  type SmallOrganisation,
} from '../hostile/smallorganisation.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
let proxy: LyingProxy;
let account: EnrolmentResult;

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  proxy = await LyingProxy.start(server.url);
  account = await enrol(proxy.url, anna);
});

afterAll(async () => {
  await proxy.close();
  await server.end();
});

const devices: TestDevice[] = [];
afterEach(async () => {
  proxy.cutAt(null);
  proxy.wrapAnswers(false);
  for (const device of devices.splice(0)) await device.dispose();
});

function device(options: DeviceOptions = {}, as: EnrolmentResult = account): TestDevice {
  const made = new TestDevice(as, options);
  devices.push(made);
  return made;
}

async function syncedContent(): Promise<unknown> {
  const other = device();
  expect((await other.sync()).phase).toBe('idle');
  return other.content();
}

describe('a first sync', () => {
  it('brings everything that was written, and all of it opens', async () => {
    const here = device();
    const status = await here.sync();
    expect(status).toMatchObject({ phase: 'idle', problem: null, notices: [] });
    const kinds = ['password', 'customValue', 'attachment'];
    const boris = organisation.records.at(-1)?.id;
    const written = organisation.ledger.secrets
      .filter(
        ({ kind, ownerId }) => kinds.includes(kind) && organisation.records.some(({ id }) => id === ownerId),
      )
      .map(({ ownerId, field, plaintext }) => `${ownerId} ${field} ${plaintext}`);
    const opened = here.openAll().map(({ recordId, field, text }) => `${recordId} ${field} ${text}`);
    expect(written.length).toBeGreaterThan(9);
    expect([...new Set(opened)].sort()).toEqual([...new Set(written)].sort());
    expect(here.record('For Anna', 'inbox')).toMatchObject({
      itemServerId: boris,
      sender: 'boris',
      vaultId: null,
    });
    expect(here.record('Router', 'shortcut')).toMatchObject({
      vaultId: organisation.office.id,
      keyWrap: 'vault',
    });
  });

  it('keeps vaults, folders and what the server may read as they are', async () => {
    const here = device();
    await here.sync();
    const { mirror } = here;
    expect(mirror.vaults.all().map(({ name, kind }) => [name, kind])).toEqual([
      ['Servers', 'corporate'],
      ['Büro', 'personal'],
    ]);
    const folders = mirror.folders.ofVault(organisation.servers.id);
    expect(
      folders.map(({ name, parentId }) => [name, folders.find(({ id }) => id === parentId)?.name ?? null]),
    ).toEqual([
      ['Rack 1', null],
      ['Shelf', 'Rack 1'],
    ]);
    expect(here.record('Router')).toMatchObject({
      login: 'root',
      urls: ['https://router.example', 'ssh://router.example'],
      tags: ['net', 'сеть'],
      color: 5,
      favourite: true,
      folderId: null,
    });
    expect(mirror.pins.vaultKey(organisation.servers.id)?.trust).toBe('unverified');
  });

  it('tells its stages in order and says at once what changed', async () => {
    const here = device();
    const stages: (string | null)[] = [];
    here.synchroniser.onStatus(({ stage }) => stages.at(-1) !== stage && stages.push(stage));
    await here.sync();
    expect(stages).toEqual(['connecting', 'vaults', 'folders', 'records', 'files', 'finishing', null]);
    expect(here.changes.flat()).toEqual(
      expect.arrayContaining([null, ...here.records().map(({ id }) => id)]),
    );
  });

  it('from wrapped answers is the same', async () => {
    const plain = await syncedContent();
    proxy.wrapAnswers(true);
    expect(await syncedContent()).toEqual(plain);
  });

  it('is joined, not doubled, by a second start', async () => {
    const here = device();
    const before = proxy.requests.length;
    await Promise.all([here.synchroniser.start(), here.synchroniser.start(), here.synchroniser.start()]);
    const listings = proxy.requests.slice(before).filter(({ path }) => path === '/api/v1/vaults');
    expect(listings).toHaveLength(1);
  });

  it('of an account without client-side encryption opens without any key', async () => {
    const own = await startOwnServer();
    try {
      const plain = await buildPlainOrganisation(own);
      const enrolled = await enrol(own.url, nina);
      expect(enrolled).toMatchObject({ pins: { mode: 'none', ownPublicKey: null }, keys: null });
      const here = device({}, enrolled);
      expect((await here.sync()).phase).toBe('idle');
      const passwords = plain.ledger.secrets
        .filter(({ kind }) => kind === 'password')
        .map(({ plaintext }) => plaintext);
      const opened = here.openAll().filter(({ field }) => field === 'password');
      expect(opened.map(({ text }) => text).sort()).toEqual(passwords.sort());
    } finally {
      for (const each of devices.splice(0)) await each.dispose();
      await own.end();
    }
  });
});

describe('a later sync', () => {
  it('with nothing new writes nothing and fetches no file again', async () => {
    const here = device();
    await here.sync();
    const content = here.content();
    const before = proxy.requests.length;
    here.changes.length = 0;
    expect((await here.sync()).phase).toBe('idle');
    expect(here.changes).toEqual([]);
    expect(here.content()).toEqual(content);
    const seen = proxy.requests.slice(before);
    expect(seen.filter(({ path }) => path.includes('/attachment/'))).toEqual([]);
    expect(seen.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('brings changed, new, moved and deleted records', async () => {
    const { http } = organisation.anna;
    const [router, , empty] = organisation.records;
    if (!router?.key || !empty) throw new Error('The sample lacks records.');
    const created = await http.send<{ id: string }>('POST', '/items', {
      vaultId: organisation.servers.id,
      name: 'Short-lived',
      keyEncrypted: null,
    });
    const here = device();
    await here.sync();
    expect(here.record('Short-lived').id).toBe(created.id);
    await http.send('PATCH', `/items/${router.id}`, {
      vaultId: organisation.servers.id,
      name: 'Router 2',
      passwordEncrypted: sealPassword(Buffer.from('changed'), router.key),
    });
    await http.send('DELETE', `/items/${created.id}`);
    here.changes.length = 0;
    expect(await here.sync()).toMatchObject({ phase: 'idle', notices: [] });
    expect(here.openRecord(here.record('Router 2')).find(({ field }) => field === 'password')?.text).toBe(
      'changed',
    );
    expect(here.mirror.records.get(created.id)).toBeNull();
    expect(here.content()).toEqual(await syncedContent());
    expect(here.record('Router 2', 'shortcut').flagged).toBe(false);
  });

  it('erases a vault that is closed to us now, with its files, and says so', async () => {
    const here = device();
    await here.sync();
    expect(here.files.size).toBe(2);
    proxy.tell(({ request, json }) => {
      if (request.path !== '/api/v1/vaults') return undefined;
      const { items } = json as { items: { id: string }[] };
      return { json: { items: items.filter(({ id }) => id !== organisation.servers.id) } };
    });
    const status = await here.sync();
    proxy.tell(null);
    expect(status).toMatchObject({ phase: 'idle', notices: [{ kind: 'vaultRemoved', subject: 'Servers' }] });
    expect(here.mirror.vaults.get(organisation.servers.id)).toBeNull();
    expect(here.records().filter(({ vaultId }) => vaultId === organisation.servers.id)).toEqual([]);
    expect(here.files.size).toBe(0);
  });
});

describe('a sync that is cut', () => {
  it.each(['request', 'body'] as const)(
    'at every %s in turn goes on where it was and ends the same',
    async (where) => {
      const whole = await syncedContent();
      let cuts = 0;
      for (let at = 0; ; at += 1) {
        const here = device();
        proxy.cutAt(at, where);
        const first = await here.sync();
        if (proxy.cutPending) break;
        cuts += 1;
        expect(first).toMatchObject({
          phase: 'offline',
          problem: { code: 'unreachable', params: { reason: 'reset' } },
        });
        expect((await here.sync()).phase).toBe('idle');
        expect(here.content()).toEqual(whole);
      }
      proxy.cutAt(null);
      expect(cuts).toBeGreaterThan(15);
    },
  );

  it('by locking stops and leaves a mirror that a later sync completes', async () => {
    const here = device();
    const started = here.synchroniser.start();
    here.synchroniser.onStatus(({ stage }) => {
      if (stage === 'folders') void here.synchroniser.stop();
    });
    await started;
    expect(here.mirror.syncState.get('lastSyncedAt')).toBeNull();
    await expect(here.sync()).resolves.toMatchObject({ phase: 'never' });
  });
});

describe('the server is away', () => {
  it('or busy: the sync rests as offline and says why', async () => {
    const here = device();
    proxy.tell(() => ({ status: 503, json: {} }));
    expect(await here.sync()).toMatchObject({
      phase: 'offline',
      problem: { code: 'serverBusy', params: { status: 503 } },
    });
    proxy.tell(null);
    expect((await here.sync()).phase).toBe('idle');
    proxy.tell(() => ({ status: 401, json: { errors: [{ code: 'accessTokenExpired' }] } }));
    expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'signInAgain' } });
    proxy.tell(null);
  });
});

describe('tokens that end in the middle', () => {
  it('are renewed once for all requests, and the sync goes on', async () => {
    let now = Date.now();
    const own = await startOwnServer({ clock: () => now });
    const through = await LyingProxy.start(own.url);
    try {
      await buildSmallOrganisation(own);
      const kept: string[] = [];
      const here = device(
        { persistTokens: ({ refreshToken }) => kept.push(refreshToken) },
        await enrol(through.url, anna),
      );
      let aged = false;
      through.tell(({ request }) => {
        if (request.path.startsWith('/api/v1/folders') && !aged) {
          aged = true;
          now += 10_001_000;
        }
        return undefined;
      });
      expect((await here.sync()).phase).toBe('idle');
      expect(through.requests.filter(({ path }) => path.endsWith('/sessions/refresh'))).toHaveLength(1);
      expect(kept).toHaveLength(1);
      now += 10_001_000;
      await here.sync();
      expect(kept).toHaveLength(2);
    } finally {
      for (const each of devices.splice(0)) await each.dispose();
      await through.close();
      await own.end();
    }
  });
});
