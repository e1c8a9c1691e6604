import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTrialServer, trialOrganisation } from '../../../testing/organisation/index.ts';
import type { Member, TrialOrganisation, TrialServer } from '../../../testing/organisation/index.ts';
import { accessLevels } from '../../access/levels.ts';

interface Vault {
  id: string;
  typeId: string;
  description: string;
  isShared: boolean;
  isVisible: boolean;
  permissions: string[];
  directoryAccess: { access: string };
}
interface Explained {
  user: { login: string };
  access: string;
  source: { kind: string; folderId: string | null; groups: { name: string }[] };
}

let server: TrialServer;
let organisation: TrialOrganisation;
let owner: Member;
let user: Member;
let other: Member;
const userVaults = '000000000000000000000b02';

beforeAll(async () => {
  server = await startTrialServer();
  organisation = await trialOrganisation(server, 'owner', false);
  owner = organisation.owner;
  user = await organisation.join('user');
  other = await organisation.join('other');
});
afterAll(() => server.close());

const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });
const create = async (who: Member, path: string, body: object) =>
  (await who.http.send<{ id: string }>('POST', path, body)).id;
const vaultOf = (who: Member, id: string) => who.http.send<Vault>('GET', `/vaults/${id}`);
const seen = async (who: Member) =>
  (await who.http.send<{ items: Vault[] }>('GET', '/vaults')).items.map(({ id }) => id);
const share = (vault: string, body: object) => owner.http.send('POST', `/vaults/${vault}/access`, body);

