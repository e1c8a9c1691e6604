/**
 * Editing what was sent for editing, between two applications and a real server: the receiver works
 * without a network, and hears of the sender's changes by the change feed or by listings.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConflictView } from '../../contract/conflicts.ts';
import type { RecordView } from '../../contract/records.ts';
import { generateRecordKey, sealInboxKey } from '../../main/keychain/index.ts';
import * as lie from '../hostile/lies.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, boris, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { utf8 } from './accountstage.ts';
import { Application } from './application.ts';

const set = (value: string) => ({ kind: 'set' as const, value: utf8(value) });
const byName = { by: 'name', descending: false } as const;

const ways: readonly (readonly [string, readonly string[]])[] = [
  ['by the change feed', []],
  ['by listings', ['changes']],
  ['on a server that compares no revisions', ['changes', 'revisionPreconditions', 'itemRevision']],
];

describe.each(ways)('a record that was sent for editing, %s', (_way, hidden) => {
  let server: OwnServer;
  let organisation: SmallOrganisation;
  let line: LyingProxy;
  let folder: string;
  let sender: Application;
  /** boris', behind the line that breaks. */
  let receiver: Application;
  let name: string;
  let sentId: string;
  let entryId: string;
  let receivedId: string;
  let count = 0;

  beforeAll(async () => {
    server = await startOwnServer();
    organisation = await buildSmallOrganisation(server);
    line = await LyingProxy.start(server.url, hidden);
    folder = mkdtempSync(join(tmpdir(), 'strongroom-received-'));
    [sender, receiver] = [new Application(), new Application()];
    await sender.enrol(server.url, anna);
    await receiver.enrol(line.url, boris);
  });
  afterAll(async () => {
    await sender.close();
    await receiver.close();
    await line.close();
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    line.setDown(false);
    line.tell(null);
  });

  async function settled(app: Application): Promise<void> {
    await vi.waitFor(
      async () => {
        await app.synced();
        expect(await app.ask('sync', 'status', {})).toMatchObject({ phase: 'idle' });
        const { rows } = await app.ask('sync', 'waiting', { offset: 0, limit: 100 });
        expect(rows.filter(({ state }) => state === 'waiting' || state === 'sending')).toEqual([]);
      },
      { timeout: 20_000 },
    );
  }

  const heal = async (): Promise<void> => {
    line.setDown(false);
    await settled(receiver);
  };
  const read = (app: Application, recordId: string): Promise<RecordView> =>
    app.ask('records', 'read', { recordId });
  const password = async (app: Application, recordId: string): Promise<string> =>
    (await app.ask('records', 'revealField', { recordId, field: { kind: 'password' } })).value;
  const inbox = async () =>
    (
      await receiver.ask('records', 'page', {
        ...{ scope: { kind: 'inbox' }, sort: byName, offset: 0, limit: 200 },
      })
    ).rows;
  async function theConflict(): Promise<ConflictView> {
    const { rows } = await receiver.ask('conflicts', 'list', {});
    const found = rows.filter((row) => row.name === name);
    expect(found.length).toBe(1);
    return receiver.ask('conflicts', 'read', { id: found[0]?.id ?? '' });
  }
  async function ownVault(): Promise<string> {
    const { vaults } = await receiver.ask('tree', 'overview', {});
    return vaults.find((vault) => vault.name === 'Boris')?.id ?? '';
  }

  /** Every test has a record of its own, which boris has been sent with `write`. */
  beforeEach(async () => {
    count += 1;
    name = `Given ${String(count)}`;
    const made = await sender.ask('editing', 'create', {
      place: { vaultId: organisation.servers.id, folderId: null },
      fields: {
        ...{ name, login: 'root', password: set('as it was') },
        customs: [{ from: null, label: set('PIN'), type: 'password', value: set('1111') }],
      },
    });
    await settled(sender);
    sentId = made.recordId;
    const userIds = [organisation.boris.userId];
    const { keys } = await sender.ask('sharing', 'keysOf', { userIds });
    const people = userIds.map((userId) => ({ userId, fingerprint: keys[0]?.fingerprint ?? null }));
    const wish = { recordIds: [sentId], access: 'write', people, groups: [] } as const;
    await sender.ask('sharing', 'send', { ...wish, recordIds: [...wish.recordIds], groups: [] });
    entryId = (await sender.ask('sharing', 'given', { recordId: sentId })).entries[0]?.id ?? '';
    await receiver.synced();
    receivedId = (await inbox()).find((row) => row.name === name)?.id ?? '';
  });

  it('is edited without a network, and the sender sees it', async () => {
    expect((await read(receiver, receivedId)).can).toEqual({
      ...{ edit: true, remove: false, move: false, copy: true },
    });
    line.setDown(true);
    await receiver.ask('editing', 'save', {
      recordId: receivedId,
      fields: {
        ...{ login: 'admin', description: 'rewired', urls: ['https://new.example'], color: 3 },
        password: set('typed by boris'),
        customs: [
          { from: 0, label: { kind: 'keep' }, type: 'password', value: set('2222') },
          { from: null, label: set('Rack'), type: 'text', value: set('B4') },
        ],
      },
    });
    await receiver.ask('editing', 'changeTags', { recordIds: [receivedId], add: ['moved'], remove: [] });
    expect(await password(receiver, receivedId)).toBe('typed by boris');
    expect((await read(receiver, receivedId)).pending).toBe(true);
    const key = receiver.accounts.current().mirror.records.get(receivedId)?.keyWrapped;
    await heal();
    await sender.synced();
    const face = await read(sender, sentId);
    expect(face).toMatchObject({
      ...{ name, login: 'admin', description: 'rewired', urls: ['https://new.example'], color: 3 },
      ...{ tags: ['moved'], kind: 'record', vaultName: 'Servers' },
    });
    expect(await password(sender, sentId)).toBe('typed by boris');
    expect(face.fields.filter(({ ref }) => ref.kind === 'custom').map(({ label }) => label)).toEqual([
      'PIN',
      'Rack',
    ]);
    // What comes back of it is nothing new.
    await receiver.synced();
    const row = receiver.accounts.current().mirror.records.get(receivedId);
    expect(row).toMatchObject({ flagged: false, vaultId: null, keyWrap: 'rsa', keyWrapped: key });
    expect(await read(receiver, receivedId)).toMatchObject({ pending: false, conflictId: null });
    expect(await receiver.refusal('editing', 'remove', { recordIds: [receivedId] })).toBe('forbidden');
    const to = { vaultId: await ownVault(), folderId: null };
    expect(await receiver.refusal('editing', 'move', { recordIds: [receivedId], to })).toBe('forbidden');
  });

  it('gets, renames and loses files', async () => {
    const path = join(folder, 'plan.txt');
    writeFileSync(path, 'the plan of the rack');
    line.setDown(true);
    const { files } = await receiver.ask('attachments', 'stage', { paths: [path] });
    const token = files[0]?.token ?? '';
    const { attachmentId } = await receiver.ask('attachments', 'add', { recordId: receivedId, token });
    await heal();
    await sender.synced();
    const [file] = (await read(sender, sentId)).attachments;
    expect(file?.name).toBe('plan.txt');
    sender.dialogs.target = join(folder, 'saved.txt');
    await sender.ask('attachments', 'saveAs', { recordId: sentId, attachmentId: file?.id ?? '' });
    expect(readFileSync(join(folder, 'saved.txt'), 'utf8')).toBe('the plan of the rack');

    await receiver.ask('files', 'rename', { recordId: receivedId, attachmentId, name: 'rack.txt' });
    await heal();
    await sender.synced();
    expect((await read(sender, sentId)).attachments.map((each) => each.name)).toEqual(['rack.txt']);
    await receiver.ask('attachments', 'remove', { recordId: receivedId, attachmentId });
    await heal();
    await sender.synced();
    expect((await read(sender, sentId)).attachments).toEqual([]);
  });

  it('is merged with what the sender changed, and a field that both changed is decided', async () => {
    line.setDown(true);
    await receiver.ask('editing', 'save', {
      recordId: receivedId,
      fields: { login: 'by boris', password: set('by boris') },
    });
    await sender.ask('editing', 'save', {
      recordId: sentId,
      fields: { description: 'by anna', password: set('by anna') },
    });
    await settled(sender);
    await heal();
    const view = await theConflict();
    expect(view).toMatchObject({ kind: 'fields', recordId: receivedId });
    expect(view.fields.map(({ key }) => key)).toEqual(['password']);
    const side = async (which: 'mine' | 'theirs') =>
      (await receiver.ask('conflicts', 'reveal', { id: view.id, key: 'password', side: which })).value;
    expect([await side('mine'), await side('theirs')]).toEqual(['by boris', 'by anna']);
    await sender.synced();
    expect(await read(sender, sentId)).toMatchObject({ login: 'by boris', description: 'by anna' });
    expect(await password(sender, sentId)).toBe('by anna');
    await receiver.ask('conflicts', 'resolve', { id: view.id, picks: [{ key: 'password', pick: 'mine' }] });
    await heal();
    await sender.synced();
    expect(await password(sender, sentId)).toBe('by boris');
    expect(await read(receiver, receivedId)).toMatchObject({ conflictId: null, description: 'by anna' });
  });

  it('that is changed between a look and the sending is looked at once more', async () => {
    await receiver.ask('editing', 'setColor', { recordIds: [receivedId], color: 1 });
    await heal();
    line.setDown(true);
    await receiver.ask('editing', 'save', { recordId: receivedId, fields: { login: 'by boris' } });
    await sender.synced();
    await sender.ask('editing', 'save', { recordId: sentId, fields: { description: 'by anna' } });
    await settled(sender);
    const earlier = receiver.accounts.current().mirror.records.get(receivedId);
    const before = line.requests.length;
    // What was listed before the sender's change is all that a pull hears of, until the edit goes out.
    line.tell(({ request, json }) => {
      const url = new URL(request.path, 'http://line');
      const page = json as lie.Members;
      if (url.pathname === '/api/v1/changes') {
        Object.assign(page, { changes: [], cursor: url.searchParams.get('since'), hasMore: false });
      }
      if (url.pathname === '/api/v1/inbox-items') {
        const row = lie.rowsOf(page).find((each) => (each['inbox'] as lie.Members)['id'] === entryId);
        Object.assign(row ?? {}, { description: '', revision: earlier?.revision });
        Object.assign(row ?? {}, { updatedAt: (earlier?.updatedAt ?? 0) / 1000 });
      }
      return undefined;
    });
    line.setDown(false);
    await receiver.synced();
    const asked = line.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
    expect(asked).toContain(`GET /api/v1/inbox-items/${entryId}`);
    line.tell(null);
    await heal();
    await sender.synced();
    expect(await read(sender, sentId)).toMatchObject({ login: 'by boris', description: 'by anna' });
    expect(await read(receiver, receivedId)).toMatchObject({ login: 'by boris', description: 'by anna' });
  });

  it('that is taken back leaves what was typed, for a new record under a key of its own', async () => {
    const path = join(folder, 'kept.txt');
    writeFileSync(path, 'not sent yet');
    line.setDown(true);
    await receiver.ask('editing', 'save', {
      recordId: receivedId,
      fields: { login: 'only boris', password: set('only boris knows') },
    });
    const { files } = await receiver.ask('attachments', 'stage', { paths: [path] });
    await receiver.ask('attachments', 'add', { recordId: receivedId, token: files[0]?.token ?? '' });
    const former = receiver.accounts.current().mirror.records.get(receivedId)?.keyWrapped;
    await sender.ask('sharing', 'takeBack', { entryIds: [entryId] });
    await heal();
    expect(receiver.accounts.current().mirror.records.get(receivedId)).toBeNull();
    const view = await theConflict();
    expect(view).toMatchObject({ kind: 'vaultLost', recordId: null, vaultName: '' });
    expect(view.fields.map(({ key }) => key)).toEqual(['login', 'password', 'file:0']);
    const place = { vaultId: await ownVault(), folderId: null };
    await receiver.ask('conflicts', 'decide', { id: view.id, decision: 'keep', place });
    await heal();
    const all = { scope: { kind: 'all' }, sort: byName, offset: 0, limit: 200 } as const;
    const { rows } = await receiver.ask('records', 'page', all);
    const kept = rows.find((row) => row.name === name)?.id ?? '';
    expect(await password(receiver, kept)).toBe('only boris knows');
    const row = receiver.accounts.current().mirror.records.get(kept);
    expect(row).toMatchObject({ kind: 'record', keyWrap: 'vault', login: 'only boris', customs: [] });
    expect(row?.attachments.map(({ name: file, serverId }) => [file, serverId !== null])).toEqual([
      ['kept.txt', true],
    ]);
    expect(row?.keyWrapped).not.toBe(former);
    await sender.synced();
    expect(await password(sender, sentId)).toBe('as it was');
  });

  it('that is deleted leaves what was typed, which can be let go', async () => {
    line.setDown(true);
    await receiver.ask('editing', 'save', { recordId: receivedId, fields: { login: 'for nobody' } });
    await sender.ask('editing', 'remove', { recordIds: [sentId] });
    await settled(sender);
    await heal();
    const { id } = await theConflict();
    await receiver.ask('conflicts', 'decide', { id, decision: 'drop', place: null });
    await heal();
    expect((await receiver.ask('conflicts', 'list', {})).rows).toEqual([]);
    expect((await inbox()).map((row) => row.name)).not.toContain(name);
  });

  it('that comes back takes edits of its own, whatever is not decided yet', async () => {
    line.setDown(true);
    await receiver.ask('editing', 'save', { recordId: receivedId, fields: { login: 'before' } });
    await sender.ask('editing', 'remove', { recordIds: [sentId] });
    await settled(sender);
    await heal();
    await sender.ask('bin', 'restore', { ids: [sentId] });
    await settled(sender);
    await receiver.synced();
    const back = (await inbox()).find((row) => row.name === name);
    expect(back).toMatchObject({ id: receivedId, pending: false, conflict: false });
    await receiver.ask('editing', 'save', { recordId: receivedId, fields: { login: 'after' } });
    await heal();
    await sender.synced();
    expect((await read(sender, sentId)).login).toBe('after');
    const view = await theConflict();
    expect(view.fields.map(({ key, mine }) => [key, mine.text])).toEqual([['login', 'before']]);
  });

  it('that may only be read by now keeps the edit, held with its reason', async () => {
    line.setDown(true);
    await receiver.ask('editing', 'save', { recordId: receivedId, fields: { login: 'too late' } });
    await sender.ask('sharing', 'setAccess', { entryId, access: 'read' });
    await heal();
    const { rows } = await receiver.ask('sync', 'waiting', { offset: 0, limit: 10 });
    expect(rows).toMatchObject([
      { kind: 'edit', recordId: receivedId, state: 'held', problem: { code: 'forbidden' } },
    ]);
    const face = await read(receiver, receivedId);
    expect(face).toMatchObject({ login: 'too late', pending: true, can: { edit: false, copy: true } });
    const more = { recordId: receivedId, fields: { login: 'again' } };
    expect(await receiver.refusal('editing', 'save', more)).toBe('forbidden');
    await receiver.ask('sync', 'discard', { id: rows[0]?.id ?? '' });
    expect((await read(receiver, receivedId)).login).toBe('root');
  });

  it('never takes another key: what is typed later would be for whoever made that', async () => {
    const { publicKey } = await organisation.anna.http.send<{ publicKey: string }>(
      'GET',
      `/users/${organisation.boris.userId}/public-key`,
    );
    const forged = sealInboxKey(generateRecordKey(), publicKey);
    const swap = (row: lie.Members): void => {
      const part = row['inbox'] as lie.Members;
      if (part['id'] === entryId) part['keyEncrypted'] = forged;
    };
    const genuine = receiver.accounts.current().mirror.records.get(receivedId)?.keyWrapped;
    await sender.ask('editing', 'save', { recordId: sentId, fields: { password: set('changed') } });
    await settled(sender);
    line.tell(
      lie.together(
        lie.changing('/inbox-items', (json) => lie.rowsOf(json).forEach(swap)),
        lie.feed((changes) => {
          for (const told of changes) if (told['kind'] === 'inbox') swap(told['inbox'] as lie.Members);
        }),
      ),
    );
    await receiver.synced();
    const row = receiver.accounts.current().mirror.records.get(receivedId);
    expect(row).toMatchObject({ flagged: true, keyWrapped: genuine });
    expect(await password(receiver, receivedId)).toBe('as it was');
  });
});
