/** What happens to an organisation while client-side encryption is on its way. */
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeKeys as keysFor } from '../../../testing/organisation/changing.ts';
import { VaultConversion } from '../../../testing/organisation/conversion.ts';
import { draft } from '../../../testing/organisation/drafts.ts';
import type {
  Member,
  OpenVault,
  TrialOrganisation,
  TrialServer,
} from '../../../testing/organisation/index.ts';
import {
  createVault,
  startTrialServer,
  trialOrganisation,
  wrapFor,
  writeRecord,
} from '../../../testing/organisation/index.ts';

let server: TrialServer;
let organisation: TrialOrganisation;
let owner: Member;
let helper: Member;
let vault: OpenVault;
let count = 0;

beforeAll(async () => {
  server = await startTrialServer();
});
afterAll(() => server.close());

/** A new organisation for each test, with one vault that two people administer. */
async function organise(isEncrypted: boolean): Promise<void> {
  count += 1;
  organisation = await trialOrganisation(server, `owner${count}`, isEncrypted);
  owner = organisation.owner;
  helper = await organisation.join(`helper${count}`);
  vault = await createVault(owner, 'Shared', 'privateShared', organisation.ledger);
  await writeRecord(owner, vault, null, draft('one', { password: 'first' }), organisation.ledger);
  const access = { userId: helper.userId, access: 'admin' };
  const key = isEncrypted ? { masterKeyEncrypted: wrapFor(vault, await publicKey(helper)) } : {};
  await owner.http.send('POST', `/vaults/${vault.id}/access`, { ...access, ...key });
}

const publicKey = async (of: Member) =>
  (await owner.http.send<{ publicKey: string }>('GET', `/users/${of.userId}/public-key`)).publicKey;
const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });
const passwordOf = ({ person }: Member) => ({ password: person.password });
const begin = (direction: 'on' | 'off') =>
  owner.http.send('POST', '/encryption-change', { direction, ...passwordOf(owner) });
const finish = () => owner.http.send('POST', '/encryption-change/finish', passwordOf(owner));
const state = () => owner.http.send('GET', '/encryption-change');
const converting = (member: Member) => ({ member, url: server.url, token: '' });

const makeKeys = (member: Member) => keysFor(server.http, member, organisation.ledger);

/** Sends the head of a request now, and its body when it is told to; answers status and text. */
async function heldBack(member: Member, path: string, body: object) {
  const credentials = { username: member.person.login, password: member.person.password };
  const { accessToken } = await server.http.send<{ accessToken: string }>(
    'POST',
    '/users/login',
    credentials,
  );
  const text = JSON.stringify(body);
  const headers = {
    ...{ Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' },
    'X-Response-Format': 'raw',
    'Content-Length': Buffer.byteLength(text),
  };
  const sending = httpRequest(`${server.url}/api/v1${path}`, { method: 'POST', headers });
  const answer = new Promise<{ status: number; text: string }>((resolve, reject) => {
    sending.on('error', reject);
    sending.on('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8') }),
      );
    });
  });
  sending.flushHeaders();
  return { answer, go: () => sending.end(text) };
}

