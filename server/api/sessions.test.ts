import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequestFailed, startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Http, TrialOrganisation, TrialServer } from '../../testing/organisation/index.ts';

interface Pair {
  accessToken: string;
  refreshToken: string;
  accessTokenExpiredAt: number;
  refreshTokenExpiredAt: number;
}

let now = Date.UTC(2026, 5, 1);
let server: TrialServer;
let organisation: TrialOrganisation;

beforeAll(async () => {
  server = await startTrialServer({ clock: () => now, loginAttempts: { attempts: 4, windowSeconds: 300 } });
  organisation = await trialOrganisation(server, 'owner', false);
});
afterAll(() => server.close());

const logIn = (login = 'owner', password = `login-of-${login}`) =>
  server.http.send<Pair>('POST', '/users/login', { username: login, password });
const refresh = (http: Http, refreshToken: string) =>
  http.send<Pair>('POST', '/sessions/refresh', { refreshToken });
const whoAmI = (accessToken: string) =>
  server.http.as({ accessToken }).send<{ login: string }>('GET', '/users/info');

async function refusal(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RequestFailed)) throw new Error('The request was expected to be refused.');
  return `${error.status} ${error.codes.join(' ')}`;
}

describe('logging in', () => {
  it('answers tokens of 44 characters with the documented lives', async () => {
    const pair = await logIn();
    expect(pair.accessToken).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(pair.refreshToken).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(pair.accessTokenExpiredAt).toBe(now / 1000 + 10_000);
    expect(pair.refreshTokenExpiredAt).toBe(now / 1000 + 36 * 3600);
    expect((await whoAmI(pair.accessToken)).login).toBe('owner');
  });

  it('takes a login in any case', async () => {
    expect((await logIn(' OWNER ', 'login-of-owner')).accessToken).toHaveLength(44);
  });

  it('tells nothing of whether the login or the password was wrong', async () => {
    expect(await refusal(logIn('owner', 'wrong password'))).toBe('401 credentialsInvalid');
    expect(await refusal(logIn('nobody', 'wrong password'))).toBe('401 credentialsInvalid');
  });

  it('stops guessing, also with the right password, until the window has passed', async () => {
    await organisation.join('guessed');
    for (let attempt = 0; attempt < 4; attempt += 1) await refusal(logIn('guessed', 'wrong password'));
    expect(await refusal(logIn('guessed'))).toBe('429 tooManyAttempts');
    expect((await logIn('owner')).accessToken).toHaveLength(44);
    now += 301_000;
    expect((await logIn('guessed')).accessToken).toHaveLength(44);
  });

  it('counts every spelling of a login as the same one', async () => {
    await organisation.join('spelled');
    const spellings = ['spelled', 'SPELLED', ' Spelled', 'spellED '];
    for (const spelling of spellings) await refusal(logIn(spelling, 'wrong password'));
    expect(await refusal(logIn('sPelled', 'wrong password'))).toBe('429 tooManyAttempts');
  });

  it('counts parallel guesses as well', async () => {
    await organisation.join('rushed');
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => refusal(logIn('rushed', `wrong password ${index}`))),
    );
    expect(answers.filter((answer) => answer.startsWith('401')).length).toBe(4);
  });

  it('is closed to the blocked and the deleted, whose sessions end', async () => {
    const member = await organisation.join('leaving');
    const owner = organisation.owner.http;
    await owner.send('POST', `/users/${member.userId}/block`);
    expect(await refusal(member.http.send('GET', '/users/info'))).toBe('401 accessTokenInvalid');
    expect(await refusal(logIn('leaving'))).toBe('401 userBlocked');
    await owner.send('POST', `/users/${member.userId}/unblock`);
    const pair = await logIn('leaving');
    await owner.send('DELETE', `/users/${member.userId}`);
    expect(await refusal(whoAmI(pair.accessToken))).toBe('401 accessTokenInvalid');
    expect(await refusal(refresh(server.http, pair.refreshToken))).toBe('403 refreshTokenInvalid');
    expect(await refusal(logIn('leaving'))).toBe('401 credentialsInvalid');
  });
});