describe('a vault', () => {
  it('is private until somebody is let in, and is described and hidden', async () => {
    const id = await create(owner, '/vaults', { name: 'V', description: 'What for' });
    expect(await vaultOf(owner, id)).toMatchObject({ description: 'What for', isShared: false });
    await share(id, { userId: user.userId, access: 'read' });
    expect(await vaultOf(owner, id)).toMatchObject({ isShared: true, isVisible: true });
    await owner.http.send('POST', `/vaults/${id}`, { description: 'Other' });
    await user.http.send('POST', `/vaults/${id}/visibility`, { isVisible: false });
    expect(await vaultOf(user, id)).toMatchObject({ description: 'Other', isVisible: false });
    expect(await vaultOf(owner, id)).toMatchObject({ isVisible: true });
  });

  it('is left by those who were let in themselves, but not by its last administrator', async () => {
    const id = await create(owner, '/vaults', { name: 'Left' });
    await share(id, { userId: user.userId, access: 'write' });
    await user.http.send('POST', `/vaults/${id}/leave`);
    expect(await seen(user)).not.toContain(id);
    await refused(owner.http.send('POST', `/vaults/${id}/leave`), 409, 'lastAdministrator');
    const group = await create(owner, '/user-groups', { name: 'Staying' });
    await owner.http.send('POST', `/user-groups/${group}/add-users`, { userIds: [user.userId] });
    await share(id, { groupId: group, access: 'read' });
    await refused(user.http.send('POST', `/vaults/${id}/leave`), 409, 'accessThroughOthers');
    expect(await seen(user)).toContain(id);
  });

  it('goes to the bin with all that is in it, comes back, and goes for good', async () => {
    const id = await create(owner, '/vaults', { name: 'Binned' });
    const kept = await create(owner, '/items', { vaultId: id, name: 'Kept' });
    const gone = await create(owner, '/items', { vaultId: id, name: 'Gone before' });
    await owner.http.send('DELETE', `/items/${gone}`);
    await share(id, { userId: user.userId, access: 'full' });
    const sent = await create(owner, '/inbox-items', { itemId: kept, userId: other.userId });
    await owner.http.send('DELETE', `/vaults/${id}`);
    expect(await seen(owner)).not.toContain(id);
    await refused(owner.http.send('GET', `/items/${kept}`), 404, 'notFound');
    await refused(other.http.send('GET', `/inbox-items/${sent}`), 404, 'notFound');
    expect(await owner.http.send('GET', '/bin/vaults')).toMatchObject({ items: [{ id, name: 'Binned' }] });
    expect(await user.http.send('GET', '/bin/vaults')).toEqual({ items: [] });
    await refused(user.http.send('POST', `/bin/vaults/${id}/restore`), 403, 'accessDenied');
    await owner.http.send('POST', `/bin/vaults/${id}/restore`);
    expect(await user.http.send('GET', `/items?vaultId=${id}`)).toMatchObject({ items: [{ id: kept }] });
    expect(await other.http.send('GET', `/inbox-items/${sent}`)).toMatchObject({ id: kept });
    await owner.http.send('DELETE', `/vaults/${id}`);
    await owner.http.send('DELETE', `/bin/vaults/${id}`);
    await refused(owner.http.send('POST', `/bin/vaults/${id}/restore`), 404, 'notFound');
  });

  it('is told to its readers when it goes, comes back, is hidden or becomes shared', async () => {
    interface Told {
      kind: string;
      id?: string;
      isWhole?: boolean;
      vault?: { isVisible: boolean; isShared: boolean } | null;
    }
    const id = await create(owner, '/vaults', { name: 'Told' });
    let since = (await owner.http.send<{ cursor: string }>('GET', '/changes')).cursor;
    const heard = async () => {
      const path = `/changes?since=${encodeURIComponent(since)}`;
      const { changes, cursor } = await owner.http.send<{ changes: Told[]; cursor: string }>('GET', path);
      since = cursor;
      return changes.filter((change) => change.kind === 'vault' && change.id === id);
    };
    await share(id, { userId: user.userId, access: 'read' });
    expect(await heard()).toMatchObject([{ isWhole: false, vault: { isShared: true, isVisible: true } }]);
    await owner.http.send('POST', `/vaults/${id}/visibility`, { isVisible: false });
    expect(await heard()).toMatchObject([{ isWhole: false, vault: { isVisible: false } }]);
    await owner.http.send('DELETE', `/vaults/${id}`);
    expect(await heard()).toMatchObject([{ vault: null }]);
    await owner.http.send('POST', `/bin/vaults/${id}/restore`);
    expect(await heard()).toMatchObject([{ isWhole: true, vault: { isVisible: false } }]);
  });

  it('keeps its records to itself where its settings say so', async () => {
    const id = await create(owner, '/vaults', { name: 'Closed' });
    const itemId = await create(owner, '/items', { vaultId: id, name: 'Record' });
    const settings = { areLinksAllowed: false, isSendingAllowed: false };
    await owner.http.send('POST', `/vaults/${id}/settings`, settings);
    const link = { itemId, itemData: {}, type: 'reusable', expirationTime: 'unlimited' };
    await refused(owner.http.send('POST', '/links', link), 403, 'forbiddenBySettings');
    const sending = owner.http.send('POST', '/inbox-items', { itemId, userId: user.userId });
    await refused(sending, 403, 'forbiddenBySettings');
  });
});

describe('a vault type', () => {
  it('brings its administrators into every vault of it, as long as they are named', async () => {
    const typeId = await create(owner, '/vault-types', { name: 'Servers', administratorIds: [user.userId] });
    const id = await create(other, '/vaults', { name: 'Of the type', typeId });
    expect(await vaultOf(user, id)).toMatchObject({ typeId, directoryAccess: { access: 'admin' } });
    await refused(owner.http.send('DELETE', `/vault-types/${typeId}`), 409, 'inUse');
    await owner.http.send('POST', `/vault-types/${typeId}`, { administratorIds: [] });
    expect(await seen(user)).not.toContain(id);
    await other.http.send('POST', `/vaults/${id}/type`, { typeId: userVaults });
    expect(await vaultOf(other, id)).toMatchObject({ typeId: userVaults });
    await owner.http.send('DELETE', `/vault-types/${typeId}`);
  });

  it('says who may create vaults of it and with which access', async () => {
    const rules = { creation: 'administrators', creatorAccess: 'full' };
    const typeId = await create(owner, '/vault-types', {
      ...{ name: 'Ruled', rules, administratorIds: [user.userId] },
    });
    await refused(other.http.send('POST', '/vaults', { name: 'No', typeId }), 403, 'accessDenied');
    await create(user, '/vaults', { name: 'Yes', typeId });
    const open = { creation: 'everyone', creatorAccess: 'full' };
    await owner.http.send('POST', `/vault-types/${typeId}`, { rules: open });
    const id = await create(other, '/vaults', { name: 'Theirs', typeId });
    expect(await vaultOf(other, id)).toMatchObject({ directoryAccess: { access: 'full' } });
    const weak = { rules: { creation: 'everyone', creatorAccess: 'write' } };
    await refused(owner.http.send('POST', `/vault-types/${userVaults}`, weak), 400, 'lastAdministrator');
  });
});

