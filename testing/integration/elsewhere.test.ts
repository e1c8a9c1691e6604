/**
 * The application at a server that has nothing of ours: only `vaultType` is announced, and every
 * endpoint whose description calls it an own addition is not there. What such a server lacks is
 * neither asked for by itself nor offered, and asked for all the same it is refused by name.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lie } from '../hostile/proxy.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer } from '../hostile/smallorganisation.ts';
import { Application } from './application.ts';

interface Addition {
  readonly method: string;
  readonly path: RegExp;
}

let server: OwnServer;
let proxy: LyingProxy;
const app = new Application();
let additions: readonly Addition[];
/** Own additions that were asked for, by method and path. */
const missed: string[] = [];

type Described = Record<string, Record<string, { summary?: string }>>;

async function ownAdditions(url: string): Promise<Addition[]> {
  const answer = await fetch(`${url}/api/v1/openapi.json`);
  const { paths } = (await answer.json()) as { paths: Described };
  return Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs)
      .filter(([, { summary }]) => summary?.includes('own addition') === true)
      .map(([method]) => ({
        method: method.toUpperCase(),
        path: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
      })),
  );
}

const withoutOurs: Lie = ({ request: { method, path }, json }) => {
  const [place = ''] = path.split('?');
  const name = place.replace('/api/v1', '');
  if (name === '/app/features') return { json: [{ name: 'vaultType' }] };
  if (additions.some((one) => one.method === method && (one.path.test(place) || one.path.test(name)))) {
    missed.push(`${method} ${name}`);
    return { status: 404, json: { errors: [{ code: 'notFound', field: null, message: 'No such route.' }] } };
  }
  if (name === '/users/info') delete (json as Record<string, unknown>)['permissions'];
  return undefined;
};

beforeAll(async () => {
  server = await startOwnServer();
  await buildSmallOrganisation(server);
  additions = await ownAdditions(server.url);
  proxy = await LyingProxy.start(server.url);
  proxy.tell(withoutOurs);
  await app.enrol(proxy.url, anna);
  await app.synced();
});

afterAll(async () => {
  await app.close();
  await proxy.close();
  await server.end();
});

async function aRecord(): Promise<{ id: string; vaultId: string }> {
  const { vaults } = await app.ask('tree', 'overview', {});
  const vaultId = vaults.find(({ name }) => name === 'Servers')?.id ?? '';
  const { rows } = await app.ask('records', 'page', {
    ...{ scope: { kind: 'vault', vaultId }, sort: { by: 'name', descending: false } },
    ...{ offset: 0, limit: 1 },
  });
  return { id: rows[0]?.id ?? '', vaultId };
}

describe('a server without our additions', () => {
  it('knows enough of them to make this test worth something', () => {
    expect(additions.length).toBeGreaterThan(60);
  });

  it('is synced and read without asking for anything that it lacks', async () => {
    const { id } = await aRecord();
    expect((await app.ask('records', 'read', { recordId: id })).name).not.toBe('');
    expect((await app.ask('sync', 'status', {})).problem).toBeNull();
    expect(missed).toEqual([]);
  });

  it('has nothing to administer, and offers nothing beside the vaults', async () => {
    const { id } = await aRecord();
    expect(await app.ask('administration', 'overview', {})).toEqual({
      ...{ parts: [], permissions: [], features: ['vaultType'] },
    });
    expect((await app.ask('ownAccount', 'overview', {})).offers).toEqual([]);
    expect(await app.ask('sharing', 'offered', { recordIds: [id] })).toMatchObject({
      ...{ send: null, toGroups: false, seesSent: false, listsLinks: false },
    });
    expect(await app.ask('activity', 'offered', { scope: { kind: 'record', recordId: id } })).toEqual({
      offered: false,
    });
    expect(await app.ask('requests', 'waiting', {})).toEqual({ count: 0 });
    expect(await app.ask('rekeying', 'status', {})).toEqual({ rekeyings: [] });
    expect(missed).toEqual([]);
  });

  it('refuses by name whatever is asked of it all the same, and nothing goes wrong inside', async () => {
    const { vaultId } = await aRecord();
    const codes = await Promise.all([
      app.refusal('vaultAdmin', 'leave', { vaultId }),
      app.refusal('vaultAdmin', 'setVisible', { vaultId, isVisible: false }),
      app.refusal('vaultAdmin', 'deleted', {}),
      app.refusal('vaultAdmin', 'people', { vaultId, folderId: null, offset: 0, limit: 50 }),
      app.refusal('requests', 'list', { offset: 0 }),
      app.refusal('rekeying', 'holders', { vaultId }),
      app.refusal('roles', 'list', {}),
      app.refusal('people', 'invitations', {}),
      app.refusal('organisation', 'read', {}),
      app.refusal('sharing', 'sent', {}),
    ]);
    // What every server of the protocol tells is answered: roles and settings of the organisation.
    const refusals = codes.filter((code) => code !== null);
    expect(refusals.length).toBeGreaterThan(6);
    expect(refusals.filter((code) => !['notOffered', 'notFound', 'forbidden'].includes(code))).toEqual([]);
    expect(app.incidents).toEqual([]);
  });
});
