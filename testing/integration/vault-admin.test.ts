/** Vaults made, shared, closed and deleted through the whole application, against a real server. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair, generateVaultKey, wrapVaultKey } from '../../main/keychain/index.ts';
import * as lie from '../hostile/lies.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, boris, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { utf8 } from './accountstage.ts';
import { Application } from './application.ts';

let server: OwnServer;
let proxy: LyingProxy;
let organisation: SmallOrganisation;
/** Behind the proxy. */
let annas: Application;
let boriss: Application;
let annaId: string;
let borisId: string;

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  annaId = organisation.anna.userId;
  borisId = organisation.boris.userId;
  proxy = await LyingProxy.start(server.url);
  annas = new Application();
  boriss = new Application();
  await annas.enrol(proxy.url, anna);
  await boriss.enrol(server.url, boris);
}, 120_000);

afterEach(() => {
  proxy.tell(null);
});

afterAll(async () => {
  await Promise.all([annas.close(), boriss.close()]);
  await proxy.close();
  await server.end();
});

async function typeId(code: string): Promise<string> {
  const { types } = await annas.ask('vaultAdmin', 'types', {});
  const type = types.find((each) => each.code === code);
  if (type === undefined) throw new Error(`There is no type ${code}.`);
  return type.id;
}

async function makeVault(name: string, code = 'privateShared'): Promise<string> {
  const wish = { name, description: '', typeId: await typeId(code), recipients: [] };
  const { vaultId } = await annas.ask('vaultAdmin', 'create', wish);
  await annas.synced();
  return vaultId;
}

async function nodeOf(app: Application, vaultId: string) {
  const { vaults } = await app.ask('tree', 'overview', {});
  return vaults.find(({ id }) => id === vaultId) ?? null;
}

/** The fingerprint that a person is shown before they let somebody in. */
async function shownKey(userId: string): Promise<string> {
  const { key } = await annas.ask('keyTrust', 'look', { userId });
  if (key === null) throw new Error('There is no key to show.');
  return key.fingerprint;
}

async function ownPublicKey(): Promise<string> {
  const path = `/users/${annaId}/public-key`;
  return (await organisation.anna.http.send<{ publicKey: string }>('GET', path)).publicKey;
}

async function letIn(vaultId: string, access: 'read' | 'write', folderId: string | null = null) {
  const fingerprint = await shownKey(borisId);
  await annas.ask('vaultAdmin', 'setPerson', { vaultId, folderId, userId: borisId, access, fingerprint });
}

/** Writing requests to paths that begin so, since the last look. */
function writesTo(path: string, from: number): string[] {
  return proxy.requests
    .slice(from)
    .filter((request) => request.method !== 'GET' && request.path.startsWith(`/api/v1${path}`))
    .map((request) => request.path);
}

async function passwordOf(app: Application, recordId: string): Promise<string> {
  const { value } = await app.ask('records', 'revealField', { recordId, field: { kind: 'password' } });
  return Buffer.from(value).toString('utf8');
}

async function writeRecord(vaultId: string, password: string): Promise<string> {
  const value = { kind: 'set' as const, value: utf8(password) };
  const { recordId } = await annas.ask('editing', 'create', {
    place: { vaultId, folderId: null },
    fields: { name: `Record of ${vaultId}`, password: value },
  });
  await annas.synced();
  return recordId;
}

