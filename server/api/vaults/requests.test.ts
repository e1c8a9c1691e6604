import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyFingerprint, unwrapVaultKey } from '../../../main/keychain/index.ts';
import {
  createVault,
  startTrialServer,
  trialOrganisation,
  wrapFor,
} from '../../../testing/organisation/index.ts';
import type {
  Member,
  OpenVault,
  TrialOrganisation,
  TrialServer,
} from '../../../testing/organisation/index.ts';

interface Request {
  id: string;
  vault: { id: string; name: string };
  user: { id: string; login: string };
  publicKeyFingerprint: string | null;
  group: { id: string; name: string } | null;
  requester: { login: string } | null;
  reason: string;
}

let server: TrialServer;
let organisation: TrialOrganisation;
let owner: Member;
let user: Member;

beforeAll(async () => {
  server = await startTrialServer();
  organisation = await trialOrganisation(server, 'owner', true);
  owner = organisation.owner;
  user = await organisation.join('user');
});
afterAll(() => server.close());

const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });
const queue = async (of: Member, query = '') =>
  (await of.http.send<{ items: Request[]; total: number }>('GET', `/access-requests${query}`)).items;
const vaultsOf = async (of: Member) =>
  (await of.http.send<{ items: { id: string }[] }>('GET', '/vaults')).items.map(({ id }) => id);
const publicKey = async (of: Member) =>
  (await owner.http.send<{ publicKey: string }>('GET', `/users/${of.userId}/public-key`)).publicKey;

async function groupWith(vaults: readonly OpenVault[]): Promise<string> {
  const { id } = await owner.http.send<{ id: string }>('POST', '/user-groups', { name: 'Team' });
  for (const vault of vaults) {
    await owner.http.send('POST', `/vaults/${vault.id}/access`, { groupId: id, access: 'read' });
  }
  return id;
}
const members = (group: string, change: 'add' | 'remove') =>
  owner.http.send('POST', `/user-groups/${group}/${change}-users`, { userIds: [user.userId] });

async function confirmed(vault: OpenVault, request: Request | undefined, fingerprint?: string) {
  const pem = await publicKey(user);
  return owner.http.send('POST', `/access-requests/${request?.id}/confirm`, {
    masterKeyEncrypted: wrapFor(vault, pem),
    publicKeyFingerprint: fingerprint ?? keyFingerprint(pem),
  });
}

describe('somebody who joins a group', () => {
  it('waits for the key of each of its vaults until it is given by hand', async () => {
    const vaults = [
      await createVault(owner, 'One', 'privateShared', organisation.ledger),
      await createVault(owner, 'Two', 'privateShared', organisation.ledger),
    ];
    const [first, second] = vaults;
    if (!first || !second) throw new Error('There are two vaults.');
    const group = await groupWith(vaults);
    await members(group, 'add');
    const waiting = await queue(owner, `?userId=${user.userId}`);
    expect(waiting.map(({ vault }) => vault.name).toSorted()).toEqual(['One', 'Two']);
    expect(waiting[0]).toMatchObject({
      ...{ user: { login: 'user' }, group: { id: group, name: 'Team' }, requester: { login: 'owner' } },
      ...{ reason: 'group', publicKeyFingerprint: keyFingerprint(await publicKey(user)) },
    });
    expect(await vaultsOf(user)).toEqual([]);
    await confirmed(
      first,
      waiting.find(({ vault }) => vault.id === first.id),
    );
    expect(await vaultsOf(user)).toEqual([first.id]);
    expect(await queue(owner, `?userId=${user.userId}`)).toHaveLength(1);
    const opened = await user.http.send<{ masterKeyEncrypted: string }>('GET', `/vaults/${first.id}`);
    if (!user.privateKey) throw new Error('The user has no key.');
    const key = unwrapVaultKey(opened.masterKeyEncrypted, user.privateKey);
    expect(first.key && Buffer.compare(key, first.key)).toBe(0);
    await members(group, 'remove');
    expect(await vaultsOf(user)).toEqual([]);
    expect(await queue(owner, `?userId=${user.userId}`)).toEqual([]);
    const access = await owner.http.send<{ keyHolders: string[] }>('GET', `/vaults/${first.id}/access`);
    expect(access.keyHolders).toEqual([owner.userId]);
  });

  it('is not confirmed with a key that was wrapped for another public key', async () => {
    const vault = await createVault(owner, 'Swapped', 'privateShared', organisation.ledger);
    await members(await groupWith([vault]), 'add');
    const [request] = await queue(owner, `?vaultId=${vault.id}`);
    const other = keyFingerprint(await publicKey(owner));
    await refused(confirmed(vault, request, other), 409, 'publicKeyChanged');
    expect(await vaultsOf(user)).not.toContain(vault.id);
    expect(await queue(owner, `?vaultId=${vault.id}`)).toHaveLength(1);
  });

  it('keeps no key and waits for none where they are shut out by name', async () => {
    const vault = await createVault(owner, 'Closed', 'privateShared', organisation.ledger);
    const group = await groupWith([vault]);
    await members(group, 'add');
    await confirmed(vault, (await queue(owner, `?vaultId=${vault.id}`))[0]);
    const shutOut = { userId: user.userId, access: 'forbidden' };
    await owner.http.send('POST', `/vaults/${vault.id}/access`, shutOut);
    const access = await owner.http.send<{ keyHolders: string[] }>('GET', `/vaults/${vault.id}/access`);
    expect(access.keyHolders).toEqual([owner.userId]);
    await members(group, 'remove');
    await members(group, 'add');
    expect(await queue(owner, `?vaultId=${vault.id}`)).toEqual([]);
  });

  it('may be declined, and is asked for again only when they are let in anew', async () => {
    const vault = await createVault(owner, 'Declined', 'privateShared', organisation.ledger);
    const group = await groupWith([vault]);
    await members(group, 'add');
    const [request] = await queue(owner, `?vaultId=${vault.id}`);
    await owner.http.send('POST', `/access-requests/${request?.id}/decline`);
    expect(await queue(owner, `?vaultId=${vault.id}`)).toEqual([]);
    expect(await queue(owner, `?vaultId=${vault.id}&state=declined`)).toHaveLength(1);
    await owner.http.send('POST', `/vaults/${vault.id}/access`, { groupId: group, access: 'write' });
    expect(await queue(owner, `?vaultId=${vault.id}`)).toEqual([]);
    await members(group, 'remove');
    await members(group, 'add');
    expect(await queue(owner, `?vaultId=${vault.id}`)).toHaveLength(1);
  });
});

