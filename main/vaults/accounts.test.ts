/** Accounts from enrolment to removal, against the real server and real mirrors. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Application } from '../../testing/integration/application.ts';
import { LyingProxy } from '../../testing/hostile/proxy.ts';
import {
  anna,
  boris,
  buildPlainOrganisation,
  buildSmallOrganisation,
  nina,
  startOwnServer,
} from '../../testing/hostile/smallorganisation.ts';
import type { OwnServer } from '../../testing/hostile/smallorganisation.ts';
import type { SamplePerson } from '../../testing/organisation/cast.ts';
import { LockedBytes } from '../custody/index.ts';

let server: OwnServer;
let proxy: LyingProxy;
/** An application in which anna is enrolled; its tests begin locked. */
let app: Application;
let annaId: string;
/** An application for tests that enrol, new in each. */
let fresh: Application;

const utf8 = (text: string): Buffer<ArrayBuffer> => Buffer.from(text, 'utf8');
const annasSecret = anna.masterPassword ?? '';

async function signIn(into: Application, person: SamplePerson): Promise<string> {
  const step = await into.ask('accounts', 'signIn', {
    address: proxy.url,
    acceptedFingerprint: null,
    login: person.login,
    password: utf8(person.password),
  });
  return step.enrolmentId;
}

/** Resolves when a request to the path has reached the server; its answer never comes. */
function hang(path: string): Promise<void> {
  return new Promise((resolve) => {
    proxy.tell(({ request }) => {
      if (!request.path.startsWith(`/api/v1${path}`)) return undefined;
      resolve();
      return null;
    });
  });
}

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

beforeAll(async () => {
  server = await startOwnServer();
  await buildSmallOrganisation(server);
  await buildPlainOrganisation(server);
  proxy = await LyingProxy.start(server.url);
  app = new Application();
  annaId = await app.enrol(proxy.url, anna);
});
beforeEach(async () => {
  await app.ask('session', 'lock', {});
  fresh = new Application();
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  proxy.tell(null);
  await fresh.close();
});
afterAll(async () => {
  await app.close();
  await proxy.close();
  await server.end();
});

