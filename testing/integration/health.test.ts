/**
 * The health of passwords through the real door: a real server, real threads, and a lookup service on
 * this computer that notes what it is told, and that lies when a test asks it to.
 */
import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Finding, HealthOverview } from '../../contract/health.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { annasSecret, utf8 } from './accountstage.ts';
import { Application } from './application.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
const app = new Application();
const strong = 'v9#Qm2!xLr7@Tz4&Wp8s';

const asked: { url: string; padding: unknown; cookie: unknown }[] = [];
let answer: (prefix: string, response: ServerResponse) => void;
const lookup = createServer((request, response) => {
  const url = request.url ?? '';
  asked.push({ url, padding: request.headers['add-padding'], cookie: request.headers.authorization });
  answer(url.slice(-5), response);
});

function honest(prefix: string, response: ServerResponse): void {
  const sha1 = createHash('sha1').update('password1').digest('hex').toUpperCase();
  const hit = sha1.startsWith(prefix) ? [`${sha1.slice(5)}:3861`] : [];
  response.end([...hit, `${'0'.repeat(35)}:0`].join('\r\n'));
}

async function add(name: string, login: string, password: string, url = ''): Promise<string> {
  const { recordId } = await app.ask('editing', 'create', {
    place: { vaultId: organisation.servers.id, folderId: null },
    fields: {
      ...{ name, login, urls: url === '' ? [] : [url], description: '', tags: [], color: 0 },
      ...{ password: { kind: 'set', value: utf8(password) }, customs: [] },
    },
  });
  return recordId;
}

async function run(): Promise<HealthOverview> {
  await app.ask('health', 'start', {});
  return vi.waitFor(
    async () => {
      const overview = await app.ask('health', 'overview', {});
      expect(overview.running).toBeNull();
      return overview;
    },
    { timeout: 30_000, interval: 50 },
  );
}

async function named(finding: Finding): Promise<string[]> {
  const { rows } = await app.ask('health', 'page', { finding, offset: 0, limit: 200 });
  return rows.map(({ name }) => name);
}

beforeAll(async () => {
  answer = honest;
  await new Promise<void>((resolve) => lookup.listen(0, '127.0.0.1', resolve));
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  await app.enrol(server.url, anna);
});

afterAll(async () => {
  await app.close();
  await server.end();
  lookup.closeAllConnections();
  await new Promise((resolve) => lookup.close(resolve));
});

const lookupAddress = (): string => `http://127.0.0.1:${String((lookup.address() as AddressInfo).port)}`;

describe('a first run', () => {
  it('finds what is weak, reused, the login itself, and without a code where codes are offered', async () => {
    await add('Leaked', 'root', 'password1');
    await add('Twin one', 'a', strong);
    await add('Twin two', 'b', strong);
    await add('Same', 'Svc-Backup-Host-71', 'svc-backup-host-71');
    await add('Code host', 'dev', `${strong}x`, 'https://github.com/login');
    expect((await app.ask('health', 'overview', {})).judged).toBe(0);
    const overview = await run();
    expect(overview).toMatchObject({ unjudged: 0, failure: null, asked: 0 });
    expect(await named('weak')).toContain('Leaked');
    expect(await named('weak')).not.toContain('Twin one');
    expect(await named('reused')).toEqual(expect.arrayContaining(['Twin one', 'Twin two']));
    expect(await named('sameAsLogin')).toEqual(['Same']);
    expect(await named('totpMissing')).toEqual(['Code host']);
    expect(asked).toEqual([]);
  });

  it('gives the search its meaning of weak', async () => {
    const { rows } = await app.ask('records', 'search', {
      ...{ query: 'is:weak', scope: null, offset: 0, limit: 50 },
    });
    expect(rows.map(({ name }) => name)).toContain('Leaked');
    expect(rows.map(({ name }) => name)).not.toContain('Twin one');
  });

  it('tells what is known of one record, and nothing of it once its password is another', async () => {
    const recordId = await add('For a while', 'x', 'qwerty123');
    const known = async (): Promise<unknown> => (await app.ask('health', 'ofRecord', { recordId })).facts;
    expect(await known()).toBeNull();
    await run();
    expect(await known()).toMatchObject({ findings: ['weak'], reason: 'common', others: 0 });
    await app.ask('editing', 'save', {
      ...{ recordId, fields: { password: { kind: 'set', value: utf8(`${strong}y`) } } },
    });
    expect(await known()).toBeNull();
    await app.ask('editing', 'remove', { recordIds: [recordId] });
    expect(await known()).toBeNull();
  });

  it('lets no password cross the bridge', () => {
    const crossed = app.crossings.filter(({ way, channel }) => way !== 'in' && channel.includes('health'));
    expect(crossed.length).toBeGreaterThan(0);
    expect(JSON.stringify(crossed)).not.toContain(strong);
    expect(JSON.stringify(crossed)).not.toContain('password1');
  });
});

