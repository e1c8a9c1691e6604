/** What is open between unlock and lock, and that nothing of it is left afterwards. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccountStage, annasSecret, utf8 } from '../../../testing/integration/accountstage.ts';
import { boris } from '../../../testing/hostile/smallorganisation.ts';
import { Application } from '../../../testing/integration/application.ts';
import { LyingProxy } from '../../../testing/hostile/proxy.ts';
import { LockedBytes } from '../../custody/index.ts';
import { existsSync } from 'node:fs';

let site: AccountStage;
/** The same with a server that has no change feed, so that every sync goes through the listings. */
let listings: AccountStage;

beforeAll(async () => {
  site = await AccountStage.open();
  listings = await AccountStage.open(['changes']);
});
beforeEach(async () => {
  await site.begin();
  await listings.begin();
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await site.end();
  await listings.end();
});
afterAll(async () => {
  await site.close();
  await listings.close();
});

/** Every piece of locked memory that is handed out from now on, with the bytes themselves. */
function watchLockedMemory(): { readonly locked: LockedBytes; readonly bytes: Buffer }[] {
  const seen: { locked: LockedBytes; bytes: Buffer }[] = [];
  for (const name of ['allocate', 'adopt'] as const) {
    const original = LockedBytes[name].bind(LockedBytes) as (argument: unknown) => LockedBytes;
    vi.spyOn(LockedBytes, name).mockImplementation((argument: unknown) => {
      const locked = original(argument);
      seen.push({ locked, bytes: locked.bytes });
      return locked;
    });
  }
  return seen;
}

describe('unlocking', () => {
  it('refuses a wrong master password and opens with the right one', async () => {
    const wrong = { accountId: site.annaId, secret: utf8('Anna öffnet den Tresor ') };
    expect(await site.app.refusal('session', 'unlock', wrong)).toBe('wrongMasterPassword');
    expect(await site.app.refusal('records', 'read', { recordId: 'any' })).toBe('locked');
    await site.app.unlock(site.annaId, annasSecret);
    expect(await site.app.ids()).toHaveLength(7);
  });

  it('refuses ids that are none of this device', async () => {
    for (const accountId of ['0'.repeat(32), '../../etc', 'x']) {
      const input = { accountId, secret: utf8(annasSecret) };
      expect(await site.app.refusal('session', 'unlock', input)).toBe('noSuchAccount');
    }
  });

  it('opens an account once, however often it is unlocked at the same time', async () => {
    const secrets = [annasSecret, 'wrong', annasSecret];
    const outcomes = await Promise.all(
      secrets.map((secret) =>
        site.app.refusal('session', 'unlock', { accountId: site.annaId, secret: utf8(secret) }),
      ),
    );
    expect(outcomes).toEqual([null, 'wrongMasterPassword', null]);
    const account = site.app.accounts.current();
    await site.app.ask('session', 'lock', {});
    expect(account.closed).toBe(true);
    expect(() => account.mirror.vaults.all()).toThrow();
  });

  it('opens nothing when everything was locked meanwhile', async () => {
    const unlocking = site.app.refusal('session', 'unlock', {
      accountId: site.annaId,
      secret: utf8(annasSecret),
    });
    await site.app.ask('session', 'lock', {});
    expect(await unlocking).toBe('cancelled');
    expect(await site.app.ask('session', 'state', {})).toMatchObject({ unlocked: false });
    await site.app.unlock(site.annaId, annasSecret);
    expect(site.app.accounts.isUnlocked()).toBe(true);
  });

  it('opens nothing of an account that was removed meanwhile', async () => {
    const id = await site.fresh.enrol(site.proxy.url, boris);
    await site.fresh.ask('session', 'lock', {});
    const secret = utf8(boris.masterPassword ?? '');
    const unlocking = site.fresh.refusal('session', 'unlock', { accountId: id, secret });
    await site.fresh.ask('accounts', 'remove', { accountId: id });
    expect(await unlocking).toBe('noSuchAccount');
    expect(existsSync(site.fresh.profiles.folderOf(id))).toBe(false);
  });

  it('needs no network', async () => {
    const line = await LyingProxy.start(site.server.url);
    const id = await site.fresh.enrol(line.url, boris);
    await site.fresh.quit();
    await line.close();
    const restarted = new Application(site.fresh.folder);
    await restarted.unlock(id, boris.masterPassword ?? '');
    expect(await restarted.ids()).not.toEqual([]);
    await restarted.synced();
    expect(await restarted.ask('sync', 'status', {})).toMatchObject({ phase: 'offline' });
    await restarted.quit();
  });
});

