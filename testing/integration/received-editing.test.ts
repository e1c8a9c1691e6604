/**
 * Editing what was sent for editing, between two applications and a real server: the receiver works
 * without a network, and hears of the sender's changes by the change feed or by listings.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as lie from '../hostile/lies.ts';
import { password, read, ReceivedStage, set, settled, ways } from './receivedstage.ts';

let stage: ReceivedStage;

describe.each(ways)('a record that was sent for editing, %s', (_way, hidden) => {
  beforeAll(async () => {
    stage = await ReceivedStage.open(hidden);
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.begin());
  afterEach(() => stage.end());

  it('is edited without a network, and the sender sees it', async () => {
    expect((await read(stage.receiver, stage.receivedId)).can).toEqual({
      ...{ edit: true, remove: false, move: false, copy: true },
    });
    stage.line.setDown(true);
    await stage.receiver.ask('editing', 'save', {
      recordId: stage.receivedId,
      fields: {
        ...{ login: 'admin', description: 'rewired', urls: ['https://new.example'], color: 3 },
        password: set('typed by boris'),
        customs: [
          { from: 0, label: { kind: 'keep' }, type: 'password', value: set('2222') },
          { from: null, label: set('Rack'), type: 'text', value: set('B4') },
        ],
      },
    });
    await stage.receiver.ask('editing', 'changeTags', {
      recordIds: [stage.receivedId],
      add: ['moved'],
      remove: [],
    });
    expect(await password(stage.receiver, stage.receivedId)).toBe('typed by boris');
    expect((await read(stage.receiver, stage.receivedId)).pending).toBe(true);
    const key = stage.receiver.accounts.current().mirror.records.get(stage.receivedId)?.keyWrapped;
    await stage.heal();
    await stage.sender.synced();
    const face = await read(stage.sender, stage.sentId);
    expect(face).toMatchObject({
      ...{
        name: stage.name,
        login: 'admin',
        description: 'rewired',
        urls: ['https://new.example'],
        color: 3,
      },
      ...{ tags: ['moved'], kind: 'record', vaultName: 'Servers' },
    });
    expect(await password(stage.sender, stage.sentId)).toBe('typed by boris');
    expect(face.fields.filter(({ ref }) => ref.kind === 'custom').map(({ label }) => label)).toEqual([
      'PIN',
      'Rack',
    ]);
    // What comes back of it is nothing new.
    await stage.receiver.synced();
    const row = stage.receiver.accounts.current().mirror.records.get(stage.receivedId);
    expect(row).toMatchObject({ flagged: false, vaultId: null, keyWrap: 'rsa', keyWrapped: key });
    expect(await read(stage.receiver, stage.receivedId)).toMatchObject({ pending: false, conflictId: null });
    expect(await stage.receiver.refusal('editing', 'remove', { recordIds: [stage.receivedId] })).toBe(
      'forbidden',
    );
    const to = { vaultId: await stage.ownVault(), folderId: null };
    expect(await stage.receiver.refusal('editing', 'move', { recordIds: [stage.receivedId], to })).toBe(
      'forbidden',
    );
  });

  it('gets, renames and loses files', async () => {
    const path = join(stage.folder, 'plan.txt');
    writeFileSync(path, 'the plan of the rack');
    stage.line.setDown(true);
    const { files } = await stage.receiver.ask('attachments', 'stage', { paths: [path] });
    const token = files[0]?.token ?? '';
    const { attachmentId } = await stage.receiver.ask('attachments', 'add', {
      recordId: stage.receivedId,
      token,
    });
    await stage.heal();
    await stage.sender.synced();
    const [file] = (await read(stage.sender, stage.sentId)).attachments;
    expect(file?.name).toBe('plan.txt');
    stage.sender.dialogs.target = join(stage.folder, 'saved.txt');
    await stage.sender.ask('attachments', 'saveAs', { recordId: stage.sentId, attachmentId: file?.id ?? '' });
    expect(readFileSync(join(stage.folder, 'saved.txt'), 'utf8')).toBe('the plan of the rack');

    await stage.receiver.ask('files', 'rename', {
      recordId: stage.receivedId,
      attachmentId,
      name: 'rack.txt',
    });
    await stage.heal();
    await stage.sender.synced();
    expect((await read(stage.sender, stage.sentId)).attachments.map((each) => each.name)).toEqual([
      'rack.txt',
    ]);
    await stage.receiver.ask('attachments', 'remove', { recordId: stage.receivedId, attachmentId });
    await stage.heal();
    await stage.sender.synced();
    expect((await read(stage.sender, stage.sentId)).attachments).toEqual([]);
  });

  it('is merged with what the sender changed, and a field that both changed is decided', async () => {
    stage.line.setDown(true);
    await stage.receiver.ask('editing', 'save', {
      recordId: stage.receivedId,
      fields: { login: 'by boris', password: set('by boris') },
    });
    await stage.sender.ask('editing', 'save', {
      recordId: stage.sentId,
      fields: { description: 'by anna', password: set('by anna') },
    });
    await settled(stage.sender);
    await stage.heal();
    const view = await stage.theConflict();
    expect(view).toMatchObject({ kind: 'fields', recordId: stage.receivedId });
    expect(view.fields.map(({ key }) => key)).toEqual(['password']);
    const side = async (which: 'mine' | 'theirs') =>
      (await stage.receiver.ask('conflicts', 'reveal', { id: view.id, key: 'password', side: which })).value;
    expect([await side('mine'), await side('theirs')]).toEqual(['by boris', 'by anna']);
    await stage.sender.synced();
    expect(await read(stage.sender, stage.sentId)).toMatchObject({
      login: 'by boris',
      description: 'by anna',
    });
    expect(await password(stage.sender, stage.sentId)).toBe('by anna');
    await stage.receiver.ask('conflicts', 'resolve', {
      id: view.id,
      picks: [{ key: 'password', pick: 'mine' }],
    });
    await stage.heal();
    await stage.sender.synced();
    expect(await password(stage.sender, stage.sentId)).toBe('by boris');
    expect(await read(stage.receiver, stage.receivedId)).toMatchObject({
      conflictId: null,
      description: 'by anna',
    });
  });

  it('that is changed between a look and the sending is looked at once more', async () => {
    await stage.receiver.ask('editing', 'setColor', { recordIds: [stage.receivedId], color: 1 });
    await stage.heal();
    stage.line.setDown(true);
    await stage.receiver.ask('editing', 'save', {
      recordId: stage.receivedId,
      fields: { login: 'by boris' },
    });
    await stage.sender.synced();
    await stage.sender.ask('editing', 'save', { recordId: stage.sentId, fields: { description: 'by anna' } });
    await settled(stage.sender);
    const earlier = stage.receiver.accounts.current().mirror.records.get(stage.receivedId);
    const before = stage.line.requests.length;
    // What was listed before the sender's change is all that a pull hears of, until the edit goes out.
    stage.line.tell(({ request, json }) => {
      const url = new URL(request.path, 'http://line');
      const page = json as lie.Members;
      if (url.pathname === '/api/v1/changes') {
        Object.assign(page, { changes: [], cursor: url.searchParams.get('since'), hasMore: false });
      }
      if (url.pathname === '/api/v1/inbox-items') {
        const row = lie.rowsOf(page).find((each) => (each['inbox'] as lie.Members)['id'] === stage.entryId);
        Object.assign(row ?? {}, { description: '', revision: earlier?.revision });
        Object.assign(row ?? {}, { updatedAt: (earlier?.updatedAt ?? 0) / 1000 });
      }
      return undefined;
    });
    stage.line.setDown(false);
    await stage.receiver.synced();
    const asked = stage.line.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
    expect(asked).toContain(`GET /api/v1/inbox-items/${stage.entryId}`);
    stage.line.tell(null);
    await stage.heal();
    await stage.sender.synced();
    expect(await read(stage.sender, stage.sentId)).toMatchObject({
      login: 'by boris',
      description: 'by anna',
    });
    expect(await read(stage.receiver, stage.receivedId)).toMatchObject({
      login: 'by boris',
      description: 'by anna',
    });
  });

  it('arrives once where the answers to it are lost', async () => {
    stage.line.setDown(true);
    await stage.receiver.ask('editing', 'save', {
      recordId: stage.receivedId,
      fields: { login: 'once', password: set('typed once') },
    });
    const before = stage.line.requests.length;
    let lost = 0;
    stage.line.tell(({ request }, response) => {
      if (request.method !== 'PATCH' || lost === 2) return undefined;
      lost += 1;
      response.destroy();
      return null;
    });
    await stage.heal();
    const patches = stage.line.requests.slice(before).filter(({ method }) => method === 'PATCH');
    expect(patches.length).toBeGreaterThan(0);
    expect(lost).toBeGreaterThan(0);
    await stage.sender.synced();
    const face = await read(stage.sender, stage.sentId);
    expect([face.login, await password(stage.sender, stage.sentId)]).toEqual(['once', 'typed once']);
    expect(stage.sender.accounts.current().mirror.records.get(stage.sentId)?.revision).toBe(2);
    await stage.receiver.synced();
    expect(await read(stage.receiver, stage.receivedId)).toMatchObject({ pending: false, conflictId: null });
  });
});