describe('enrolling', () => {
  it('ends with the account unlocked, shown and synced', async () => {
    const id = await fresh.enrol(proxy.url, anna);
    const { current, unlocked } = await fresh.ask('session', 'state', {});
    expect(unlocked).toBe(true);
    expect(current).toMatchObject({ id, login: 'anna', clientSideEncryption: true, current: true });
    expect(current?.lastSyncedAt).toBeGreaterThan(0);
    expect(await fresh.ids()).toHaveLength(7);
  });

  it('lets a mistyped master password be typed again, and stores nothing before', async () => {
    const enrolmentId = await signIn(fresh, anna);
    const wrong = { enrolmentId, secret: utf8('not the master password') };
    expect(await fresh.refusal('accounts', 'enrol', wrong)).toBe('wrongMasterPassword');
    expect(fresh.profiles.list()).toEqual([]);
    const right = { enrolmentId, secret: utf8(annasSecret) };
    expect(await fresh.refusal('accounts', 'enrol', right)).toBeNull();
  });

  it('refuses a wrong account password', async () => {
    const input = { address: proxy.url, acceptedFingerprint: null, login: 'anna', password: utf8('wrong') };
    expect(await fresh.refusal('accounts', 'signIn', input)).toBe('wrongCredentials');
  });

  it('wipes every secret that was typed, right or wrong', async () => {
    const password = utf8(anna.password);
    const step = await fresh.ask('accounts', 'signIn', {
      address: proxy.url,
      acceptedFingerprint: null,
      login: 'anna',
      password,
    });
    const wrong = utf8('not the master password');
    const right = utf8(annasSecret);
    await fresh.call('accounts', 'enrol', { enrolmentId: step.enrolmentId, secret: wrong });
    await fresh.call('accounts', 'enrol', { enrolmentId: step.enrolmentId, secret: right });
    await fresh.ask('session', 'lock', {});
    const [{ id = '' } = {}] = fresh.profiles.list();
    const [unlocking, mistaken] = [utf8(annasSecret), utf8('mistaken')];
    await fresh.call('session', 'unlock', { accountId: id, secret: unlocking });
    await fresh.call('session', 'unlock', { accountId: id, secret: mistaken });
    for (const typed of [password, wrong, right, unlocking, mistaken]) {
      expect(typed.every((byte) => byte === 0)).toBe(true);
    }
  });

  it('takes one person of a server once, even when asked twice at the same time', async () => {
    const [first, second] = [await signIn(fresh, anna), await signIn(fresh, anna)];
    const enrol = (enrolmentId: string) =>
      fresh.refusal('accounts', 'enrol', { enrolmentId, secret: utf8(annasSecret) });
    const outcomes = await Promise.all([enrol(first), enrol(second)]);
    expect(outcomes.sort()).toEqual(['alreadyEnrolled', null]);
    const third = await signIn(fresh, anna);
    expect(await enrol(third)).toBe('alreadyEnrolled');
    expect((await fresh.ask('accounts', 'list', {})).accounts).toHaveLength(1);
  });

  it('knows nothing of an abandoned enrolment', async () => {
    const enrolmentId = await signIn(fresh, anna);
    await fresh.ask('accounts', 'abandonEnrolment', { enrolmentId });
    const input = { enrolmentId, secret: utf8(annasSecret) };
    expect(await fresh.refusal('accounts', 'enrol', input)).toBe('enrolmentExpired');
    expect(await fresh.refusal('accounts', 'abandonEnrolment', { enrolmentId })).toBeNull();
  });

  it('lets an enrolment expire after a quarter of an hour', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const enrolmentId = await signIn(fresh, anna);
    await vi.advanceTimersByTimeAsync(14 * 60_000);
    const wrong = { enrolmentId, secret: utf8('not the master password') };
    expect(await fresh.refusal('accounts', 'enrol', wrong)).toBe('wrongMasterPassword');
    await vi.advanceTimersByTimeAsync(60_000);
    const right = { enrolmentId, secret: utf8(annasSecret) };
    expect(await fresh.refusal('accounts', 'enrol', right)).toBe('enrolmentExpired');
  });

  it('keeps four enrolments at once and drops the oldest for a fifth', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push(await signIn(fresh, boris));
    const step = (enrolmentId = '') =>
      fresh.refusal('accounts', 'confirmTwoFactor', { enrolmentId, code: '0000' });
    expect(await step(ids[0])).toBe('enrolmentExpired');
    expect(await step(ids[1])).not.toBe('enrolmentExpired');
  });

  it('is given up by a lock, without a trace', async () => {
    const enrolmentId = await signIn(fresh, anna);
    const enrolling = fresh.refusal('accounts', 'enrol', { enrolmentId, secret: utf8(annasSecret) });
    await fresh.ask('session', 'lock', {});
    expect(await enrolling).toBe('cancelled');
    expect(await fresh.ask('session', 'state', {})).toMatchObject({ unlocked: false, current: null });
    expect(fresh.profiles.list()).toEqual([]);
  });
});