describe('locking', () => {
  it('wipes every key, forgets the tokens and closes the database', async () => {
    const memory = watchLockedMemory();
    await site.app.unlock(site.annaId, annasSecret);
    await site.app.synced();
    const [recordId = ''] = await site.app.ids();
    await site.app.ask('records', 'read', { recordId });
    const { client, mirror } = site.app.accounts.current();
    expect(memory.filter(({ locked }) => !locked.disposed).length).toBeGreaterThan(2);
    await site.app.ask('session', 'lock', {});
    expect(memory.filter(({ locked }) => !locked.disposed)).toEqual([]);
    expect(memory.every(({ bytes }) => bytes.every((byte) => byte === 0))).toBe(true);
    expect(() => client.tokens.authorisation()).toThrow(expect.objectContaining({ code: 'locked' }));
    expect(client.gate.headers()).toEqual({});
    await expect(client.connection.exchange({ method: 'GET', path: '/vaults' })).rejects.toThrow();
    expect(() => mirror.vaults.all()).toThrow();
  });

  it('tells the page once, with the reason', async () => {
    await site.app.unlock(site.annaId, annasSecret);
    const before = site.app.told('sessionChanged').length;
    await site.app.accounts.lock('sleep');
    await site.app.accounts.lock('idle');
    const told = site.app.told('sessionChanged').slice(before);
    expect(told).toEqual([{ unlocked: false, lockReason: 'sleep', current: null }]);
  });

  it.each(['/changes', '/app/features', '/vaults', '/items', '/inbox-items'])(
    'ends a sync that waits for %s at once, and for good',
    async (path) => {
      const stage = path === '/changes' ? site : listings;
      const memory = watchLockedMemory();
      const hanging = stage.hang(path);
      await stage.app.unlock(stage.annaId, annasSecret);
      await hanging;
      const { synchroniser } = stage.app.accounts.current();
      const running = synchroniser.start();
      await stage.app.ask('session', 'lock', {});
      await running;
      const asked = stage.proxy.requests.length;
      await synchroniser.start();
      expect(stage.proxy.requests.length).toBe(asked);
      expect(memory.length).toBeGreaterThan(3);
      expect(memory.filter(({ locked }) => !locked.disposed)).toEqual([]);
      expect(stage.app.incidents.map(({ what }) => what)).not.toContain('unforeseen error');
    },
  );

  it('lets the same account be unlocked while the old one is still ending', async () => {
    const hanging = site.hang('/changes');
    await site.app.unlock(site.annaId, annasSecret);
    await hanging;
    const before = site.app.accounts.current();
    const locking = site.app.ask('session', 'lock', {});
    const unlocking = site.app.unlock(site.annaId, annasSecret);
    await Promise.all([locking, unlocking]);
    expect(site.app.accounts.current()).not.toBe(before);
    expect(await site.app.ids()).toHaveLength(7);
  });

  it('takes what was copied off the clipboard', async () => {
    await site.app.unlock(site.annaId, annasSecret);
    const { rows } = await site.app.ask('records', 'search', {
      query: 'Router',
      scope: null,
      offset: 0,
      limit: 1,
    });
    await site.app.ask('records', 'copyPassword', { recordId: rows[0]?.id ?? '' });
    expect(site.app.clipboard).toBe('correct horse battery staple');
    await site.app.ask('session', 'lock', {});
    expect(site.app.clipboard).toBe('');
  });
});
