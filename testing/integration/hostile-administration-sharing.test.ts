/**
 * A server that lies while records and vaults are shared (threat table D3, rows 2, 3, 5, 9, 13b and
 * 15), and a grep of everything that sharing and administering tell even an honest one.
 */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SharingWish } from '../../contract/sharing.ts';
import {
  asRecordKey,
  keyFingerprint,
  sealPassword,
  sealRecordKey,
  unwrapVaultKey,
} from '../../main/keychain/index.ts';
import type { SeenRequest } from '../hostile/answering.ts';
import * as lie from '../hostile/lies.ts';
import { draft } from '../organisation/drafts.ts';
import { encryptedRecord } from '../organisation/member.ts';
import type { Member } from '../organisation/member.ts';
import type { Application } from './application.ts';
import { SecretSearch, wantedOf } from './secretsearch.ts';
import type { Wanted } from './secretsearch.ts';
import { TrustStage } from './truststage.ts';

const pemOf = (modulusLength: number): string =>
  generateKeyPairSync('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).publicKey;
const weak = pemOf(1024);
const attackers = pemOf(2048);

let stage: TrustStage;
beforeAll(async () => {
  stage = await TrustStage.open();
}, 60_000);
afterAll(() => stage.close());
afterEach(() => {
  stage.proxy.tell(null);
  stage.proxy.requests.length = 0;
});

const writes = (): SeenRequest[] => stage.proxy.requests.filter(({ method }) => method !== 'GET');
const sends = (): SeenRequest[] => writes().filter(({ path }) => path.includes('/inbox-items'));

async function recordIn(app: Application, name: string): Promise<string> {
  const sort = { by: 'name', descending: false } as const;
  const { rows } = await app.ask('records', 'page', { scope: { kind: 'all' }, sort, offset: 0, limit: 200 });
  const found = rows.find((row) => row.name === name && row.kind !== 'shortcut');
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found.id;
}

async function receiver({ userId }: Member): Promise<SharingWish['people'][number]> {
  const { keys } = await stage.app.ask('sharing', 'keysOf', { userIds: [userId] });
  return { userId, fingerprint: keys[0]?.fingerprint ?? null };
}

async function wishTo(name: string, ...members: readonly Member[]): Promise<SharingWish> {
  const people = await Promise.all(members.map(receiver));
  return { recordIds: [await recordIn(stage.app, name)], access: 'read', people, groups: [] };
}

/** The key of a record as an application holds it. */
function recordKey(app: Application, recordId: string): Buffer {
  const { mirror, secrets } = app.accounts.current();
  const record = mirror.records.get(recordId);
  if (record === null) throw new Error('There is no such record.');
  return secrets.withRecordKey(record, (key) => Buffer.from(key ?? ''));
}

describe('D3 row 5: a record that is sent', () => {
  it('to a group is wrapped for no member whose key was swapped, and for the others all the same', async () => {
    const [swapped, honest] = [await stage.join('swapped'), await stage.join('honest')];
    const body = { name: 'Mixed group' };
    const { id: groupId } = await stage.organisation.anna.http.send<{ id: string }>(
      'POST',
      '/user-groups',
      body,
    );
    await stage.addTo(groupId, swapped, honest);
    const { people: members, ...wish } = await wishTo('Router', swapped, honest);
    stage.stateKey(swapped.userId, attackers);
    const outcome = await stage.app.ask('sharing', 'send', {
      ...{ ...wish, people: [], groups: [{ groupId, members }] },
    });
    expect(outcome).toMatchObject({
      ...{ sent: 1, refused: [{ receiverId: swapped.userId, code: 'recipientKeyChanged' }] },
    });
    const [sent] = sends();
    expect(sends()).toHaveLength(1);
    expect(sent?.body).toContain(honest.userId);
    expect(sent?.body).not.toContain(swapped.userId);
  }, 30_000);

  it('D3 row 13b: to somebody with a key that is too short stays here', async () => {
    const member = await stage.join('short');
    stage.stateKey(member.userId, weak);
    const wish = await wishTo('Router', member);
    expect(wish.people[0]?.fingerprint).toBe(keyFingerprint(weak));
    expect(await stage.app.ask('sharing', 'send', wish)).toMatchObject({
      ...{ sent: 0, refused: [{ code: 'weakRecipientKey' }] },
    });
    expect(sends()).toEqual([]);
  });

  it('to somebody whose key the server keeps back goes out neither plain nor under an empty key', async () => {
    const member = await stage.join('keyless');
    const wish = await wishTo('Router', member);
    stage.stateKey(member.userId, null);
    const without = { ...wish, people: [{ userId: member.userId, fingerprint: null }] };
    for (const each of [wish, without]) {
      const outcome = await stage.app.ask('sharing', 'send', each);
      expect(outcome).toMatchObject({ sent: 0, refused: [{ code: 'recipientKeyMissing' }] });
    }
    expect(sends()).toEqual([]);
  });
});

describe('D3 row 9: a record that the server made of another one’s key', () => {
  it.each(['that holds nothing', 'with its ciphertexts'])(
    '%s gets a key of its own before it is sent',
    async (what) => {
      const { servers, anna } = stage.organisation;
      const router = await recordIn(stage.app, 'Router');
      const known = stage.app.accounts.current().mirror.records.get(router);
      const name = `Decoy ${what}`;
      const { body } = encryptedRecord(servers, null, draft(name));
      const passwordEncrypted = what === 'that holds nothing' ? null : known?.passwordEncrypted;
      const forged = { ...body, passwordEncrypted, keyEncrypted: known?.keyWrapped };
      await anna.http.send('POST', '/items', forged);
      await stage.app.synced();
      const decoy = await recordIn(stage.app, name);
      expect(recordKey(stage.app, decoy).equals(recordKey(stage.app, router))).toBe(true);

      const accomplice = await stage.join(`accomplice-${what.length}`);
      const theirs = await stage.applicationOf(accomplice);
      const outcome = await stage.app.ask('sharing', 'send', await wishTo(name, accomplice));
      expect(outcome).toMatchObject({ sent: 1, refused: [], renewed: [{ from: decoy }] });
      await theirs.synced();
      const got = recordKey(theirs, await recordIn(theirs, name));
      expect(got.length).toBeGreaterThan(0);
      expect(got.equals(recordKey(stage.app, router))).toBe(false);
    },
    30_000,
  );
});

describe('D3 row 15: the address of a link that was made before', () => {
  it('never ends with another secret of the record, whatever the server states for the code', async () => {
    const { app } = stage;
    const database = await recordIn(app, 'Datenbank');
    const wish = { recordId: database, kind: 'reusable', life: '1 hour', files: false } as const;
    const { link } = await app.ask('sharing', 'makeLink', wish);
    const whole = app.clipboard;
    const record = app.accounts.current().mirror.records.get(database);
    const sealed = [record?.attachments[0]?.encryptedKey, record?.passwordEncrypted];
    for (const keyEncrypted of sealed) {
      expect(keyEncrypted).toBeTruthy();
      stage.proxy.tell(
        lie.together(
          ...['/links', `/items/${record?.itemServerId ?? ''}/links`].map((path) =>
            lie.changing(path, (json) => {
              for (const row of lie.rowsOf(json)) Object.assign(row, { keyEncrypted });
            }),
          ),
        ),
      );
      app.clipboard = '';
      for (const recordId of [database, null]) {
        const asked = { linkId: link.id, recordId };
        expect(await app.refusal('sharing', 'copyLink', asked)).toBe('tampered');
        expect(await app.refusal('sharing', 'showLink', asked)).toBe('tampered');
      }
      expect(app.clipboard).toBe('');
    }
    stage.proxy.tell(null);
    await app.ask('sharing', 'copyLink', { linkId: link.id, recordId: database });
    expect(app.clipboard).toBe(whole);
    await app.ask('sharing', 'endLinks', { linkIds: [link.id] });
  });
});

describe('D3 row 9: a record that the server made of an old record’s password', () => {
  it('takes that password to nobody', async () => {
    const { servers, anna } = stage.organisation;
    if (servers.key === null) throw new Error('The vault has a key.');
    const key = asRecordKey(Buffer.from(servers.key));
    const passwordEncrypted = sealPassword(Buffer.from('sealed by the first connector'), key);
    const keyEncrypted = sealRecordKey(key, servers.key);
    const { body } = encryptedRecord(servers, null, draft('Very old'));
    await anna.http.send('POST', '/items', { ...body, passwordEncrypted, keyEncrypted });
    const decoy = { ...body, name: 'Notes', passwordEncrypted: null, keyEncrypted: passwordEncrypted };
    await anna.http.send('POST', '/items', decoy);
    await stage.app.synced();
    const notes = await recordIn(stage.app, 'Notes');
    expect(recordKey(stage.app, notes).toString()).toBe('sealed by the first connector');

    const accomplice = await stage.join('accomplice-of-old');
    const theirs = await stage.applicationOf(accomplice);
    const outcome = await stage.app.ask('sharing', 'send', await wishTo('Notes', accomplice));
    expect(outcome).toMatchObject({ sent: 1, refused: [], renewed: [{ from: notes }] });
    await theirs.synced();
    expect(recordKey(theirs, await recordIn(theirs, 'Notes')).toString()).toMatch(/^[A-Za-z0-9@!]{100}$/);
  }, 30_000);
});

/** Everything that hands out keys: a vault made, somebody let in, another key, a record sent, a link. */
async function everyDeed(name: string, member: Member, typeId: string): Promise<string> {
  const { app } = stage;
  const { key } = await app.ask('keyTrust', 'look', { userId: member.userId });
  const fingerprint = key?.fingerprint ?? '';
  const made = { name, description: '', typeId, recipients: [] };
  const { vaultId } = await app.ask('vaultAdmin', 'create', made);
  const { servers, office } = stage.organisation;
  const access = { vaultId: office.id, folderId: null, userId: member.userId, access: 'read' as const };
  await app.ask('vaultAdmin', 'setPerson', { ...access, fingerprint });
  const wish = await wishTo('Datenbank', member);
  expect(await app.ask('sharing', 'send', wish)).toMatchObject({ sent: 1, refused: [] });
  const link = { kind: 'reusable', life: '1 hour', files: true } as const;
  await app.ask('sharing', 'makeLink', { recordId: wish.recordIds[0] ?? '', ...link });
  const { holders } = await app.ask('rekeying', 'holders', { vaultId: servers.id });
  const admitted = holders.map((each) => ({ userId: each.userId, fingerprint: each.fingerprint ?? '' }));
  await app.ask('rekeying', 'begin', { vaultId: servers.id, admitted });
  return vaultId;
}

const typeOfVault = async (): Promise<string> => {
  const { types } = await stage.app.ask('vaultAdmin', 'types', {});
  return types.find((each) => each.code === 'privateShared')?.id ?? '';
};

/** Members of the bodies whose value is a key under another one, with their values. */
function keysIn(requests: readonly SeenRequest[]): [name: string, value: unknown][] {
  const found: [string, unknown][] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inside] of Object.entries(value)) {
      if (/^(masterKeyEncrypted|keyEncrypted|passwordEncrypted|masterKeyHash|keyHash)$/.test(name)) {
        found.push([name, inside]);
      }
      walk(inside);
    }
  };
  for (const { body } of requests) if (body.startsWith('{')) walk(JSON.parse(body));
  return found;
}