describe('a vault', () => {
  it('that was made here is verified, stands in the tree, and takes records', async () => {
    const wish = { name: '  Joint  ', description: 'For two', recipients: [] };
    const { vaultId } = await annas.ask('vaultAdmin', 'create', {
      ...wish,
      typeId: await typeId('privateShared'),
    });
    await annas.synced();
    expect(await nodeOf(annas, vaultId)).toMatchObject({
      ...{ name: 'Joint', kind: 'personal', trust: 'verified', hidden: false },
      can: { addRecords: true, manageAccess: true, remove: true },
    });
    expect(await annas.ask('vaultAdmin', 'facts', { vaultId })).toMatchObject({
      ...{ name: 'Joint', description: 'For two', isShared: false },
      settings: { areLinksAllowed: true, isSendingAllowed: true },
    });
    const recordId = await writeRecord(vaultId, 'тайна');
    expect(await passwordOf(annas, recordId)).toBe('тайна');
    await annas.ask('session', 'lock', {});
    const [{ id } = { id: '' }] = (await annas.ask('accounts', 'list', {})).accounts;
    await annas.unlock(id, anna.masterPassword ?? '');
    expect(await passwordOf(annas, recordId)).toBe('тайна');
    expect(await nodeOf(annas, vaultId)).toMatchObject({ trust: 'verified' });
  });

  it('needs a name', async () => {
    const wish = { name: '   ', description: '', typeId: await typeId('privateShared'), recipients: [] };
    expect(await annas.refusal('vaultAdmin', 'create', wish)).toBe('nameMissing');
  });

  it('can be renamed, described and restricted', async () => {
    const vaultId = await makeVault('Before');
    await annas.ask('vaultAdmin', 'describe', { vaultId, name: 'After', description: 'What for' });
    const settings = { areLinksAllowed: false, isSendingAllowed: false };
    await annas.ask('vaultAdmin', 'setSettings', { vaultId, settings });
    await annas.synced();
    expect(await nodeOf(annas, vaultId)).toMatchObject({ name: 'After' });
    expect(await annas.ask('vaultAdmin', 'facts', { vaultId })).toMatchObject({
      ...{ name: 'After', description: 'What for', settings },
    });
  });

  it('can be put out of sight and back', async () => {
    const vaultId = await makeVault('Seldom');
    await annas.ask('vaultAdmin', 'setVisible', { vaultId, isVisible: false });
    await annas.synced();
    expect(await nodeOf(annas, vaultId)).toMatchObject({ hidden: true });
    await annas.ask('vaultAdmin', 'setVisible', { vaultId, isVisible: true });
    await annas.synced();
    expect(await nodeOf(annas, vaultId)).toMatchObject({ hidden: false });
  });

  it('goes to the bin with its records, comes back with them, and goes for good', async () => {
    const vaultId = await makeVault('Passing');
    const recordId = await writeRecord(vaultId, 'still here');
    await annas.ask('vaultAdmin', 'remove', { vaultId });
    await annas.synced();
    expect(await nodeOf(annas, vaultId)).toBeNull();
    const { vaults } = await annas.ask('vaultAdmin', 'deleted', {});
    expect(vaults).toMatchObject([{ id: vaultId, name: 'Passing', deletedBy: 'anna' }]);
    await annas.ask('vaultAdmin', 'restore', { vaultId });
    await annas.synced();
    expect(await nodeOf(annas, vaultId)).toMatchObject({ recordCount: 1, trust: 'verified' });
    const [found = ''] = await annas.ids({ kind: 'vault', vaultId });
    expect(await passwordOf(annas, found)).toBe('still here');
    expect(recordId).not.toBe('');
    await annas.ask('vaultAdmin', 'remove', { vaultId });
    await annas.ask('vaultAdmin', 'erase', { vaultId });
    expect((await annas.ask('vaultAdmin', 'deleted', {})).vaults).toEqual([]);
    expect(await annas.refusal('vaultAdmin', 'restore', { vaultId })).toBe('notFound');
  });

  it('is not left by its last administrator', async () => {
    const vaultId = await makeVault('Alone');
    expect(await annas.refusal('vaultAdmin', 'leave', { vaultId })).toBe('lastAdministrator');
  });
});

describe('a vault of a type with administrators', () => {
  let keepers: string;

  beforeAll(async () => {
    const body = { name: 'Kept', administratorIds: [borisId, annaId] };
    const { id } = await organisation.anna.http.send<{ id: string }>('POST', '/vault-types', body);
    keepers = id;
  });

  it('is made with its key for each of them, who can then read it', async () => {
    const { people } = await annas.ask('vaultAdmin', 'administrators', { typeId: keepers });
    expect(people).toEqual([{ userId: borisId, name: 'boris', login: 'boris' }]);
    const recipients = [{ userId: borisId, fingerprint: await shownKey(borisId) }];
    const wish = { name: 'For keepers', description: '', typeId: keepers, recipients };
    const { vaultId } = await annas.ask('vaultAdmin', 'create', wish);
    await annas.synced();
    await writeRecord(vaultId, 'for keepers');
    await boriss.synced();
    const [recordId = ''] = await boriss.ids({ kind: 'vault', vaultId });
    expect(await passwordOf(boriss, recordId)).toBe('for keepers');
  });

  it('is not made when one of them would have no key', async () => {
    const wish = { name: 'Not for all', description: '', typeId: keepers, recipients: [] };
    expect(await annas.refusal('vaultAdmin', 'create', wish)).toBe('administratorsChanged');
  });

  it('can be made of another one, whose administrators then get the key', async () => {
    const vaultId = await makeVault('Changes hands');
    await writeRecord(vaultId, 'handed on');
    const recipients = [{ userId: borisId, fingerprint: await shownKey(borisId) }];
    await annas.ask('vaultAdmin', 'setType', { vaultId, typeId: keepers, recipients });
    await boriss.synced();
    const [recordId = ''] = await boriss.ids({ kind: 'vault', vaultId });
    expect(await passwordOf(boriss, recordId)).toBe('handed on');
  });
});

