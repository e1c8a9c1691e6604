import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Member } from '../../testing/organisation/index.ts';
import {
  administrationRows,
  describedRoutes,
  objectRows,
  rightsPage,
  sorted,
  untried,
} from '../../testing/rights/matrix.ts';
import type { Route, Row } from '../../testing/rights/matrix.ts';
import type { Kind, Stage } from '../../testing/rights/stage.ts';
import { kinds, sealedKey, startStage } from '../../testing/rights/stage.ts';
import { accessLevels, rightsAt } from '../access/levels.ts';
import type { AccessLevel, Right } from '../access/levels.ts';
import { permissions } from '../access/vocabulary.ts';

let stage: Stage;
let routes: ReturnType<typeof sorted>;
let all: Route[];
let objects: Row[];
let administration: Row[];

beforeAll(async () => {
  stage = await startStage();
  all = await describedRoutes(stage.server.http);
  routes = sorted(all, permissions);
  const missing = untried(routes);
  if (missing.length > 0) {
    throw new Error(`Say in testing/rights how to try ${missing.join(', ')}, then write docs/rights.md.`);
  }
  objects = await objectRows(stage, routes.onObjects);
  administration = await administrationRows(stage, routes.permitted, permissions);
}, 120_000);
afterAll(() => stage.close());

const isLevel = (kind: Kind): kind is AccessLevel & Kind => accessLevels.some((level) => level === kind);

/** What an endpoint must answer somebody, by the right that it names. */
function expected({ needs }: Route, kind: Kind): 'answered' | 401 | 403 | 404 {
  if (kind === 'anonymous') return 401;
  if (kind === 'stranger') return 404;
  return isLevel(kind) && rightsAt(kind).has(needs as Right) ? 'answered' : 403;
}
const outcome = (status: number) => ([401, 403, 404].includes(status) ? status : 'answered');

describe('every endpoint', () => {
  it('says what it needs, and every writing one what it logs', () => {
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter((route) => typeof route.needs !== 'string')).toEqual([]);
    const unlogged = all.filter(({ name, logs }) => !name.startsWith('GET ') && logs === undefined);
    expect(unlogged.map(({ name }) => name)).toEqual([]);
  });

  it('is closed without a token, but for the few that open a session or say nothing', async () => {
    expect(routes.open.map(({ name }) => name)).toEqual([
      ...['GET /health', 'GET /links/public/{token}', 'POST /links/public/{token}'],
      'POST /links/public/{token}/attachments/{attachmentId}',
      ...['POST /links/public/{token}/attachments/{attachmentId}/parts/{number}', 'GET /openapi.json'],
      ...['POST /sessions/refresh', 'POST /sessions/refresh-access-token'],
      ...['POST /sessions/refresh-refresh-token', 'POST /setup'],
      ...['POST /user-invites/accept', 'POST /user-invites/open', 'POST /users/login'],
    ]);
    for (const { name } of routes.forAll) {
      const [method = '', path = ''] = name.split(' ');
      const sent = stage.server.http.send(method, path.replaceAll(/\{\w+\}/g, stage.vaultId));
      await expect(sent, name).rejects.toMatchObject({ status: 401 });
    }
  });

  it('on objects lets through exactly those whose level brings its right', () => {
    expect(objects.length).toBeGreaterThan(50);
    for (const row of objects) {
      const actual = row.statuses.map(outcome);
      expect([row.name, ...actual]).toEqual([row.name, ...kinds.map((kind) => expected(row, kind))]);
    }
  });

  it('of administration lets through exactly those whose role has its permission', () => {
    expect(administration.length).toBeGreaterThan(25);
    for (const { name, statuses } of administration) {
      const [anonymous, stranger, user, without, having, administrator] = statuses.map(outcome);
      const answers = [anonymous, user, without, having, administrator];
      expect([name, ...answers]).toEqual([name, 401, 403, 403, 'answered', 'answered']);
      // Whoever administers another organisation is answered of that one, or of nothing.
      expect([name, stranger]).toEqual([name, name.includes('{id}') ? 404 : 'answered']);
    }
  });

  it('answers as the published table says', async () => {
    const file = fileURLToPath(new URL('../../docs/rights.md', import.meta.url));
    const page = rightsPage(objects, administration, routes.forAll, routes.open);
    const style = await resolveConfig(file);
    expect(readFileSync(file, 'utf8')).toBe(await format(page, { ...style, parser: 'markdown' }));
  });

  it('that lists or searches answers only what may be read', async () => {
    const itemId = await stage.record();
    const place = { vaultId: stage.vaultId, itemId, keyEncrypted: sealedKey() };
    await stage.create('/shortcuts', place);
    for (const path of ['/vaults', '/items/search?query=', '/shortcuts/search', '/inbox-items', '/bin']) {
      for (const kind of ['none', 'forbidden', 'stranger'] as const) {
        const answer = await stage.people.get(kind)?.http.send('GET', path);
        expect([path, answer]).toMatchObject([path, { items: [] }]);
      }
    }
    const reader = stage.people.get('read');
    const found = await reader?.http.send<{ items: object[] }>('GET', '/items/search?query=record');
    expect(found?.items.length).toBeGreaterThan(0);
    const shown = await reader?.http.send<{ items: object[] }>('GET', '/shortcuts/search?query=record');
    expect(shown?.items.length).toBeGreaterThan(0);
    expect(await reader?.http.send<{ items: object[] }>('GET', '/vaults')).toMatchObject({
      items: [{ id: stage.vaultId }],
    });
  });
});

describe('an account', () => {
  const roleOf = async (code: string) => {
    const roles = await stage.owner.http.send<{ items: { id: string; code: string }[] }>(
      'GET',
      '/user-roles',
    );
    return roles.items.find((role) => role.code === code)?.id;
  };
  const refuse = (answer: Promise<unknown> | undefined) =>
    expect(answer).rejects.toMatchObject({ status: 403 });

  it('that owns the organisation cannot be changed by another administrator', async () => {
    const deputy = stage.people.get('administrator');
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/block'],
      ['POST', '/reset-2fa'],
      ['POST', '/reset-master-key'],
      ['PATCH', ''],
    ] as const) {
      await refuse(deputy?.http.send(method, `/users/${stage.owner.userId}${path}`, {}));
    }
  });

  it('does not get beyond the permissions of whoever manages it', async () => {
    const helper: Member = await stage.organisation.join('helper');
    const userRoleId = await stage.create('/user-roles', { name: 'H', permissions: ['users:manage'] });
    const strong = await stage.create('/user-roles', { name: 'S', permissions: ['settings:manage'] });
    const settings: Member = await stage.organisation.join('settings');
    await stage.owner.http.send('PATCH', `/users/${helper.userId}`, { userRoleId });
    await stage.owner.http.send('PATCH', `/users/${settings.userId}`, { userRoleId: strong });
    for (const role of [strong, await roleOf('administrator')]) {
      await refuse(helper.http.send('PATCH', `/users/${helper.userId}`, { userRoleId: role }));
      const body = { login: 'pawn', password: 'a long password', userRoleId: role };
      await refuse(helper.http.send('POST', '/users', body));
      await refuse(helper.http.send('POST', '/user-invites', { userRoleId: role }));
    }
    await refuse(helper.http.send('POST', `/users/${settings.userId}/password`, { password: 'x'.repeat(9) }));
    await refuse(helper.http.send('DELETE', `/users/${stage.people.get('administrator')?.userId}`));
  });
});

describe('setting up', () => {
  it('needs the token of the data folder', async () => {
    const { server } = stage;
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
