import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Http, Member, TrialServer } from '../../testing/organisation/index.ts';
import { accessLevels, rightsAt } from '../access/levels.ts';
import type { AccessLevel, Right } from '../access/levels.ts';
import { isPermission } from '../access/vocabulary.ts';

interface Route {
  method: string;
  path: string;
  needs: string;
}

let server: TrialServer;
let routes: Route[] = [];
let owner: Member;
let stranger: Member;
let ids: Record<string, string> = {};
const members = new Map<AccessLevel | 'none', Member>();

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const create = async (http: Http, path: string, body: unknown) =>
  (await http.send<{ id: string }>('POST', path, body)).id;

/** Endpoints of administration that have their own tests. */
const untried =
  /uploads|\/parts\/|^\/(access-requests|bin\/vaults|vault-types\/\{id\}$|vaults\/\{id\}\/(type|leave|settings|visibility))/;

async function describedRoutes(): Promise<Route[]> {
  const { paths } = await server.http.send<{ paths: Record<string, Record<string, { 'x-needs': string }>> }>(
    'GET',
    '/openapi.json',
  );
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      method: method.toUpperCase(),
      path: path.replace('/api/v1', ''),
      needs: described['x-needs'],
    })),
  );
}

const attachmentBody = {
  ...{ name: 'a.txt', encryptedKey: base64('k'), encryptedData: base64('x'), hash: 'a'.repeat(64) },
};

/** Everything that endpoints can name, in one vault of an organisation without client-side encryption. */
async function furnish(http: Http): Promise<Record<string, string>> {
  const vault = await create(http, '/vaults', { name: 'Vault' });
  const other = await create(http, '/vaults', { name: 'Other' });
  const folder = await create(http, '/folders', { name: 'Folder', vaultId: vault });
  const item = await create(http, '/items', {
    vaultId: vault,
    folderId: folder,
    name: 'Item',
    attachments: [attachmentBody],
  });
  await http.send('PATCH', `/items/${item}`, { name: 'Changed' });
  const shortcut = await create(http, '/shortcuts', { vaultId: vault, itemId: item });
  const snapshots = await http.send<{ items: { id: string; attachments: { id: string }[] }[] }>(
    'GET',
    `/items/${item}/snapshots`,
  );
  const snapshot = snapshots.items[0]?.id ?? '';
  const attachment = snapshots.items[0]?.attachments[0]?.id ?? '';
  const group = await create(http, '/user-groups', { name: 'Group' });
  return { vault, other, folder, item, shortcut, snapshot, attachment, group };
}

beforeAll(async () => {
  server = await startTrialServer();
  routes = (await describedRoutes()).filter(({ path }) => !untried.test(path));
  const organisation = await trialOrganisation(server, 'owner', false);
  owner = organisation.owner;
  stranger = (await trialOrganisation(server, 'stranger', false)).owner;
  ids = await furnish(owner.http);
  ids['binned'] = await binnedRecord();
  members.set('none', await organisation.join('none'));
  for (const level of accessLevels) {
    const member = await organisation.join(level);
    members.set(level, member);
    await owner.http.send('POST', `/vaults/${ids['vault']}/access`, { userId: member.userId, access: level });
  }
});
afterAll(() => server.close());

