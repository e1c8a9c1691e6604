/** Sharing without a vault between two applications and a real server that may lie. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SharingWish } from '../../contract/sharing.ts';
import { asRecordKey, generateKeyPair, sealPassword, sealRecordKey } from '../../main/keychain/index.ts';
import * as lie from '../hostile/lies.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import {
  anna,
  boris,
  buildPlainOrganisation,
  buildSmallOrganisation,
  nina,
  startOwnServer,
} from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { askLink, openLink } from '../independent/linkreader.ts';
import { draft } from '../organisation/drafts.ts';
import { httpClient } from '../organisation/http.ts';
import { encryptedRecord, signIn } from '../organisation/member.ts';
import { Application } from './application.ts';
import { utf8 } from './accountstage.ts';

let server: OwnServer;
let proxy: LyingProxy;
let organisation: SmallOrganisation;
let annas: Application;
let boriss: Application;
let borisId: string;

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  proxy = await LyingProxy.start(server.url);
  [annas, boriss] = [new Application(), new Application()];
  await annas.enrol(proxy.url, anna);
  await boriss.enrol(server.url, boris);
  borisId = organisation.boris.userId;
});

afterAll(async () => {
  await annas.close();
  await boriss.close();
  await proxy.close();
  await server.end();
});
afterEach(() => proxy.tell(null));

/** The id of a record in a copy, by its name. */
async function recordId(app: Application, name: string): Promise<string> {
  const sort = { by: 'name', descending: false } as const;
  const { rows } = await app.ask('records', 'page', { scope: { kind: 'all' }, sort, offset: 0, limit: 200 });
  const found = rows.find((row) => row.name === name && row.kind !== 'shortcut');
  if (!found) throw new Error(`there is no ${name}`);
  return found.id;
}

async function inboxNames(app: Application): Promise<string[]> {
  await app.synced();
  const sort = { by: 'name', descending: false } as const;
  const scope = { kind: 'inbox' } as const;
  return (await app.ask('records', 'page', { scope, sort, offset: 0, limit: 200 })).rows.map(
    ({ name }) => name,
  );
}

/** A wish to send to boris under the key that the server states now. */
async function toBoris(recordIds: string[], access: 'read' | 'write'): Promise<SharingWish> {
  const { keys } = await annas.ask('sharing', 'keysOf', { userIds: [borisId] });
  return {
    recordIds,
    access,
    people: [{ userId: borisId, fingerprint: keys[0]?.fingerprint ?? null }],
    groups: [],
  };
}

async function passwordOf(app: Application, id: string): Promise<string> {
  const field = { kind: 'password' } as const;
  const answer = await app.ask('records', 'revealField', { recordId: id, field });
  return Buffer.from(answer.value).toString('utf8');
}

describe('a record that is sent to a person', () => {
  it('is found by them, can be read, edited where that is given, and is gone once it is taken back', async () => {
    const router = await recordId(annas, 'Router');
    expect(await annas.ask('sharing', 'offered', { recordIds: [router] })).toMatchObject({
      ...{ send: 'write', toGroups: true, link: true, seesSent: true, listsLinks: true },
      ...{ hindrance: null, needNewKey: [], sealed: true },
    });
    const search = { query: 'bor', groupId: null, offset: 0, limit: 50 };
    const { people } = await annas.ask('sharing', 'people', search);
    expect(people).toEqual([{ id: borisId, name: 'boris', login: 'boris' }]);

    const outcome = await annas.ask('sharing', 'send', await toBoris([router], 'read'));
    expect(outcome).toEqual({ sent: 1, refused: [], renewed: [] });
    expect(await inboxNames(boriss)).toEqual(['Router']);
    const received = await recordId(boriss, 'Router');
    expect(await passwordOf(boriss, received)).toBe('correct horse battery staple');
    expect((await boriss.ask('records', 'read', { recordId: received })).writable).toBe(false);
    // Received records are not passed on.
    const passedOn = await boriss.ask('sharing', 'offered', { recordIds: [received] });
    expect(passedOn).toMatchObject({ send: null, link: false, hindrance: 'kind' });

    const { entries } = await annas.ask('sharing', 'given', { recordId: router });
    expect(entries).toMatchObject([{ recordId: router, access: 'read', receiver: { login: 'boris' } }]);
    const entryId = entries[0]?.id ?? '';
    await annas.ask('sharing', 'setAccess', { entryId, access: 'write' });
    expect((await annas.ask('sharing', 'sent', {})).entries).toMatchObject([
      { id: entryId, access: 'write' },
    ]);
    await boriss.synced();
    expect((await boriss.ask('records', 'read', { recordId: received })).writable).toBe(true);
    // What is changed afterwards reaches whoever has it.
    const password = { kind: 'set', value: utf8('changed later') } as const;
    await annas.ask('editing', 'save', { recordId: router, fields: { password } });
    await annas.synced();
    await boriss.synced();
    expect(await passwordOf(boriss, received)).toBe('changed later');

    expect(await annas.ask('sharing', 'takeBack', { entryIds: [entryId] })).toEqual({ done: 1 });
    expect(await inboxNames(boriss)).toEqual([]);
    expect((await annas.ask('sharing', 'given', { recordId: router })).entries).toEqual([]);
  });

  it('gets a new key afterwards where that is wanted, and reads the same', async () => {
    const office = await recordId(annas, 'Wi-Fi');
    const before = annas.accounts.current().mirror.records.get(office)?.keyWrapped;
    const { recordId: renewed } = await annas.ask('sharing', 'renewKey', { recordId: office });
    const after = annas.accounts.current().mirror.records.get(renewed);
    expect(after?.serverId).not.toBe('');
    expect(after?.keyWrapped).not.toBe(before);
    expect(await passwordOf(annas, renewed)).toBe('gäste');
  });

  it('goes to the members of a group, and what was sent to a group is named by it', async () => {
    const { id: groupId } = await organisation.anna.http.send<{ id: string }>('POST', '/user-groups', {
      name: 'Operators',
    });
    const userIds = [borisId];
    await organisation.anna.http.send('POST', `/user-groups/${groupId}/add-users`, { userIds });
    const groups = await annas.ask('groups', 'page', { search: 'oper', offset: 0, limit: 50 });
    expect(groups).toEqual({ total: 1, rows: [{ id: groupId, name: 'Operators', memberCount: 1 }] });
    const router = await recordId(annas, 'Router');
    const { people: members, ...wish } = await toBoris([router], 'read');
    const outcome = await annas.ask('sharing', 'send', {
      ...wish,
      people: [],
      groups: [{ groupId, members }],
    });
    expect(outcome).toEqual({ sent: 1, refused: [], renewed: [] });
    expect(await inboxNames(boriss)).toEqual(['Router']);
    const { entries } = await annas.ask('sharing', 'given', { recordId: router });
    expect(entries).toMatchObject([{ group: { id: groupId, name: 'Operators' } }]);
    await annas.ask('sharing', 'takeBack', { entryIds: entries.map(({ id }) => id) });
  });
});

