/** The directory against a real one: OpenLDAP's slapd, started for this suite. */
import { readFileSync } from 'node:fs';
import { Attribute, Change } from 'ldapts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  groupsBase,
  hasSlapd,
  peopleBase,
  readerDn,
  readerPassword,
} from '../../../testing/directory/slapd.ts';
import type { DirectoryStage, Preview } from '../../../testing/directory/stage.ts';
import { startDirectoryStage } from '../../../testing/directory/stage.ts';
import { createVault } from '../../../testing/organisation/index.ts';

let stage: DirectoryStage;
const installed = hasSlapd();
const whereInstalled: (name: string, suite: () => void) => unknown = installed ? describe : () => undefined;
if (!installed) it('cannot be tried here', () => expect(hasSlapd()).toBe(false));

const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });

beforeAll(async () => {
  if (installed) stage = await startDirectoryStage();
});
afterAll(() => stage?.close());
beforeEach(() => stage?.set());

const kindsOf = ({ changes }: Preview) =>
  changes.map(({ kind, login, group }) => `${kind} ${login}${group}`).sort();

whereInstalled('the settings', () => {
  it('are told without the password, which stands nowhere in the clear', async () => {
    const told = JSON.stringify(await stage.state());
    expect(told).toContain(readerDn);
    expect(told).not.toContain(readerPassword);
    expect(readFileSync(stage.server.logFile, 'utf8')).not.toContain(readerPassword);
  });

  it('keep the password for the same address only', async () => {
    const { bindPassword, ...rest } = stage.settings();
    expect(bindPassword).toBe(readerPassword);
    await stage.owner.http.send('POST', '/directory', { ...rest, logsIn: false });
    expect((await stage.state()).settings).toMatchObject({ logsIn: false });
    for (const other of [{ url: stage.directory.secureUrl }, { bindDn: 'cn=other' }, { startTls: true }]) {
      await refused(
        stage.owner.http.send('POST', '/directory', { ...rest, ...other }),
        400,
        'passwordNeeded',
      );
      await refused(
        stage.owner.http.send('POST', '/directory/test', { ...rest, ...other }),
        400,
        'passwordNeeded',
      );
    }
  });

  it('must not send passwords in the clear to another machine', async () => {
    await refused(stage.set({ url: 'ldap://ldap.corp.example' }), 400, 'tlsRequired');
    await refused(stage.set({ url: 'ldaps://ldap.corp.example', startTls: true }), 400, 'tlsTwice');
    for (const url of ['http://ldap.corp.example', 'ldap://user@host', 'ldap://host/dc=x', 'ldap://']) {
      await refused(stage.set({ url }), 400, 'validationFailed');
    }
  });

  it('are tried out: a good one, a wrong password, a wrong base, nobody there', async () => {
    await stage.directory.person('trial');
    const test = (members: object) =>
      stage.owner.http.send('POST', '/directory/test', stage.settings(members));
    expect(await test({})).toMatchObject({ fault: null, people: 1, sample: [{ login: 'trial' }] });
    expect(await test({ bindPassword: 'wrong' })).toMatchObject({ fault: 'credentialsRefused' });
    const people = { bases: ['ou=nowhere,dc=corp,dc=example'], filter: '(uid=*)' };
    expect(await test({ people })).toMatchObject({ fault: 'baseMissing' });
    expect(await test({ url: 'ldap://127.0.0.1:1' })).toMatchObject({ fault: 'unreachable' });
  });

  it('hold TLS to the authority that they name', async () => {
    const test = (members: object) =>
      stage.owner.http.send('POST', '/directory/test', stage.settings(members));
    for (const address of [{ url: stage.directory.secureUrl }, { startTls: true }]) {
      expect(await test({ ...address, ca: stage.directory.ca })).toMatchObject({ fault: null });
      expect(await test(address)).toMatchObject({ fault: 'tlsRefused' });
    }
  });
});

