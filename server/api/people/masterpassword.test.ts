import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyFingerprint, unwrapVaultKey } from '../../../main/keychain/index.ts';
import {
  createVault,
  signIn,
  startTrialServer,
  trialOrganisation,
  wrapFor,
} from '../../../testing/organisation/index.ts';
import type { Member, TrialOrganisation, TrialServer } from '../../../testing/organisation/index.ts';
import { accountOf } from '../../../testing/organisation/member.ts';

interface Waiting {
  items: { id: string; reason: string; publicKeyFingerprint: string | null; vault: { id: string } }[];
}

let server: TrialServer;
let organisation: TrialOrganisation;
let owner: Member;

beforeAll(async () => {
  server = await startTrialServer();
  organisation = await trialOrganisation(server, 'owner', true);
  owner = organisation.owner;
});
afterAll(() => server.close());

const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });
const person = (login: string, masterPassword = `master password of ${login}`) => ({
  ...{ login, email: '', fullName: login, password: 'a long password', masterPassword },
  ...{ role: 'user' as const, groups: [] },
});
/** The key material that somebody's device makes for a master password. */
async function made(login: string, masterPassword?: string) {
  const account = await accountOf(person(login, masterPassword), organisation.ledger);
  if (!('keys' in account)) throw new Error('The account has keys.');
  const { masterKeyHash, masterKeyOptions, keys } = account;
  return { masterKeyHash, masterKeyOptions, keys };
}
async function logIn(login: string) {
  const body = { username: login, password: 'a long password' };
  const { accessToken } = await server.http.send<{ accessToken: string }>('POST', '/users/login', body);
  return server.http.as({ accessToken });
}
const publicKey = (userId: string) =>
  owner.http.send<{
    publicKey: string | null;
    fingerprint: string | null;
    reset: { by: { login: string } } | null;
  }>('GET', `/users/${userId}/public-key`);

/** Somebody whose account an administrator has made, and who has just set the master password. */
async function newMember(login: string): Promise<Member> {
  const body = { login, password: 'a long password' };
  await owner.http.send('POST', '/users', body);
  const http = await logIn(login);
  const password = 'a long password';
  await http.send('POST', '/users/master-key/set', { ...(await made(login)), password });
  return signIn(server.http, person(login));
}

describe('a new account without keys', () => {
  it('gets them from its owner, whose log-in password is asked for, once', async () => {
    const { id } = await owner.http.send<{ id: string }>('POST', '/users', {
      ...{ login: 'fresh', password: 'a long password' },
    });
    expect(await publicKey(id)).toMatchObject({ publicKey: null, fingerprint: null, reset: null });
    const http = await logIn('fresh');
    const keys = await made('fresh');
    const set = (password: string) => http.send('POST', '/users/master-key/set', { ...keys, password });
    await refused(set('wrong'), 403, 'passwordInvalid');
    await set('a long password');
    await refused(set('a long password'), 409, 'masterPasswordSet');
    expect((await publicKey(id)).fingerprint).toBe(keyFingerprint(keys.keys.public));
    expect((await signIn(server.http, person('fresh'))).privateKey).not.toBeNull();
  });

  it('waits for its keys in the queue, which tells that they are not there yet', async () => {
    const vault = await createVault(owner, 'V', 'privateShared', organisation.ledger);
    const group = await owner.http.send<{ id: string }>('POST', '/user-groups', { name: 'G' });
    await owner.http.send('POST', `/vaults/${vault.id}/access`, { groupId: group.id, access: 'read' });
    const body = { login: 'early', password: 'a long password', userGroupIds: [group.id] };
    await owner.http.send('POST', '/users', body);
    const queue = `/access-requests?vaultId=${vault.id}`;
    const { items } = await owner.http.send<Waiting>('GET', queue);
    expect(items).toMatchObject([{ reason: 'group', publicKeyFingerprint: null }]);
    const confirming = owner.http.send('POST', `/access-requests/${items[0]?.id}/confirm`, {
      ...{ masterKeyEncrypted: Buffer.alloc(256).toString('base64'), publicKeyFingerprint: 'a'.repeat(64) },
    });
    await refused(confirming, 409, 'publicKeyChanged');
  });
});