/** A request that would do, for whoever has the right, what the endpoint is for. */
function request(route: Route, userId: string): { path: string; body?: unknown } {
  const [vaultId, folderId, itemId] = [ids['vault'], ids['folder'], ids['item']];
  const subject = route.path.split('/')[1] ?? '';
  const named: Record<string, string | undefined> = {
    ...{ vaults: vaultId, folders: folderId, items: itemId, shortcuts: ids['shortcut'], users: userId },
    ...{ 'user-groups': ids['group'], 'vault-types': '000000000000000000000b01', bin: ids['binned'] },
  };
  const bodies: Record<string, unknown> = {
    'POST /folders': { name: 'New', vaultId, parentFolderId: folderId },
    'POST /items': { vaultId, folderId, name: 'New' },
    'POST /items/bulk': { vaultId, items: [{ name: 'New', folderId }] },
    'POST /shortcuts': { vaultId, itemId },
    'POST /inbox-items': { itemId, userId },
    'POST /links': { itemId, itemData: {}, type: 'reusable', expirationTime: 'unlimited' },
    'POST /vaults/{id}': { name: 'Vault' },
    'POST /folders/{id}': { name: 'Folder' },
    'POST /vaults/{id}/access': { userId: members.get('none')?.userId, access: 'forbidden' },
    'POST /folders/{id}/access': { userId: members.get('none')?.userId, access: 'forbidden' },
    'POST /folders/{id}/move': { parentFolderId: null },
    'POST /bin/{id}/restore': { folderId },
    'POST /items/{id}/attachments': attachmentBody,
    'POST /items/{id}/favorite': { isFavorite: true },
    'POST /users': { login: `new-${userId}`, password: 'long enough' },
    'POST /user-groups': { name: 'New' },
    'POST /user-groups/{id}': { name: 'Group' },
    'POST /user-groups/{id}/add-users': { userIds: [] },
    'POST /user-groups/{id}/remove-users': { userIds: [] },
  };
  const queries: Record<string, string> = {
    '/folders': `?vaultId=${vaultId}`,
    '/items': `?vaultId=${vaultId}`,
    '/shortcuts': `?vaultId=${vaultId}`,
    '/bin': `?vaultId=${vaultId}`,
  };
  const path = route.path
    .replace('{id}', named[subject] ?? '')
    .replace('{snapshotId}', ids['snapshot'] ?? '')
    .replace('{attachmentId}', ids['attachment'] ?? '');
  const body = bodies[`${route.method} ${route.path}`];
  return {
    path: path + (route.method === 'GET' ? (queries[route.path] ?? '') : ''),
    ...(route.method === 'GET' ? {} : { body: body ?? {} }),
  };
}

/** A record in the bin that nobody has brought back or deleted for good yet. */
async function binnedRecord(): Promise<string> {
  const body = { vaultId: ids['vault'], folderId: ids['folder'], name: 'Binned' };
  const id = await create(owner.http, '/items', body);
  return (await owner.http.send<{ binItemId: string }>('DELETE', `/items/${id}`)).binItemId;
}

async function status(http: Http, route: Route, userId = owner.userId): Promise<number> {
  if (route.path.startsWith('/bin/')) ids['binned'] = await binnedRecord();
  const { path, body } = request(route, userId);
  return http.send(route.method, path, body).then(
    () => 200,
    (error: unknown) => (error as { status: number }).status,
  );
}

const administrative = () => routes.filter((route) => isPermission(route.needs));

/** Endpoints of one object, the destructive ones last so that it is still there for the others. */
function onObjects(): Route[] {
  const guarded = routes.filter(
    (route) => !['nothing', 'session'].includes(route.needs) && !isPermission(route.needs),
  );
  const named = guarded.filter((route) => !route.path.endsWith('/search'));
  return [
    ...named.filter((route) => route.method !== 'DELETE'),
    ...named.filter((route) => route.method === 'DELETE'),
  ];
}