describe('an account without client-side encryption', () => {
  it('asks for a passphrase of at least twelve characters, not bytes', async () => {
    const enrolmentId = await signIn(fresh, nina);
    const enrol = (text: string) => fresh.refusal('accounts', 'enrol', { enrolmentId, secret: utf8(text) });
    expect(await enrol('elf Zeichen')).toBe('refused');
    expect(await enrol('одиннадцать')).toBe('refused');
    expect(await enrol('двенадцать12')).toBeNull();
    await fresh.synced();
    await fresh.ask('session', 'lock', {});
    const [{ id = '' } = {}] = fresh.profiles.list();
    const unlock = (text: string) =>
      fresh.refusal('session', 'unlock', { accountId: id, secret: utf8(text) });
    expect(await unlock('двенадцать13')).toBe('wrongMasterPassword');
    expect(await unlock('двенадцать12')).toBeNull();
  });

  it('opens its records after a lock with the server gone', async () => {
    const gone = await LyingProxy.start(server.url);
    const id = await fresh.enrol(gone.url, nina);
    await fresh.ask('session', 'lock', {});
    await gone.close();
    await fresh.unlock(id, 'device passphrase of a test');
    const [recordId = ''] = await fresh.ids();
    const face = await fresh.ask('records', 'read', { recordId });
    expect(face).toMatchObject({ keyBroken: false, vaultTrust: 'verified' });
    const field = { kind: 'password' } as const;
    const { value } = await fresh.ask('records', 'revealField', { recordId, field });
    expect(['correct horse battery staple', 'пароль от базы']).toContain(value);
    await fresh.synced();
    expect(await fresh.ask('sync', 'status', {})).toMatchObject({ phase: 'offline' });
  });
});

describe('unlocking', () => {
  it('refuses a wrong master password and opens with the right one', async () => {
    const wrong = { accountId: annaId, secret: utf8('Anna öffnet den Tresor ') };
    expect(await app.refusal('session', 'unlock', wrong)).toBe('wrongMasterPassword');
    expect(await app.refusal('records', 'read', { recordId: 'any' })).toBe('locked');
    await app.unlock(annaId, annasSecret);
    expect(await app.ids()).toHaveLength(7);
  });

  it('refuses ids that are none of this device', async () => {
    for (const accountId of ['0'.repeat(32), '../../etc', 'x']) {
      const input = { accountId, secret: utf8(annasSecret) };
      expect(await app.refusal('session', 'unlock', input)).toBe('noSuchAccount');
    }
  });

  it('opens an account once, however often it is unlocked at the same time', async () => {
    const secrets = [annasSecret, 'wrong', annasSecret];
    const outcomes = await Promise.all(
      secrets.map((secret) => app.refusal('session', 'unlock', { accountId: annaId, secret: utf8(secret) })),
    );
    expect(outcomes).toEqual([null, 'wrongMasterPassword', null]);
    const account = app.accounts.current();
    await app.ask('session', 'lock', {});
    expect(account.closed).toBe(true);
    expect(() => account.mirror.vaults.all()).toThrow();
  });

  it('opens nothing when everything was locked meanwhile', async () => {
    const unlocking = app.refusal('session', 'unlock', { accountId: annaId, secret: utf8(annasSecret) });
    await app.ask('session', 'lock', {});
    expect(await unlocking).toBe('cancelled');
    expect(await app.ask('session', 'state', {})).toMatchObject({ unlocked: false });
    await app.unlock(annaId, annasSecret);
    expect(app.accounts.isUnlocked()).toBe(true);
  });

  it('opens nothing of an account that was removed meanwhile', async () => {
    const id = await fresh.enrol(proxy.url, boris);
    await fresh.ask('session', 'lock', {});
    const secret = utf8(boris.masterPassword ?? '');
    const unlocking = fresh.refusal('session', 'unlock', { accountId: id, secret });
    await fresh.ask('accounts', 'remove', { accountId: id });
    expect(await unlocking).toBe('noSuchAccount');
    expect(existsSync(fresh.profiles.folderOf(id))).toBe(false);
  });

  it('needs no network', async () => {
    const line = await LyingProxy.start(server.url);
    const id = await fresh.enrol(line.url, boris);
    await fresh.quit();
    await line.close();
    const restarted = new Application(fresh.folder);
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
    await app.unlock(annaId, annasSecret);
    await app.synced();
    const [recordId = ''] = await app.ids();
    await app.ask('records', 'read', { recordId });
    const { client, mirror } = app.accounts.current();
    expect(memory.filter(({ locked }) => !locked.disposed).length).toBeGreaterThan(2);
    await app.ask('session', 'lock', {});
    expect(memory.filter(({ locked }) => !locked.disposed)).toEqual([]);
    expect(memory.every(({ bytes }) => bytes.every((byte) => byte === 0))).toBe(true);
    expect(() => client.tokens.authorisation()).toThrow(expect.objectContaining({ code: 'locked' }));
    expect(client.gate.headers()).toEqual({});
    await expect(client.connection.exchange({ method: 'GET', path: '/vaults' })).rejects.toThrow();
    expect(() => mirror.vaults.all()).toThrow();
  });

  it('tells the page once, with the reason', async () => {
    await app.unlock(annaId, annasSecret);
    const before = app.told('sessionChanged').length;
    await app.accounts.lock('sleep');
    await app.accounts.lock('idle');
    const told = app.told('sessionChanged').slice(before);
    expect(told).toEqual([{ unlocked: false, lockReason: 'sleep', current: null }]);
  });

  it.each(['/app/features', '/vaults', '/items', '/inbox-items'])(
    'ends a sync that waits for %s at once, and for good',
    async (path) => {
      const memory = watchLockedMemory();
      const hanging = hang(path);
      await app.unlock(annaId, annasSecret);
      await hanging;
      const { synchroniser } = app.accounts.current();
      const running = synchroniser.start();
      await app.ask('session', 'lock', {});
      await running;
      const asked = proxy.requests.length;
      await synchroniser.start();
      expect(proxy.requests.length).toBe(asked);
      expect(memory.length).toBeGreaterThan(3);
      expect(memory.filter(({ locked }) => !locked.disposed)).toEqual([]);
      expect(app.incidents.map(({ what }) => what)).not.toContain('unforeseen error');
    },
  );

  it('lets the same account be unlocked while the old one is still ending', async () => {
    const hanging = hang('/vaults');
    await app.unlock(annaId, annasSecret);
    await hanging;
    const before = app.accounts.current();
    const locking = app.ask('session', 'lock', {});
    const unlocking = app.unlock(annaId, annasSecret);
    await Promise.all([locking, unlocking]);
    expect(app.accounts.current()).not.toBe(before);
    expect(await app.ids()).toHaveLength(7);
  });

  it('takes what was copied off the clipboard', async () => {
    await app.unlock(annaId, annasSecret);
    const { rows } = await app.ask('records', 'search', {
      query: 'Router',
      scope: null,
      offset: 0,
      limit: 1,
    });
    await app.ask('records', 'copyPassword', { recordId: rows[0]?.id ?? '' });
    expect(app.clipboard).toBe('correct horse battery staple');
    await app.ask('session', 'lock', {});
    expect(app.clipboard).toBe('');
  });
});