describe('somebody who administers for the sake of a role or a type', () => {
  const roleOf = async (code: string) => {
    const path = '/user-roles';
    const { items } = await owner.http.send<{ items: { id: string; code: string }[] }>('GET', path);
    return items.find((role) => role.code === code)?.id;
  };
  const holders = async (vault: OpenVault) =>
    (await owner.http.send<{ keyHolders: string[] }>('GET', `/vaults/${vault.id}/access`)).keyHolders;

  it('waits for the keys of company vaults, and loses them with the role', async () => {
    const vault = await createVault(owner, 'Company', 'company', organisation.ledger);
    const deputy = await organisation.join('deputy');
    const become = async (code: string) =>
      owner.http.send('PATCH', `/users/${deputy.userId}`, { userRoleId: await roleOf(code) });
    await become('administrator');
    const [request] = await queue(owner, `?userId=${deputy.userId}`);
    expect(request).toMatchObject({ reason: 'type', vault: { id: vault.id } });
    expect(await vaultsOf(deputy)).toEqual([]);
    const pem = await publicKey(deputy);
    await owner.http.send('POST', `/access-requests/${request?.id}/confirm`, {
      ...{ masterKeyEncrypted: wrapFor(vault, pem), publicKeyFingerprint: keyFingerprint(pem) },
    });
    expect(await vaultsOf(deputy)).toEqual([vault.id]);
    await become('user');
    expect(await vaultsOf(deputy)).toEqual([]);
    expect(await holders(vault)).not.toContain(deputy.userId);
  });

  it('is given the key of a vault that becomes one of the type, or waits for it', async () => {
    const [given, late] = [await organisation.join('given'), await organisation.join('late')];
    const type = { name: 'Type', administratorIds: [given.userId, late.userId] };
    const { id: typeId } = await owner.http.send<{ id: string }>('POST', '/vault-types', type);
    const vault = await createVault(owner, 'Retyped', 'privateShared', organisation.ledger);
    const keys = { [given.userId]: wrapFor(vault, await publicKey(given)) };
    await owner.http.send('POST', `/vaults/${vault.id}/type`, { typeId, keys });
    expect((await holders(vault)).toSorted()).toEqual([owner.userId, given.userId].toSorted());
    const waiting = await queue(owner, `?vaultId=${vault.id}`);
    expect(waiting).toMatchObject([{ user: { login: 'late' }, reason: 'type' }]);
    await owner.http.send('POST', `/vault-types/${typeId}`, { administratorIds: [] });
    expect(await holders(vault)).toEqual([owner.userId]);
    expect(await queue(owner, `?vaultId=${vault.id}`)).toEqual([]);
  });
});

describe('the queue', () => {
  it('is shown to those who administer the vault, and answered by them alone', async () => {
    const vault = await createVault(owner, 'Mine', 'privateShared', organisation.ledger);
    await members(await groupWith([vault]), 'add');
    const [request] = await queue(owner, `?vaultId=${vault.id}`);
    const reader = await organisation.join('reader');
    const masterKeyEncrypted = wrapFor(vault, await publicKey(reader));
    const body = { userId: reader.userId, access: 'full', masterKeyEncrypted };
    await owner.http.send('POST', `/vaults/${vault.id}/access`, body);
    expect(await queue(reader)).toEqual([]);
    await refused(reader.http.send('GET', `/access-requests?vaultId=${vault.id}`), 403, 'accessDenied');
    for (const what of ['confirm', 'decline']) {
      const fingerprint = keyFingerprint(await publicKey(user));
      const sent = { masterKeyEncrypted, publicKeyFingerprint: fingerprint };
      const attempt = reader.http.send('POST', `/access-requests/${request?.id}/${what}`, sent);
      await refused(attempt, 403, 'accessDenied');
    }
    expect(await queue(owner, `?vaultId=${vault.id}`)).toHaveLength(1);
  });
});
