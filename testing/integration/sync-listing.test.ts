/** Long vaults, short listings, and a server that knows nothing of our additions: one mirror in the end. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EnrolmentResult } from '../../main/sync/index.ts';
import { enrol, TestDevice } from '../hostile/device.ts';
import { record, rowsOf, together, withoutFeature, type Members } from '../hostile/lies.ts';
import { LyingProxy, type Lie } from '../hostile/proxy.ts';
import {
  anna,
  buildSmallOrganisation,
  startOwnServer,
  type OwnServer,
} from '../hostile/smallorganisation.ts';
import { buildLargeVaults, type LargeVaults } from '../organisation/large.ts';

const count = 460;
let server: OwnServer;
let proxy: LyingProxy;
let large: LargeVaults;
let account: EnrolmentResult;
let small: EnrolmentResult;

beforeAll(async () => {
  server = await startOwnServer();
  proxy = await LyingProxy.start(server.url, ['changes']);
  large = await buildLargeVaults(server.url, server.setupToken, { records: count, vaults: 2 });
  await buildSmallOrganisation(server);
  account = await enrol(proxy.url, large.owner);
  small = await enrol(proxy.url, anna);
});
afterAll(async () => {
  await proxy.close();
  await server.end();
});

const devices: TestDevice[] = [];
afterEach(async () => {
  proxy.tell(null);
  proxy.cutAt(null);
  for (const device of devices.splice(0)) await device.dispose();
});

function device(as: EnrolmentResult): TestDevice {
  const made = new TestDevice(as);
  devices.push(made);
  return made;
}

function itemRequests(): string[] {
  return proxy.requests
    .map(({ path }) => path)
    .filter((path) => path.startsWith('/api/v1/items?') && !path.includes('limit=1&'));
}

const secretMembers = [
  'passwordEncrypted',
  'keyEncrypted',
  'customs',
  'attachments',
  'vaultMasterKeyEncrypted',
];

/** Leaves out what the short listings of other servers leave out. */
const shortListing: Lie = ({ request, json }) => {
  if (!request.path.startsWith('/api/v1/items?')) return undefined;
  const answer = json as Members;
  answer['items'] = rowsOf(answer).map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !secretMembers.includes(name))),
  );
  return undefined;
};

/** Ignores paging and counts neither revisions nor rows, as servers may that are not ours. */
const oldServer: Lie = together(withoutFeature('itemPaging', 'itemRevision'), ({ request, json }) => {
  if (!/^\/api\/v1\/(?:items|batch)/.test(request.path) || request.path.includes('attachment'))
    return undefined;
  (json as Members)['total'] = undefined;
  return undefined;
});

describe('a long vault', () => {
  it('comes in pages and goes on at the page where it was cut', async () => {
    const whole = device(account);
    expect((await whole.sync()).phase).toBe('idle');
    expect(whole.records()).toHaveLength(count);
    const here = device(account);
    let pages = 0;
    const cutThird: Lie = ({ request }, response) => {
      if (!request.path.includes('/items?') || request.path.includes('limit=1&') || ++pages !== 6)
        return undefined;
      response.socket?.destroy();
      return null;
    };
    proxy.tell(cutThird);
    expect((await here.sync()).phase).toBe('offline');
    expect(here.records().length).toBeGreaterThan(200);
    proxy.tell(null);
    proxy.requests.length = 0;
    expect((await here.sync()).phase).toBe('idle');
    expect(itemRequests()).toHaveLength(1);
    expect(itemRequests()[0]).toContain('offset=200');
    expect(here.content()).toEqual(whole.content());
  });

  it('tells how far it is', async () => {
    const here = device(account);
    const seen: string[] = [];
    here.synchroniser.onStatus(({ stage, done, total }) => {
      if (stage === 'records') seen.push(`${done <= total} ${total}`);
    });
    await here.sync();
    expect(new Set(seen)).toEqual(new Set([`true ${count}`]));
  });

  it('is usable from its first rows on', async () => {
    const here = device(account);
    let first: number | null = null;
    here.synchroniser.onChanged((ids) => {
      if (ids !== null)
        first ??= here.mirror.records.page({
          scope: { kind: 'all' },
          sort: { by: 'name', descending: false },
          offset: 0,
          limit: 50,
        }).total;
    });
    await here.sync();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(count);
  });

  it('from which one record is taken away loses this one only', async () => {
    const here = device(account);
    await here.sync();
    const [gone] = here.records();
    if (!gone) throw new Error('There are no records.');
    proxy.tell(({ request, json }) => {
      if (!request.path.startsWith('/api/v1/items?')) return undefined;
      const answer = json as Members;
      const rows = rowsOf(answer);
      answer['items'] = rows.filter((row) => row['id'] !== gone.serverId);
      if (gone.vaultId !== null && request.path.includes(gone.vaultId))
        answer['total'] = Number(answer['total']) - 1;
      return undefined;
    });
    expect((await here.sync()).phase).toBe('idle');
    expect(here.records()).toHaveLength(count - 1);
    expect(here.mirror.records.get(gone.id)).toBeNull();
  });

  it('of which a page was left out loses nothing', async () => {
    const here = device(account);
    await here.sync();
    proxy.tell(({ request, json }) => {
      if (request.path.startsWith('/api/v1/items?'))
        (json as Members)['items'] = rowsOf(json as Members).slice(0, 1);
      return undefined;
    });
    expect((await here.sync()).phase).toBe('idle');
    expect(here.records()).toHaveLength(count);
  });
});