describe('every endpoint', () => {
  it('says what it needs', () => {
    expect(routes.length).toBeGreaterThan(55);
    expect(routes.filter((route) => typeof route.needs !== 'string')).toEqual([]);
  });

  it('is closed without a token, but for the few that open a session or say nothing', async () => {
    const open = routes.filter((route) => route.needs === 'nothing').map((route) => route.path);
    expect(open.toSorted()).toEqual(
      ['/health', '/openapi.json', '/setup', '/users/login']
        .concat(['/sessions/refresh', '/sessions/refresh-access-token', '/sessions/refresh-refresh-token'])
        .toSorted(),
    );
    for (const route of routes.filter((each) => each.needs !== 'nothing')) {
      expect([route.path, await status(server.http, route)]).toEqual([route.path, 401]);
    }
  });

  it('of administration is closed to people without the role', async () => {
    const user = members.get('admin');
    expect(administrative().length).toBeGreaterThan(9);
    for (const route of administrative()) {
      expect([route.path, user && (await status(user.http, route))]).toEqual([route.path, 403]);
    }
  });

  it('of administration does not reach into another organisation', async () => {
    for (const route of administrative().filter((each) => each.path.includes('{id}'))) {
      const victim = members.get('none')?.userId ?? '';
      expect([route.path, await status(stranger.http, route, victim)]).toEqual([route.path, 404]);
    }
  });

  it('shows no object to another organisation', async () => {
    expect(onObjects().length).toBeGreaterThan(25);
    for (const route of onObjects()) {
      expect([route.path, await status(stranger.http, route)]).toEqual([route.path, 404]);
    }
  });

  it('shows no object to a colleague without access', async () => {
    for (const who of ['none', 'forbidden'] as const) {
      const member = members.get(who);
      for (const route of onObjects()) {
        expect([who, route.path, member && (await status(member.http, route))]).toEqual([
          who,
          route.path,
          403,
        ]);
      }
    }
  });

  it.each(accessLevels.filter((level) => level !== 'forbidden'))(
    'with the level %s allows exactly what its right is part of',
    async (level) => {
      const member = members.get(level);
      for (const route of onObjects().filter((each) => each.method !== 'DELETE')) {
        // The shortcut and the new record need a second right, which comes with the same level.
        const allowed = rightsAt(level).has(route.needs as Right);
        const actual = member && (await status(member.http, route));
        expect([level, route.method, route.path, actual]).toEqual([
          level,
          route.method,
          route.path,
          allowed ? 200 : 403,
        ]);
      }
    },
  );

  it('that deletes refuses below its right', async () => {
    for (const route of onObjects().filter((each) => each.method === 'DELETE')) {
      for (const level of accessLevels) {
        if (rightsAt(level).has(route.needs as Right)) continue;
        const member = members.get(level);
        expect([route.path, level, member && (await status(member.http, route))]).toEqual([
          route.path,
          level,
          403,
        ]);
      }
    }
  });

  it('that lists or searches answers only what may be read', async () => {
    for (const path of ['/vaults', '/items/search?query=', '/shortcuts/search', '/inbox-items', '/bin']) {
      for (const member of [members.get('none'), members.get('forbidden'), stranger]) {
        expect([path, await member?.http.send('GET', path)]).toMatchObject([path, { items: [] }]);
      }
    }
    const reader = members.get('read');
    expect(await reader?.http.send('GET', '/items/search?query=changed')).toMatchObject({
      items: [{ name: 'Changed' }],
    });
    // One of the owner's and one by each of the three levels that may create shortcuts.
    expect(await reader?.http.send('GET', '/shortcuts/search?query=changed')).toMatchObject({ total: 4 });
    expect(await reader?.http.send<{ items: object[] }>('GET', '/vaults')).toMatchObject({
      items: [{ id: ids['vault'] }],
    });
  });
});

describe('an account', () => {
  it('that owns the organisation cannot be changed by another administrator', async () => {
    const deputy = members.get('admin');
    const roles = await owner.http.send<{ items: { id: string; code: string }[] }>('GET', '/user-roles');
    const userRoleId = roles.items.find((role) => role.code === 'administrator')?.id;
    await owner.http.send('PATCH', `/users/${deputy?.userId}`, { userRoleId });
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/block'],
      ['PATCH', ''],
    ] as const) {
      const refused = deputy?.http.send(method, `/users/${owner.userId}${path}`, {});
      await expect(refused).rejects.toMatchObject({ status: 403 });
    }
  });
});

describe('setting up', () => {
  it('needs the token of the data folder', async () => {
    const body = {
      organisation: { name: 'X', clientSideEncryption: false },
      owner: { login: 'intruder', email: '', fullName: '', password: 'long enough' },
    };
    for (const setupToken of ['', 'guess', server.setupToken.slice(1), `${server.setupToken} `]) {
      const refused = server.http.send('POST', '/setup', { ...body, setupToken });
      await expect(refused).rejects.toMatchObject({ status: 403, codes: ['setupTokenInvalid'] });
    }
    const login = server.http.send('POST', '/users/login', { username: 'intruder', password: 'long enough' });
    await expect(login).rejects.toMatchObject({ status: 401 });
  });
});
