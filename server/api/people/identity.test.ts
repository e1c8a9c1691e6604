import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTrialServer, trialOrganisation } from '../../../testing/organisation/index.ts';
import type { Member, TrialOrganisation, TrialServer } from '../../../testing/organisation/index.ts';

let now = Date.now();
let server: TrialServer;
let organisation: TrialOrganisation;
let owner: Member;

beforeAll(async () => {
  const options = { accountAttempts: { attempts: 4, windowSeconds: 3600 } };
  server = await startTrialServer({ clock: () => now, ...options });
  organisation = await trialOrganisation(server, 'owner', false);
  owner = organisation.owner;
});
afterAll(() => server.close());

const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });
const logIn = async ({ person }: Pick<Member, 'person'>, password = person.password) => {
  const body = { username: person.login, password };
  const { accessToken } = await server.http.send<{ accessToken: string }>('POST', '/users/login', body);
  return server.http.as({ accessToken });
};
const codeOf = (secret: string) => new TOTP({ secret }).generate({ timestamp: now });
const later = () => (now += 30_000);
const events = async (query: string) => {
  const path = `/activity?limit=20&${query}`;
  const { items } = await owner.http.send<{ items: { event: string }[] }>('GET', path);
  return items.map(({ event }) => event);
};

async function withSecondFactor(login: string) {
  const member = await organisation.join(login);
  const password = member.person.password;
  const { secret } = await member.http.send<{ secret: string }>('POST', '/users/2fa/totp/setup', {
    password,
  });
  const { recoveryCodes } = await member.http.send<{ recoveryCodes: string[] }>(
    ...(['POST', '/users/2fa/totp/enable'] as const),
    { code: codeOf(secret) },
  );
  later();
  return { member, secret, recoveryCodes };
}

describe('a second factor', () => {
  it('is asked for at log-in before anything else is answered', async () => {
    const { member, secret } = await withSecondFactor('careful');
    const http = await logIn(member);
    await refused(http.send('GET', '/vaults'), 401, 'twoFactorAuthRequired');
    expect(await http.send('GET', '/users/info')).toMatchObject({ isTwoFactorAuthEnabled: true });
    await refused(
      http.send('POST', '/users/2fa/totp/authorize', { code: '000000' }),
      403,
      'twoFactorCodeInvalid',
    );
    await refused(http.send('GET', '/vaults'), 401, 'twoFactorAuthRequired');
    await http.send('POST', '/users/2fa/totp/authorize', { code: codeOf(secret) });
    expect(await http.send('GET', '/vaults')).toEqual({ items: [] });
    const again = await logIn(member);
    const replayed = again.send('POST', '/users/2fa/totp/authorize', { code: codeOf(secret) });
    await refused(replayed, 403, 'twoFactorCodeInvalid');
    expect(await events(`actorId=${member.userId}&events=user_2fa_auth_failed`)).toHaveLength(2);
  });

  it('is not in force before a first code, and needs the password to be set up', async () => {
    const member = await organisation.join('hesitating');
    const wrong = member.http.send('POST', '/users/2fa/totp/setup', { password: 'wrong' });
    await refused(wrong, 403, 'passwordInvalid');
    const { password } = member.person;
    await member.http.send('POST', '/users/2fa/totp/setup', { password });
    expect(await (await logIn(member)).send('GET', '/vaults')).toEqual({ items: [] });
  });

  it('is replaced once by each recovery code', async () => {
    const { member, recoveryCodes } = await withSecondFactor('forgetful');
    const [code] = recoveryCodes;
    const http = await logIn(member);
    await http.send('POST', '/users/2fa/totp/authorize', { code });
    expect(await http.send('GET', '/vaults')).toEqual({ items: [] });
    const again = (await logIn(member)).send('POST', '/users/2fa/totp/authorize', { code });
    await refused(again, 403, 'twoFactorCodeInvalid');
  });

  it('is taken off by an administrator, which ends the sessions', async () => {
    const { member } = await withSecondFactor('locked');
    await owner.http.send('POST', `/users/${member.userId}/reset-2fa`);
    await refused(member.http.send('GET', '/vaults'), 401, 'accessTokenInvalid');
    expect(await (await logIn(member)).send('GET', '/vaults')).toEqual({ items: [] });
    expect(await events(`concernedId=${member.userId}&events=user_2fa_reset`)).toEqual(['user_2fa_reset']);
  });

  it('allows a few wrong codes in a while', async () => {
    const { member, secret } = await withSecondFactor('guessed');
    const http = await logIn(member);
    for (let guess = 0; guess < 10; guess += 1) {
      await refused(
        http.send('POST', '/users/2fa/totp/authorize', { code: '000000' }),
        403,
        'twoFactorCodeInvalid',
      );
    }
    const body = { code: codeOf(secret) };
    await refused(http.send('POST', '/users/2fa/totp/authorize', body), 429, 'tooManyAttempts');
    now += 300_000;
    await http.send('POST', '/users/2fa/totp/authorize', { code: codeOf(secret) });
  });
});

