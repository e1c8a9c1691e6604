/** Several accounts on one device, and accounts that a server or a disk has let down. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccountStage, annasSecret, utf8 } from '../../../testing/integration/accountstage.ts';
import { anna, boris, nina } from '../../../testing/hostile/smallorganisation.ts';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

let site: AccountStage;

beforeAll(async () => {
  site = await AccountStage.open();
});
beforeEach(() => site.begin());
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await site.end();
});
afterAll(() => site.close());

describe('two accounts', () => {
  it('are unlocked side by side, shown one at a time, and locked together', async () => {
    const first = await site.fresh.enrol(site.proxy.url, anna);
    const second = await site.fresh.enrol(site.proxy.url, nina);
    expect(await site.fresh.ids()).toHaveLength(2);
    expect((await site.fresh.ask('session', 'switchTo', { accountId: first })).current).toBe(true);
    expect(await site.fresh.ids()).toHaveLength(7);
    const { accounts } = await site.fresh.ask('accounts', 'list', {});
    expect(accounts.map(({ id, unlocked, current }) => [id, unlocked, current])).toEqual([
      [first, true, true],
      [second, true, false],
    ]);
    await site.fresh.ask('session', 'lock', {});
    expect(await site.fresh.refusal('session', 'switchTo', { accountId: second })).toBe('locked');
    await site.fresh.unlock(second, 'device passphrase of a test');
    expect(await site.fresh.refusal('session', 'switchTo', { accountId: first })).toBe('locked');
    expect(await site.fresh.ids()).toHaveLength(2);
  });

  it('tell the page of the shown one only', async () => {
    const first = await site.fresh.enrol(site.proxy.url, anna);
    const second = await site.fresh.enrol(site.proxy.url, nina);
    const before = site.fresh.told('syncChanged').length;
    await site.fresh.ask('session', 'switchTo', { accountId: first });
    const about = site.fresh.told('syncChanged').slice(before);
    expect(about.length).toBeGreaterThan(0);
    expect(new Set(about.map(({ accountId }) => accountId))).toEqual(new Set([first]));
    expect(second).not.toBe(first);
  });

  it('leave the other one when one is removed, with no moment in between', async () => {
    const first = await site.fresh.enrol(site.proxy.url, anna);
    const second = await site.fresh.enrol(site.proxy.url, nina);
    const removing = site.fresh.ask('accounts', 'remove', { accountId: second });
    expect(await site.fresh.ask('session', 'state', {})).toMatchObject({
      unlocked: true,
      current: { id: first },
    });
    await removing;
    expect(existsSync(site.fresh.profiles.folderOf(second))).toBe(false);
    expect(await site.fresh.ids()).toHaveLength(7);
    expect(site.fresh.told('syncChanged').at(-1)).toMatchObject({ accountId: first });
    await site.fresh.ask('accounts', 'remove', { accountId: first });
    const { unlocked, lockReason } = await site.fresh.ask('session', 'state', {});
    expect([unlocked, lockReason]).toEqual([false, 'removed']);
    expect((await site.fresh.ask('accounts', 'list', {})).accounts).toEqual([]);
  });
});

describe('a damaged profile among good ones', () => {
  it('is named when it is opened, can be removed, and takes nothing with it', async () => {
    const id = await site.fresh.enrol(site.proxy.url, boris);
    const damaged = 'd'.repeat(32);
    mkdirSync(join(site.fresh.folder, 'profiles', damaged));
    writeFileSync(join(site.fresh.folder, 'profiles', damaged, 'profile.json'), '{"version":1,"id":');
    await site.fresh.ask('session', 'lock', {});
    const listed = await site.fresh.ask('accounts', 'list', {});
    expect(listed.accounts.map((each) => each.id)).toContain(id);
    expect(listed.damaged).toEqual([damaged]);
    const input = { accountId: damaged, secret: utf8('any') };
    expect(await site.fresh.refusal('session', 'unlock', input)).toBe('profileDamaged');
    await site.fresh.unlock(id, boris.masterPassword ?? '');
    await site.fresh.ask('accounts', 'remove', { accountId: damaged });
    expect(site.fresh.profiles.list().map((each) => each.id)).toEqual([id]);
  });
});

describe('tokens that have ended', () => {
  /** From now on the server knows none of the tokens it has given so far. */
  function endSessions(): void {
    const old = new Set(site.proxy.requests.map(({ headers }) => headers.authorization));
    site.proxy.tell(({ request }) => {
      const { authorization } = request.headers;
      if (request.path.endsWith('/users/login') || !old.has(authorization)) return undefined;
      return { status: 401, json: { errors: [{ code: 'accessTokenExpired' }] } };
    });
  }

  it('leave everything readable, and a new sign-in goes on from there', async () => {
    await site.app.unlock(site.annaId, annasSecret);
    await site.app.synced();
    endSessions();
    await site.app.synced();
    const status = await site.app.ask('sync', 'status', {});
    expect(status).toMatchObject({ phase: 'stopped', problem: { code: 'signInAgain' } });
    expect(await site.app.ids()).toHaveLength(7);
    const renew = (password: string) =>
      site.app.refusal('accounts', 'renewSignIn', {
        accountId: site.annaId,
        password: utf8(password),
        code: null,
      });
    expect(await renew('wrong')).toBe('wrongCredentials');
    expect(await renew(anna.password)).toBeNull();
    await site.app.synced();
    expect(await site.app.ask('sync', 'status', {})).toMatchObject({ phase: 'idle', problem: null });
  });

  it('are stored when they are new: the next start needs no sign-in', async () => {
    await site.app.unlock(site.annaId, annasSecret);
    await site.app.synced();
    endSessions();
    await site.app.ask('accounts', 'renewSignIn', {
      accountId: site.annaId,
      password: utf8(anna.password),
      code: '',
    });
    await site.app.synced();
    await site.app.ask('session', 'lock', {});
    await site.app.unlock(site.annaId, annasSecret);
    await site.app.synced();
    expect(await site.app.ask('sync', 'status', {})).toMatchObject({ phase: 'idle', problem: null });
  });
});
