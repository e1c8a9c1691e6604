/**
 * Finding, and many at once, through the real door: filters over what a sync brought, kept
 * searches, the inbox, shortcuts, and moves between vaults, whose keys are then looked at on the
 * server with the key chain alone.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RecordRow } from '../../contract/records.ts';
import {
  asRecordKey,
  openPassword,
  openRecordKey,
  sameKey,
  sealPassword,
  sealRecordKey,
} from '../../main/keychain/index.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import type { OpenVault } from '../organisation/member.ts';
import { annasSecret, utf8 } from './accountstage.ts';
import { Application } from './application.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
const app = new Application();
const byName = { by: 'name', descending: false } as const;

/** A record as the first official connector left them: its key is the key of its vault. */
async function writeBoundRecord({ id: vaultId, key }: OpenVault): Promise<void> {
  if (key === null) throw new Error('the vault has no key');
  const itself = asRecordKey(Buffer.from(key));
  await organisation.anna.http.send('POST', '/items', {
    ...{ vaultId, folderId: null, name: 'Bound', login: 'old', url: '', urls: [], description: '', tags: [] },
    ...{ color: 0, isFavorite: false, customs: [], attachments: [] },
    passwordEncrypted: sealPassword(utf8('bound to the vault'), itself),
    keyEncrypted: sealRecordKey(itself, key),
  });
}

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  await writeBoundRecord(organisation.servers);
  await app.enrol(server.url, anna);
});

afterAll(async () => {
  await app.close();
  await server.end();
});

async function found(query: string): Promise<string[]> {
  const { rows } = await app.ask('records', 'search', { query, scope: null, offset: 0, limit: 50 });
  return rows.map((row) => `${row.kind} ${row.name}`);
}

async function rowOf(kind: RecordRow['kind'], name: string): Promise<RecordRow> {
  const { rows } = await app.ask('records', 'page', {
    scope: { kind: 'all' },
    sort: byName,
    offset: 0,
    limit: 50,
  });
  const row = rows.find((one) => one.kind === kind && one.name === name);
  if (row === undefined) throw new Error(`there is no ${kind} ${name}`);
  return row;
}

const vaultId = async (name: string): Promise<string> =>
  (await app.ask('tree', 'overview', {})).vaults.find((vault) => vault.name === name)?.id ?? '';

async function settled(): Promise<void> {
  await vi.waitFor(
    async () => {
      await app.synced();
      expect(await app.ask('sync', 'status', {})).toMatchObject({ phase: 'idle', waiting: 0, problem: null });
    },
    { timeout: 20_000 },
  );
}

interface ServersItem {
  readonly vaultId: string;
  readonly keyEncrypted: string;
  readonly passwordEncrypted: string;
}
const onServer = (id: string): Promise<ServersItem> => organisation.anna.http.send('GET', `/items/${id}`);

describe('filters', () => {
  it('find by field, by mark and by place, and nothing else', async () => {
    expect(await found('login:root')).toEqual(['record Router', 'shortcut Router']);
    expect(await found('login:root vault:servers')).toEqual(['record Router']);
    expect(await found('tag:сеть -vault:büro')).toEqual(['record Router']);
    expect(await found('has:file')).toEqual(['record Datenbank']);
    expect(await found('is:favourite vault:serv')).toEqual(['record Router']);
    expect(await found('color:5 url:ssh')).toEqual(['record Router', 'shortcut Router']);
    expect(await found('"login:root"')).toEqual([]);
    expect(await found('is:weak')).toEqual([]);
  });

  it('learn of one-time codes as soon as somebody asks for them', async () => {
    await vi.waitFor(async () =>
      expect(await found('has:totp')).toEqual(['record Router', 'shortcut Router']),
    );
    expect(await found('has:totp login:postgres')).toEqual([]);
    expect((await rowOf('record', 'Door code')).hasTotp).toBe(false);
  });

  it('tell of waiting changes until they are sent', async () => {
    const { id } = await rowOf('record', 'Wi-Fi');
    await app.ask('editing', 'setColor', { recordIds: [id], color: 7 });
    expect(await found('is:waiting')).toEqual(['record Wi-Fi']);
    await settled();
    expect(await found('is:waiting')).toEqual([]);
  });
});

describe('kept searches', () => {
  it('outlast lock and unlock', async () => {
    const { id } = await app.ask('searches', 'save', { name: ' Roots ', query: ' login:root ' });
    await app.ask('searches', 'rename', { id, name: 'All roots' });
    const accountId = app.accounts.current().id;
    await app.ask('session', 'lock', {});
    expect(await app.refusal('searches', 'list', {})).toBe('locked');
    await app.ask('session', 'unlock', { accountId, secret: utf8(annasSecret) });
    expect(await app.ask('searches', 'list', {})).toEqual({
      searches: [{ id, name: 'All roots', query: 'login:root' }],
    });
    await app.ask('searches', 'remove', { id });
    expect(await app.refusal('searches', 'rename', { id, name: 'Again' })).toBe('noSuchSearch');
  });
});