describe('a later run', () => {
  it('looks only at what changed, and after a lock knows everything still', async () => {
    await add('Late', 'x', 'qwerty');
    expect((await app.ask('health', 'overview', {})).unjudged).toBe(1);
    const before = app.crossings.length;
    await run();
    const totals = app.crossings
      .slice(before)
      .flatMap(({ channel, payload }) =>
        channel.endsWith('healthChanged')
          ? [(payload as { running: { total: number } | null }).running?.total]
          : [],
      );
    expect(totals).toContain(1);
    expect(Math.max(...totals.map((total) => total ?? 0))).toBe(1);
    const weak = await named('weak');
    await app.ask('session', 'lock', {});
    const accountId = (await app.ask('accounts', 'list', {})).accounts[0]?.id ?? '';
    await app.ask('session', 'unlock', { accountId, secret: utf8(annasSecret) });
    expect(await named('weak')).toEqual(weak);
    expect(weak).toContain('Late');
    expect((await app.ask('health', 'overview', {})).unjudged).toBe(0);
  });
});

describe('asking for leaked passwords', () => {
  it('is refused to be switched on while locked', async () => {
    await app.ask('session', 'lock', {});
    const refused = await app.call('settings', 'update', { leakLookupServer: lookupAddress() });
    expect(refused).toMatchObject({ ok: false, error: { code: 'locked' } });
    const accountId = (await app.ask('accounts', 'list', {})).accounts[0]?.id ?? '';
    await app.ask('session', 'unlock', { accountId, secret: utf8(annasSecret) });
  });

  it.each([
    [
      'a huge answer',
      (_: string, response: ServerResponse) => response.end('A'.repeat(3 * 1024 * 1024)),
      'badAnswer',
    ],
    [
      'a redirect',
      (_: string, response: ServerResponse) =>
        response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      'badAnswer',
    ],
    ['another form', (_: string, response: ServerResponse) => response.end('<html></html>'), 'badAnswer'],
    [
      'too many requests',
      (_: string, response: ServerResponse) => response.writeHead(429).end(),
      'serverBusy',
    ],
  ])('says so when it meets %s', async (_name, lie, code) => {
    await app.ask('settings', 'update', { leakLookupServer: lookupAddress() });
    answer = lie;
    expect((await run()).failure).toBe(code);
    expect(await named('breached')).toEqual([]);
  });

  it('tells five digits of a hash, and finds what is in the lists', async () => {
    answer = honest;
    asked.length = 0;
    const overview = await run();
    expect(overview).toMatchObject({ failure: null });
    expect(overview.counts.breached).toBe(1);
    expect(await named('breached')).toEqual(['Leaked']);
    expect(asked.length).toBeGreaterThan(0);
    for (const { url, padding, cookie } of asked) {
      expect(url).toMatch(/^\/range\/[0-9A-F]{5}$/);
      expect([padding, cookie]).toEqual(['true', undefined]);
    }
    asked.length = 0;
    await run();
    expect(asked).toEqual([]);
  });
});