describe('access', () => {
  it('is given with the key, lowered, and taken away with every copy', async () => {
    const vaultId = await makeVault('Shared');
    await writeRecord(vaultId, 'между нами');
    const place = { vaultId, folderId: null };
    expect(await annas.ask('vaultAdmin', 'person', { ...place, userId: borisId })).toMatchObject({
      ...{ access: 'forbidden', hasKey: false, own: null, source: { kind: 'none' } },
    });

    await letIn(vaultId, 'write');
    await boriss.synced();
    const [recordId = ''] = await boriss.ids({ kind: 'vault', vaultId });
    expect(await passwordOf(boriss, recordId)).toBe('между нами');
    expect(await nodeOf(boriss, vaultId)).toMatchObject({ writable: true, can: { manageAccess: false } });
    expect((await annas.ask('vaultAdmin', 'facts', { vaultId })).isShared).toBe(true);

    const nothingWrapped = { ...place, userId: borisId, fingerprint: null };
    await annas.ask('vaultAdmin', 'setPerson', { ...nothingWrapped, access: 'read' });
    await boriss.synced();
    expect(await nodeOf(boriss, vaultId)).toMatchObject({ writable: false });
    const { people, total } = await annas.ask('vaultAdmin', 'people', { ...place, offset: 0, limit: 100 });
    expect(total).toBe(2);
    expect(people).toMatchObject([
      { userId: annaId, isMe: true, access: 'admin', own: 'admin', hasKey: true },
      { userId: borisId, isMe: false, access: 'read', own: 'read', hasKey: true },
    ]);

    await annas.ask('vaultAdmin', 'setPerson', { ...nothingWrapped, access: 'notSet' });
    await boriss.synced();
    expect(await nodeOf(boriss, vaultId)).toBeNull();
    expect(await boriss.refusal('records', 'read', { recordId })).toBe('noSuchRecord');
  });

  it('to a folder shows where it comes from, and opens no more than the folder', async () => {
    const vaultId = await makeVault('With a folder');
    const { folderId } = await annas.ask('editing', 'createFolder', {
      ...{ vaultId, parentId: null, name: 'Inner' },
    });
    await annas.synced();
    const stored = annas.accounts.current().mirror.folders.ofVault(vaultId)[0]?.serverId ?? folderId;
    await writeRecord(vaultId, 'outside');
    await letIn(vaultId, 'read', stored);
    await boriss.synced();
    expect(await nodeOf(boriss, vaultId)).toMatchObject({ recordCount: 0, folderCount: 1 });
    const place = { vaultId, folderId: stored };
    const page = { offset: 0, limit: 100 };
    const { people } = await annas.ask('vaultAdmin', 'people', { ...place, ...page });
    expect(people).toMatchObject([
      { userId: annaId, own: null, source: { kind: 'person', where: 'vault' } },
      { userId: borisId, own: 'read', source: { kind: 'person', where: 'here' } },
    ]);
  });

  it('of a group wraps nothing: who lacks the key is seen to wait', async () => {
    const vaultId = await makeVault('For a group');
    const { http } = organisation.anna;
    const { id: groupId } = await http.send<{ id: string }>('POST', '/user-groups', { name: 'Night shift' });
    await http.send('POST', `/user-groups/${groupId}/add-users`, { userIds: [borisId] });
    const { groups } = await annas.ask('vaultAdmin', 'findGroups', { search: 'night' });
    expect(groups).toEqual([{ groupId, name: 'Night shift', memberCount: 1 }]);
    const place = { vaultId, folderId: null };
    const from = proxy.requests.length;
    await annas.ask('vaultAdmin', 'setGroup', { ...place, groupId, access: 'read' });
    const sent = proxy.requests.slice(from).filter(({ method }) => method === 'POST');
    expect(sent.map(({ body }) => body).join()).not.toContain('masterKeyEncrypted');
    expect(await annas.ask('vaultAdmin', 'groups', place)).toMatchObject({
      groups: [{ groupId, name: 'Night shift', access: 'read', own: 'read', source: { where: 'here' } }],
    });
    expect(await annas.ask('vaultAdmin', 'person', { ...place, userId: borisId })).toMatchObject({
      ...{ access: 'read', hasKey: false, own: null },
      source: { kind: 'group', where: 'here', groups: ['Night shift'] },
    });
  });

  it('is refused by the server to who does not administer', async () => {
    const { people } = await boriss.ask('vaultAdmin', 'findPeople', { search: 'ann', offset: 0, limit: 10 });
    expect(people).toEqual([{ userId: annaId, name: 'anna', login: 'anna' }]);
    const vaultId = await makeVault('Read by boris');
    await letIn(vaultId, 'read');
    await boriss.synced();
    const page = { vaultId, folderId: null, offset: 0, limit: 10 };
    expect(await boriss.refusal('vaultAdmin', 'people', page)).toBe('forbidden');
    expect(await boriss.ask('vaultAdmin', 'groups', { vaultId, folderId: null })).toEqual({ groups: null });
    await boriss.ask('vaultAdmin', 'leave', { vaultId });
    await boriss.synced();
    expect(await nodeOf(boriss, vaultId)).toBeNull();
  });
});

