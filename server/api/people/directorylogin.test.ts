/** Logging in with the password of the directory, against a real one. */
import { Attribute, Change } from 'ldapts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasSlapd, peopleBase } from '../../../testing/directory/slapd.ts';
import type { DirectoryStage } from '../../../testing/directory/stage.ts';
import { startDirectoryStage } from '../../../testing/directory/stage.ts';

let stage: DirectoryStage;
const installed = hasSlapd();
const whereInstalled: (name: string, suite: () => void) => unknown = installed ? describe : () => undefined;
if (!installed) it('cannot be tried here', () => expect(hasSlapd()).toBe(false));

const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });

beforeAll(async () => {
  if (!installed) return;
  stage = await startDirectoryStage();
  await stage.organisation.join('olga');
  await stage.directory.person('anna', { password: 'anna there' });
  await stage.directory.person('olga', { password: 'not her password' });
  await stage.set({ adopts: true });
  await stage.sync();
});
afterAll(() => stage?.close());
beforeEach(() => stage?.set());

whereInstalled('logging in', () => {
  it('asks the directory, and keeps no password', async () => {
    expect(await stage.logIn('anna', 'anna there')).toHaveProperty('accessToken');
    await refused(stage.logIn('anna', 'wrong'), 401, 'credentialsInvalid');
    await stage.directory.as((client) => {
      const modification = new Attribute({ type: 'userPassword', values: ['another there'] });
      return client.modify(`uid=anna,${peopleBase}`, new Change({ operation: 'replace', modification }));
    });
    await refused(stage.logIn('anna', 'anna there'), 401, 'credentialsInvalid');
    const { accessToken } = await stage.logIn('anna', 'another there');
    const http = stage.server.http.as({ accessToken });
    const change = { oldPassword: 'another there', newPassword: 'something else' };
    await refused(http.send('POST', '/users/password', change), 409, 'passwordInDirectory');
    const { id } = (await stage.users()).get('anna') ?? {};
    const password = 'given by hand';
    await refused(
      stage.owner.http.send('POST', `/users/${id}/password`, { password }),
      409,
      'passwordInDirectory',
    );
  });

  it('takes a login for a value, whatever stands in it', async () => {
    for (const login of [
      '*',
      'an*',
      'anna)(uid=*',
      '*)(objectClass=*))(|(uid=*',
      'anna\u0000',
      '(uid=*)(cn=*)',
    ]) {
      await expect(stage.logIn(login, 'another there')).rejects.toMatchObject({ status: 401 });
    }
  });

  it('goes on with the passwords kept here where the directory is only read', async () => {
    await stage.set({ logsIn: false });
    await refused(stage.logIn('anna', 'another there'), 401, 'credentialsInvalid');
    const { id } = (await stage.users()).get('anna') ?? {};
    await stage.owner.http.send('POST', `/users/${id}/password`, { password: 'given by hand' });
    expect(await stage.logIn('anna', 'given by hand')).toHaveProperty('accessToken');
  });

  it('says "not now" when the directory cannot be asked, and the owner still gets in', async () => {
    await stage.set({ url: 'ldap://127.0.0.1:1' });
    await refused(stage.logIn('anna', 'another there'), 503, 'directoryUnavailable');
    expect(await stage.logIn('owner', stage.owner.person.password)).toHaveProperty('accessToken');
  });

  it('does not reach accounts that may do more than whoever set the directory up', async () => {
    const helper = await stage.organisation.join('helper');
    const userRoleId = (
      await stage.owner.http.send<{ id: string }>('POST', '/user-roles', {
        name: 'S',
        permissions: ['settings:manage'],
      })
    ).id;
    await stage.owner.http.send('PATCH', `/users/${helper.userId}`, { userRoleId });
    const roles = await stage.owner.http.send<{ items: { id: string; code: string }[] }>(
      'GET',
      '/user-roles',
    );
    const administrator = roles.items.find(({ code }) => code === 'administrator')?.id;
    const { id } = (await stage.users()).get('olga') ?? {};
    await stage.owner.http.send('PATCH', `/users/${id}`, { userRoleId: administrator });
    expect(await stage.logIn('olga', 'not her password')).toHaveProperty('accessToken');
    await helper.http.send('POST', '/directory', stage.settings());
    await expect(stage.logIn('olga', 'not her password')).rejects.toMatchObject({ status: 401 });
    expect((await stage.preview()).conflicts).toContainEqual({ kind: 'protected', name: 'olga' });
  });
});
