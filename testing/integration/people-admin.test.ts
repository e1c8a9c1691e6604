/** Administering people: the application's core against the real server, and what crosses to its page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anna, boris, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { httpClient, RequestFailed } from '../organisation/http.ts';
import { Application } from './application.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
let app: Application;
let account: string;

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  app = new Application();
  account = await app.enrol(server.url, anna);
});

afterAll(async () => {
  await app.close();
  await server.end();
});

const everybody = { search: '', roleId: null, groupId: null, blocked: null, offset: 0, limit: 50 };
const newcomer = { fullName: 'Clara Zetkin', email: 'clara@small.example', roleId: null, groupIds: [] };

const create = (login: string) => app.ask('people', 'create', { ...newcomer, login });

/** Whether the server lets somebody in. */
async function canLogIn(login: string, password: string): Promise<boolean> {
  try {
    await httpClient(server.url).send('POST', '/users/login', { username: login, password });
    return true;
  } catch (cause) {
    expect(cause).toBeInstanceOf(RequestFailed);
    return false;
  }
}

/** What is on the clipboard once the page has asked for a handout to be copied. */
async function handedOver(handoutId: string): Promise<string> {
  await app.ask('people', 'copyHandout', { handoutId });
  return app.clipboard;
}

describe('accounts', () => {
  it('are made with a password that is copied, and crosses to the page only when asked for', async () => {
    const from = app.crossings.length;
    const { userId, handoutId } = await create('clara');
    const password = await handedOver(handoutId);
    expect(password).toHaveLength(20);
    expect(JSON.stringify(app.crossings.slice(from))).not.toContain(password);
    expect(await canLogIn('clara', password)).toBe(true);
    expect(await app.ask('people', 'showHandout', { handoutId })).toEqual({ text: password });
    await app.ask('people', 'forgetHandout', { handoutId });
    expect(await app.refusal('people', 'showHandout', { handoutId })).toBe('noSuchField');
    expect(await app.ask('people', 'read', { userId })).toMatchObject({ login: 'clara', hasKeys: false });
    expect(await app.refusal('people', 'create', { ...newcomer, login: 'clara' })).toBe('loginTaken');
  });

  it('are found by text, role and state, page by page', async () => {
    const { rows, total } = await app.ask('people', 'page', { ...everybody, limit: 2 });
    expect([rows.length, total]).toEqual([2, 3]);
    const found = await app.ask('people', 'page', { ...everybody, search: 'zetk' });
    expect(found.rows.map(({ login }) => login)).toEqual(['clara']);
    const { roles } = await app.ask('roles', 'list', {});
    const administrators = roles.find(({ code }) => code === 'administrator')?.id ?? '';
    const above = await app.ask('people', 'page', { ...everybody, roleId: administrators });
    expect(above.rows.map(({ login }) => login)).toEqual(['anna']);
    expect((await app.ask('people', 'page', { ...everybody, blocked: true })).total).toBe(0);
  });

  it('are blocked and let in again, and given another log-in password', async () => {
    const { userId, handoutId } = await create('dora');
    const first = await handedOver(handoutId);
    await app.ask('people', 'setBlocked', { userId, blocked: true });
    expect(await canLogIn('dora', first)).toBe(false);
    expect((await app.ask('people', 'page', { ...everybody, blocked: true })).rows).toMatchObject([
      { login: 'dora', blocked: true },
    ]);
    await app.ask('people', 'setBlocked', { userId, blocked: false });
    const { handoutId: another } = await app.ask('people', 'setPassword', { userId });
    const second = await handedOver(another);
    expect(second).not.toBe(first);
    expect(await canLogIn('dora', first)).toBe(false);
    expect(await canLogIn('dora', second)).toBe(true);
    await app.ask('people', 'unlock', { userId });
    await app.ask('people', 'resetTwoFactor', { userId });
  });

  it('change their name, role and address', async () => {
    const { userId } = await create('emma');
    const { roleId } = await app.ask('roles', 'create', { name: 'Log', permissions: ['activityLog:read'] });
    await app.ask('people', 'update', { userId, fullName: 'Emma Goldman', email: 'emma@small.example' });
    await app.ask('people', 'setRole', { userId, roleId });
    const read = await app.ask('people', 'read', { userId });
    expect(read).toMatchObject({ fullName: 'Emma Goldman', email: 'emma@small.example', roleId });
    expect(await app.refusal('roles', 'remove', { roleId })).toBe('stillInUse');
    await app.ask('people', 'remove', { userId });
    expect(await app.refusal('people', 'read', { userId })).toBe('notFound');
  });

  it('of oneself are neither blocked nor deleted', async () => {
    const userId = organisation.anna.userId;
    expect(await app.ask('people', 'read', { userId })).toMatchObject({ self: true });
    expect(await app.refusal('people', 'setBlocked', { userId, blocked: true })).not.toBeNull();
    expect(await app.refusal('people', 'remove', { userId })).not.toBeNull();
  });
});