describe('the life of tokens', () => {
  it('ends when it was said to end, with the code that makes clients refresh', async () => {
    const pair = await logIn();
    now += 9_999_000;
    await whoAmI(pair.accessToken);
    now += 1_000;
    expect(await refusal(whoAmI(pair.accessToken))).toBe('401 accessTokenExpired');
    const next = await refresh(server.http.as({ accessToken: pair.accessToken }), pair.refreshToken);
    expect((await whoAmI(next.accessToken)).login).toBe('owner');
  });

  it('cannot be prolonged after 36 hours', async () => {
    const pair = await logIn();
    now += 36 * 3_600_000;
    expect(await refusal(refresh(server.http, pair.refreshToken))).toBe('403 refreshTokenExpired');
    expect(await refusal(refresh(server.http, pair.refreshToken))).toBe('403 refreshTokenInvalid');
  });

  it('makes the old pair worthless at a refresh', async () => {
    const pair = await logIn();
    const next = await refresh(server.http, pair.refreshToken);
    expect(await refusal(whoAmI(pair.accessToken))).toBe('401 accessTokenInvalid');
    expect(await refusal(refresh(server.http, pair.refreshToken))).toBe('403 refreshTokenInvalid');
    expect((await whoAmI(next.accessToken)).login).toBe('owner');
  });

  it('lets one of several racing refreshes win', async () => {
    const pair = await logIn();
    const answers = await Promise.allSettled(
      Array.from({ length: 6 }, () => refresh(server.http, pair.refreshToken)),
    );
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
  });

  it('refuses a refresh token beside the access token of another session', async () => {
    const [one, other] = [await logIn(), await logIn()];
    const mixed = server.http.as({ accessToken: other.accessToken });
    expect(await refusal(refresh(mixed, one.refreshToken))).toBe('403 refreshTokenInvalid');
  });

  it('is renewed in the two halves of newer clients', async () => {
    const pair = await logIn();
    now += 10_000_000;
    const access = await server.http.send<Pair>('POST', '/sessions/refresh-access-token', {
      accessToken: pair.accessToken,
    });
    expect(Object.keys(access).toSorted()).toEqual(['accessToken', 'accessTokenExpiredAt']);
    expect(await refusal(whoAmI(pair.accessToken))).toBe('401 accessTokenInvalid');
    const renewal = await server.http.send<Pair>('POST', '/sessions/refresh-refresh-token', {
      refreshToken: pair.refreshToken,
    });
    expect(Object.keys(renewal).toSorted()).toEqual(['refreshToken', 'refreshTokenExpiredAt']);
    expect((await whoAmI(access.accessToken)).login).toBe('owner');
    expect(await refusal(refresh(server.http, pair.refreshToken))).toBe('403 refreshTokenInvalid');
    expect((await refresh(server.http, renewal.refreshToken)).accessToken).toHaveLength(44);
  });

  it('ends with the log-out', async () => {
    const pair = await logIn();
    const http = server.http.as({ accessToken: pair.accessToken });
    expect(await http.send<object>('GET', '/sessions/current/info')).toMatchObject({ login: 'owner' });
    await http.send('POST', '/sessions/logout', {});
    expect(await refusal(http.send('GET', '/sessions/current/info'))).toBe('401 accessTokenInvalid');
    expect(await refusal(refresh(server.http, pair.refreshToken))).toBe('403 refreshTokenInvalid');
  });

  it('leaves no token in the database', async () => {
    const pair = await logIn();
    const stored = ['server.db', 'server.db-wal'].map((name) => readFileSync(join(server.dataFolder, name)));
    for (const token of [pair.accessToken, pair.refreshToken]) {
      for (const form of [Buffer.from(token), Buffer.from(token, 'base64')]) {
        expect(stored.some((file) => file.includes(form))).toBe(false);
      }
    }
  });
});

describe('the master key hash', () => {
  it('may be absent, but must be right under either name where it is sent', async () => {
    const encrypted = await trialOrganisation(server, 'encrypted', true);
    const { accessToken } = await logIn('encrypted');
    const ask = async (headers: Record<string, string>) => {
      const all = { ...headers, Authorization: `Bearer ${accessToken}` };
      return (await fetch(`${server.url}/api/v1/users/keys`, { headers: all })).status;
    };
    expect(encrypted.owner.privateKey?.bits).toBe(2048);
    expect(await ask({})).toBe(200);
    for (const name of ['X-Master-Key-Hash', 'Passwork-MasterKeyHash']) {
      expect(await ask({ [name]: '0'.repeat(64) })).toBe(401);
      expect(await ask({ [name]: '' })).toBe(401);
    }
    expect(
      await refusal(server.http.as({ accessToken, masterKeyHash: 'f'.repeat(64) }).send('GET', '/vaults')),
    ).toBe('401 masterKeyInvalid');
  });
});
