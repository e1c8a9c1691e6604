/** The directory from the application: its core against the real server and a real slapd. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  groupsBase,
  hasSlapd,
  peopleBase,
  readerDn,
  readerPassword,
  startSlapd,
} from '../directory/slapd.ts';
import type { LocalDirectory } from '../directory/slapd.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer } from '../hostile/smallorganisation.ts';
import { Application } from './application.ts';

let directory: LocalDirectory;
let server: OwnServer;
let app: Application;
const installed = hasSlapd();
const whereInstalled: (name: string, suite: () => void) => unknown = installed ? describe : () => undefined;
if (!installed) it('cannot be tried here', () => expect(hasSlapd()).toBe(false));

beforeAll(async () => {
  if (!installed) return;
  directory = await startSlapd();
  server = await startOwnServer();
  await buildSmallOrganisation(server);
  app = new Application();
  await app.enrol(server.url, anna);
});
afterAll(async () => {
  await app?.close();
  await server?.end();
  await directory?.stop();
});

const settings = (members: object = {}) => ({
  ...{ url: directory.url, startTls: true, ca: directory.ca, bindDn: readerDn },
  people: { bases: [peopleBase], filter: '(objectClass=inetOrgPerson)' },
  groups: {
    ...{ bases: [groupsBase], filter: '(objectClass=groupOfNames)' },
    taken: [] as { dn: string; groupId: string | null }[],
  },
  attributes: {
    ...{ login: 'uid', fullName: 'cn', email: 'mail', uniqueId: 'entryUUID' },
    ...{ groupName: 'cn', groupMember: 'member' },
  },
  ...{ membersAre: 'dn' as const, logsIn: true, adopts: false, intervalMinutes: null, ...members },
});
const password = () => new Uint8Array(Buffer.from(readerPassword));

async function ended() {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { progress, outcome } = await app.ask('directory', 'read', {});
    if (progress === null && outcome !== null) return outcome;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The sync does not end.');
}

whereInstalled('the directory', () => {
  it('is offered to whoever manages the settings, and none is connected at first', async () => {
    const { parts } = await app.ask('administration', 'overview', {});
    expect(parts).toContain('directory');
    expect(await app.ask('directory', 'read', {})).toEqual({ settings: null, progress: null, outcome: null });
  });

  it('is tried out, saved, looked at and synced; its password comes back to nobody', async () => {
    const from = app.crossings.length;
    const dn = await directory.group('servers', [
      await directory.person('vera', { fullName: 'Vera Orlova' }),
    ]);
    const tried = await app.ask('directory', 'test', { settings: settings(), password: password() });
    expect(tried).toMatchObject({ fault: null, people: 1, sample: [{ login: 'vera' }] });
    await app.ask('directory', 'save', { settings: settings(), password: password() });
    expect(await app.ask('directory', 'groups', {})).toEqual({ groups: [{ dn, name: 'servers' }] });
    const groups = { ...settings().groups, taken: [{ dn, groupId: null }] };
    await app.ask('directory', 'save', { settings: settings({ groups }), password: null });
    const plan = await app.ask('directory', 'preview', {});
    expect(plan.changes.map(({ kind, login, group }) => [kind, login, group])).toEqual([
      ...[
        ['add', 'vera', ''],
        ['createGroup', '', 'servers'],
        ['join', 'vera', 'servers'],
      ],
    ]);
    await app.ask('directory', 'sync', { digest: plan.digest });
    expect(await ended()).toMatchObject({ result: 'done', counts: { added: 1, groupsMade: 1, joined: 1 } });
    const { rows } = await app.ask('people', 'page', {
      ...{ search: 'vera', roleId: null, groupId: null, blocked: null, offset: 0, limit: 10 },
    });
    expect(rows).toMatchObject([{ login: 'vera', fullName: 'Vera Orlova', hasKeys: false }]);
    const answers = app.crossings.slice(from);
    expect(JSON.stringify(answers)).not.toContain(readerPassword);
  });

  it('tells in words of ours what is wrong', async () => {
    const elsewhere = settings({ url: directory.secureUrl, startTls: false });
    expect(await app.refusal('directory', 'save', { settings: elsewhere, password: null })).toBe(
      'directoryPasswordNeeded',
    );
    const inTheClear = settings({ url: 'ldap://ldap.corp.example', startTls: false });
    expect(await app.refusal('directory', 'save', { settings: inTheClear, password: password() })).toBe(
      'directoryTlsRequired',
    );
    const wrong = { settings: settings(), password: new Uint8Array(Buffer.from('wrong')) };
    expect(await app.ask('directory', 'test', wrong)).toMatchObject({ fault: 'credentialsRefused' });
    await app.ask('directory', 'save', wrong);
    expect(await app.refusal('directory', 'preview', {})).toBe('directoryUnusable');
  });
});