describe('the inbox and shortcuts', () => {
  it('count an opened entry as seen, here and on the server', async () => {
    await app.synced();
    const entry = await rowOf('inbox', 'For Anna');
    expect(entry.unread).toBe(true);
    const face = await app.ask('records', 'read', { recordId: entry.id });
    expect(face.can).toEqual({ edit: false, remove: false, move: false, copy: true });
    expect((await rowOf('inbox', 'For Anna')).unread).toBe(false);
    expect((await app.ask('tree', 'overview', {})).inboxUnread).toBe(0);
    await vi.waitFor(async () => {
      const { items } = await organisation.anna.http.send<{ items: { inbox: { isViewed: boolean } }[] }>(
        'GET',
        '/inbox-items',
      );
      expect(items.map(({ inbox }) => inbox.isViewed)).toEqual([true]);
    });
    await app.synced();
    expect((await rowOf('inbox', 'For Anna')).unread).toBe(false);
  });

  it('let a sent record be copied to a vault, where it is a record under a key of its own', async () => {
    const { id } = await rowOf('inbox', 'For Anna');
    const to = { vaultId: await vaultId('Büro'), folderId: null };
    const { recordIds } = await app.ask('editing', 'copy', { recordIds: [id], to });
    const copy = await app.ask('records', 'read', { recordId: recordIds[0] ?? '' });
    expect(copy).toMatchObject({ kind: 'record', sender: null, writable: true, vaultName: 'Büro' });
    const { value } = await app.ask('records', 'revealField', {
      recordId: copy.id,
      field: { kind: 'password' },
    });
    expect(value).toBe('sent');
    await settled();
    expect(await app.refusal('editing', 'remove', { recordIds: [id] })).toBe('forbidden');
  });

  it('show the record behind a shortcut, and where it is', async () => {
    expect((await app.ask('tree', 'overview', {})).shortcutCount).toBe(1);
    const { id } = await rowOf('shortcut', 'Router');
    const face = await app.ask('records', 'read', { recordId: id });
    expect(face).toMatchObject({
      kind: 'shortcut',
      original: (await rowOf('record', 'Router')).id,
      keyBroken: false,
    });
    const { value } = await app.ask('records', 'revealField', { recordId: id, field: { kind: 'password' } });
    expect(value).toBe('correct horse battery staple');
  });
});

describe('a whole list', () => {
  it('is given by its ids, in its order', async () => {
    const scope = { kind: 'vault', vaultId: await vaultId('Servers') } as const;
    const { rows } = await app.ask('records', 'page', { scope, sort: byName, offset: 0, limit: 50 });
    expect(await app.ask('records', 'ids', { scope, sort: byName, query: null })).toEqual({
      ids: rows.map(({ id }) => id),
    });
    const { ids } = await app.ask('records', 'ids', { scope: null, sort: byName, query: 'login:root' });
    expect(ids).toHaveLength(2);
  });
});

describe('moving many to another vault', () => {
  it('wraps each key anew, and replaces one that is the key of its vault', async () => {
    const { servers, office, records } = organisation;
    if (servers.key === null || office.key === null) throw new Error('the vaults have no keys');
    const [free, bound] = [await rowOf('record', 'Datenbank'), await rowOf('record', 'Bound')];
    const to = { vaultId: await vaultId('Büro'), folderId: null };
    await app.ask('editing', 'move', { recordIds: [free.id, bound.id], to });
    await settled();

    const moved = await onServer(free.id);
    const key = openRecordKey(moved.keyEncrypted, office.key);
    expect(moved.vaultId).toBe(office.id);
    expect(sameKey(key, records[1]?.key ?? Buffer.alloc(0))).toBe(true);

    // The old record went to the bin; what lies in the other vault is a new one.
    const copy = await rowOf('record', 'Bound');
    expect(copy).toMatchObject({ vaultId: to.vaultId });
    expect(copy.id).not.toBe(bound.id);
    const { serverId } = app.accounts.current().mirror.records.get(copy.id) ?? { serverId: '' };
    const replaced = await onServer(serverId);
    const fresh = openRecordKey(replaced.keyEncrypted, office.key);
    expect([sameKey(fresh, servers.key), sameKey(fresh, office.key)]).toEqual([false, false]);
    expect(openPassword(replaced.passwordEncrypted, fresh)?.toString()).toBe('bound to the vault');
    const { rows } = await app.ask('bin', 'page', {
      vaultId: await vaultId('Servers'),
      offset: 0,
      limit: 10,
    });
    expect(rows.map(({ name }) => name)).toEqual(['Bound']);
  });
});