describe('while it is being turned on', () => {
  beforeEach(() => organise(false));

  it('refuses a write that was on its way in the former form, and keeps nothing of it', async () => {
    await begin('on');
    owner = await makeKeys(owner);
    const conversion = new VaultConversion(converting(owner), vault.id, 'on');
    await conversion.begin([owner]);
    await conversion.putAllBy();
    const plain = { vaultId: vault.id, name: 'late', passwordEncrypted: 'cGxhaW4=' };
    const held = await heldBack(owner, '/items', plain);
    // Whoever sends it is known by then: their connection was first.
    await state();
    await finish();
    held.go();
    const { status, text } = await held.answer;
    expect([status, text]).toEqual([409, expect.stringContaining('encryptionChanged')]);
    const { items } = await owner.http.send<{ items: { name: string }[] }>(
      'GET',
      `/items?vaultId=${vault.id}`,
    );
    expect(items.map(({ name }) => name)).toEqual(['one']);
  });

  it('waits for a vault that was made meanwhile, and for one that is in the bin', async () => {
    await begin('on');
    owner = await makeKeys(owner);
    const conversion = new VaultConversion(converting(owner), vault.id, 'on');
    await conversion.begin([owner]);
    await conversion.putAllBy();
    const { id } = await owner.http.send<{ id: string }>('POST', '/vaults', { name: 'New' });
    expect(await state()).toMatchObject({ underWay: { vaults: { total: 2, ready: 1 } } });
    await owner.http.send('DELETE', `/vaults/${id}`);
    expect(await state()).toMatchObject({ underWay: { vaults: { total: 2, ready: 1 } } });
    await refused(finish(), 409, 'encryptionChangeIncomplete');
    await owner.http.send('DELETE', `/bin/vaults/${id}`);
    expect(await state()).toMatchObject({ underWay: { vaults: { total: 1, ready: 1 } } });
    await finish();
  });

  it('names whom a vault waits for: those with keys, or else whoever administers it', async () => {
    const group = await owner.http.send<{ id: string }>('POST', '/user-groups', { name: `G${count}` });
    const member = await organisation.join(`member${count}`);
    await owner.http.send('POST', `/user-groups/${group.id}/add-users`, { userIds: [member.userId] });
    await owner.http.send('POST', `/vaults/${vault.id}/access`, { groupId: group.id, access: 'admin' });
    await begin('on');
    const waitingFor = async () => {
      const answer = await owner.http.send<{ underWay: { waitingFor: { user: { id: string } }[] } }>(
        ...(['GET', '/encryption-change'] as const),
      );
      return answer.underWay.waitingFor.map(({ user }) => user.id).toSorted();
    };
    expect(await waitingFor()).toEqual([owner.userId, helper.userId, member.userId].toSorted());
    await makeKeys(member);
    expect(await waitingFor()).toEqual([member.userId]);
  });

  it('shows nothing of a folder to an administrator to whom it is closed', async () => {
    const folder = await owner.http.send<{ id: string }>('POST', '/folders', {
      name: 'F',
      vaultId: vault.id,
    });
    const closed = { userId: helper.userId, access: 'forbidden' };
    await owner.http.send('POST', `/folders/${folder.id}/access`, closed);
    await begin('on');
    helper = await makeKeys(helper);
    owner = await makeKeys(owner);
    const listed = async (by: Member) =>
      (await by.http.send<{ vaults: object[] }>('GET', '/encryption-change/vaults')).vaults.length;
    expect([await listed(owner), await listed(helper)]).toEqual([1, 0]);
    const conversion = new VaultConversion(converting(helper), vault.id, 'on');
    await refused(conversion.begin([helper]), 403, 'accessDenied');
    await new VaultConversion(converting(owner), vault.id, 'on').begin([owner, helper]);
    await refused(conversion.putAllBy(), 403, 'accessDenied');
    await owner.http.send('DELETE', `/folders/${folder.id}`);
    await refused(conversion.putAllBy(), 403, 'accessDenied');
  });

  it('gives no key to somebody who has made another pair, and lets them wait', async () => {
    await begin('on');
    owner = await makeKeys(owner);
    helper = await makeKeys(helper);
    const conversion = new VaultConversion(converting(owner), vault.id, 'on');
    await conversion.begin([owner, helper]);
    await conversion.putAllBy();
    await owner.http.send('POST', `/users/${helper.userId}/reset-master-key`);
    await finish();
    const access = await owner.http.send<{ keyHolders: string[] }>('GET', `/vaults/${vault.id}/access`);
    expect(access.keyHolders).toEqual([owner.userId]);
    expect(await owner.http.send('GET', `/access-requests?vaultId=${vault.id}`)).toMatchObject({
      items: [{ user: { id: helper.userId }, reason: 'rekey' }],
    });
  });

  it('puts nothing by for a conversion that somebody else has begun anew, or that is given up', async () => {
    await begin('on');
    owner = await makeKeys(owner);
    helper = await makeKeys(helper);
    const former = new VaultConversion(converting(owner), vault.id, 'on');
    await former.begin([owner]);
    const later = new VaultConversion(converting(helper), vault.id, 'on');
    await later.begin([owner, helper], { takesOver: true });
    await refused(former.putAllBy(), 404, 'notFound');
    expect(await later.putAllBy()).toBe(1);
    const told = await owner.http.send<{ startedBy: string }>('GET', former.path);
    expect(told.startedBy).toBe(helper.userId);
    await owner.http.send('POST', `/vaults/${vault.id}/access`, { userId: helper.userId, access: 'read' });
    await refused(helper.http.send('GET', later.path), 403, 'accessDenied');
    await owner.http.send('DELETE', '/encryption-change');
    await refused(former.putAllBy(), 404, 'notFound');
    expect(await owner.http.send('GET', '/users/keys')).toMatchObject({ keys: null });
    const { items } = await owner.http.send<{ items: object[] }>('GET', `/items?vaultId=${vault.id}`);
    expect(items).toMatchObject([{ name: 'one', keyEncrypted: null }]);
  });
});

describe('while it is being turned off', () => {
  beforeEach(() => organise(true));

  it('leaves a vault alone that is on its way to another key', async () => {
    const conversion = new VaultConversion(converting(owner), vault.id, 'off', vault.key ?? undefined);
    const next = new VaultConversion(converting(owner), vault.id, 'on');
    const keys: Record<string, object> = {};
    for (const member of [owner, helper]) keys[member.userId] = await next.keyFor(member);
    const body = { keys, salt: 'x', masterKeyHash: 'a'.repeat(64) };
    await owner.http.send('POST', `/vaults/${vault.id}/rekey`, body);
    await begin('off');
    await refused(conversion.begin([]), 409, 'rekeyingUnderWay');
    await refused(conversion.begin([], { takesOver: true }), 409, 'rekeyingUnderWay');
    await owner.http.send('DELETE', `/vaults/${vault.id}/rekey`);
    await conversion.begin([]);
    await refused(owner.http.send('DELETE', `/vaults/${vault.id}/rekey`), 404, 'notFound');
    await refused(owner.http.send('POST', `/vaults/${vault.id}/rekey/finish`), 404, 'notFound');
  });
});
