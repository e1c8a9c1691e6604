/** Bringing an account to this device, against the real server. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LyingProxy } from '../../../testing/hostile/proxy.ts';
import { AccountStage, annasSecret, utf8 } from '../../../testing/integration/accountstage.ts';
import { anna, boris, nina } from '../../../testing/hostile/smallorganisation.ts';

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

describe('enrolling', () => {
  it('ends with the account unlocked, shown and synced', async () => {
    const id = await site.fresh.enrol(site.proxy.url, anna);
    const { current, unlocked } = await site.fresh.ask('session', 'state', {});
    expect(unlocked).toBe(true);
    expect(current).toMatchObject({ id, login: 'anna', clientSideEncryption: true, current: true });
    expect(current?.lastSyncedAt).toBeGreaterThan(0);
    expect(await site.fresh.ids()).toHaveLength(7);
  });

  it('lets a mistyped master password be typed again, and stores nothing before', async () => {
    const enrolmentId = await site.signIn(anna);
    const wrong = { enrolmentId, secret: utf8('not the master password') };
    expect(await site.fresh.refusal('accounts', 'enrol', wrong)).toBe('wrongMasterPassword');
    expect(site.fresh.profiles.list()).toEqual([]);
    const right = { enrolmentId, secret: utf8(annasSecret) };
    expect(await site.fresh.refusal('accounts', 'enrol', right)).toBeNull();
  });

  it('refuses a wrong account password', async () => {
    const input = {
      address: site.proxy.url,
      acceptedFingerprint: null,
      login: 'anna',
      password: utf8('wrong'),
    };
    expect(await site.fresh.refusal('accounts', 'signIn', input)).toBe('wrongCredentials');
  });

  it('wipes every secret that was typed, right or wrong', async () => {
    const password = utf8(anna.password);
    const step = await site.fresh.ask('accounts', 'signIn', {
      address: site.proxy.url,
      acceptedFingerprint: null,
      login: 'anna',
      password,
    });
    const wrong = utf8('not the master password');
    const right = utf8(annasSecret);
    await site.fresh.call('accounts', 'enrol', { enrolmentId: step.enrolmentId, secret: wrong });
    await site.fresh.call('accounts', 'enrol', { enrolmentId: step.enrolmentId, secret: right });
    await site.fresh.ask('session', 'lock', {});
    const [{ id = '' } = {}] = site.fresh.profiles.list();
    const [unlocking, mistaken] = [utf8(annasSecret), utf8('mistaken')];
    await site.fresh.call('session', 'unlock', { accountId: id, secret: unlocking });
    await site.fresh.call('session', 'unlock', { accountId: id, secret: mistaken });
    for (const typed of [password, wrong, right, unlocking, mistaken]) {
      expect(typed.every((byte) => byte === 0)).toBe(true);
    }
  });

  it('takes one person of a server once, even when asked twice at the same time', async () => {
    const [first, second] = [await site.signIn(anna), await site.signIn(anna)];
    const enrol = (enrolmentId: string) =>
      site.fresh.refusal('accounts', 'enrol', { enrolmentId, secret: utf8(annasSecret) });
    const outcomes = await Promise.all([enrol(first), enrol(second)]);
    expect(outcomes.sort()).toEqual(['alreadyEnrolled', null]);
    const third = await site.signIn(anna);
    expect(await enrol(third)).toBe('alreadyEnrolled');
    expect((await site.fresh.ask('accounts', 'list', {})).accounts).toHaveLength(1);
  });

  it('knows nothing of an abandoned enrolment', async () => {
    const enrolmentId = await site.signIn(anna);
    await site.fresh.ask('accounts', 'abandonEnrolment', { enrolmentId });
    const input = { enrolmentId, secret: utf8(annasSecret) };
    expect(await site.fresh.refusal('accounts', 'enrol', input)).toBe('enrolmentExpired');
    expect(await site.fresh.refusal('accounts', 'abandonEnrolment', { enrolmentId })).toBeNull();
  });

  it('lets an enrolment expire after a quarter of an hour', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const enrolmentId = await site.signIn(anna);
    await vi.advanceTimersByTimeAsync(14 * 60_000);
    const wrong = { enrolmentId, secret: utf8('not the master password') };
    expect(await site.fresh.refusal('accounts', 'enrol', wrong)).toBe('wrongMasterPassword');
    await vi.advanceTimersByTimeAsync(60_000);
    const right = { enrolmentId, secret: utf8(annasSecret) };
    expect(await site.fresh.refusal('accounts', 'enrol', right)).toBe('enrolmentExpired');
  });

  it('keeps four enrolments at once and drops the oldest for a fifth', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push(await site.signIn(boris));
    const step = (enrolmentId = '') =>
      site.fresh.refusal('accounts', 'confirmTwoFactor', { enrolmentId, code: '0000' });
    expect(await step(ids[0])).toBe('enrolmentExpired');
    expect(await step(ids[1])).not.toBe('enrolmentExpired');
  });

  it('is given up by a lock, without a trace', async () => {
    const enrolmentId = await site.signIn(anna);
    const enrolling = site.fresh.refusal('accounts', 'enrol', { enrolmentId, secret: utf8(annasSecret) });
    await site.fresh.ask('session', 'lock', {});
    expect(await enrolling).toBe('cancelled');
    expect(await site.fresh.ask('session', 'state', {})).toMatchObject({ unlocked: false, current: null });
    expect(site.fresh.profiles.list()).toEqual([]);
  });
});

describe('an account without client-side encryption', () => {
  it('asks for a passphrase of at least twelve characters, not bytes', async () => {
    const enrolmentId = await site.signIn(nina);
    const enrol = (text: string) =>
      site.fresh.refusal('accounts', 'enrol', { enrolmentId, secret: utf8(text) });
    expect(await enrol('elf Zeichen')).toBe('refused');
    expect(await enrol('одиннадцать')).toBe('refused');
    expect(await enrol('двенадцать12')).toBeNull();
    await site.fresh.synced();
    await site.fresh.ask('session', 'lock', {});
    const [{ id = '' } = {}] = site.fresh.profiles.list();
    const unlock = (text: string) =>
      site.fresh.refusal('session', 'unlock', { accountId: id, secret: utf8(text) });
    expect(await unlock('двенадцать13')).toBe('wrongMasterPassword');
    expect(await unlock('двенадцать12')).toBeNull();
  });

  it('opens its records after a lock with the server gone', async () => {
    const gone = await LyingProxy.start(site.server.url);
    const id = await site.fresh.enrol(gone.url, nina);
    await site.fresh.ask('session', 'lock', {});
    await gone.close();
    await site.fresh.unlock(id, 'device passphrase of a test');
    const [recordId = ''] = await site.fresh.ids();
    const face = await site.fresh.ask('records', 'read', { recordId });
    expect(face).toMatchObject({ keyBroken: false, vaultTrust: 'verified' });
    const field = { kind: 'password' } as const;
    const { value } = await site.fresh.ask('records', 'revealField', { recordId, field });
    expect(['correct horse battery staple', 'пароль от базы']).toContain(value);
    await site.fresh.synced();
    expect(await site.fresh.ask('sync', 'status', {})).toMatchObject({ phase: 'offline' });
  });
});