describe('an account that is guessed at', () => {
  it('is locked for a while, wherever the guesses come from, and unlocked by hand', async () => {
    const member = await organisation.join('target');
    for (let guess = 0; guess < 4; guess += 1) {
      await refused(logIn(member, 'wrong'), 401, 'credentialsInvalid');
    }
    await refused(logIn(member), 429, 'accountLocked');
    const logged = await events(`actorId=${member.userId}`);
    expect(logged.filter((event) => event === 'user_auth_failed')).toHaveLength(4);
    expect(logged).toContain('user_auth_blocked');
    await owner.http.send('POST', `/users/${member.userId}/unlock`);
    expect(await (await logIn(member)).send('GET', '/vaults')).toEqual({ items: [] });
  });

  it('looks the same when nobody has the login', async () => {
    const nobody = { person: { ...owner.person, login: 'nobody-at-all' } };
    for (let guess = 0; guess < 4; guess += 1) {
      await refused(logIn(nobody), 401, 'credentialsInvalid');
    }
    await refused(logIn(nobody), 429, 'accountLocked');
  });
});

describe('a log-in password', () => {
  it('is changed by its owner, who stays in alone, or set by an administrator', async () => {
    const member = await organisation.join('changing');
    const other = await logIn(member);
    const change = (oldPassword: string, newPassword: string) =>
      member.http.send('POST', '/users/password', { oldPassword, newPassword });
    await refused(change('wrong', 'another password'), 403, 'passwordInvalid');
    await change(member.person.password, 'another password');
    await refused(other.send('GET', '/vaults'), 401, 'accessTokenInvalid');
    expect(await member.http.send('GET', '/vaults')).toEqual({ items: [] });
    await refused(logIn(member), 401, 'credentialsInvalid');
    await owner.http.send('POST', `/users/${member.userId}/password`, { password: 'a third password' });
    await refused(member.http.send('GET', '/vaults'), 401, 'accessTokenInvalid');
    expect(await (await logIn(member, 'a third password')).send('GET', '/vaults')).toEqual({ items: [] });
  });
});

describe('asking for the password once more', () => {
  it('is bounded, so that a stolen session cannot guess it', async () => {
    const member = await organisation.join('stolen');
    const guess = (oldPassword: string) =>
      member.http.send('POST', '/users/password', { oldPassword, newPassword: 'another password' });
    for (let count = 0; count < 10; count += 1) await refused(guess('wrong'), 403, 'passwordInvalid');
    await refused(guess(member.person.password), 429, 'tooManyAttempts');
  });
});

describe('an invitation', () => {
  const invite = async (body: object = {}) =>
    owner.http.send<{ id: string; code: string }>('POST', '/user-invites', body);
  const account = (login: string, code: string) => ({ login, password: 'a long password', code });

  it('makes an account with its role and groups, once', async () => {
    const group = await owner.http.send<{ id: string }>('POST', '/user-groups', { name: 'Invited' });
    const { code } = await invite({ fullName: 'Ann', email: 'ann@example', userGroupIds: [group.id] });
    const opened = await server.http.send('POST', '/user-invites/open', { code });
    expect(opened).toMatchObject({ fullName: 'Ann', isClientSideEncryptionEnabled: false });
    const { id } = await server.http.send<{ id: string }>(
      'POST',
      '/user-invites/accept',
      account('ann', code),
    );
    expect(await owner.http.send('GET', `/users/${id}`)).toMatchObject({
      ...{ login: 'ann', fullName: 'Ann', email: 'ann@example', userGroupIds: [group.id] },
    });
    const again = server.http.send('POST', '/user-invites/accept', account('bob', code));
    await refused(again, 403, 'inviteInvalid');
    expect(await events(`actorId=${id}&events=user_registered`)).toEqual(['user_registered']);
  });

  it('ends with its time, when it is taken back, and with the right of whoever gave it', async () => {
    const { code } = await invite({ life: 60 });
    now += 61_000;
    const late = server.http.send('POST', '/user-invites/accept', account('late', code));
    await refused(late, 403, 'inviteInvalid');
    const taken = await invite();
    await owner.http.send('DELETE', `/user-invites/${taken.id}`);
    const back = server.http.send('POST', '/user-invites/accept', account('back', taken.code));
    await refused(back, 403, 'inviteInvalid');
    const deputy = await organisation.join('deputy', 'administrator');
    const { code: given } = await deputy.http.send<{ code: string }>('POST', '/user-invites', {});
    const roles = await owner.http.send<{ items: { id: string; code: string }[] }>('GET', '/user-roles');
    const userRoleId = roles.items.find((role) => role.code === 'user')?.id;
    await owner.http.send('PATCH', `/users/${deputy.userId}`, { userRoleId });
    const without = server.http.send('POST', '/user-invites/accept', account('without', given));
    await refused(without, 403, 'accessDenied');
  });
});

describe('an account that is deleted', () => {
  it('loses all access, and what only it could open is told by name', async () => {
    const member = await organisation.join('leaving');
    const group = await owner.http.send<{ id: string }>('POST', '/user-groups', { name: 'Left' });
    const userIds = [member.userId];
    await owner.http.send('POST', `/user-groups/${group.id}/add-users`, { userIds });
    const vault = await owner.http.send<{ id: string }>('POST', '/vaults', { name: 'Shared' });
    const body = { userId: member.userId, access: 'full' };
    await owner.http.send('POST', `/vaults/${vault.id}/access`, body);
    await owner.http.send('DELETE', `/users/${member.userId}`);
    const access = await owner.http.send('GET', `/vaults/${vault.id}/access`);
    expect(access).toMatchObject({ items: [{ userId: owner.userId }] });
    expect(await owner.http.send('GET', `/user-groups/${group.id}`)).toMatchObject({ userIds: [] });
    await refused(logIn(member), 401, 'credentialsInvalid');
    await refused(owner.http.send('DELETE', `/users/${owner.userId}`), 403, 'accessDenied');
  });
});
