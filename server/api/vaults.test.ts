import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  generateRecordKey,
  openRecordKey,
  sealRecordKey,
  unwrapVaultKey,
  verifyVaultKey,
} from '../../main/keychain/index.ts';
import {
  createVault,
  startTrialServer,
  trialOrganisation,
  wrapFor,
} from '../../testing/organisation/index.ts';
import type { Member, OpenVault, TrialOrganisation, TrialServer } from '../../testing/organisation/index.ts';
import { createLedger } from '../../testing/organisation/ledger.ts';

interface Vault {
  id: string;
  masterKeyEncrypted: string;
  masterKeyHash: string;
  salt: string;
  permissions: string[];
  directoryAccess: { access: string };
}

let server: TrialServer;
let organisation: TrialOrganisation;
let owner: Member;
let deputy: Member;
let user: Member;
const company = '000000000000000000000b01';

beforeAll(async () => {
  server = await startTrialServer();
  organisation = await trialOrganisation(server, 'owner', true);
  owner = organisation.owner;
  [deputy, user] = await Promise.all([
    organisation.join('deputy', 'administrator'),
    organisation.join('user'),
  ]);
});
afterAll(() => server.close());

const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });

async function publicKey(of: Member): Promise<string> {
  return (await owner.http.send<{ publicKey: string }>('GET', `/users/${of.userId}/public-key`)).publicKey;
}

async function give(vault: OpenVault, to: Member, access: string): Promise<void> {
  const masterKeyEncrypted = wrapFor(vault, await publicKey(to));
  await owner.http.send('POST', `/vaults/${vault.id}/access`, {
    userId: to.userId,
    access,
    masterKeyEncrypted,
  });
}

const visibleTo = async (member: Member) =>
  (await member.http.send<{ items: Vault[] }>('GET', '/vaults')).items.map((vault) => vault.id);

describe('a company vault', () => {
  it('is open to every administrator with the same key', async () => {
    const vault = await createVault(user, 'Made by a user', 'company', createLedger());
    for (const member of [owner, deputy, user]) {
      const answer = await member.http.send<Vault>('GET', `/vaults/${vault.id}`);
      if (!member.privateKey) throw new Error('The member has no key.');
      const key = unwrapVaultKey(answer.masterKeyEncrypted, member.privateKey);
      expect(key.equals(vault.key ?? Buffer.alloc(0))).toBe(true);
      expect(verifyVaultKey(key, answer.salt, answer.masterKeyHash)).toBe(true);
      expect(answer.permissions).toHaveLength(27);
    }
  });

  it('cannot be made without a key for every administrator, nor with malformed ones', async () => {
    const wrapped = 'A'.repeat(342) + '==';
    const body = {
      name: 'V',
      typeId: company,
      salt: 's',
      masterKeyHash: 'a'.repeat(64),
      masterKeyEncrypted: wrapped,
    };
    const keys = { [owner.userId]: wrapped, [deputy.userId]: wrapped };
    await refused(owner.http.send('POST', '/vaults', body), 400, 'administratorKeyMissing');
    const send = (members: object) =>
      owner.http.send('POST', '/vaults', { ...body, administratorsKeys: keys, ...members });
    await refused(send({ masterKeyEncrypted: 'plain key' }), 400, 'notEncrypted');
    await refused(send({ masterKeyHash: null }), 400, 'keyCheckRequired');
    await refused(send({ typeId: '000000000000000000000bff' }), 400, 'notFound');
    await refused(owner.http.send('POST', '/vaults', { name: 'V' }), 400, 'keyRequired');
    expect(await send({})).toHaveProperty('id');
  });

  it('keeps its administrators whatever an entry says', async () => {
    const vault = await createVault(owner, 'Company', 'company', createLedger());
    await owner.http.send('POST', `/vaults/${vault.id}/access`, {
      userId: deputy.userId,
      access: 'forbidden',
    });
    const seen = await deputy.http.send<Vault>('GET', `/vaults/${vault.id}`);
    expect(seen.directoryAccess.access).toBe('admin');
  });
});