describe('D3 row 9: a record whose key is the key of its vault', () => {
  it('gets a key of its own before it is sent', async () => {
    const { servers } = organisation;
    if (!servers.key) throw new Error('the vault has no key');
    const { body } = encryptedRecord(servers, null, draft('Old connector', { login: 'x' }));
    const key = asRecordKey(Buffer.from(servers.key));
    const passwordEncrypted = sealPassword(utf8('of the vault'), key);
    const keyEncrypted = sealRecordKey(key, servers.key);
    await organisation.anna.http.send('POST', '/items', { ...body, passwordEncrypted, keyEncrypted });
    await annas.synced();
    const bound = await recordId(annas, 'Old connector');
    const offer = await annas.ask('sharing', 'offered', { recordIds: [bound] });
    expect(offer.needNewKey).toEqual([bound]);

    proxy.requests.length = 0;
    const outcome = await annas.ask('sharing', 'send', await toBoris([bound], 'read'));
    expect(outcome).toMatchObject({ sent: 1, refused: [], renewed: [{ from: bound }] });
    expect(await inboxNames(boriss)).toEqual(['Old connector']);
    const received = await recordId(boriss, 'Old connector');
    expect(await passwordOf(boriss, received)).toBe('of the vault');
    boriss.accounts
      .current()
      .secrets.withRecordKey(boriss.accounts.current().mirror.records.get(received)!, (sent) =>
        expect(sent?.equals(key)).toBe(false),
      );
  });
});

describe('a lying server', () => {
  const isSend = ({ path }: { path: string }): boolean => path.startsWith('/api/v1/inbox-items');

  it('that swaps the key of a receiver gets no wrap, before or after it was seen', async () => {
    const router = await recordId(annas, 'Router');
    const wish = await toBoris([router], 'read');
    const stranger = (await generateKeyPair()).publicPem;
    proxy.tell(lie.changing(`/users/${borisId}/public-key`, (json) => void (json['publicKey'] = stranger)));
    proxy.requests.length = 0;
    const swapped = await annas.ask('sharing', 'send', wish);
    expect(swapped).toMatchObject({ sent: 0, refused: [{ code: 'recipientKeyChanged' }] });
    const { keys } = await annas.ask('sharing', 'keysOf', { userIds: [borisId] });
    expect(keys).toMatchObject([{ trust: 'changed' }]);
    // Not even with the fingerprint that the server states now.
    const people = [{ userId: borisId, fingerprint: keys[0]?.fingerprint ?? null }];
    expect(await annas.ask('sharing', 'send', { ...wish, people })).toMatchObject({
      ...{ sent: 0, refused: [{ code: 'recipientKeyChanged', receiverId: borisId }] },
    });
    expect(proxy.requests.filter(isSend)).toEqual([]);
  });

  it('that is out of reach gets nothing and is named', async () => {
    const router = await recordId(annas, 'Router');
    const wish = await toBoris([router], 'read');
    proxy.setDown(true);
    try {
      expect(await annas.refusal('sharing', 'send', wish)).toBe('unreachable');
    } finally {
      proxy.setDown(false);
    }
  });
});

