/**
 * What becomes of edits of a received record when it is taken back, deleted, lowered to reading, or
 * delivered under another key, while they wait.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateRecordKey, sealInboxKey } from '../../main/keychain/index.ts';
import * as lie from '../hostile/lies.ts';
import { password, read, ReceivedStage, set, settled, ways } from './receivedstage.ts';

let stage: ReceivedStage;

describe.each(ways)('an edited record that was received, %s', (_way, hidden) => {
  beforeAll(async () => {
    stage = await ReceivedStage.open(hidden);
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.begin());
  afterEach(() => stage.end());

  it('that is taken back leaves what was typed, for a new record under a key of its own', async () => {
    const path = join(stage.folder, 'kept.txt');
    writeFileSync(path, 'not sent yet');
    stage.line.setDown(true);
    await stage.receiver.ask('editing', 'save', {
      recordId: stage.receivedId,
      fields: { login: 'only boris', password: set('only boris knows') },
    });
    const { files } = await stage.receiver.ask('attachments', 'stage', { paths: [path] });
    await stage.receiver.ask('attachments', 'add', {
      recordId: stage.receivedId,
      token: files[0]?.token ?? '',
    });
    const former = stage.receiver.accounts.current().mirror.records.get(stage.receivedId)?.keyWrapped;
    await stage.sender.ask('sharing', 'takeBack', { entryIds: [stage.entryId] });
    await stage.heal();
    expect(stage.receiver.accounts.current().mirror.records.get(stage.receivedId)).toBeNull();
    const view = await stage.theConflict();
    expect(view).toMatchObject({ kind: 'vaultLost', recordId: null, vaultName: '' });
    expect(view.fields.map(({ key }) => key)).toEqual(['login', 'password', 'file:0']);
    const place = { vaultId: await stage.ownVault(), folderId: null };
    await stage.receiver.ask('conflicts', 'decide', { id: view.id, decision: 'keep', place });
    await stage.heal();
    const byName = { by: 'name', descending: false } as const;
    const all = { scope: { kind: 'all' }, sort: byName, offset: 0, limit: 200 } as const;
    const { rows } = await stage.receiver.ask('records', 'page', all);
    const kept = rows.find((row) => row.name === stage.name)?.id ?? '';
    expect(await password(stage.receiver, kept)).toBe('only boris knows');
    const row = stage.receiver.accounts.current().mirror.records.get(kept);
    expect(row).toMatchObject({ kind: 'record', keyWrap: 'vault', login: 'only boris', customs: [] });
    expect(row?.attachments.map(({ name: file, serverId }) => [file, serverId !== null])).toEqual([
      ['kept.txt', true],
    ]);
    expect(row?.keyWrapped).not.toBe(former);
    await stage.sender.synced();
    expect(await password(stage.sender, stage.sentId)).toBe('as it was');
  });

  it('that is deleted leaves what was typed, which can be let go', async () => {
    stage.line.setDown(true);
    await stage.receiver.ask('editing', 'save', {
      recordId: stage.receivedId,
      fields: { login: 'for nobody' },
    });
    await stage.sender.ask('editing', 'remove', { recordIds: [stage.sentId] });
    await settled(stage.sender);
    await stage.heal();
    const { id } = await stage.theConflict();
    await stage.receiver.ask('conflicts', 'decide', { id, decision: 'drop', place: null });
    await stage.heal();
    expect((await stage.receiver.ask('conflicts', 'list', {})).rows).toEqual([]);
    expect((await stage.inbox()).map((row) => row.name)).not.toContain(stage.name);
  });

  it('that comes back takes edits of its own, whatever is not decided yet', async () => {
    stage.line.setDown(true);
    await stage.receiver.ask('editing', 'save', { recordId: stage.receivedId, fields: { login: 'before' } });
    await stage.sender.ask('editing', 'remove', { recordIds: [stage.sentId] });
    await settled(stage.sender);
    await stage.heal();
    await stage.sender.ask('bin', 'restore', { ids: [stage.sentId] });
    await settled(stage.sender);
    await stage.receiver.synced();
    const back = (await stage.inbox()).find((row) => row.name === stage.name);
    expect(back).toMatchObject({ id: stage.receivedId, pending: false, conflict: false });
    await stage.receiver.ask('editing', 'save', { recordId: stage.receivedId, fields: { login: 'after' } });
    await stage.heal();
    await stage.sender.synced();
    expect((await read(stage.sender, stage.sentId)).login).toBe('after');
    const view = await stage.theConflict();
    expect(view.fields.map(({ key, mine }) => [key, mine.text])).toEqual([['login', 'before']]);
  });

  it('that may only be read by now keeps the edit, held with its reason', async () => {
    stage.line.setDown(true);
    await stage.receiver.ask('editing', 'save', {
      recordId: stage.receivedId,
      fields: { login: 'too late' },
    });
    await stage.sender.ask('sharing', 'setAccess', { entryId: stage.entryId, access: 'read' });
    await stage.heal();
    const { rows } = await stage.receiver.ask('sync', 'waiting', { offset: 0, limit: 10 });
    expect(rows).toMatchObject([
      { kind: 'edit', recordId: stage.receivedId, state: 'held', problem: { code: 'forbidden' } },
    ]);
    const face = await read(stage.receiver, stage.receivedId);
    expect(face).toMatchObject({ login: 'too late', pending: true, can: { edit: false, copy: true } });
    const more = { recordId: stage.receivedId, fields: { login: 'again' } };
    expect(await stage.receiver.refusal('editing', 'save', more)).toBe('forbidden');
    await stage.receiver.ask('sync', 'discard', { id: rows[0]?.id ?? '' });
    expect((await read(stage.receiver, stage.receivedId)).login).toBe('root');
  });

  it('that may be edited again sends what was held, once it is asked to', async () => {
    stage.line.setDown(true);
    await stage.receiver.ask('editing', 'save', {
      recordId: stage.receivedId,
      fields: { password: set('held for a while') },
    });
    await stage.sender.ask('sharing', 'setAccess', { entryId: stage.entryId, access: 'read' });
    await stage.heal();
    await stage.sender.ask('sharing', 'setAccess', { entryId: stage.entryId, access: 'write' });
    await stage.heal();
    expect((await read(stage.receiver, stage.receivedId)).can.edit).toBe(true);
    await stage.receiver.ask('sync', 'retry', { id: null });
    await stage.heal();
    expect((await stage.receiver.ask('sync', 'waiting', { offset: 0, limit: 10 })).rows).toEqual([]);
    await stage.sender.synced();
    expect(await password(stage.sender, stage.sentId)).toBe('held for a while');
  });

  it('never takes another key: what is typed later would be for whoever made that', async () => {
    const { publicKey } = await stage.organisation.anna.http.send<{ publicKey: string }>(
      'GET',
      `/users/${stage.organisation.boris.userId}/public-key`,
    );
    const forged = sealInboxKey(generateRecordKey(), publicKey);
    const swap = (row: lie.Members): void => {
      const part = row['inbox'] as lie.Members;
      if (part['id'] === stage.entryId) part['keyEncrypted'] = forged;
    };
    const genuine = stage.receiver.accounts.current().mirror.records.get(stage.receivedId)?.keyWrapped;
    await stage.sender.ask('editing', 'save', {
      recordId: stage.sentId,
      fields: { password: set('changed') },
    });
    await settled(stage.sender);
    stage.line.tell(
      lie.together(
        lie.changing('/inbox-items', (json) => lie.rowsOf(json).forEach(swap)),
        lie.feed((changes) => {
          for (const told of changes) if (told['kind'] === 'inbox') swap(told['inbox'] as lie.Members);
        }),
      ),
    );
    await stage.receiver.synced();
    const row = stage.receiver.accounts.current().mirror.records.get(stage.receivedId);
    expect(row).toMatchObject({ flagged: true, keyWrapped: genuine });
    expect(await password(stage.receiver, stage.receivedId)).toBe('as it was');
  });
});
