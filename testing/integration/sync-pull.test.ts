/** The pull against the real server: everything comes, nothing comes twice, what is gone goes. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sealPassword } from '../../main/keychain/index.ts';
import { enrol } from '../hostile/device.ts';
import { buildPlainOrganisation, nina, startOwnServer } from '../hostile/smallorganisation.ts';
import { HostileStage } from '../hostile/stage.ts';

let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.open(['changes']);
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

async function syncedContent(): Promise<unknown> {
  const other = stage.device();
  expect((await other.sync()).phase).toBe('idle');
  return other.content();
}

describe('a first sync', () => {
  it('brings everything that was written, and all of it opens', async () => {
    const here = stage.device();
    const status = await here.sync();
    expect(status).toMatchObject({ phase: 'idle', problem: null, notices: [] });
    const kinds = ['password', 'customValue', 'attachment'];
    const boris = stage.organisation.records.at(-1)?.id;
    const written = stage.organisation.ledger.secrets
      .filter(
        ({ kind, ownerId }) =>
          kinds.includes(kind) && stage.organisation.records.some(({ id }) => id === ownerId),
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
      vaultId: stage.organisation.office.id,
      keyWrap: 'vault',
    });
  });

  it('keeps vaults, folders and what the server may read as they are', async () => {
    const here = stage.device();
    await here.sync();
    const { mirror } = here;
    expect(mirror.vaults.all().map(({ name, kind }) => [name, kind])).toEqual([
      ['Servers', 'corporate'],
      ['Büro', 'personal'],
    ]);
    const folders = mirror.folders.ofVault(stage.organisation.servers.id);
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
    expect(mirror.pins.vaultKey(stage.organisation.servers.id)?.trust).toBe('unverified');
  });

  it('tells its stages in order and says at once what changed', async () => {
    const here = stage.device();
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
    stage.proxy.wrapAnswers(true);
    expect(await syncedContent()).toEqual(plain);
  });

  it('is joined, not doubled, by a second start', async () => {
    const here = stage.device();
    const before = stage.proxy.requests.length;
    await Promise.all([here.synchroniser.start(), here.synchroniser.start(), here.synchroniser.start()]);
    const listings = stage.proxy.requests.slice(before).filter(({ path }) => path === '/api/v1/vaults');
    expect(listings).toHaveLength(1);
  });

  it('of an account without client-side encryption opens without any key', async () => {
    const own = await startOwnServer();
    try {
      const plain = await buildPlainOrganisation(own);
      const enrolled = await enrol(own.url, nina);
      expect(enrolled).toMatchObject({ pins: { mode: 'none', ownPublicKey: null }, keys: null });
      const here = stage.device(enrolled);
      expect((await here.sync()).phase).toBe('idle');
      const passwords = plain.ledger.secrets
        .filter(({ kind }) => kind === 'password')
        .map(({ plaintext }) => plaintext);
      const opened = here.openAll().filter(({ field }) => field === 'password');
      expect(opened.map(({ text }) => text).sort()).toEqual(passwords.sort());
    } finally {
      await stage.clear();
      await own.end();
    }
  });
});

describe('a later sync', () => {
  it('with nothing new writes nothing and fetches no file again', async () => {
    const here = stage.device();
    await here.sync();
    const content = here.content();
    const before = stage.proxy.requests.length;
    here.changes.length = 0;
    expect((await here.sync()).phase).toBe('idle');
    expect(here.changes).toEqual([]);
    expect(here.content()).toEqual(content);
    const seen = stage.proxy.requests.slice(before);
    expect(seen.filter(({ path }) => path.includes('/attachment/'))).toEqual([]);
    expect(seen.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('brings changed, new, moved and deleted records', async () => {
    const { http } = stage.organisation.anna;
    const [router, , empty] = stage.organisation.records;
    if (!router?.key || !empty) throw new Error('The sample lacks records.');
    const created = await http.send<{ id: string }>('POST', '/items', {
      vaultId: stage.organisation.servers.id,
      name: 'Short-lived',
      keyEncrypted: null,
    });
    const here = stage.device();
    await here.sync();
    expect(here.record('Short-lived').id).toBe(created.id);
    await http.send('PATCH', `/items/${router.id}`, {
      vaultId: stage.organisation.servers.id,
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
    const here = stage.device();
    await here.sync();
    expect(here.files.size).toBe(2);
    stage.proxy.tell(({ request, json }) => {
      if (request.path !== '/api/v1/vaults') return undefined;
      const { items } = json as { items: { id: string }[] };
      return { json: { items: items.filter(({ id }) => id !== stage.organisation.servers.id) } };
    });
    const status = await here.sync();
    stage.proxy.tell(null);
    expect(status).toMatchObject({ phase: 'idle', notices: [{ kind: 'vaultRemoved', subject: 'Servers' }] });
    expect(here.mirror.vaults.get(stage.organisation.servers.id)).toBeNull();
    expect(here.records().filter(({ vaultId }) => vaultId === stage.organisation.servers.id)).toEqual([]);
    expect(here.files.size).toBe(0);
  });
});

describe('an attached file that cannot be had', () => {
  it.each([
    ['is gone', { status: 404, json: {} }],
    ['is closed to us', { status: 403, json: {} }],
    ['comes as something else', { json: { data: 'none' } }],
  ])('since it %s holds up nothing else, and is not asked for at every sync', async (_what, told) => {
    const here = stage.device();
    let asked = 0;
    stage.proxy.tell(({ request }) => {
      if (!request.path.includes('/attachment/')) return undefined;
      return asked++ === 0 ? told : undefined;
    });
    expect((await here.sync()).phase).toBe('idle');
    expect([asked, here.files.size]).toEqual([2, 1]);
    await here.sync();
    expect(asked).toBe(2);
    stage.proxy.tell(null);
  });

  it('is not taken under another key than the one that was listed', async () => {
    const here = stage.device();
    stage.proxy.tell(({ request, json }) => {
      if (request.path.includes('/attachment/'))
        Object.assign(json as object, { encryptedKey: 'amt4cwv48xb6pp1h' });
      return undefined;
    });
    expect((await here.sync()).phase).toBe('idle');
    expect(here.files.size).toBe(0);
    stage.proxy.tell(null);
  });
});
