import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePlain, openPassword, openRecordKey, unwrapVaultKey } from '../../../main/keychain/index.ts';
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
  writeRecord,
} from '../../../testing/organisation/index.ts';
import type { AnsweredItem, AnsweredSnapshot } from '../../../testing/organisation/trialrecords.ts';

let server: TrialServer;
let organisation: TrialOrganisation;
let owner: Member;
let other: Member;
let late: Member;
let shared: OpenVault;
let own: OpenVault;
let first = '';

beforeAll(async () => {
  server = await startTrialServer();
  organisation = await trialOrganisation(server, 'owner', false);
  owner = organisation.owner;
  other = await organisation.join('other');
  late = await organisation.join('late');
  const { ledger } = organisation;
  shared = await createVault(owner, 'Shared', 'privateShared', ledger);
  own = await createVault(other, 'Own', 'privateShared', ledger);
  for (const userId of [other.userId, late.userId]) {
    await owner.http.send('POST', `/vaults/${shared.id}/access`, { userId, access: 'write' });
  }
  const customs = [{ name: 'pin', value: '1234', type: 'password' as const }];
  const record = draft('one', { password: 'second', formerPasswords: ['first'], customs });
  first = (await writeRecord(owner, shared, null, record, ledger)).id;
  const binned = await writeRecord(owner, shared, null, draft('binned', { password: 'thrown' }), ledger);
  await owner.http.send('DELETE', `/items/${binned.id}`);
  await writeRecord(owner, shared, null, draft('bare'), ledger);
  await writeRecord(other, own, null, draft('mine', { password: 'private' }), ledger);
  await owner.http.send('POST', '/shortcuts', { vaultId: shared.id, itemId: first });
  await owner.http.send('POST', '/inbox-items', { itemId: first, userId: late.userId, access: 'read' });
});
afterAll(() => server.close());

const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });
const begin = (by: Member, direction: 'on' | 'off') =>
  by.http.send('POST', '/encryption-change', { direction, password: by.person.password });
const finish = (by: Member) =>
  by.http.send('POST', '/encryption-change/finish', { password: by.person.password });
const state = (by: Member) =>
  by.http.send<{ underWay: object | null; last: object | null }>('GET', '/encryption-change');
const converting = (member: Member) => ({ member, url: server.url, token: '' });
const settings = (by: Member) => by.http.send<object>('GET', '/app/settings');

const makeKeys = (member: Member) => keysFor(server.http, member, organisation.ledger);