describe('two accounts', () => {
  it('are unlocked side by side, shown one at a time, and locked together', async () => {
    const first = await fresh.enrol(proxy.url, anna);
    const second = await fresh.enrol(proxy.url, nina);
    expect(await fresh.ids()).toHaveLength(2);
    expect((await fresh.ask('session', 'switchTo', { accountId: first })).current).toBe(true);
    expect(await fresh.ids()).toHaveLength(7);
    const { accounts } = await fresh.ask('accounts', 'list', {});
    expect(accounts.map(({ id, unlocked, current }) => [id, unlocked, current])).toEqual([
      [first, true, true],
      [second, true, false],
    ]);
    await fresh.ask('session', 'lock', {});
    expect(await fresh.refusal('session', 'switchTo', { accountId: second })).toBe('locked');
    await fresh.unlock(second, 'device passphrase of a test');
    expect(await fresh.refusal('session', 'switchTo', { accountId: first })).toBe('locked');
    expect(await fresh.ids()).toHaveLength(2);
  });

  it('tell the page of the shown one only', async () => {
    const first = await fresh.enrol(proxy.url, anna);
    const second = await fresh.enrol(proxy.url, nina);
    const before = fresh.told('syncChanged').length;
    await fresh.ask('session', 'switchTo', { accountId: first });
    const about = fresh.told('syncChanged').slice(before);
    expect(about.length).toBeGreaterThan(0);
    expect(new Set(about.map(({ accountId }) => accountId))).toEqual(new Set([first]));
    expect(second).not.toBe(first);
  });

  it('leave the other one when one is removed, with no moment in between', async () => {
    const first = await fresh.enrol(proxy.url, anna);
    const second = await fresh.enrol(proxy.url, nina);
    const removing = fresh.ask('accounts', 'remove', { accountId: second });
    expect(await fresh.ask('session', 'state', {})).toMatchObject({ unlocked: true, current: { id: first } });
    await removing;
    expect(existsSync(fresh.profiles.folderOf(second))).toBe(false);
    expect(await fresh.ids()).toHaveLength(7);
    expect(fresh.told('syncChanged').at(-1)).toMatchObject({ accountId: first });
    await fresh.ask('accounts', 'remove', { accountId: first });
    const { unlocked, lockReason } = await fresh.ask('session', 'state', {});
    expect([unlocked, lockReason]).toEqual([false, 'removed']);
    expect((await fresh.ask('accounts', 'list', {})).accounts).toEqual([]);
  });
});

