/** Vaults made, shared, closed and deleted through the whole application, against a real server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anna, buildPlainOrganisation, nina } from '../hostile/smallorganisation.ts';
import { Application } from './application.ts';
import { VaultStage } from './vaultstage.ts';

let stage: VaultStage;

beforeAll(async () => {
  stage = await VaultStage.open();
}, 120_000);

afterAll(() => stage.close());

describe('a vault', () => {
  it('that was made here is verified, stands in the tree, and takes records', async () => {
    const wish = { name: '  Joint  ', description: 'For two', recipients: [] };
    const { vaultId } = await stage.annas.ask('vaultAdmin', 'create', {
      ...wish,
      typeId: await stage.typeId('privateShared'),
    });
    await stage.annas.synced();
    expect(await stage.nodeOf(stage.annas, vaultId)).toMatchObject({
      ...{ name: 'Joint', kind: 'personal', trust: 'verified', hidden: false },
      can: { addRecords: true, manageAccess: true, remove: true },
    });
    expect(await stage.annas.ask('vaultAdmin', 'facts', { vaultId })).toMatchObject({
      ...{ name: 'Joint', description: 'For two', isShared: false },
      settings: { areLinksAllowed: true, isSendingAllowed: true },
    });
    const recordId = await stage.writeRecord(vaultId, 'тайна');
    expect(await stage.passwordOf(stage.annas, recordId)).toBe('тайна');
    await stage.annas.ask('session', 'lock', {});
    const [{ id } = { id: '' }] = (await stage.annas.ask('accounts', 'list', {})).accounts;
    await stage.annas.unlock(id, anna.masterPassword ?? '');
    expect(await stage.passwordOf(stage.annas, recordId)).toBe('тайна');
    expect(await stage.nodeOf(stage.annas, vaultId)).toMatchObject({ trust: 'verified' });
  });

  it('needs a name', async () => {
    const wish = {
      name: '   ',
      description: '',
      typeId: await stage.typeId('privateShared'),
      recipients: [],
    };
    expect(await stage.annas.refusal('vaultAdmin', 'create', wish)).toBe('nameMissing');
  });

  it('can be renamed, described and restricted', async () => {
    const vaultId = await stage.makeVault('Before');
    await stage.annas.ask('vaultAdmin', 'describe', { vaultId, name: 'After', description: 'What for' });
    const settings = { areLinksAllowed: false, isSendingAllowed: false };
    await stage.annas.ask('vaultAdmin', 'setSettings', { vaultId, settings });
    await stage.annas.synced();
    expect(await stage.nodeOf(stage.annas, vaultId)).toMatchObject({ name: 'After' });
    expect(await stage.annas.ask('vaultAdmin', 'facts', { vaultId })).toMatchObject({
      ...{ name: 'After', description: 'What for', settings },
    });
  });

  it('can be put out of sight and back', async () => {
    const vaultId = await stage.makeVault('Seldom');
    await stage.annas.ask('vaultAdmin', 'setVisible', { vaultId, isVisible: false });
    await stage.annas.synced();
    expect(await stage.nodeOf(stage.annas, vaultId)).toMatchObject({ hidden: true });
    await stage.annas.ask('vaultAdmin', 'setVisible', { vaultId, isVisible: true });
    await stage.annas.synced();
    expect(await stage.nodeOf(stage.annas, vaultId)).toMatchObject({ hidden: false });
  });

  it('goes to the bin with its records, comes back with them, and goes for good', async () => {
    const vaultId = await stage.makeVault('Passing');
    const recordId = await stage.writeRecord(vaultId, 'still here');
    await stage.annas.ask('vaultAdmin', 'remove', { vaultId });
    await stage.annas.synced();
    expect(await stage.nodeOf(stage.annas, vaultId)).toBeNull();
    const { vaults } = await stage.annas.ask('vaultAdmin', 'deleted', {});
    expect(vaults).toMatchObject([{ id: vaultId, name: 'Passing', deletedBy: 'anna' }]);
    await stage.annas.ask('vaultAdmin', 'restore', { vaultId });
    await stage.annas.synced();
    expect(await stage.nodeOf(stage.annas, vaultId)).toMatchObject({ recordCount: 1, trust: 'verified' });
    const [found = ''] = await stage.annas.ids({ kind: 'vault', vaultId });
    expect(await stage.passwordOf(stage.annas, found)).toBe('still here');
    expect(recordId).not.toBe('');
    await stage.annas.ask('vaultAdmin', 'remove', { vaultId });
    await stage.annas.ask('vaultAdmin', 'erase', { vaultId });
    expect((await stage.annas.ask('vaultAdmin', 'deleted', {})).vaults).toEqual([]);
    expect(await stage.annas.refusal('vaultAdmin', 'restore', { vaultId })).toBe('notFound');
  });

  it('is not left by its last administrator', async () => {
    const vaultId = await stage.makeVault('Alone');
    expect(await stage.annas.refusal('vaultAdmin', 'leave', { vaultId })).toBe('lastAdministrator');
  });
});

describe('without contact', () => {
  it('nothing of it is done or promised', async () => {
    const vaultId = await stage.makeVault('Here before');
    const typeId = await stage.typeId('privateShared');
    stage.proxy.setDown(true);
    try {
      const wish = { name: 'Not made', description: '', typeId, recipients: [] };
      expect(await stage.annas.refusal('vaultAdmin', 'create', wish)).toBe('unreachable');
      expect(await stage.annas.refusal('vaultAdmin', 'remove', { vaultId })).toBe('unreachable');
    } finally {
      stage.proxy.setDown(false);
    }
    await stage.annas.synced();
    const { vaults } = await stage.annas.ask('tree', 'overview', {});
    expect(vaults.map(({ name }) => name)).toContain('Here before');
    expect(vaults.map(({ name }) => name)).not.toContain('Not made');
  });
});

describe('without client-side encryption', () => {
  it('a vault is made and shared without any key', async () => {
    await buildPlainOrganisation(stage.server);
    const ninas = new Application();
    try {
      await ninas.enrol(stage.server.url, nina);
      const { types } = await ninas.ask('vaultAdmin', 'types', {});
      const typeId = types.find(({ code }) => code === 'company')?.id ?? '';
      expect(await ninas.ask('vaultAdmin', 'administrators', { typeId })).toEqual({ people: [] });
      const wish = { name: 'Plain', description: '', typeId, recipients: [] };
      const { vaultId } = await ninas.ask('vaultAdmin', 'create', wish);
      await ninas.synced();
      expect(await stage.nodeOf(ninas, vaultId)).toMatchObject({ name: 'Plain', trust: 'verified' });
      const page = { vaultId, folderId: null, offset: 0, limit: 10 };
      const { people } = await ninas.ask('vaultAdmin', 'people', page);
      expect(people).toMatchObject([{ isMe: true, access: 'admin', hasKey: true }]);
    } finally {
      await ninas.close();
    }
  });
});

describe('a vault of a type with administrators', () => {
  let keepers: string;

  beforeAll(async () => {
    const body = { name: 'Kept', administratorIds: [stage.borisId, stage.annaId] };
    const { id } = await stage.organisation.anna.http.send<{ id: string }>('POST', '/vault-types', body);
    keepers = id;
  });

  it('is made with its key for each of them, who can then read it', async () => {
    const { people } = await stage.annas.ask('vaultAdmin', 'administrators', { typeId: keepers });
    expect(people).toEqual([{ userId: stage.borisId, name: 'boris', login: 'boris' }]);
    const recipients = [{ userId: stage.borisId, fingerprint: await stage.shownKey(stage.borisId) }];
    const wish = { name: 'For keepers', description: '', typeId: keepers, recipients };
    const { vaultId } = await stage.annas.ask('vaultAdmin', 'create', wish);
    await stage.annas.synced();
    await stage.writeRecord(vaultId, 'for keepers');
    await stage.boriss.synced();
    const [recordId = ''] = await stage.boriss.ids({ kind: 'vault', vaultId });
    expect(await stage.passwordOf(stage.boriss, recordId)).toBe('for keepers');
  });

  it('is not made when one of them would have no key', async () => {
    const wish = { name: 'Not for all', description: '', typeId: keepers, recipients: [] };
    expect(await stage.annas.refusal('vaultAdmin', 'create', wish)).toBe('administratorsChanged');
  });

  it('can be made of another one, whose administrators then get the key', async () => {
    const vaultId = await stage.makeVault('Changes hands');
    await stage.writeRecord(vaultId, 'handed on');
    const recipients = [{ userId: stage.borisId, fingerprint: await stage.shownKey(stage.borisId) }];
    await stage.annas.ask('vaultAdmin', 'setType', { vaultId, typeId: keepers, recipients });
    await stage.boriss.synced();
    const [recordId = ''] = await stage.boriss.ids({ kind: 'vault', vaultId });
    expect(await stage.passwordOf(stage.boriss, recordId)).toBe('handed on');
  });
});

describe('access', () => {
  it('is given with the key, lowered, and taken away with every copy', async () => {
    const vaultId = await stage.makeVault('Shared');
    await stage.writeRecord(vaultId, 'между нами');
    const place = { vaultId, folderId: null };
    expect(await stage.annas.ask('vaultAdmin', 'person', { ...place, userId: stage.borisId })).toMatchObject({
      ...{ access: 'forbidden', hasKey: false, own: null, source: { kind: 'none' } },
    });

    await stage.letIn(vaultId, 'write');
    await stage.boriss.synced();
    const [recordId = ''] = await stage.boriss.ids({ kind: 'vault', vaultId });
    expect(await stage.passwordOf(stage.boriss, recordId)).toBe('между нами');
    expect(await stage.nodeOf(stage.boriss, vaultId)).toMatchObject({
      writable: true,
      can: { manageAccess: false },
    });
    expect((await stage.annas.ask('vaultAdmin', 'facts', { vaultId })).isShared).toBe(true);

    const nothingWrapped = { ...place, userId: stage.borisId, fingerprint: null };
    await stage.annas.ask('vaultAdmin', 'setPerson', { ...nothingWrapped, access: 'read' });
    await stage.boriss.synced();
    expect(await stage.nodeOf(stage.boriss, vaultId)).toMatchObject({ writable: false });
    const { people, total } = await stage.annas.ask('vaultAdmin', 'people', {
      ...place,
      offset: 0,
      limit: 100,
    });
    expect(total).toBe(2);
    expect(people).toMatchObject([
      { userId: stage.annaId, isMe: true, access: 'admin', own: 'admin', hasKey: true },
      { userId: stage.borisId, isMe: false, access: 'read', own: 'read', hasKey: true },
    ]);

    await stage.annas.ask('vaultAdmin', 'setPerson', { ...nothingWrapped, access: 'notSet' });
    await stage.boriss.synced();
    expect(await stage.nodeOf(stage.boriss, vaultId)).toBeNull();
    expect(await stage.boriss.refusal('records', 'read', { recordId })).toBe('noSuchRecord');
  });

  it('to a folder shows where it comes from, and opens no more than the folder', async () => {
    const vaultId = await stage.makeVault('With a folder');
    const { folderId } = await stage.annas.ask('editing', 'createFolder', {
      ...{ vaultId, parentId: null, name: 'Inner' },
    });
    await stage.annas.synced();
    const stored = stage.annas.accounts.current().mirror.folders.ofVault(vaultId)[0]?.serverId ?? folderId;
    await stage.writeRecord(vaultId, 'outside');
    await stage.letIn(vaultId, 'read', stored);
    await stage.boriss.synced();
    expect(await stage.nodeOf(stage.boriss, vaultId)).toMatchObject({ recordCount: 0, folderCount: 1 });
    const place = { vaultId, folderId: stored };
    const page = { offset: 0, limit: 100 };
    const { people } = await stage.annas.ask('vaultAdmin', 'people', { ...place, ...page });
    expect(people).toMatchObject([
      { userId: stage.annaId, own: null, source: { kind: 'person', where: 'vault' } },
      { userId: stage.borisId, own: 'read', source: { kind: 'person', where: 'here' } },
    ]);
  });

  it('of a group wraps nothing: who lacks the key is seen to wait', async () => {
    const vaultId = await stage.makeVault('For a group');
    const { http } = stage.organisation.anna;
    const { id: groupId } = await http.send<{ id: string }>('POST', '/user-groups', { name: 'Night shift' });
    await http.send('POST', `/user-groups/${groupId}/add-users`, { userIds: [stage.borisId] });
    const search = { search: 'night', offset: 0, limit: 10 };
    const { rows: groups } = await stage.annas.ask('groups', 'page', search);
    expect(groups).toEqual([{ id: groupId, name: 'Night shift', memberCount: 1 }]);
    const place = { vaultId, folderId: null };
    const from = stage.proxy.requests.length;
    await stage.annas.ask('vaultAdmin', 'setGroup', { ...place, groupId, access: 'read' });
    const sent = stage.proxy.requests.slice(from).filter(({ method }) => method === 'POST');
    expect(sent.map(({ body }) => body).join()).not.toContain('masterKeyEncrypted');
    expect(await stage.annas.ask('vaultAdmin', 'groups', place)).toMatchObject({
      groups: [{ groupId, name: 'Night shift', access: 'read', own: 'read', source: { where: 'here' } }],
    });
    expect(await stage.annas.ask('vaultAdmin', 'person', { ...place, userId: stage.borisId })).toMatchObject({
      ...{ access: 'read', hasKey: false, own: null },
      source: { kind: 'group', where: 'here', groups: ['Night shift'] },
    });
  });

  it('is refused by the server to who does not administer', async () => {
    const { rows: people } = await stage.boriss.ask('people', 'page', {
      ...{ search: 'ann', roleId: null, groupId: null, blocked: null },
      ...{ offset: 0, limit: 10 },
    });
    expect(people).toMatchObject([{ id: stage.annaId, login: 'anna' }]);
    const vaultId = await stage.makeVault('Read by boris');
    await stage.letIn(vaultId, 'read');
    await stage.boriss.synced();
    const page = { vaultId, folderId: null, offset: 0, limit: 10 };
    expect(await stage.boriss.refusal('vaultAdmin', 'people', page)).toBe('forbidden');
    expect(await stage.boriss.ask('vaultAdmin', 'groups', { vaultId, folderId: null })).toEqual({
      groups: null,
    });
    await stage.boriss.ask('vaultAdmin', 'leave', { vaultId });
    await stage.boriss.synced();
    expect(await stage.nodeOf(stage.boriss, vaultId)).toBeNull();
  });
});
