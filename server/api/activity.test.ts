import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Member, TrialOrganisation, TrialServer } from '../../testing/organisation/index.ts';

interface Entry {
  event: string;
  actor: { login: string } | null;
  objectId: string;
  subjectId: string | null;
  vaultId: string | null;
  address: string | null;
  client: string | null;
}
interface Log {
  items: Entry[];
  total: number;
}

let now = 1_800_000_000_000;
let server: TrialServer;
let organisation: TrialOrganisation;
let owner: Member;
let user: Member;
let vaultId: string;

beforeAll(async () => {
  server = await startTrialServer({ clock: () => now });
  organisation = await trialOrganisation(server, 'owner', false);
  owner = organisation.owner;
  user = await organisation.join('user');
  vaultId = await create(owner, '/vaults', { name: 'Vault' });
});
afterAll(() => server.close());

const create = async (who: Member, path: string, body: object) =>
  (await who.http.send<{ id: string }>('POST', path, body)).id;
const log = (who: Member, path = '/activity', query = '') => who.http.send<Log>('GET', `${path}?${query}`);
const events = async (path: string, query = '') =>
  (await log(owner, path, query)).items.map(({ event }) => event);

describe('the activity log', () => {
  it('tells what was done to a record, the latest first, and nothing of what was only tried', async () => {
    const itemId = await create(owner, '/items', { vaultId, name: 'Record' });
    await owner.http.send('PATCH', `/items/${itemId}`, { name: 'Other' });
    await owner.http.send('GET', `/items/${itemId}`);
    const refused = user.http.send('PATCH', `/items/${itemId}`, { name: 'No' });
    await expect(refused).rejects.toMatchObject({ status: 403 });
    const { binItemId } = await owner.http.send<{ binItemId: string }>('DELETE', `/items/${itemId}`);
    await owner.http.send('POST', `/bin/${binItemId}/restore`);
    expect(await events(`/items/${itemId}/activity`)).toEqual([
      ...['item_restored_from_bin', 'item_moved_to_bin', 'item_viewed', 'item_updated', 'item_created'],
    ]);
    const { items } = await log(owner, `/items/${itemId}/activity`);
    expect(items[0]).toMatchObject({
      actor: { login: 'owner' },
      objectId: itemId,
      vaultId,
      address: '127.0.0.1',
    });
  });

  it('tells who was let in and put out, with whom it concerns', async () => {
    const set = (access: string) =>
      owner.http.send('POST', `/vaults/${vaultId}/access`, { userId: user.userId, access });
    for (const access of ['read', 'write', 'notSet']) await set(access);
    const about = `concernedId=${user.userId}&events[]=user_added_to_vault&events[]=vault_user_access_changed`;
    expect(await events(`/vaults/${vaultId}/activity`, about)).toEqual([
      ...['vault_user_access_changed', 'user_added_to_vault'],
    ]);
    const [removed] = (await log(owner, '/activity', 'events=user_removed_from_vault')).items;
    expect(removed).toMatchObject({ objectId: vaultId, subjectId: user.userId, vaultId });
  });

  it('is narrowed by who, what, where and when, and paged', async () => {
    const before = Math.floor(now / 1000);
    now += 10_000;
    await create(user, '/vaults', { name: 'Theirs' });
    const since = `from=${before + 1}`;
    expect(await events('/activity', `${since}&actorId=${user.userId}`)).toEqual(['vault_created']);
    expect(await events('/activity', `${since}&actorId=${owner.userId}`)).toEqual([]);
    expect(await events('/activity', `to=${before}&actorId=${user.userId}&events=vault_created`)).toEqual([]);
    const { total } = await log(owner);
    const [one, two] = [
      await log(owner, '/activity', 'limit=2'),
      await log(owner, '/activity', 'limit=2&offset=1'),
    ];
    expect([one.total, one.items[1]]).toEqual([total, two.items[0]]);
    await expect(log(owner, '/activity', 'events=made_up')).rejects.toMatchObject({ status: 400 });
  });

  it('is seen by those with the right on the vault or the record, or with the permission', async () => {
    const itemId = await create(owner, '/items', { vaultId, name: 'Seen' });
    const share = (access: string) =>
      owner.http.send('POST', `/vaults/${vaultId}/access`, { userId: user.userId, access });
    await share('write');
    for (const path of [`/vaults/${vaultId}/activity`, `/items/${itemId}/activity`, '/activity']) {
      await expect(log(user, path)).rejects.toMatchObject({ status: 403 });
    }
    await share('full');
    const { items } = await log(user, `/vaults/${vaultId}/activity`);
    expect(items.every((entry) => entry.vaultId === vaultId)).toBe(true);
    expect((await log(user, `/items/${itemId}/activity`)).items.map(({ event }) => event)).toEqual([
      'item_created',
    ]);
  });

  it('is one entry for a request that is sent twice under one idempotency key', async () => {
    const part = {
      ...{ method: 'POST', relativeUrl: '/api/v1/user-groups', idempotencyKey: 'a-group-of-today' },
      body: { name: 'Once' },
    };
    for (let time = 0; time < 2; time += 1) await owner.http.send('POST', '/batch', { requests: [part] });
    expect(await events('/activity', 'events=userGroup_created')).toHaveLength(1);
  });
});

describe('the exported log', () => {
  const exported = async (format: string): Promise<string> => {
    const credentials = { username: owner.person.login, password: owner.person.password };
    const { accessToken } = await server.http.send<{ accessToken: string }>(
      ...(['POST', '/users/login', credentials] as const),
    );
    const response = await fetch(`${server.url}/api/v1/activity/export?format=${format}`, {
      headers: { Authorization: `Bearer ${accessToken}`, 'User-Agent': '=HYPERLINK("x"),"y"' },
    });
    expect(response.headers.get('content-disposition')).toContain(`activity.${format}`);
    return response.text();
  };

  it('is CSV with a header and no formula, or JSON', async () => {
    const login = await organisation.join('=cmd|calc');
    await create(login, '/vaults', { name: 'X' });
    const csv = await exported('csv');
    const [head, ...lines] = csv.trimEnd().split('\r\n');
    expect(head).toBe('arrivedAt,at,event,actor,objectId,subjectId,vaultId,isOffline,action,address,client');
    expect(lines.some((line) => line.includes(",'=cmd|calc,"))).toBe(true);
    expect(csv).not.toMatch(/(^|,)=/m);
    const entries = JSON.parse(await exported('json')) as Entry[];
    // The log-in for the second file was logged after the first was written.
    expect(entries.length).toBe(lines.length + 1);
  });

  it('holds no password, no token and no name of an object', async () => {
    const secret = 'hunter2-very-secret';
    const body = {
      vaultId,
      name: `name ${secret}`,
      passwordEncrypted: Buffer.from(secret).toString('base64'),
    };
    await create(owner, '/items', body);
    await owner.http.send('POST', '/users', { login: 'newcomer', password: secret });
    const { code } = await owner.http.send<{ code: string }>('POST', '/user-invites', {});
    const wrong = server.http.send('POST', '/users/login', { username: 'newcomer', password: `${secret}!` });
    await expect(wrong).rejects.toMatchObject({ status: 401 });
    const json = await exported('json');
    for (const text of [secret, Buffer.from(secret).toString('base64'), code, 'login-of-owner']) {
      expect(json).not.toContain(text);
    }
    expect(json).toContain('user_auth_failed');
  });
});