describe('the effective access', () => {
  it('is told with where it comes from, and is what the person really has', async () => {
    const id = await create(owner, '/vaults', { name: 'Explained' });
    const folder = await create(owner, '/folders', { name: 'F', vaultId: id });
    const below = await create(owner, '/folders', { name: 'B', vaultId: id, parentFolderId: folder });
    const group = await create(owner, '/user-groups', { name: 'Readers' });
    const userIds = [user.userId, other.userId];
    await owner.http.send('POST', `/user-groups/${group}/add-users`, { userIds });
    await share(id, { groupId: group, access: 'read' });
    await owner.http.send('POST', `/folders/${folder}/access`, { userId: user.userId, access: 'full' });
    const ask = async (path: string) =>
      (await owner.http.send<{ items: Explained[] }>('GET', `${path}/access/effective`)).items;
    const onVault = await ask(`/vaults/${id}`);
    const byGroup = { kind: 'group', folderId: null, groups: [{ id: group, name: 'Readers' }] };
    expect(onVault).toMatchObject([
      { user: { login: 'other' }, access: 'read', source: byGroup },
      { user: { login: 'owner' }, access: 'admin', source: { kind: 'person', folderId: null } },
      { user: { login: 'user' }, access: 'read', source: byGroup },
    ]);
    const onFolder = await ask(`/folders/${below}`);
    expect(onFolder.find(({ user: { login } }) => login === 'user')).toMatchObject({
      ...{ access: 'full', source: { kind: 'person', folderId: folder, groups: [] } },
    });
    const theirs = await user.http.send<Vault>('GET', `/folders/${below}`);
    expect(theirs.permissions).toContain('directory:access:read');
    const named = { vault: { id, name: 'Explained' }, folderId: null, access: 'read' };
    const ofGroup = (who: Member) => who.http.send('GET', `/user-groups/${group}/vaults`);
    expect(await ofGroup(owner)).toEqual({ items: [named], hiddenCount: 0 });
    expect(await ofGroup(other)).toEqual({ items: [], hiddenCount: 1 });
    const listed = await owner.http.send<{ items: object[] }>('GET', '/user-groups?search=readers');
    expect(listed.items).toEqual([{ id: group, name: 'Readers', memberCount: 2 }]);
    const reach = `/users/${user.userId}/vaults`;
    const reached = await owner.http.send<{ items: { vault: { id: string }; access: string }[] }>(
      'GET',
      reach,
    );
    expect(reached.items.find(({ vault }) => vault.id === id)).toMatchObject({ access: 'full' });
    await refused(other.http.send('GET', reach), 403, 'accessDenied');
  });

  it.each(accessLevels)('at level %s agrees with the rights that are answered', async (level) => {
    const id = await create(owner, '/vaults', { name: level });
    await share(id, { userId: user.userId, access: level });
    const path = `/vaults/${id}/access/effective?userId=${user.userId}`;
    const told = await owner.http.send<{ items: Explained[] }>('GET', path);
    expect(told.items).toMatchObject([{ access: level, source: { kind: 'person' } }]);
    if (level === 'forbidden') await refused(vaultOf(user, id), 403, 'accessDenied');
    else expect(await vaultOf(user, id)).toMatchObject({ directoryAccess: { access: level } });
  });
});