whereInstalled('a sync', () => {
  it('does what its preview says, and the preview does nothing', async () => {
    const [anna, boris] = [
      await stage.directory.person('anna', { password: 'anna there' }),
      await stage.directory.person('boris'),
    ];
    const dn = await stage.directory.group('admins', [anna, boris]);
    stage.taken = [{ dn, groupId: null }];
    await stage.set();
    const before = await stage.users();
    const planned = await stage.preview();
    expect(await stage.users()).toEqual(before);
    expect(kindsOf(planned)).toEqual(
      expect.arrayContaining([
        'add anna',
        'add boris',
        'createGroup admins',
        'join annaadmins',
        'join borisadmins',
      ]),
    );
    const outcome = await stage.sync(planned.digest);
    expect(outcome).toMatchObject({ result: 'done', counts: { added: 3, groupsMade: 1, joined: 2 } });
    expect((await stage.users()).get('anna')).toMatchObject({ fullName: 'Person anna', isBlocked: false });
    expect((await stage.preview()).changes).toEqual([]);
    const { settings: kept } = await stage.state();
    stage.taken = kept?.groups.taken ?? [];
    expect(stage.taken).toEqual([{ dn, groupId: expect.stringMatching(/^[0-9a-f]{24}$/) as string }]);
  });

  it('does nothing when the plan that was seen is not the plan any more', async () => {
    const { digest } = await stage.preview();
    await stage.directory.person('late');
    expect(await stage.sync(digest)).toMatchObject({ result: 'refused', counts: { added: 0 } });
    expect((await stage.users()).has('late')).toBe(false);
    expect(await stage.sync()).toMatchObject({ result: 'done', counts: { added: 1 } });
  });

  it('knows a person again who was renamed and moved', async () => {
    const { id } = (await stage.users()).get('boris') ?? {};
    await stage.directory.as(async (client) => {
      await client.modifyDN(`uid=boris,${peopleBase}`, `uid=b.orlov,${peopleBase}`);
      const modification = new Attribute({ type: 'cn', values: ['Boris Orlov'] });
      await client.modify(`uid=b.orlov,${peopleBase}`, new Change({ operation: 'replace', modification }));
      const member = new Attribute({
        type: 'member',
        values: [`uid=anna,${peopleBase}`, `uid=b.orlov,${peopleBase}`],
      });
      await client.modify(
        stage.taken[0]?.dn ?? '',
        new Change({ operation: 'replace', modification: member }),
      );
    });
    const planned = await stage.preview();
    expect(kindsOf(planned)).toEqual(['change b.orlov']);
    expect(await stage.sync(planned.digest)).toMatchObject({ counts: { changed: 1, added: 0, left: 0 } });
    expect((await stage.users()).get('b.orlov')).toMatchObject({ id, fullName: 'Boris Orlov' });
  });

  it('blocks who is gone, ends their sessions, deletes nobody, and unblocks who is back', async () => {
    const dn = await stage.directory.person('leaving', { password: 'until then' });
    await stage.sync();
    const { accessToken } = await stage.logIn('leaving', 'until then');
    const http = stage.server.http.as({ accessToken });
    expect(await http.send('GET', '/users/info')).toMatchObject({ login: 'leaving' });
    const people = { bases: [peopleBase], filter: '(&(objectClass=inetOrgPerson)(!(uid=leaving)))' };
    await stage.set({ people });
    expect(await stage.sync()).toMatchObject({ counts: { blocked: 1 } });
    expect((await stage.users()).get('leaving')).toMatchObject({ isBlocked: true });
    await refused(http.send('GET', '/users/info'), 401, 'accessTokenInvalid');
    await expect(stage.logIn('leaving', 'until then')).rejects.toMatchObject({ status: 401 });
    await stage.set();
    expect(await stage.sync()).toMatchObject({ counts: { unblocked: 1 } });
    expect((await stage.users()).get('leaving')).toMatchObject({ isBlocked: false });
    expect(dn).toContain('leaving');
  });

  it('raises access requests for the vaults of a group, and wraps nothing', async () => {
    const vault = await createVault(stage.owner, 'Servers', 'company', stage.organisation.ledger);
    const groupId = stage.taken[0]?.groupId;
    await stage.owner.http.send('POST', `/vaults/${vault.id}/access`, { groupId, access: 'read' });
    const before = await stage.owner.http.send<{ items: { user: { login: string } }[] }>(
      'GET',
      '/access-requests',
    );
    expect(before.items.map(({ user }) => user.login).sort()).toEqual(['anna', 'b.orlov']);
    const vera = await stage.directory.person('vera');
    await stage.directory.as((client) => {
      const modification = new Attribute({ type: 'member', values: [vera] });
      return client.modify(stage.taken[0]?.dn ?? '', new Change({ operation: 'add', modification }));
    });
    expect(await stage.sync()).toMatchObject({ counts: { joined: 1, requested: 1 } });
    const after = await stage.owner.http.send<{ items: { user: { login: string } }[] }>(
      'GET',
      '/access-requests',
    );
    expect(after.items.map(({ user }) => user.login).sort()).toEqual(['anna', 'b.orlov', 'vera']);
    const modification = new Attribute({ type: 'member', values: [vera] });
    await stage.directory.as((client) =>
      client.modify(stage.taken[0]?.dn ?? '', new Change({ operation: 'delete', modification })),
    );
    expect(await stage.sync()).toMatchObject({ counts: { left: 1 } });
  });

  it('tells conflicts and leaves them alone: taken logins, groups that are missing', async () => {
    await stage.organisation.join('olga');
    await stage.directory.person('olga', { password: 'not her password' });
    await stage.directory.person('owner');
    const missing = `cn=nobody,${groupsBase}`;
    await stage.set({
      groups: {
        bases: [groupsBase],
        filter: '(cn=*)',
        taken: [...stage.taken, { dn: missing, groupId: null }],
      },
    });
    const { conflicts } = await stage.preview();
    expect(conflicts).toEqual(
      expect.arrayContaining([
        { kind: 'loginTaken', name: 'olga' },
        { kind: 'loginTaken', name: 'owner' },
        { kind: 'groupMissing', name: missing },
      ]),
    );
    expect(await stage.sync()).toMatchObject({ result: 'done', counts: { added: 0, adopted: 0 } });
    await expect(stage.logIn('olga', 'not her password')).rejects.toMatchObject({ status: 401 });
    await stage.set({ adopts: true });
    const planned = await stage.preview();
    expect(kindsOf(planned)).toEqual(['adopt olga']);
    expect(planned.conflicts).toContainEqual({ kind: 'protected', name: 'owner' });
    await stage.sync();
    expect(await stage.logIn('olga', 'not her password')).toHaveProperty('accessToken');
  });

  it('refuses to block a crowd that nobody has seen', async () => {
    for (const uid of ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7']) await stage.directory.person(uid);
    await stage.sync();
    await stage.set({ people: { bases: [peopleBase], filter: '(uid=anna)' } });
    expect(await stage.preview()).toMatchObject({ blocksTooMany: true });
    expect(await stage.sync()).toMatchObject({ result: 'refused', counts: { blocked: 0 } });
    expect((await stage.users()).get('c1')).toMatchObject({ isBlocked: false });
    await stage.set();
  });

  it('comes by itself when the interval is over', async () => {
    await stage.set({ intervalMinutes: 5 });
    const former = (await stage.state()).outcome?.startedAt ?? 0;
    await stage.directory.person('scheduled');
    stage.pass(6 * 60_000);
    for (let attempt = 0; attempt < 200 && !(await stage.users()).has('scheduled'); attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await stage.ended()).toMatchObject({ result: 'done', startedBy: null });
    expect((await stage.state()).outcome?.startedAt).toBeGreaterThan(former);
    expect((await stage.users()).has('scheduled')).toBe(true);
  });

  it('reads 1,500 people page by page', { timeout: 60_000 }, async () => {
    await stage.directory.as(async (client) => {
      await client.add(`ou=many,${peopleBase}`, { objectClass: 'organizationalUnit', ou: 'many' });
      for (let number = 0; number < 1_500; number += 1) {
        const uid = `many${number}`;
        const entry = { objectClass: 'inetOrgPerson', uid, cn: `Person ${number}`, sn: uid };
        await client.add(`uid=${uid},ou=many,${peopleBase}`, entry);
      }
    });
    expect(await stage.sync()).toMatchObject({ result: 'done', counts: { added: 1_500 } });
    expect(await stage.preview()).toMatchObject({ changes: [] });
  });
});