describe('turning client-side encryption on', () => {
  let sharedKeys: VaultConversion;
  let ownKeys: VaultConversion;

  it('is begun by whoever manages settings, with their password, once', async () => {
    await refused(begin(other, 'on'), 403, 'accessDenied');
    await refused(begin(owner, 'off'), 409, 'encryptionAlreadySo');
    const wrong = owner.http.send('POST', '/encryption-change', { direction: 'on', password: 'no' });
    await refused(wrong, 403, 'passwordInvalid');
    expect(await state(owner)).toEqual({ underWay: null, last: null });
    await refused(owner.http.send('GET', `/vaults/${shared.id}/encryption`), 404, 'notFound');
    await begin(owner, 'on');
    await refused(begin(owner, 'on'), 409, 'encryptionChangeUnderWay');
    expect(await settings(other)).toMatchObject({
      ...{ isClientSideEncryptionEnabled: false, encryptionChange: 'on' },
    });
    expect(await state(owner)).toMatchObject({
      underWay: {
        ...{ direction: 'on', starter: { id: owner.userId }, withoutKeys: 3 },
        vaults: { total: 2, ready: 0 },
        waitingFor: [
          { user: { id: other.userId }, vaults: 1 },
          { user: { id: owner.userId }, vaults: 1 },
        ],
      },
    });
    expect(await state(other)).toMatchObject({ underWay: { waitingFor: [] } });
  });

  it('lets people make their keys beforehand, and nobody convert without', async () => {
    expect(await owner.http.send('GET', '/users/keys')).toMatchObject({ keys: null });
    const early = new VaultConversion(converting(owner), shared.id, 'on');
    await refused(early.by.member.http.send('POST', early.path, {}), 400, 'keyCheckRequired');
    owner = await makeKeys(owner);
    other = await makeKeys(other);
    expect(await owner.http.send('GET', '/users/keys')).toMatchObject({
      keys: { public: expect.stringContaining('PUBLIC KEY') },
    });
    expect(await owner.http.send('GET', '/users/info')).toMatchObject({
      isClientSideEncryptionEnabled: false,
    });
    expect(await state(owner)).toMatchObject({ underWay: { withoutKeys: 1 } });
  });

  it('begins with a vault by somebody who administers it', async () => {
    sharedKeys = new VaultConversion(converting(owner), shared.id, 'on');
    ownKeys = new VaultConversion(converting(other), own.id, 'on');
    await refused(new VaultConversion(converting(owner), own.id, 'on').begin([owner]), 403, 'accessDenied');
    await refused(
      new VaultConversion(converting(other), shared.id, 'on').begin([other]),
      403,
      'accessDenied',
    );
    await sharedKeys.begin([owner, other]);
    await refused(sharedKeys.begin([owner]), 409, 'rekeyingUnderWay');
    await sharedKeys.begin([owner, other], { takesOver: true });
    await ownKeys.begin([other]);
    expect(await owner.http.send('GET', '/encryption-change/vaults')).toEqual({
      vaults: [
        {
          ...{ id: shared.id, name: 'Shared', isInBin: false, doneCount: 0, total: 4, isReady: false },
          startedBy: { id: owner.userId, name: 'Trial owner' },
        },
      ],
    });
  });

  it('takes contents in the new form only, and as much as there was', async () => {
    const path = `${sharedKeys.path}/objects?kind=item`;
    const { items } = await owner.http.send<{ items: Parameters<VaultConversion['converted']>[0][] }>(
      'GET',
      path,
    );
    const one = items.find(({ id }) => id === first);
    if (!one) throw new Error('There is a record.');
    const good = await sharedKeys.converted(one);
    const put = (members: object) => sharedKeys.put([{ ...good, ...members }]);
    await refused(put({ passwordEncrypted: one.passwordEncrypted }), 400, 'notEncrypted');
    await refused(put({ customs: [] }), 400, 'contentMismatch');
    await refused(put({ passwordEncrypted: null }), 400, 'contentMismatch');
    await refused(
      put({ attachments: [{ id: one.id, encryptedKey: good.keyEncrypted }] }),
      400,
      'contentMismatch',
    );
    await refused(put({ keyEncrypted: null }), 400, 'keyRequired');
    expect(await put({ state: 'a'.repeat(64) })).toEqual({ doneCount: 0 });
    expect(await put({})).toEqual({ doneCount: 1 });
  });

  it('waits for everything, in its latest form, and is seen by nobody before', async () => {
    await refused(finish(owner), 409, 'encryptionChangeIncomplete');
    expect(await sharedKeys.putAllBy()).toBe(3);
    await refused(finish(owner), 409, 'encryptionChangeIncomplete');
    expect(await state(owner)).toMatchObject({
      underWay: { vaults: { total: 2, ready: 1 }, waitingFor: [{ user: { id: other.userId }, vaults: 1 }] },
    });
    await ownKeys.putAllBy();
    // Only another name: what was put by holds.
    await other.http.send('PATCH', `/items/${first}`, { name: 'renamed' });
    expect(await state(owner)).toMatchObject({ underWay: { vaults: { ready: 1 } } });
    expect(await sharedKeys.putAllBy()).toBe(1);
    await other.http.send('PATCH', `/items/${first}`, {
      passwordEncrypted: Buffer.from('third').toString('base64'),
    });
    await refused(finish(owner), 409, 'encryptionChangeIncomplete');
    const read = await other.http.send<AnsweredItem>('GET', `/items/${first}`);
    expect(decodePlain(read.passwordEncrypted ?? '').toString()).toBe('third');
    expect(await sharedKeys.putAllBy()).toBe(2);
    expect(await state(owner)).toMatchObject({
      underWay: { vaults: { total: 2, ready: 2 }, waitingFor: [] },
    });
  });

  it('puts everything in force at once', async () => {
    await refused(finish(other), 403, 'accessDenied');
    const cursor = (await other.http.send<{ cursor: string }>('GET', '/changes')).cursor;
    const { revision } = await other.http.send<AnsweredItem>('GET', `/items/${first}`);
    await finish(owner);
    expect(await settings(other)).toMatchObject({
      ...{ isClientSideEncryptionEnabled: true, encryptionChange: null },
    });
    expect(await state(owner)).toMatchObject({
      underWay: null,
      last: { direction: 'on', by: { id: owner.userId } },
    });
    const vault = await other.http.send<{ masterKeyEncrypted: string }>('GET', `/vaults/${shared.id}`);
    if (!other.privateKey) throw new Error('The keys are made.');
    const vaultKey = unwrapVaultKey(vault.masterKeyEncrypted, other.privateKey);
    const read = await other.http.send<AnsweredItem>('GET', `/items/${first}`);
    expect(read).toMatchObject({ name: 'renamed', revision: revision + 1 });
    const key = openRecordKey(read.keyEncrypted ?? '', vaultKey);
    expect(openPassword(read.passwordEncrypted, key)?.toString()).toBe('third');
    const { items } = await other.http.send<{ items: AnsweredSnapshot[] }>(
      'GET',
      `/items/${first}/snapshots`,
    );
    const former = items.map((each) => openPassword(each.passwordEncrypted, key)?.toString());
    expect(former).toEqual(['second', 'second', 'first']);
    const path = `/changes?since=${encodeURIComponent(cursor)}`;
    const { changes, account } = await other.http.send<{ changes: object[]; account: object }>('GET', path);
    expect(changes).toContainEqual(expect.objectContaining({ kind: 'vault', id: shared.id, isWhole: true }));
    expect(account).toMatchObject({ isClientSideEncryptionEnabled: true, encryptionChange: null });
  });

  it('ends what carried former wraps, and lets those wait who have no key', async () => {
    expect(await owner.http.send('GET', `/shortcuts?vaultId=${shared.id}`)).toMatchObject({ items: [] });
    expect(await late.http.send('GET', '/inbox-items')).toMatchObject({ items: [] });
    await refused(late.http.send('GET', `/vaults/${shared.id}`), 403, 'accessDenied');
    expect(await owner.http.send('GET', `/access-requests?vaultId=${shared.id}`)).toMatchObject({
      items: [{ user: { login: 'late' }, reason: 'rekey' }],
    });
    const plain = { vaultId: shared.id, name: 'late', passwordEncrypted: 'cGxhaW4=' };
    await refused(owner.http.send('POST', '/items', plain), 400, 'notEncrypted');
  });
});