describe('invitations', () => {
  it('have a code that is told once, and can be withdrawn', async () => {
    const from = app.crossings.length;
    const wanted = { email: 'new@small.example', fullName: 'New', roleId: null, groupIds: [], days: 3 };
    const made = await app.ask('people', 'invite', wanted);
    expect((made.expiresAt ?? 0) - Date.now()).toBeGreaterThan(2.9 * 86_400_000);
    const code = await handedOver(made.handoutId);
    const { invitations } = await app.ask('people', 'invitations', {});
    expect(invitations).toMatchObject([{ id: made.id, email: 'new@small.example' }]);
    expect(JSON.stringify(app.crossings.slice(from))).not.toContain(code);
    const visitor = httpClient(server.url);
    const opened = await visitor.send<{ organisation: unknown }>('POST', '/user-invites/open', { code });
    expect(opened).toHaveProperty('organisation');
    await app.ask('people', 'withdraw', { id: made.id });
    expect(await app.ask('people', 'invitations', {})).toEqual({ invitations: [] });
    await expect(visitor.send('POST', '/user-invites/open', { code })).rejects.toThrow();
  });

  it('keep no code once everything is locked', async () => {
    const wanted = { email: '', fullName: '', roleId: null, groupIds: [], days: 1 };
    const { handoutId, id } = await app.ask('people', 'invite', wanted);
    await app.ask('session', 'lock', {});
    expect(await app.refusal('people', 'copyHandout', { handoutId })).toBe('locked');
    await app.unlock(account, anna.masterPassword ?? '');
    expect(await app.refusal('people', 'copyHandout', { handoutId })).toBe('noSuchField');
    await app.ask('people', 'withdraw', { id });
  });
});

describe('groups', () => {
  it('are made, filled, renamed, emptied and deleted', async () => {
    const { groupId } = await app.ask('groups', 'create', { name: 'Night shift' });
    const userId = organisation.boris.userId;
    await app.ask('groups', 'addMembers', { groupId, userIds: [userId] });
    const window = { search: '', offset: 0, limit: 50 };
    const members = await app.ask('groups', 'members', { groupId, ...window });
    expect(members).toMatchObject({ total: 1, rows: [{ login: 'boris' }] });
    await app.ask('groups', 'rename', { groupId, name: 'Day shift' });
    expect((await app.ask('groups', 'page', window)).rows).toEqual([
      { id: groupId, name: 'Day shift', memberCount: 1 },
    ]);
    const vaultId = organisation.servers.id;
    await organisation.anna.http.send('POST', `/vaults/${vaultId}/access`, { groupId, access: 'read' });
    expect(await app.ask('groups', 'reach', { groupId })).toEqual({
      vaults: [{ id: vaultId, name: 'Servers', access: 'read', inFolder: false }],
      ...{ total: 1, hidden: 0 },
    });
    const { vaults } = await app.ask('people', 'reach', { userId });
    expect(vaults.find(({ id }) => id === vaultId)).toMatchObject({
      ...{ access: 'read', through: 'group', groups: ['Day shift'], hasKey: false },
    });
    expect((await app.ask('people', 'read', { userId })).groups).toEqual([
      { id: groupId, name: 'Day shift' },
    ]);
    await app.ask('groups', 'removeMembers', { groupId, userIds: [userId] });
    expect((await app.ask('groups', 'members', { groupId, ...window })).total).toBe(0);
    await app.ask('groups', 'remove', { groupId });
    expect((await app.ask('groups', 'page', window)).total).toBe(0);
  });
});

describe('a forgotten master password', () => {
  it('is told beforehand what it costs, and drops the keys', async () => {
    const userId = organisation.boris.userId;
    const { vaults } = await app.ask('people', 'heldAlone', { userId });
    const reset = await app.ask('people', 'resetMasterPassword', { userId });
    expect(reset.lostVaults).toEqual(vaults);
    expect(await app.ask('people', 'read', { userId })).toMatchObject({ hasKeys: false });
    expect(await app.refusal('people', 'resetMasterPassword', { userId })).toBe('masterPasswordUnset');
    expect(await app.ask('people', 'remove', { userId })).toHaveProperty('lostVaults');
    expect(await canLogIn(boris.login, boris.password)).toBe(false);
  });
});

const unfiltered = { events: [], actorId: null, vaultId: null, from: null, to: null };

