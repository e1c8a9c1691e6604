/** Files from a disk to another person's disk, and everything that can go wrong on the way. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Application } from '../../../testing/integration/application.ts';
import { bytes, FileStage } from '../../../testing/integration/filestage.ts';
import { anna, nina } from '../../../testing/hostile/smallorganisation.ts';
import { defaultPartLimits } from '../../../server/options.ts';
import { PROTOCOL_ATTACHMENT_LIMIT } from '../../keychain/index.ts';

const { largestFile } = defaultPartLimits;

let site: FileStage;

beforeAll(async () => {
  site = await FileStage.open();
});
beforeEach(() => site.begin());
afterEach(() => site.end());
afterAll(() => site.close());

const stagesOf = (token: string) =>
  site.app
    .told('attachmentProgress')
    .filter((each) => each.token === token)
    .map(({ stage }) => stage);

describe('staging', () => {
  it('judges each file before anything is read, in the order given', async () => {
    mkdirSync(join(site.folder, 'a folder'));
    const files = await site.stage(
      site.file('fine.txt', Buffer.from('fine')),
      join(site.folder, 'a folder'),
      join(site.folder, 'missing.txt'),
      site.file('largest.bin', Buffer.alloc(PROTOCOL_ATTACHMENT_LIMIT)),
      site.file('large.bin', Buffer.alloc(PROTOCOL_ATTACHMENT_LIMIT + 1)),
      site.hollowFile('larger.bin', largestFile + 1),
      site.file('empty', Buffer.alloc(0)),
    );
    expect(files.map(({ name, size, refusal }) => [name, size, refusal])).toEqual([
      ['fine.txt', 4, null],
      ['a folder', 0, 'notAFile'],
      ['missing.txt', 0, 'unreadable'],
      ['largest.bin', PROTOCOL_ATTACHMENT_LIMIT, null],
      ['large.bin', PROTOCOL_ATTACHMENT_LIMIT + 1, null],
      ['larger.bin', largestFile + 1, 'tooLarge'],
      ['empty', 0, null],
    ]);
    expect(new Set(files.map(({ token }) => token)).size).toBe(7);
    for (const { token, refusal } of files) {
      if (refusal === null) continue;
      expect(await site.app.refusal('attachments', 'add', { recordId: site.recordId, token })).toBe(
        'fileUnreadable',
      );
    }
  });

  it('takes what the chooser gives, and nothing when it was closed', async () => {
    site.app.dialogs.files = [site.file('chosen.txt', Buffer.from('chosen'))];
    expect((await site.app.ask('attachments', 'choose', {})).files).toMatchObject([{ name: 'chosen.txt' }]);
    site.app.dialogs.files = [];
    expect((await site.app.ask('attachments', 'choose', {})).files).toEqual([]);
  });

  it('tells the page no path', async () => {
    const token = await site.stageOne('private.txt', Buffer.from('x'));
    const answers = site.app.crossings.filter(({ way }) => way !== 'in');
    expect(JSON.stringify(answers)).toContain(token);
    expect(JSON.stringify(answers)).not.toContain(site.folder);
  });
});

describe('adding a file', () => {
  it.each([
    ['empty', 0],
    ['of one byte', 1],
    ['of every byte value', 70_001],
    ['of the largest size', PROTOCOL_ATTACHMENT_LIMIT],
  ])('that is %s lets another person save it byte for byte', async (name, size) => {
    const content = bytes(size);
    const attachmentId = await site.attach(`${name}.bin`, content);
    const face = await site.app.ask('records', 'read', { recordId: site.recordId });
    expect(face.attachments).toContainEqual({
      id: attachmentId,
      name: `${name}.bin`,
      here: true,
      pending: true,
      size: expect.toSatisfy((known: number | null) => known === null || Math.abs(known - size) <= 48),
    });
    await site.sent();
    await site.other.synced();
    const received = await site.other.ask('records', 'read', { recordId: site.recordId });
    const [there, ...others] = received.attachments.filter((file) => file.name === `${name}.bin`);
    expect(others).toEqual([]);
    site.other.dialogs.target = join(site.folder, 'received');
    const wanted = { recordId: site.recordId, attachmentId: there?.id ?? '' };
    expect(await site.other.ask('attachments', 'saveAs', wanted)).toEqual({ saved: true });
    expect(readFileSync(join(site.folder, 'received')).equals(content)).toBe(true);
  });

  it('works without client-side encryption', async () => {
    await site.app.enrol(site.server.url, nina);
    const [first = ''] = await site.app.ids();
    const attachmentId = await site.attach('plain.bin', bytes(500), first);
    const path = site.target();
    await site.app.ask('attachments', 'saveAs', { recordId: first, attachmentId });
    expect(readFileSync(path)).toEqual(bytes(500));
  });

  it('tells its stages, and keeps what was attached before', async () => {
    const before = (await site.app.ask('records', 'read', { recordId: site.recordId })).attachments;
    const token = await site.stageOne('told.txt', Buffer.from('told'));
    await site.app.ask('attachments', 'add', { recordId: site.recordId, token });
    expect(stagesOf(token)).toEqual(['encrypting', 'sending', 'done']);
    const after = (await site.app.ask('records', 'read', { recordId: site.recordId })).attachments;
    expect(after.map(({ name }) => name)).toEqual([...before.map(({ name }) => name), 'told.txt']);
  });

  it('several at the same time loses none and sends none twice', async () => {
    const before = (await site.app.ask('records', 'read', { recordId: site.recordId })).attachments.length;
    const names = ['one', 'two', 'three', 'four'];
    const added = await Promise.all(
      names.map((name) => site.attach(name, Buffer.from(`content of ${name}`))),
    );
    expect(new Set(added).size).toBe(4);
    const token = await site.stageOne('doubled', Buffer.from('doubled'));
    const twice = [1, 2].map(() =>
      site.app.refusal('attachments', 'add', { recordId: site.recordId, token }),
    );
    expect((await Promise.all(twice)).sort()).toEqual(['fileUnreadable', null]);
    const after = (await site.app.ask('records', 'read', { recordId: site.recordId })).attachments.map(
      ({ name }) => name,
    );
    expect(after.slice(before).sort()).toEqual(['doubled', ...names].sort());
  });

  it('goes to the account it was dropped for, whichever is shown by then', async () => {
    const twice = new Application();
    const first = await twice.enrol(site.proxy.url, anna);
    const second = await twice.enrol(site.proxy.url, nina);
    await twice.ask('session', 'switchTo', { accountId: first });
    const [{ token = '' } = {}] = (
      await twice.ask('attachments', 'stage', { paths: [site.file('annas.txt', Buffer.from("anna's"))] })
    ).files;
    const adding = twice.call('attachments', 'add', { recordId: site.recordId, token });
    await twice.ask('session', 'switchTo', { accountId: second });
    expect(await adding).toMatchObject({ ok: true });
    await twice.ask('session', 'switchTo', { accountId: first });
    const { attachments } = await twice.ask('records', 'read', { recordId: site.recordId });
    expect(attachments.map(({ name }) => name)).toContain('annas.txt');
    await twice.close();
  });

  it('names a file that changed since it was staged', async () => {
    const grown = await site.stageOne('grown.bin', Buffer.from('small'));
    site.file('grown.bin', Buffer.alloc(PROTOCOL_ATTACHMENT_LIMIT + 1));
    expect(
      await site.app.call('attachments', 'add', { recordId: site.recordId, token: grown }),
    ).toMatchObject({
      error: { code: 'fileTooLarge', params: { name: 'grown.bin', limit: PROTOCOL_ATTACHMENT_LIMIT } },
    });
    const gone = await site.stageOne('gone.txt', Buffer.from('gone'));
    rmSync(join(site.folder, 'gone.txt'));
    expect(await site.app.call('attachments', 'add', { recordId: site.recordId, token: gone })).toMatchObject(
      {
        error: { code: 'fileUnreadable', params: { name: 'gone.txt' } },
      },
    );
    expect(stagesOf(gone)).toEqual(['encrypting', 'failed']);
  });

  it('is refused for shortcuts, inbox entries, and vaults whose key was exchanged', async () => {
    const { mirror } = site.app.accounts.current();
    const all = [...mirror.records.batches(100)].flat();
    for (const kind of ['shortcut', 'inbox'] as const) {
      const id = all.find((record) => record.kind === kind)?.id ?? '';
      const token = await site.stageOne('refused', Buffer.from('refused'));
      expect(await site.app.refusal('attachments', 'add', { recordId: id, token })).toBe('forbidden');
    }
    const { vaultId } = site.app.records.stored(site.recordId);
    const pin = mirror.pins.vaultKey(vaultId ?? '');
    if (!pin) throw new Error('the vault is pinned');
    mirror.pins.setVaultKey({ ...pin, trust: 'keyChanged' });
    try {
      const asked = site.proxy.requests.length;
      const token = await site.stageOne('refused', Buffer.from('refused'));
      expect(await site.app.refusal('attachments', 'add', { recordId: site.recordId, token })).toBe(
        'vaultKeyChanged',
      );
      expect(site.proxy.requests.length).toBe(asked);
    } finally {
      mirror.pins.setVaultKey(pin);
    }
  });

  it('changes nothing when it is cancelled before it begins', async () => {
    const token = await site.stageOne('cancelled', Buffer.from('cancelled'));
    await site.app.ask('attachments', 'cancel', { token });
    expect(await site.app.refusal('attachments', 'add', { recordId: site.recordId, token })).toBe(
      'fileUnreadable',
    );
    expect(await site.app.refusal('attachments', 'cancel', { token: 'never staged' })).toBeNull();
  });

  it('ends when it is cancelled while it encrypts, and the next file goes its way', async () => {
    const token = await site.stageOne('cancelled', bytes(PROTOCOL_ATTACHMENT_LIMIT));
    const adding = site.app.refusal('attachments', 'add', { recordId: site.recordId, token });
    await site.app.ask('attachments', 'cancel', { token });
    expect(await adding).toBe('cancelled');
    expect(stagesOf(token)).toEqual(['encrypting', 'failed']);
    expect(await site.attach('after.txt', Buffer.from('after'))).not.toBe('');
  });

  it('goes on after a lock while it was being sent, and arrives once', async () => {
    const hanging = site.hang('POST');
    await site.attach('interrupted', Buffer.from('interrupted'));
    const sending = site.app.synced();
    await hanging;
    await site.app.ask('session', 'lock', {});
    await sending;
    site.proxy.tell(null);
    await site.app.unlock(site.annaId, anna.masterPassword ?? '');
    await site.sent();
    await site.other.synced();
    const { attachments } = await site.other.ask('records', 'read', { recordId: site.recordId });
    expect(attachments.filter(({ name }) => name === 'interrupted')).toHaveLength(1);
    expect(site.app.incidents).toEqual([]);
  });

  it('ends at a lock while it encrypts, and leaves no incident', async () => {
    const token = await site.stageOne('waiting', bytes(PROTOCOL_ATTACHMENT_LIMIT));
    const adding = site.app.refusal('attachments', 'add', { recordId: site.recordId, token });
    await site.app.ask('session', 'lock', {});
    expect(await adding).toBe('cancelled');
    await site.app.unlock(site.annaId, anna.masterPassword ?? '');
    expect(await site.app.refusal('attachments', 'add', { recordId: site.recordId, token })).toBe(
      'fileUnreadable',
    );
    expect(site.app.incidents).toEqual([]);
  });

  it('waits on this device while the server cannot be reached, and can be taken off again', async () => {
    site.proxy.tell((_answer, response) => {
      response.destroy();
      return null;
    });
    const kept = await site.attach('kept', Buffer.from('kept'));
    const gone = await site.attach('gone', Buffer.from('gone'));
    await site.app.synced();
    await site.app.ask('attachments', 'remove', { recordId: site.recordId, attachmentId: gone });
    site.target();
    await site.app.ask('attachments', 'saveAs', { recordId: site.recordId, attachmentId: kept });
    expect(readFileSync(join(site.folder, 'saved'), 'utf8')).toBe('kept');
    site.proxy.tell(null);
    await site.sent();
    await site.other.synced();
    const { attachments } = await site.other.ask('records', 'read', { recordId: site.recordId });
    const names = attachments.map(({ name }) => name);
    expect(names.filter((name) => ['kept', 'gone'].includes(name))).toEqual(['kept']);
  });

  it('keeps what somebody else attached since the last sync', async () => {
    const { files } = await site.other.ask('attachments', 'stage', {
      paths: [site.file('of boris.txt', Buffer.from('of boris'))],
    });
    await site.other.ask('attachments', 'add', { recordId: site.recordId, token: files[0]?.token ?? '' });
    await site.attach('of anna.txt', Buffer.from('of anna'));
    await site.sent(site.other);
    await site.sent();
    await site.other.synced();
    const { attachments } = await site.other.ask('records', 'read', { recordId: site.recordId });
    const names = attachments.map(({ name }) => name);
    expect(names.slice(-2).sort()).toEqual(['of anna.txt', 'of boris.txt']);
  });
});
