/** Somebody without keys comes to their first device, honestly and before a server that lies. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPrivateKey, deriveMasterKey, parseMasterKeyOptions } from '../../main/keychain/index.ts';
import * as lie from '../hostile/lies.ts';
import { httpClient } from '../organisation/http.ts';
import { OwnAccountStage, utf8, type Newcomer } from './ownaccountstage.ts';

const master = 'Clara öffnet zum ersten Mal';
const other = 'Clara öffnet noch einmal';

let site: OwnAccountStage;
beforeAll(async () => {
  site = await OwnAccountStage.open();
});
afterEach(() => site.clear());
afterAll(() => site.close());

interface ToldKeys {
  readonly keys: { public: string; privateEncrypted: string } | null;
}

async function keysOnServer({ login, password }: Newcomer): Promise<ToldKeys['keys'] & { options: string }> {
  const anybody = httpClient(site.server.url);
  const { accessToken } = await anybody.send<{ accessToken: string }>('POST', '/users/login', {
    ...{ username: login, password },
  });
  const own = anybody.as({ accessToken });
  const { keys } = await own.send<ToldKeys>('GET', '/users/keys');
  if (keys === null) throw new Error('There are no keys.');
  const { masterKeyOptions } = await own.send<{ masterKeyOptions: string }>(
    'GET',
    '/users/master-key/options',
  );
  return { ...keys, options: masterKeyOptions };
}

describe('somebody without keys', () => {
  it('is asked for a new master password by the rules of the server', async () => {
    const step = await site.signIn(site.device(), await site.newcomer());
    expect(step).toMatchObject({
      needs: 'newMasterPassword',
      masterPasswordRule: { minimumLength: 12, requiredSets: [] },
      keyDerivation: { digest: 'sha256', bytes: 64 },
    });
    expect(step.knownHere).toBeUndefined();
  });

  it('gets a pair that the same master password opens on the next device', async () => {
    const clara = await site.newcomer();
    const first = site.device();
    await site.enrol(first, clara, master);
    expect((await first.ask('session', 'state', {})).current).toMatchObject({ login: clara.login });
    expect((await first.ask('sync', 'status', {})).phase).toBe('idle');
    const told = await keysOnServer(clara);
    const masterKey = await deriveMasterKey(utf8(master), parseMasterKeyOptions(told.options));
    expect(openPrivateKey(told.privateEncrypted, masterKey).bits).toBe(2048);
    const step = await site.signIn(site.device(), clara);
    expect(step.needs).toBe('masterPassword');
    await site.enrol(site.device(), clara, master);
  });

  it('opens the copy after a lock with the password that was made up', async () => {
    const clara = await site.newcomer();
    const device = site.device();
    const id = await site.enrol(device, clara, master);
    await device.ask('session', 'lock', {});
    await device.unlock(id, master);
    await device.synced();
    expect((await device.ask('sync', 'status', {})).phase).toBe('idle');
  });

  it('makes nothing of a master password that is too short, and sends nothing', async () => {
    const device = site.device();
    const { enrolmentId } = await site.signIn(device, await site.newcomer());
    const short = { enrolmentId, secret: utf8('elf Zeichen') };
    expect(await device.refusal('accounts', 'enrol', short)).toBe('masterPasswordRules');
    expect(site.keyRequests()).toEqual([]);
    expect(device.profiles.list()).toEqual([]);
  });

  it('keeps what the server took although its answer was lost', async () => {
    const clara = await site.newcomer();
    const device = site.device();
    const step = await site.signIn(device, clara);
    site.proxy.tell((answer, response) => {
      if (!answer.request.path.endsWith('/users/master-key/set')) return undefined;
      response.destroy();
      return null;
    });
    await device.ask('accounts', 'enrol', { enrolmentId: step.enrolmentId, secret: utf8(master) });
    await device.synced();
    expect((await device.ask('sync', 'status', {})).phase).toBe('idle');
  });

  it('goes on with the same password after a cut, whatever the server had taken by then', async () => {
    const clara = await site.newcomer();
    const device = site.device();
    const { enrolmentId } = await site.signIn(device, clara);
    site.proxy.tell((answer, response) => {
      if (!answer.request.path.endsWith('/users/master-key/set')) return undefined;
      site.proxy.setDown(true);
      response.destroy();
      return null;
    });
    expect(await device.refusal('accounts', 'enrol', { enrolmentId, secret: utf8(master) })).toBe(
      'unreachable',
    );
    site.proxy.tell(null);
    site.proxy.setDown(false);
    expect(device.profiles.list()).toEqual([]);
    await device.ask('accounts', 'enrol', { enrolmentId, secret: utf8(master) });
    expect(site.keyRequests()).toHaveLength(1);
  });

  it('sends the log-in password and a hash, and nothing that opens the keys', async () => {
    const clara = await site.newcomer();
    await site.enrol(site.device(), clara, master);
    const sent = site.proxy.requests.map(({ body }) => JSON.stringify(body) ?? '').join('\n');
    expect(sent).toContain(clara.password);
    expect(sent).not.toContain(master);
    expect(sent).not.toContain('BEGIN PRIVATE KEY');
  });
});

describe('a server that claims that there are no keys', () => {
  const claim = lie.answering('/users/keys', { json: { id: 'anybody', keys: null } });

  it('gets no new ones made by a device that holds a copy, unless the person says so', async () => {
    const clara = await site.newcomer();
    const device = site.device();
    const id = await site.enrol(device, clara, master);
    site.proxy.requests.length = 0;
    site.proxy.tell(lie.noOwnKeys);
    await device.synced();
    expect(await device.ask('sync', 'status', {})).toMatchObject({
      phase: 'stopped',
      problem: { code: 'encryptionModeChanged' },
    });
    site.proxy.tell(claim);
    const step = await site.signIn(device, clara);
    expect(step).toMatchObject({ needs: 'newMasterPassword', knownHere: true });
    const silent = { enrolmentId: step.enrolmentId, secret: utf8(other) };
    expect(await device.refusal('accounts', 'enrol', silent)).toBe('alreadyEnrolled');
    expect(site.keyRequests()).toEqual([]);
    expect(device.profiles.list().map((each) => each.id)).toEqual([id]);
  });

  it('whom the person believes gets a public key and no profile, since it has keys', async () => {
    const clara = await site.newcomer();
    const device = site.device();
    await site.enrol(device, clara, master);
    site.proxy.tell(claim);
    const { enrolmentId } = await site.signIn(device, clara);
    const believed = { enrolmentId, secret: utf8(other), beside: true };
    expect(await device.refusal('accounts', 'enrol', believed)).toBe('changedMeanwhile');
    expect(device.profiles.list()).toHaveLength(1);
  });
});

describe('a forgotten master password', () => {
  it('is set anew beside the old copy, which stays readable and can hand out what waited', async () => {
    const clara = await site.newcomer();
    const device = site.device();
    const old = await site.enrol(device, clara, master);
    await site.reset(clara);
    await device.synced();
    expect((await device.ask('sync', 'status', {})).phase).toBe('stopped');
    const id = await site.enrol(device, clara, other, true);
    expect(id).not.toBe(old);
    expect((await device.ask('sync', 'status', {})).phase).toBe('idle');
    const { accounts } = await device.ask('accounts', 'list', {});
    expect(accounts.map((each) => [each.id, each.former])).toEqual([
      [old, true],
      [id, false],
    ]);
    await device.ask('session', 'lock', {});
    await device.unlock(old, master);
    device.dialogs.target = `${device.folder}/unsent.json`;
    expect(await device.ask('sync', 'exportUnsent', { secret: utf8(master) })).toMatchObject({ count: 0 });
    expect(await device.refusal('session', 'unlock', { accountId: id, secret: utf8(master) })).toBe(
      'wrongMasterPassword',
    );
  });
});