describe('a damaged profile among good ones', () => {
  it('is named when it is opened, can be removed, and takes nothing with it', async () => {
    const id = await fresh.enrol(proxy.url, boris);
    const damaged = 'd'.repeat(32);
    mkdirSync(join(fresh.folder, 'profiles', damaged));
    writeFileSync(join(fresh.folder, 'profiles', damaged, 'profile.json'), '{"version":1,"id":');
    await fresh.ask('session', 'lock', {});
    expect((await fresh.ask('accounts', 'list', {})).accounts.map((each) => each.id)).toContain(id);
    const input = { accountId: damaged, secret: utf8('any') };
    expect(await fresh.refusal('session', 'unlock', input)).toBe('profileDamaged');
    await fresh.unlock(id, boris.masterPassword ?? '');
    await fresh.ask('accounts', 'remove', { accountId: damaged });
    expect(fresh.profiles.list().map((each) => each.id)).toEqual([id]);
  });
});

describe('tokens that have ended', () => {
  /** From now on the server knows none of the tokens it has given so far. */
  function endSessions(): void {
    const old = new Set(proxy.requests.map(({ headers }) => headers.authorization));
    proxy.tell(({ request }) => {
      const { authorization } = request.headers;
      if (request.path.endsWith('/users/login') || !old.has(authorization)) return undefined;
      return { status: 401, json: { errors: [{ code: 'accessTokenExpired' }] } };
    });
  }

  it('leave everything readable, and a new sign-in goes on from there', async () => {
    await app.unlock(annaId, annasSecret);
    await app.synced();
    endSessions();
    await app.synced();
    const status = await app.ask('sync', 'status', {});
    expect(status).toMatchObject({ phase: 'stopped', problem: { code: 'signInAgain' } });
    expect(await app.ids()).toHaveLength(7);
    const renew = (password: string) =>
      app.refusal('accounts', 'renewSignIn', { accountId: annaId, password: utf8(password), code: null });
    expect(await renew('wrong')).toBe('wrongCredentials');
    expect(await renew(anna.password)).toBeNull();
    await app.synced();
    expect(await app.ask('sync', 'status', {})).toMatchObject({ phase: 'idle', problem: null });
  });

  it('are stored when they are new: the next start needs no sign-in', async () => {
    await app.unlock(annaId, annasSecret);
    await app.synced();
    endSessions();
    await app.ask('accounts', 'renewSignIn', { accountId: annaId, password: utf8(anna.password), code: '' });
    await app.synced();
    await app.ask('session', 'lock', {});
    await app.unlock(annaId, annasSecret);
    await app.synced();
    expect(await app.ask('sync', 'status', {})).toMatchObject({ phase: 'idle', problem: null });
  });
});