describe('access', () => {
  it('needs the vault key with client-side encryption', async () => {
    const vault = await createVault(owner, 'Private', 'privateShared', createLedger());
    const body = { userId: user.userId, access: 'read' };
    await refused(owner.http.send('POST', `/vaults/${vault.id}/access`, body), 400, 'keyRequired');
    await refused(
      owner.http.send('POST', `/vaults/${vault.id}/access`, { ...body, masterKeyEncrypted: 'YWJj' }),
      400,
      'notEncrypted',
    );
    expect(await visibleTo(user)).not.toContain(vault.id);
    expect(await visibleTo(deputy)).not.toContain(vault.id);
    await give(vault, user, 'read');
    expect(await visibleTo(user)).toContain(vault.id);
  });

  it('takes the key back together with the access', async () => {
    const vault = await createVault(owner, 'Private', 'privateShared', createLedger());
    await give(vault, user, 'write');
    const holders = async () =>
      (
        await owner.http.send<{ keyHolders: string[] }>('GET', `/vaults/${vault.id}/access`)
      ).keyHolders.toSorted();
    expect(await holders()).toEqual([owner.userId, user.userId].toSorted());
    await owner.http.send('POST', `/vaults/${vault.id}/access`, { userId: user.userId, access: 'notSet' });
    expect(await holders()).toEqual([owner.userId]);
    await refused(user.http.send('GET', `/vaults/${vault.id}`), 403, 'accessDenied');
  });

  it('never leaves a user vault without an administrator', async () => {
    const vault = await createVault(user, 'Own', 'privateShared', createLedger());
    const demote = user.http.send('POST', `/vaults/${vault.id}/access`, {
      userId: user.userId,
      access: 'read',
    });
    await refused(demote, 400, 'lastAdministrator');
  });

  it('of a group reaches those of its members who were given the key', async () => {
    const vault = await createVault(owner, 'Shared', 'privateShared', createLedger());
    const [first, second] = await Promise.all([organisation.join('first'), organisation.join('second')]);
    const { id: groupId } = await owner.http.send<{ id: string }>('POST', '/user-groups', { name: 'Group' });
    await owner.http.send('POST', `/user-groups/${groupId}/add-users`, {
      userIds: [first.userId, second.userId],
    });
    const keys = {
      [first.userId]: wrapFor(vault, await publicKey(first)),
      [user.userId]: wrapFor(vault, await publicKey(user)),
    };
    await owner.http.send('POST', `/vaults/${vault.id}/access`, { groupId, access: 'write', keys });
    expect(await visibleTo(first)).toContain(vault.id);
    // Without the key there is nothing to see; a key for somebody outside the group is not kept.
    expect(await visibleTo(second)).not.toContain(vault.id);
    expect(await visibleTo(user)).not.toContain(vault.id);
    await owner.http.send('POST', `/user-groups/${groupId}/remove-users`, { userIds: [first.userId] });
    expect(await visibleTo(first)).not.toContain(vault.id);
  });

  it('to a folder gives no power over the vault, its keys and its administrators', async () => {
    const vault = await createVault(owner, 'House', 'privateShared', createLedger());
    const other = await createVault(user, 'Bait', 'privateShared', createLedger());
    const body = { name: 'Room', vaultId: vault.id };
    const { id: room } = await owner.http.send<{ id: string }>('POST', '/folders', body);
    const [tenant, reader] = await Promise.all([organisation.join('tenant'), organisation.join('reader')]);
    await give(vault, reader, 'read');
    await owner.http.send('POST', `/folders/${room}/access`, {
      ...{
        userId: tenant.userId,
        access: 'admin',
        masterKeyEncrypted: wrapFor(vault, await publicKey(tenant)),
      },
    });
    const keyOf = async (member: Member) =>
      (await member.http.send<Vault>('GET', `/vaults/${vault.id}`)).masterKeyEncrypted;
    const held = await keyOf(reader);
    const baited = { userId: reader.userId, access: 'read' };
    await tenant.http.send('POST', `/folders/${room}/access`, {
      ...{ ...baited, masterKeyEncrypted: wrapFor(other, await publicKey(reader)) },
    });
    expect(await keyOf(reader)).toBe(held);
    for (const access of ['forbidden', 'read']) {
      const overruled = { userId: owner.userId, access };
      await refused(tenant.http.send('POST', `/folders/${room}/access`, overruled), 403, 'accessDenied');
    }
    expect(await owner.http.send('GET', `/folders/${room}`)).toMatchObject({ id: room });
  });

  it('of a person wins over groups, and a folder over its vault, down to the bottom', async () => {
    const vault = await createVault(owner, 'Tree', 'privateShared', createLedger());
    const member = await organisation.join('climber');
    const folder = async (name: string, parentFolderId: string | null) =>
      (await owner.http.send<{ id: string }>('POST', '/folders', { name, vaultId: vault.id, parentFolderId }))
        .id;
    const top = await folder('Top', null);
    const inner = await folder('Inner', top);
    const deep = await folder('Deep', inner);
    const key = generateRecordKey();
    for (const folderId of [null, top, inner, deep]) {
      const keyEncrypted = vault.key && sealRecordKey(key, vault.key);
      await owner.http.send('POST', '/items', {
        vaultId: vault.id,
        folderId,
        name: String(folderId),
        keyEncrypted,
      });
    }
    const { id: groupId } = await owner.http.send<{ id: string }>('POST', '/user-groups', {
      name: 'Climbers',
    });
    await owner.http.send('POST', `/user-groups/${groupId}/add-users`, { userIds: [member.userId] });
    const keys = { [member.userId]: wrapFor(vault, await publicKey(member)) };
    await owner.http.send('POST', `/vaults/${vault.id}/access`, { groupId, access: 'full', keys });
    await owner.http.send('POST', `/vaults/${vault.id}/access`, { userId: member.userId, access: 'read' });
    await owner.http.send('POST', `/folders/${top}/access`, { groupId, access: 'forbidden' });
    await owner.http.send('POST', `/folders/${deep}/access`, { userId: member.userId, access: 'write' });

    const listed = await member.http.send<{ items: { name: string }[]; total: number }>(
      'GET',
      `/items?vaultId=${vault.id}`,
    );
    expect(listed.items.map((item) => item.name).toSorted()).toEqual(['null', deep].toSorted());
    expect(listed.total).toBe(2);
    const folders = await member.http.send<{ items: { id: string; path: object[] }[] }>(
      'GET',
      `/folders?vaultId=${vault.id}`,
    );
    expect(folders.items.map((each) => each.id)).toEqual([deep]);
    expect(folders.items[0]?.path).toEqual([
      { name: 'Tree', vaultId: vault.id, folderId: null },
      { name: 'Top', vaultId: vault.id, folderId: top },
      { name: 'Inner', vaultId: vault.id, folderId: inner },
    ]);
    await refused(member.http.send('GET', `/folders/${inner}`), 403, 'accessDenied');
    await refused(
      member.http.send('POST', '/folders', { name: 'x', vaultId: vault.id }),
      403,
      'accessDenied',
    );
    expect(
      await member.http.send('POST', '/folders', { name: 'x', vaultId: vault.id, parentFolderId: deep }),
    ).toHaveProperty('id');
    const paged = await member.http.send<{ items: object[]; total: number }>(
      'GET',
      `/items?vaultId=${vault.id}&limit=1`,
    );
    expect([paged.items.length, paged.total]).toEqual([1, 2]);
  });
});