describe('a changed master password', () => {
  it('keeps the key pair and what was wrapped for it, and ends other sessions', async () => {
    const member = await newMember('changing');
    const vault = await createVault(member, 'Kept', 'privateShared', organisation.ledger);
    const other = await logIn('changing');
    const { keys, ...derivation } = await made('changing', 'the second master password');
    const body = { ...derivation, password: 'a long password' };
    const swapped = member.http.send('POST', '/users/master-key/change', { ...body, keys });
    await refused(swapped, 400, 'publicKeyChanged');
    const own = await member.http.send<{ keys: { public: string } }>('GET', '/users/keys');
    const same = { public: own.keys.public, privateEncrypted: keys.privateEncrypted };
    const wrong = { ...body, keys: same, password: 'wrong' };
    await refused(member.http.send('POST', '/users/master-key/change', wrong), 403, 'passwordInvalid');
    await member.http.send('POST', '/users/master-key/change', { ...body, keys: same });
    await refused(other.send('GET', '/vaults'), 401, 'accessTokenInvalid');
    const held = await (
      await logIn('changing')
    ).send<{ masterKeyEncrypted: string }>(...(['GET', `/vaults/${vault.id}`] as const));
    if (!member.privateKey || !vault.key) throw new Error('There are keys.');
    expect(Buffer.compare(unwrapVaultKey(held.masterKeyEncrypted, member.privateKey), vault.key)).toBe(0);
  });
});

describe('a reset', () => {
  it('drops what was wrapped for the pair, tells what is lost, and asks for the rest anew', async () => {
    const member = await newMember('forgetting');
    const shared = await createVault(owner, 'Shared', 'privateShared', organisation.ledger);
    const alone = await createVault(member, 'Alone', 'privateShared', organisation.ledger);
    const former = (await publicKey(member.userId)).publicKey ?? '';
    const masterKeyEncrypted = wrapFor(shared, former);
    const access = { userId: member.userId, access: 'write', masterKeyEncrypted };
    await owner.http.send('POST', `/vaults/${shared.id}/access`, access);
    const path = `/users/${member.userId}/reset-master-key`;
    const lostVaults = [{ id: alone.id, name: 'Alone' }];
    expect(await owner.http.send('GET', path)).toEqual({ lostVaults });
    expect(await owner.http.send('POST', path)).toEqual({ success: true, lostVaults, requested: 2 });
    await refused(member.http.send('GET', '/vaults'), 401, 'accessTokenInvalid');
    const http = await logIn('forgetting');
    expect(await http.send('GET', '/users/keys')).toMatchObject({ keys: null });
    expect(await http.send('GET', '/vaults')).toEqual({ items: [] });
    const keys = await made('forgetting', 'a new master password');
    await http.send('POST', '/users/master-key/set', { ...keys, password: 'a long password' });
    const now = await publicKey(member.userId);
    expect(now).toMatchObject({ reset: { by: { login: 'owner' } } });
    const { items } = await owner.http.send<Waiting>('GET', `/access-requests?userId=${member.userId}`);
    expect(items).toMatchObject([
      { reason: 'reset', vault: { id: shared.id }, publicKeyFingerprint: now.fingerprint },
    ]);
    const confirm = (pem: string, fingerprint: string | null) =>
      owner.http.send('POST', `/access-requests/${items[0]?.id}/confirm`, {
        ...{ masterKeyEncrypted: wrapFor(shared, pem), publicKeyFingerprint: fingerprint ?? '' },
      });
    await refused(confirm(former, keyFingerprint(former)), 409, 'publicKeyChanged');
    await confirm(now.publicKey ?? '', now.fingerprint);
    expect(await http.send('GET', '/vaults')).toMatchObject({ items: [{ id: shared.id }] });
  });
});
