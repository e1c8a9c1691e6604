import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  generateLinkCode,
  generateRecordKey,
  linkKeyHash,
  sealLinkCode,
  sealPassword,
  sealRecordKey,
} from '../../main/keychain/index.ts';
import { createVault, startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Member, TrialOrganisation, TrialServer } from '../../testing/organisation/index.ts';
import { createLedger } from '../../testing/organisation/ledger.ts';
import { accountOf } from '../../testing/organisation/member.ts';

let server: TrialServer;
let encrypted: TrialOrganisation;
let owner: Member;

beforeAll(async () => {
  server = await startTrialServer();
  encrypted = await trialOrganisation(server, 'owner', true);
  owner = encrypted.owner;
});
afterAll(() => server.close());

const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });

const person = (login: string) => ({
  login,
  email: `${login}@people.example`,
  fullName: `Person ${login}`,
  password: 'a long password',
  masterPassword: `master password of ${login}`,
  role: 'user' as const,
  groups: [],
});

describe('new accounts', () => {
  it('are given options of the documented strength with a fresh salt', async () => {
    const ask = () => owner.http.send<Record<string, unknown>>('GET', '/users/master-key/new-options');
    const [one, other] = [await ask(), await ask()];
    expect(one).toMatchObject({ iterations: 300_000, bytes: 64, digest: 'sha256' });
    expect(one['salt']).toMatch(/^[A-Za-z0-9@!]{20}$/);
    expect(other['salt']).not.toBe(one['salt']);
  });

  it('keep the options and keys that they were made with', async () => {
    const account = await accountOf(person('keeper'), createLedger());
    const { id } = await owner.http.send<{ id: string }>('POST', '/users', account);
    const { accessToken } = await server.http.send<{ accessToken: string }>('POST', '/users/login', {
      username: 'keeper',
      password: 'a long password',
    });
    const http = server.http.as({ accessToken });
    const options = await http.send<{ masterKeyOptions: string }>('GET', '/users/master-key/options');
    expect(options.masterKeyOptions).toMatch(/^pbkdf:sha256:300000:64:[A-Za-z0-9@!]{20}$/);
    expect(account).toMatchObject({ masterKeyOptions: options.masterKeyOptions });
    expect(await http.send('GET', '/users/keys')).toEqual({
      id,
      keys: 'keys' in account ? account.keys : null,
    });
  });

  it('are refused without keys, with weak options, a taken login or a plain private key', async () => {
    const account = await accountOf(person('refused'), createLedger());
    const send = (members: object) => owner.http.send('POST', '/users', { ...account, ...members });
    await refused(send({ keys: null }), 400, 'keysRequired');
    await refused(send({ masterKeyHash: null }), 400, 'keysRequired');
    for (const options of [
      'pbkdf:sha256:299999:64:aaaaaaaaaaaaaaaaaaaa',
      'pbkdf:md5:300000:64:aaaaaaaaaaaaaaaaaaaa',
      'pbkdf:sha256:300000:64:',
      'pbkdf:sha256:99999999:64:aaaaaaaaaaaaaaaaaaaa',
    ]) {
      await refused(send({ masterKeyOptions: options }), 400, 'masterKeyOptionsRefused');
    }
    const keys = 'keys' in account ? account.keys : { public: '', privateEncrypted: '' };
    await refused(
      send({ keys: { ...keys, privateEncrypted: '-----BEGIN PRIVATE KEY-----' } }),
      400,
      'notEncrypted',
    );
    await refused(send({ keys: { ...keys, public: 'not a key' } }), 400, 'publicKeyMalformed');
    await refused(send({ login: 'OWNER' }), 400, 'loginTaken');
    await refused(send({ password: 'short' }), 400, 'validationFailed');
    await refused(send({ userRoleId: '000000000000000000000aff' }), 400, 'notFound');
    await refused(send({ userGroupIds: ['000000000000000000000aff'] }), 400, 'notFound');
    expect(await send({})).toHaveProperty('id');
  });

  it('cannot take one login twice, however fast they come', async () => {
    const plain = await trialOrganisation(server, 'racing', false);
    const account = { login: 'twin', email: '', fullName: '', password: 'a long password' };
    const answers = await Promise.allSettled(
      Array.from({ length: 5 }, () => plain.owner.http.send('POST', '/users', account)),
    );
    const reasons = answers.filter((answer) => answer.status === 'rejected').map((answer) => answer.reason);
    expect(reasons).toHaveLength(4);
    for (const reason of reasons) expect(reason).toMatchObject({ status: 400, codes: ['loginTaken'] });
  });

  it('have no keys without client-side encryption, but options all the same', async () => {
    const plain = await trialOrganisation(server, 'plain', false);
    expect(await plain.owner.http.send('GET', '/users/keys')).toEqual({ id: plain.owner.userId, keys: null });
    expect(await plain.owner.http.send('GET', '/users/master-key/options')).toMatchObject({
      masterKeyOptions: expect.stringContaining('pbkdf:sha256:300000:64:'),
    });
    expect(await plain.owner.http.send('GET', '/app/settings')).toMatchObject({
      isClientSideEncryptionEnabled: false,
      masterPasswordComplexity: { minLength: 12 },
    });
    expect(await owner.http.send('GET', '/app/settings')).toMatchObject({
      isClientSideEncryptionEnabled: true,
    });
    const account = await accountOf(person('misplaced'), createLedger());
    await refused(plain.owner.http.send('POST', '/users', account), 400, 'clientSideEncryptionOff');
  });
});