describe('folders', () => {
  it('go to the bin with everything below them', async () => {
    const vault = await createVault(owner, 'Bin', 'privateShared', createLedger());
    const folder = async (name: string, parentFolderId: string | null) =>
      (await owner.http.send<{ id: string }>('POST', '/folders', { name, vaultId: vault.id, parentFolderId }))
        .id;
    const top = await folder('Top', null);
    const inner = await folder('Inner', top);
    const { id } = await owner.http.send<{ id: string }>('POST', '/items', {
      vaultId: vault.id,
      folderId: inner,
      name: 'N',
    });
    expect(await owner.http.send('DELETE', `/folders/${top}`, {})).toHaveProperty('binItemId');
    await refused(owner.http.send('GET', `/items/${id}`), 404, 'notFound');
    expect(await owner.http.send('GET', `/folders?vaultId=${vault.id}`)).toEqual({ items: [] });
    await refused(
      owner.http.send('POST', '/folders', { name: 'x', vaultId: vault.id, parentFolderId: inner }),
      400,
      'notFound',
    );
  });

  it('of another vault are refused as a parent', async () => {
    const [one, other] = [
      await createVault(owner, 'A', 'privateShared', createLedger()),
      await createVault(owner, 'B', 'privateShared', createLedger()),
    ];
    const { id } = await owner.http.send<{ id: string }>('POST', '/folders', { name: 'F', vaultId: one.id });
    await refused(
      owner.http.send('POST', '/folders', { name: 'G', vaultId: other.id, parentFolderId: id }),
      400,
      'notFound',
    );
    await refused(
      owner.http.send('POST', '/items', { vaultId: other.id, folderId: id, name: 'N' }),
      400,
      'notFound',
    );
  });
});

