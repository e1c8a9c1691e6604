/**
 * Editing without a server, through the real door: everything a person can change, a restart in
 * between, and then a server that has all of it once.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RecordView } from '../../contract/records.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { annasSecret, utf8 } from './accountstage.ts';
import { Application } from './application.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
let line: LyingProxy;
const folder = mkdtempSync(join(tmpdir(), 'strongroom-offline-'));
const contents = randomBytes(5000);

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  line = await LyingProxy.start(server.url);
  writeFileSync(join(folder, 'site plan.pdf'), contents);
});

afterAll(async () => {
  await line.close();
  await server.end();
  rmSync(folder, { recursive: true, force: true });
});

const set = (value: string) => ({ kind: 'set' as const, value: utf8(value) });
const sort = { by: 'name', descending: false } as const;
const everything = { scope: { kind: 'all' }, sort, offset: 0, limit: 200 } as const;

async function find(app: Application, name: string): Promise<RecordView> {
  const { rows } = await app.ask('records', 'page', everything);
  const found = rows.filter((row) => row.name === name && row.kind === 'record');
  expect(found.map((row) => row.name)).toEqual([name]);
  return app.ask('records', 'read', { recordId: found[0]?.id ?? '' });
}

const password = async (app: Application, { id }: RecordView): Promise<string> =>
  (await app.ask('records', 'revealField', { recordId: id, field: { kind: 'password' } })).value;

/** Waits until the server has everything. */
async function settled(app: Application): Promise<void> {
  await vi.waitFor(
    async () => {
      await app.synced();
      expect(await app.ask('sync', 'status', {})).toMatchObject({ phase: 'idle', waiting: 0, problem: null });
    },
    { timeout: 20_000 },
  );
}

/** Everything that is to be found at the end, on whichever device. */
async function expectTheEdits(app: Application): Promise<void> {
  const made = await find(app, 'Switch');
  expect(made).toMatchObject({ login: 'admin', tags: ['net'], color: 3, favourite: true, pending: false });
  expect(made.path.map(({ name }) => name)).toEqual(['Rack 2', 'Top']);
  expect(made.fields.map(({ label, type }) => [label, type])).toEqual([
    ['', 'password'],
    ['PIN', 'password'],
  ]);
  expect(await password(app, made)).toBe('typed without a network');
  expect(made.attachments.map(({ name, pending }) => [name, pending])).toEqual([['site plan.pdf', false]]);
  const edited = await find(app, 'Router');
  expect(edited.description).toBe('behind the door');
  expect(await password(app, edited)).toBe('neu gewählt');
  expect((await find(app, 'Wi-Fi')).vaultName).toBe('Servers');
  expect(await password(app, await find(app, 'Wi-Fi'))).toBe('gäste');
  await find(app, 'Datenbank');
  const copied = (await app.ask('records', 'page', everything)).rows.filter(
    (row) => row.name === 'Door code',
  );
  expect(copied).toHaveLength(2);
  expect((await app.ask('records', 'page', everything)).rows.map((row) => row.name)).not.toContain('Empty');
}

describe('without a server', () => {
  it('everything can be changed, survives a restart, and reaches the server once', async () => {
    const app = new Application();
    const accountId = await app.enrol(line.url, anna);
    line.tell((_answer, response) => (response.destroy(), null));
    const servers = organisation.servers.id;
    const office = organisation.office.id;

    const rack = await app.ask('editing', 'createFolder', { vaultId: servers, parentId: null, name: 'Rack' });
    await app.ask('editing', 'renameFolder', { folderId: rack.folderId, name: 'Rack 2' });
    const top = await app.ask('editing', 'createFolder', { vaultId: servers, parentId: null, name: 'Top' });
    await app.ask('editing', 'moveFolder', { folderId: top.folderId, parentId: rack.folderId });
    const { recordId } = await app.ask('editing', 'create', {
      place: { vaultId: servers, folderId: top.folderId },
      fields: {
        name: 'Switch',
        login: 'root',
        password: set('typed without a network'),
        customs: [{ from: null, label: set('PIN'), type: 'password', value: set('4711') }],
      },
    });
    await app.ask('editing', 'save', { recordId, fields: { login: 'admin' } });
    await app.ask('editing', 'changeTags', { recordIds: [recordId], add: ['net'], remove: [] });
    await app.ask('editing', 'setColor', { recordIds: [recordId], color: 3 });
    await app.ask('editing', 'setFavourite', { recordIds: [recordId], favourite: true });
    const { files } = await app.ask('attachments', 'stage', {
      paths: [join(folder, 'site plan.pdf')],
    } as never);
    await app.ask('attachments', 'add', { recordId, token: files[0]?.token ?? '' });

    const router = await find(app, 'Router');
    await app.ask('editing', 'save', {
      recordId: router.id,
      fields: { description: 'behind the door', password: set('neu gewählt') },
    });
    await app.ask('editing', 'move', {
      recordIds: [(await find(app, 'Wi-Fi')).id],
      to: { vaultId: servers, folderId: null },
    });
    await app.ask('editing', 'copy', {
      recordIds: [(await find(app, 'Door code')).id],
      to: { vaultId: office, folderId: null },
    });
    const database = (await find(app, 'Datenbank')).id;
    await app.ask('editing', 'remove', { recordIds: [database, (await find(app, 'Empty')).id] });
    await app.ask('bin', 'restore', { ids: [database] });
    expect(
      (await app.ask('bin', 'page', { vaultId: null, offset: 0, limit: 50 })).rows.map(({ name }) => name),
    ).toEqual(['Empty']);
    const before = await app.ask('sync', 'waiting', { offset: 0, limit: 100 });
    expect(before.total).toBeGreaterThan(5);
    await app.quit();

    const again = new Application(app.folder);
    await again.unlock(accountId, annasSecret);
    expect(await again.ask('sync', 'waiting', { offset: 0, limit: 100 })).toMatchObject({
      total: before.total,
    });
    expect((await find(again, 'Switch')).pending).toBe(true);
    line.tell(null);
    await settled(again);
    await expectTheEdits(again);
    expect((await find(again, 'Switch')).id).toBe(recordId);

    const elsewhere = new Application();
    await elsewhere.enrol(server.url, anna);
    await expectTheEdits(elsewhere);
    const made = await find(elsewhere, 'Switch');
    elsewhere.dialogs.target = join(folder, 'again.pdf');
    await elsewhere.ask('attachments', 'saveAs', {
      recordId: made.id,
      attachmentId: made.attachments[0]?.id ?? '',
    });
    expect(readFileSync(join(folder, 'again.pdf'))).toEqual(contents);
    await again.close();
    await elsewhere.close();
  }, 60_000);
});