describe('the activity log', () => {
  const page = { scope: { kind: 'all' } as const, filter: unfiltered, offset: 0, limit: 100 };

  it('tells who did what, by name', async () => {
    const filter = { ...unfiltered, events: ['user_created'] };
    const { rows, total } = await app.ask('activity', 'page', { ...page, filter });
    expect(total).toBe(rows.length);
    expect(rows.map(({ object }) => object.name)).toContain('Clara Zetkin');
    expect(new Set(rows.map(({ actor }) => actor?.login))).toEqual(new Set(['anna']));
    const { rows: none } = await app.ask('activity', 'page', {
      ...{ ...page, filter: { ...filter, to: Date.now() - 86_400_000 } },
    });
    expect(none).toEqual([]);
  });

  it('of a vault and of a record is asked for where the rights allow', async () => {
    const { vaults } = await app.ask('tree', 'overview', {});
    const vaultId = vaults.find(({ name }) => name === 'Servers')?.id ?? '';
    const ofVault = { kind: 'vault', vaultId } as const;
    expect(await app.ask('activity', 'offered', { scope: ofVault })).toEqual({ offered: true });
    const { rows } = await app.ask('activity', 'page', { ...page, scope: ofVault });
    expect(new Set(rows.map(({ vault }) => vault?.name))).toEqual(new Set(['Servers']));
    const [recordId = ''] = await app.ids({ kind: 'vault', vaultId });
    const ofRecord = { kind: 'record', recordId } as const;
    expect(await app.ask('activity', 'offered', { scope: ofRecord })).toEqual({ offered: true });
    const entries = await app.ask('activity', 'page', { ...page, scope: ofRecord });
    expect(entries.rows.map(({ event }) => event)).toContain('item_created');
    expect(await app.ask('activity', 'offered', { scope: { kind: 'all' } })).toEqual({ offered: false });
  });

  it('is written to the chosen file, narrowed as it is shown', async () => {
    const filter = { ...unfiltered, events: ['user_created'] };
    expect(await app.ask('activity', 'export', { filter, format: 'csv' })).toEqual({ saved: false });
    const target = join(app.folder, 'log.csv');
    app.dialogs.target = target;
    expect(await app.ask('activity', 'export', { filter, format: 'csv' })).toEqual({ saved: true });
    const csv = readFileSync(target, 'utf8').trim().split('\r\n');
    const { total } = await app.ask('activity', 'page', { ...page, filter });
    expect(csv).toHaveLength(total + 1);
    const { vaults } = await app.ask('tree', 'overview', {});
    const narrowed = { ...unfiltered, vaultId: vaults.find(({ name }) => name === 'Servers')?.id ?? '' };
    expect(await app.ask('activity', 'export', { filter: narrowed, format: 'json' })).toEqual({
      saved: true,
    });
    const entries = JSON.parse(readFileSync(target, 'utf8')) as { vaultId: string }[];
    expect(new Set(entries.map(({ vaultId }) => vaultId))).toEqual(new Set([organisation.servers.id]));
  });
});

describe('the organisation', () => {
  it('says how long devices may be without contact, what it demands of passwords, how long the log is kept', async () => {
    await app.ask('organisation', 'setOffline', { allowed: true, days: 12 });
    const demand = { minimumLength: 14, requiredSets: ['digits' as const], minimumBits: 60 };
    await app.ask('organisation', 'setPasswords', demand);
    expect((await app.ask('organisation', 'read', {})).activity).toEqual({ days: null });
    await app.ask('organisation', 'setActivity', { days: 90 });
    expect(await app.ask('organisation', 'read', {})).toEqual({
      offline: { allowed: true, days: 12 },
      passwords: demand,
      activity: { days: 90 },
    });
  });

  it('makes roles out of permissions, and vault types with administrators of their own', async () => {
    const content = { name: 'Helpdesk', permissions: ['users:manage'] };
    const { roleId } = await app.ask('roles', 'create', content);
    await app.ask('roles', 'change', { roleId, name: 'Help', permissions: [] });
    const { roles, permissions } = await app.ask('roles', 'list', {});
    expect(roles.find(({ id }) => id === roleId)).toMatchObject({ name: 'Help', permissions: [] });
    expect(permissions).toContain('groups:manage');
    await app.ask('roles', 'remove', { roleId });
    const type = { name: 'Projects', creation: 'everyone', creatorAccess: 'full' } as const;
    const administratorIds = [organisation.anna.userId];
    const { typeId } = await app.ask('vaultTypes', 'create', { ...type, administratorIds });
    expect((await app.ask('vaultTypes', 'list', {})).types).toContainEqual({
      ...{ id: typeId, code: 'custom', ...type },
    });
    expect(await app.ask('vaultTypes', 'administrators', { typeId })).toEqual({
      people: [{ id: organisation.anna.userId, name: 'anna', hasKeys: true }],
    });
    const changed = { ...type, name: 'Works', administratorIds: [] };
    await app.ask('vaultTypes', 'change', { typeId, ...changed });
    expect((await app.ask('vaultTypes', 'administrators', { typeId })).people).toEqual([]);
    await app.ask('vaultTypes', 'remove', { typeId });
  });
});