const secretsOf = (app: Application, recordIds: readonly string[]): Wanted[] => [
  ...wantedOf(stage.organisation.ledger.secrets).wanted,
  ...recordIds.map((id) => ({ name: `record key ${id}`, bytes: recordKey(app, id) })),
];

const traffic = (): Buffer =>
  Buffer.from(
    stage.proxy.requests
      .map(({ path, headers, body }) => `${path} ${JSON.stringify(headers)} ${body}`)
      .join('\n'),
  );

describe('what sharing and administering tell a server', () => {
  it('D3 row 3: is as encrypted as ever while it says that encryption is off', async () => {
    const member = await stage.join('downgraded');
    const typeId = await typeOfVault();
    stage.proxy.requests.length = 0;
    stage.proxy.tell(lie.statedEncryption(false));
    await everyDeed('Not plain', member, typeId);
    const keys = keysIn(writes());
    expect(new Set(keys.map(([name]) => name))).toEqual(
      new Set(['masterKeyEncrypted', 'masterKeyHash', 'keyEncrypted', 'keyHash', 'passwordEncrypted']),
    );
    for (const [, value] of keys) expect(String(value).length).toBeGreaterThan(60);
    stage.proxy.tell(null);
    await vi.waitFor(
      async () => {
        const { rekeyings } = await stage.app.ask('rekeying', 'status', {});
        for (const { vaultId: id } of rekeyings) await stage.app.ask('rekeying', 'goOn', { vaultId: id });
        expect(rekeyings).toEqual([]);
      },
      { timeout: 20_000, interval: 500 },
    );
    const told = await member.http.send<{ masterKeyEncrypted: string }>(
      'GET',
      `/vaults/${stage.organisation.office.id}`,
    );
    if (member.privateKey === null) throw new Error('The person has keys.');
    expect(unwrapVaultKey(told.masterKeyEncrypted, member.privateKey)).toEqual(stage.organisation.office.key);
  }, 60_000);

  it('D3 rows 2 and 15: holds no key, no code of a link and no secret, in no form', async () => {
    const member = await stage.join('grepped');
    const typeId = await typeOfVault();
    const recordIds = [await recordIn(stage.app, 'Router'), await recordIn(stage.app, 'Datenbank')];
    const former = stage.keyOf(stage.organisation.servers.id);
    stage.proxy.requests.length = 0;
    const vaultId = await everyDeed('Grepped', member, typeId);
    await vi.waitFor(
      async () => expect((await stage.app.ask('rekeying', 'status', {})).rekeyings).toEqual([]),
      { timeout: 20_000 },
    );
    const code = new URL(stage.app.clipboard).hash.replace('#code=', '');
    expect(code).toHaveLength(100);
    const wanted: Wanted[] = [
      ...secretsOf(stage.app, recordIds),
      { name: 'code of the link', bytes: Buffer.from(code) },
      { name: 'former vault key', bytes: former },
      { name: 'vault key made', bytes: stage.keyOf(vaultId) },
      { name: 'vault key in force', bytes: stage.keyOf(stage.organisation.servers.id) },
    ];
    expect(new SecretSearch(wanted).in(Buffer.from(`planted ${code}`))).toHaveLength(1);
    expect(new SecretSearch(wanted).in(traffic())).toEqual([]);
    // Of a file its name goes along, as the protocol has it; its bytes and keys do not.
    expect(traffic().toString()).toContain('ca.pem');
  }, 60_000);

  it('names in no address, and tells in no refusal, what it was not asked for', async () => {
    const member = await stage.join('refused');
    const wish = await wishTo('Router', member);
    stage.proxy.tell((answer) =>
      answer.request.method === 'POST'
        ? { status: 400, json: { errors: [{ code: 'odd', field: '', message: answer.request.body }] } }
        : undefined,
    );
    const outcome = await stage.app.ask('sharing', 'send', wish);
    expect(outcome.sent).toBe(0);
    const crossed = JSON.stringify(outcome);
    expect(crossed).not.toContain('keyEncrypted');
    for (const { path } of stage.proxy.requests) expect(path).not.toMatch(/code=|key=|hash=/i);
  });
});