describe('the directory', () => {
  it('is searched and paged', async () => {
    for (const name of ['aino', 'aimo', 'olavi']) await encrypted.join(name);
    const find = async (query: string) => {
      const { items, total } = await owner.http.send<{ items: { login: string }[]; total: number }>(
        'GET',
        `/users?${query}`,
      );
      return [items.map((user) => user.login).toSorted(), total];
    };
    expect(await find('search=AI')).toEqual([['aimo', 'aino'], 2]);
    expect(await find('search=a&limit=1&offset=1')).toMatchObject([[expect.any(String)], expect.any(Number)]);
    expect(await find('username=olavi')).toEqual([['olavi'], 1]);
    expect(await find('email=olavi@trial.example')).toEqual([['olavi'], 1]);
    expect(await find('search=plain')).toEqual([[], 0]);
  });

  it('shows hashes and private keys to nobody', async () => {
    const answers = await Promise.all(
      ['/users', '/users/info', `/users/${owner.userId}`].map((path) => owner.http.send('GET', path)),
    );
    const text = JSON.stringify(answers);
    for (const word of ['passwordHash', 'masterKey', 'privateEncrypted', 'pbkdf'])
      expect(text).not.toContain(word);
  });

  it('changes names and roles, after which the role counts at once', async () => {
    const member = await encrypted.join('promoted');
    await refused(member.http.send('POST', '/user-groups', { name: 'X' }), 403, 'accessDenied');
    const roles = await owner.http.send<{ items: { id: string; code: string }[] }>(
      'GET',
      '/user-roles?includeUserRole=1&isOnlyManageable=1',
    );
    const userRoleId = roles.items.find((role) => role.code === 'administrator')?.id;
    await owner.http.send('PATCH', `/users/${member.userId}`, { fullName: 'Имя', userRoleId });
    expect(await member.http.send('GET', '/users/info')).toMatchObject({
      fullName: 'Имя',
      email: 'promoted@trial.example',
      userRoleCode: 'administrator',
    });
    expect(await member.http.send('POST', '/user-groups', { name: 'X' })).toHaveProperty('id');
  });
});

describe('groups', () => {
  it('are made, renamed, filled, emptied and deleted', async () => {
    const member = await encrypted.join('grouped');
    const { id } = await owner.http.send<{ id: string }>('POST', '/user-groups', { name: 'Отдел' });
    await owner.http.send('POST', `/user-groups/${id}`, { name: 'Отдел закупок' });
    await owner.http.send('POST', `/user-groups/${id}/add-users`, { userIds: [member.userId] });
    await owner.http.send('POST', `/user-groups/${id}/add-users`, { userIds: [member.userId] });
    expect(await owner.http.send('GET', `/user-groups/${id}`)).toEqual({
      id,
      name: 'Отдел закупок',
      userIds: [member.userId],
    });
    expect(await member.http.send('GET', '/users/info')).toMatchObject({ userGroupIds: [id] });
    expect(await owner.http.send('GET', '/user-groups?search=закупок&limit=5')).toMatchObject({
      items: [{ id }],
      total: 1,
    });
    await owner.http.send('POST', `/user-groups/${id}/remove-users`, { userIds: [member.userId] });
    expect(await owner.http.send('GET', `/user-groups/${id}`)).toMatchObject({ userIds: [] });
    await owner.http.send('DELETE', `/user-groups/${id}`, {});
    await refused(owner.http.send('GET', `/user-groups/${id}`), 404, 'notFound');
  });

  it('take nobody from another organisation', async () => {
    const foreign = await trialOrganisation(server, 'foreign', false);
    const { id } = await owner.http.send<{ id: string }>('POST', '/user-groups', { name: 'G' });
    const adding = owner.http.send('POST', `/user-groups/${id}/add-users`, {
      userIds: [foreign.owner.userId],
    });
    await refused(adding, 400, 'notFound');
  });
});

describe('external links', () => {
  it('are given an address with a token of 25 characters and keep only ciphertext', async () => {
    const vault = await createVault(owner, 'Linked', 'privateShared', createLedger());
    const [recordKey, code] = [generateRecordKey(), generateLinkCode()];
    const keyEncrypted = vault.key ? sealRecordKey(recordKey, vault.key) : '';
    const { id } = await owner.http.send<{ id: string }>('POST', '/items', {
      vaultId: vault.id,
      name: 'Linked',
      keyEncrypted,
    });
    const link = {
      ...{ itemId: id, keyHash: linkKeyHash(code), keyEncrypted: sealLinkCode(code, recordKey) },
      ...{ type: 'single_use', expirationTime: '1 week' },
      itemData: { name: 'Linked', passwordEncrypted: sealPassword(Buffer.from('x'), recordKey) },
    };
    const { url } = await owner.http.send<{ url: string }>('POST', '/links', link);
    expect(url).toMatch(new RegExp(`^${server.url}/g/p/[A-Za-z0-9]{25}$`));
    const plainData = { ...link, itemData: { name: 'Linked', passwordEncrypted: 'hunter2' } };
    await refused(owner.http.send('POST', '/links', plainData), 400, 'notEncrypted');
    for (const plain of [
      { customs: [{ name: 'PIN', value: '1234', type: 'password' }] },
      { attachments: [{ encryptedKey: 'a key in the clear' }] },
    ]) {
      const open = { ...link, itemData: { ...link.itemData, ...plain } };
      await refused(owner.http.send('POST', '/links', open), 400, 'notEncrypted');
    }
    await refused(owner.http.send('POST', '/links', { ...link, keyHash: null }), 400, 'keyRequired');
    await refused(
      owner.http.send('POST', '/links', { ...link, expirationTime: '2 weeks' }),
      400,
      'validationFailed',
    );
  });
});