describe('a server that swaps public keys', () => {
  it('gets no vault at all when it is the own one (D3 row 4)', async () => {
    const other = await generateKeyPair();
    const from = proxy.requests.length;
    proxy.tell(
      lie.changing(`/users/${annaId}/public-key`, (json) => void (json['publicKey'] = other.publicPem)),
    );
    const wish = { name: 'Swapped', description: '', recipients: [] };
    const creation = { ...wish, typeId: await typeId('privateShared') };
    expect(await annas.refusal('vaultAdmin', 'create', creation)).toBe('ownKeyMismatch');
    expect(writesTo('/vaults', from)).toEqual([]);
  });

  it('gets no wrapped key when it is the one of who is let in (D3 row 5)', async () => {
    const vaultId = await makeVault('Coveted');
    // Pinned with the first wrap.
    await letIn(await makeVault('Not coveted'), 'read');
    const fingerprint = await shownKey(borisId);
    const other = await generateKeyPair();
    const from = proxy.requests.length;
    proxy.tell(
      lie.changing(`/users/${borisId}/public-key`, (json) => void (json['publicKey'] = other.publicPem)),
    );
    const wish = { vaultId, folderId: null, userId: borisId, access: 'read' as const };
    expect(await annas.refusal('vaultAdmin', 'setPerson', { ...wish, fingerprint })).toBe(
      'recipientKeyChanged',
    );
    const { key, trust } = await annas.ask('keyTrust', 'look', { userId: borisId });
    expect(trust).toBe('changed');
    const swapped = { ...wish, fingerprint: key?.fingerprint ?? '' };
    expect(await annas.refusal('vaultAdmin', 'setPerson', swapped)).toBe('recipientKeyChanged');
    const type = { name: 'Kept too', description: '', recipients: [{ userId: borisId, fingerprint }] };
    const creation = { ...type, typeId: await typeId('custom') };
    expect(await annas.refusal('vaultAdmin', 'create', creation)).toBe('recipientKeyChanged');
    expect(writesTo('/vaults', from)).toEqual([]);
  });

  it('cannot put a key of its own in the place of one that was made here', async () => {
    const foreign = wrapVaultKey(generateVaultKey(), await ownPublicKey());
    proxy.tell(
      lie.feed((changes) => {
        for (const { vault } of changes as { vault?: lie.Members | null }[]) {
          if (vault?.['name'] === 'Ours') Object.assign(vault, { masterKeyEncrypted: foreign, salt: null });
        }
      }),
    );
    const vaultId = await makeVault('Ours');
    expect(await nodeOf(annas, vaultId)).toMatchObject({ trust: 'keyChanged', can: { addRecords: false } });
    const fingerprint = await shownKey(borisId);
    const wish = { vaultId, folderId: null, userId: borisId, access: 'read' as const, fingerprint };
    expect(await annas.refusal('vaultAdmin', 'setPerson', wish)).toBe('vaultKeyChanged');
    proxy.tell(null);
    await annas.ask('vaultAdmin', 'describe', { vaultId, name: 'Ours after all', description: '' });
    await annas.synced();
    const recordId = await writeRecord(vaultId, 'ours');
    expect(await passwordOf(annas, recordId)).toBe('ours');
  });
});