describe('a short listing', () => {
  it('ends in the same mirror as a full one, by batches of at most 25', async () => {
    const whole = device(small);
    await whole.sync();
    proxy.tell(shortListing);
    proxy.requests.length = 0;
    const here = device(small);
    expect(await here.sync()).toMatchObject({ phase: 'idle', problem: null });
    expect(here.content()).toEqual(whole.content());
    const many = device(account);
    await many.sync();
    const sizes = proxy.requests
      .filter(({ path }) => path.endsWith('/batch'))
      .map(({ body }) => (JSON.parse(body) as { requests: unknown[] }).requests.length);
    expect(Math.max(...sizes)).toBe(25);
    expect(many.records()).toHaveLength(count);
    expect(many.openAll().length).toBeGreaterThan(count);
  });

  it('of which nothing changed needs no batch where revisions are counted', async () => {
    proxy.tell(shortListing);
    const here = device(small);
    await here.sync();
    const content = here.content();
    proxy.requests.length = 0;
    await here.sync();
    expect(proxy.requests.filter(({ path }) => path.endsWith('/batch'))).toEqual([]);
    expect(here.content()).toEqual(content);
  });

  it('does not hide a change', async () => {
    proxy.tell(shortListing);
    const here = device(small);
    await here.sync();
    const router = here.record('Router');
    const renamed: Lie = (answer, response) => {
      const { json, request } = answer;
      if (request.path.endsWith('/batch')) {
        for (const { body } of (json as { responses: { body: Members }[] }).responses) {
          if (body['id'] === router.serverId) Object.assign(body, { name: 'Renamed', revision: 99 });
        }
      }
      return record(router.serverId, (row) => void Object.assign(row, { name: 'Renamed', revision: 99 }))(
        answer,
        response,
      );
    };
    proxy.tell(together(shortListing, renamed));
    await here.sync();
    expect(here.record('Renamed')).toMatchObject({ id: router.id, revision: 99, flagged: false });
  });
});

describe('a server without our additions', () => {
  it('gives the same records', async () => {
    const whole = device(account);
    await whole.sync();
    proxy.tell(oldServer);
    proxy.requests.length = 0;
    const here = device(account);
    expect(await here.sync()).toMatchObject({ phase: 'idle', problem: null });
    expect(itemRequests().filter((path) => path.includes('offset'))).toEqual([]);
    expect(here.content()).toEqual(whole.content());
  });

  it('that has no lists of shortcuts and of the inbox is not asked for them', async () => {
    proxy.tell(withoutFeature('shortcutList', 'inboxList'));
    proxy.requests.length = 0;
    const here = device(small);
    expect((await here.sync()).phase).toBe('idle');
    expect(new Set(here.records().map(({ kind }) => kind))).toEqual(new Set(['record']));
    expect(proxy.requests.filter(({ path }) => /shortcuts|inbox/.test(path))).toEqual([]);
  });
});