describe('an inbox entry', () => {
  it('opens its record for reading or editing, and for nothing else', async () => {
    const vault = await createVault(owner, 'Source', 'privateShared', createLedger());
    const receiver = await organisation.join('receiver');
    const recordKey = generateRecordKey();
    const keyEncrypted = vault.key ? sealRecordKey(recordKey, vault.key) : '';
    const { id } = await owner.http.send<{ id: string }>('POST', '/items', {
      vaultId: vault.id,
      name: 'Sent',
      keyEncrypted,
    });
    const wrapped = wrapFor({ ...vault, key: vault.key }, await publicKey(receiver));
    const send = (access: string) =>
      owner.http.send<{ id: string }>('POST', '/inbox-items', {
        itemId: id,
        userId: receiver.userId,
        access,
        keyEncrypted: wrapped,
      });
    await refused(
      owner.http.send('POST', '/inbox-items', { itemId: id, userId: receiver.userId }),
      400,
      'notEncrypted',
    );
    const entry = await send('read');
    const received = await receiver.http.send<object>('GET', `/inbox-items/${entry.id}`);
    expect(received).toMatchObject({
      id,
      name: 'Sent',
      inbox: { id: entry.id, access: 'read', sender: { login: 'owner' }, isViewed: false },
    });
    expect(received).not.toHaveProperty('vaultMasterKeyEncrypted');
    expect(await receiver.http.send('GET', `/inbox-items/${entry.id}`)).toMatchObject({
      inbox: { isViewed: true },
    });
    expect(await receiver.http.send('GET', `/items/${id}`)).toMatchObject({
      name: 'Sent',
      vaultMasterKeyEncrypted: null,
    });
    await refused(receiver.http.send('PATCH', `/items/${id}`, { name: 'Mine' }), 403, 'accessDenied');
    await send('write');
    await receiver.http.send('PATCH', `/items/${id}`, { name: 'Edited' });
    const other = vault.key ? sealRecordKey(recordKey, vault.key) : '';
    await refused(receiver.http.send('PATCH', `/items/${id}`, { keyEncrypted: other }), 403, 'accessDenied');
    await refused(receiver.http.send('DELETE', `/items/${id}`), 403, 'accessDenied');
    await refused(user.http.send('GET', `/inbox-items/${entry.id}`), 404, 'notFound');
    const kept = await owner.http.send<{ keyEncrypted: string }>('GET', `/items/${id}`);
    expect(vault.key && openRecordKey(kept.keyEncrypted, vault.key).equals(recordKey)).toBe(true);
  });
});
