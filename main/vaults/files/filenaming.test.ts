/** New names for files: here at once, elsewhere after the next sync, with whatever happens between. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FileStage } from '../../../testing/integration/filestage.ts';
import type { Application } from '../../../testing/integration/application.ts';

let site: FileStage;
beforeAll(async () => {
  site = await FileStage.open();
});
beforeEach(() => site.begin());
afterEach(() => site.end());
afterAll(() => site.close());

const rename = (attachmentId: string, name: string) =>
  site.app.ask('files', 'rename', { recordId: site.recordId, attachmentId, name });
const namesOn = async (app: Application): Promise<string[]> => {
  const found = await app.ask('records', 'search', { query: 'Empty', scope: null, offset: 0, limit: 1 });
  const { attachments } = await app.ask('records', 'read', { recordId: found.rows[0]?.id ?? '' });
  return attachments.map(({ name }) => name);
};
const waitingKinds = async (): Promise<string[]> =>
  (await site.app.ask('sync', 'waiting', { offset: 0, limit: 50 })).rows.map(({ kind }) => kind);
async function bothSynced(): Promise<void> {
  await site.sent();
  await site.sent(site.other);
  await site.app.synced();
}

/** Somebody else renames the file that has a name. */
async function renameThere(from: string, to: string): Promise<void> {
  await site.other.synced();
  const found = await site.other.ask('records', 'search', {
    query: 'Empty',
    scope: null,
    offset: 0,
    limit: 1,
  });
  const recordId = found.rows[0]?.id ?? '';
  const { attachments } = await site.other.ask('records', 'read', { recordId });
  const attachmentId = attachments.find(({ name }) => name === from)?.id ?? '';
  await site.other.ask('files', 'rename', { recordId, attachmentId, name: to });
  await site.sent(site.other);
}

describe('renaming a file', () => {
  it('is offered by our server, and reaches the other person', async () => {
    expect(await site.app.ask('files', 'canRename', { recordId: site.recordId })).toEqual({ offered: true });
    const id = await site.attach('before.txt', Buffer.from('content'));
    await bothSynced();
    expect(await rename(id, ' after.txt ')).toEqual({ name: 'after.txt' });
    expect(await namesOn(site.app)).toContain('after.txt');
    await bothSynced();
    expect(await namesOn(site.other)).toContain('after.txt');
    expect(await namesOn(site.other)).not.toContain('before.txt');
    expect(await waitingKinds()).toEqual([]);
  });

  it('waits in the outbox once, however often the name was changed', async () => {
    const id = await site.attach('draft 1', Buffer.from('draft'));
    await bothSynced();
    site.proxy.tell((_answer, response) => {
      response.destroy();
      return null;
    });
    await site.app.synced();
    await rename(id, 'draft 2');
    await rename(id, 'draft 3');
    expect(await waitingKinds()).toEqual(['renameFile']);
    expect(await namesOn(site.app)).toContain('draft 3');
    site.proxy.tell(null);
    await bothSynced();
    expect(await namesOn(site.other)).toContain('draft 3');
  });

  it('of a file that was never sent goes out with the file', async () => {
    site.proxy.tell((_answer, response) => {
      response.destroy();
      return null;
    });
    await site.app.synced();
    const id = await site.attach('unsent', Buffer.from('unsent'));
    await rename(id, 'renamed before it was sent');
    expect(await waitingKinds()).toEqual(['attach']);
    site.proxy.tell(null);
    await bothSynced();
    expect(await namesOn(site.other)).toContain('renamed before it was sent');
  });

  it('stands against a name that somebody else gave meanwhile, and lets another file alone', async () => {
    const [mine, theirs] = [
      await site.attach('mine 1', Buffer.from('1')),
      await site.attach('theirs 1', Buffer.from('2')),
    ];
    await bothSynced();
    await renameThere('mine 1', 'mine by boris');
    await renameThere('theirs 1', 'theirs by boris');
    await rename(mine, 'mine by anna');
    await bothSynced();
    for (const app of [site.app, site.other]) {
      const names = await namesOn(app);
      expect(names).toEqual(expect.arrayContaining(['mine by anna', 'theirs by boris']));
    }
    expect(theirs).not.toBe(mine);
  });

  it('goes back when the change is given up', async () => {
    const id = await site.attach('as it was', Buffer.from('x'));
    await bothSynced();
    site.proxy.tell((_answer, response) => {
      response.destroy();
      return null;
    });
    await site.app.synced();
    await rename(id, 'given up');
    const { rows } = await site.app.ask('sync', 'waiting', { offset: 0, limit: 5 });
    await site.app.ask('sync', 'discard', { id: rows[0]?.id ?? '' });
    expect(await namesOn(site.app)).toContain('as it was');
    expect(await waitingKinds()).toEqual([]);
  });

  it('takes a free name, and refuses none at all', async () => {
    await site.attach('taken.txt', Buffer.from('1'));
    const id = await site.attach('other.txt', Buffer.from('2'));
    expect(await rename(id, 'Taken.txt')).toEqual({ name: 'Taken (2).txt' });
    const asked = { recordId: site.recordId, attachmentId: id, name: '  ' };
    expect(await site.app.refusal('files', 'rename', asked)).toBe('nameMissing');
    await site.sent();
  });

  it('is found by its new name', async () => {
    const id = await site.attach('needle-before', Buffer.from('1'));
    await rename(id, 'needle-after');
    const found = async (query: string) =>
      (await site.app.ask('records', 'search', { query, scope: null, offset: 0, limit: 5 })).rows.map(
        (row) => row.id,
      );
    expect(await found('needle-after')).toEqual([site.recordId]);
    expect(await found('needle-before')).toEqual([]);
    await site.sent();
  });

  it('is not offered where the server does not announce it', async () => {
    const id = await site.attach('fixed', Buffer.from('1'));
    await site.sent();
    const { mirror } = site.app.accounts.current();
    const key = 'verifiedFeatures';
    const announced = mirror.syncState.get(key) ?? '';
    mirror.syncState.set(key, announced.replace('"attachmentRename"', '"other"'));
    try {
      expect(await site.app.ask('files', 'canRename', { recordId: site.recordId })).toEqual({
        offered: false,
      });
      const asked = { recordId: site.recordId, attachmentId: id, name: 'new' };
      expect(await site.app.refusal('files', 'rename', asked)).toBe('notOffered');
    } finally {
      mirror.syncState.set(key, announced);
    }
  });
});