describe('without client-side encryption', () => {
  it('a link needs no code, and nothing is wrapped for anybody', async () => {
    const { vault } = await buildPlainOrganisation(server);
    const ninas = new Application();
    try {
      await ninas.enrol(server.url, nina);
      const id = await recordId(ninas, 'Router');
      const offer = await ninas.ask('sharing', 'offered', { recordIds: [id] });
      expect(offer).toMatchObject({ send: 'write', sealed: false, needNewKey: [] });
      const wish = { kind: 'reusable', life: '1 hour', files: true } as const;
      const { link } = await ninas.ask('sharing', 'makeLink', { recordId: id, ...wish });
      expect(new URL(ninas.clipboard).hash).toBe('');
      const token = ninas.clipboard.split('/').at(-1) ?? '';
      const answer = await fetch(`${server.url}/api/v1/links/public/${token}`, {
        headers: { 'X-Response-Format': 'raw' },
      });
      expect(await answer.json()).toMatchObject({ isEncrypted: false });
      expect(link).toMatchObject({ recordName: 'Router', copyable: true });
      // Leaving the vault out of it is up to its settings.
      const settings = { areLinksAllowed: false, isSendingAllowed: false };
      const owner = await signIn(httpClient(server.url), nina);
      await owner.http.send('POST', `/vaults/${vault.id}/settings`, settings);
      expect(await ninas.refusal('sharing', 'makeLink', { recordId: id, ...wish })).toBe('sharingForbidden');
    } finally {
      await ninas.close();
    }
  });
});

describe('an external link', () => {
  it('opens with the code of its address alone, files included, and once where that was asked for', async () => {
    const database = await recordId(annas, 'Datenbank');
    proxy.requests.length = 0;
    const made = await annas.ask('sharing', 'makeLink', {
      ...{ recordId: database, kind: 'single_use', life: '1 week', files: true },
    });
    const url = annas.clipboard;
    const code = new URL(url).hash.replace('#code=', '');
    expect(code).toHaveLength(100);
    expect(JSON.stringify(made)).not.toContain(code);
    expect(JSON.stringify(proxy.requests)).not.toContain(code);
    expect(made.link).toMatchObject({ recordId: database, kind: 'single_use', views: 0, alive: true });

    expect((await askLink(url, 'A'.repeat(100))).status).toBe(404);
    const opened = await openLink(url);
    expect(opened).toMatchObject({ name: 'Datenbank', login: 'postgres', password: 'пароль от базы' });
    expect(opened.files.map(({ name, bytes }) => [name, bytes.length])).toEqual([
      ['ca.pem', Buffer.byteLength('-----BEGIN CERTIFICATE-----\nпример\n')],
      ['dump.bin', 3000],
    ]);

    const { links } = await annas.ask('sharing', 'links', { recordId: database });
    expect(links).toMatchObject([{ id: made.link.id, views: 1, copyable: true }]);
    annas.clipboard = '';
    await annas.ask('sharing', 'copyLink', { linkId: made.link.id, recordId: null });
    expect(annas.clipboard).toBe(url);
    const shown = await annas.ask('sharing', 'showLink', { linkId: made.link.id, recordId: database });
    expect(shown.url).toBe(url);

    expect(await annas.ask('sharing', 'endLinks', { linkIds: [made.link.id] })).toEqual({ done: 1 });
    expect((await askLink(url)).status).toBe(404);
    expect((await annas.ask('sharing', 'links', { recordId: null })).links).toEqual([]);
  });

  it('carries nothing but what was asked for', async () => {
    const router = await recordId(annas, 'Router');
    const wish = { kind: 'reusable', life: 'unlimited', files: false } as const;
    await annas.ask('sharing', 'makeLink', { recordId: router, ...wish });
    const { json } = await askLink(annas.clipboard);
    expect(Object.keys(json.itemData).sort()).toEqual(
      ['customs', 'description', 'login', 'name', 'passwordEncrypted', 'url'].sort(),
    );
    const { customs } = await openLink(annas.clipboard);
    expect(customs[0]).toEqual({ name: 'one-time code', value: 'JBSWY3DPEHPK3PXP', type: 'totp' });
  });

  it('is not taken from a server that names an address without TLS', async () => {
    const router = await recordId(annas, 'Router');
    const wish = { kind: 'reusable', life: '1 hour', files: false } as const;
    for (const url of [
      `http://elsewhere.example/g/p/${'a'.repeat(25)}`,
      `https://e.example/g/p/${'a'.repeat(25)}?x=1`,
    ]) {
      proxy.tell(lie.changing('/links', (json) => void (json['url'] = url)));
      expect(await annas.refusal('sharing', 'makeLink', { recordId: router, ...wish })).toBe('badAnswer');
    }
  });
});
