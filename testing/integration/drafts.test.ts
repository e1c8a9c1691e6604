/**
 * An open form, through the real door: it survives locks, a quit without one, and a disk that is
 * searched for it; it belongs to its account alone.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DraftContent } from '../../contract/drafts.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer } from '../hostile/smallorganisation.ts';
import { annasSecret, utf8 } from './accountstage.ts';
import { Application } from './application.ts';
import { everythingIn } from './places.ts';

let server: OwnServer;
let app: Application;
let accountId: string;

beforeAll(async () => {
  server = await startOwnServer();
  await buildSmallOrganisation(server);
  app = new Application();
  accountId = await app.enrol(server.url, anna);
});

afterAll(async () => {
  await app.close();
  await server.end();
});

const typed = 'typed-but-never-saved-7431';

function form(target: DraftContent['target'], name: string): DraftContent {
  const secret = (text: string) => ({ mode: 'typed' as const, value: utf8(text) });
  return {
    target,
    form: {
      ...{ base: null, name, login: '', urls: [''], description: '', tags: [], color: 0 },
      password: secret(typed),
      customs: [{ from: null, label: 'PIN', type: 'password', value: secret(`${typed}-pin`) }],
    },
  };
}

const create = { kind: 'create', place: null } as const;

describe('a form that was open', () => {
  it('is there again after a lock that came in the middle, with everything typed', async () => {
    await app.ask('drafts', 'keep', { id: 'd1', accountId, ...form(create, 'Swi') });
    const kept = app.ask('drafts', 'keep', { id: 'd1', accountId, ...form(create, 'Switch') });
    const locked = app.accounts.lock('idle');
    await Promise.all([kept, locked]);
    expect(await app.refusal('drafts', 'list', {})).toBe('locked');
    expect(await app.refusal('drafts', 'open', { id: 'd1' })).toBe('locked');

    await app.unlock(accountId, annasSecret);
    const { drafts } = await app.ask('drafts', 'list', {});
    expect(drafts).toMatchObject([{ id: 'd1', name: 'Switch', target: create, gone: false }]);
    expect(JSON.stringify(drafts)).not.toContain(typed);
    const { form: back } = await app.ask('drafts', 'open', { id: 'd1' });
    expect(Buffer.from(back.password.value).toString()).toBe(typed);
    expect(Buffer.from(back.customs[0]?.value.value ?? []).toString()).toBe(`${typed}-pin`);
  });

  it('stands nowhere on the disk in the clear', () => {
    const disk = everythingIn(app.folder);
    expect(disk.length).toBeGreaterThan(10_000);
    for (const needle of [typed, Buffer.from(typed).toString('base64').slice(4, 28)]) {
      expect(disk.includes(needle)).toBe(false);
    }
  });

  it('is there after the application was started anew', async () => {
    await app.ask('drafts', 'keep', { id: 'd1', accountId, ...form(create, 'Switch 2') });
    await app.quit();
    const again = new Application(app.folder);
    await again.unlock(accountId, annasSecret);
    expect((await again.ask('drafts', 'list', {})).drafts.map(({ name }) => name)).toEqual(['Switch 2']);
    await again.ask('drafts', 'drop', { id: 'd1' });
    expect(await again.refusal('drafts', 'open', { id: 'd1' })).toBe('noSuchDraft');
    await again.quit();
    await app.unlock(accountId, annasSecret);
    expect((await app.ask('drafts', 'list', {})).drafts).toEqual([]);
  });

  it('says when its record is gone', async () => {
    const [recordId = ''] = await app.ids();
    await app.ask('drafts', 'keep', { id: 'd2', accountId, ...form({ kind: 'edit', recordId }, 'Here') });
    expect((await app.ask('drafts', 'list', {})).drafts).toMatchObject([{ gone: false }]);
    const gone = { kind: 'edit', recordId: 'gone-for-good' } as const;
    await app.ask('drafts', 'keep', { id: 'd2', accountId, ...form(gone, 'Gone') });
    expect((await app.ask('drafts', 'list', {})).drafts).toMatchObject([{ gone: true, name: 'Gone' }]);
  });

  it('is nothing to another account of this device', async () => {
    const other = new Application();
    try {
      await other.enrol(server.url, anna);
      expect((await other.ask('drafts', 'list', {})).drafts).toEqual([]);
      expect(await other.refusal('drafts', 'open', { id: 'd2' })).toBe('noSuchDraft');
      const late = { id: 'd3', accountId, ...form(create, 'typed before the switch') };
      expect(await other.refusal('drafts', 'keep', late)).toBe('locked');
    } finally {
      await other.close();
    }
  });
});
