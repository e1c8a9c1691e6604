/** What stands in the way of converting vaults: it is named, it holds up nothing else, and it can be mended. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePlain, generateRecordKey, sealPassword } from '../../main/keychain/index.ts';
import { writeScripted } from '../hostile/answering.ts';
import { draft } from '../organisation/drafts.ts';
import { createVault, signIn, writeRecord } from '../organisation/index.ts';
import type { OpenVault } from '../organisation/index.ts';
import { annasSecret } from './accountstage.ts';
import { Application } from './application.ts';
import { devicePassphrase, EncryptionStage, ended, settled, utf8 } from './encryptionstage.ts';
import { TrustStage } from './truststage.ts';

let stage: EncryptionStage;
/** Lies in the bin all the while. */
let thrownAway: OpenVault;
let tooLarge = '';

beforeAll(async () => {
  stage = await EncryptionStage.open(60);
  const { organisation, shared } = stage;
  const { owner, ledger } = organisation;
  thrownAway = await createVault(owner, 'Thrown away', 'privateShared', ledger);
  await writeRecord(owner, thrownAway, null, draft('In the bin', { password: 'binned' }), ledger);
  await owner.http.send('DELETE', `/vaults/${thrownAway.id}`);
  // Encrypted it would be larger than what the server keeps of one record.
  const passwordEncrypted = encodePlain(Buffer.alloc(520_000, 'large'));
  const body = { vaultId: shared.id, name: 'Too large', passwordEncrypted };
  tooLarge = (await owner.http.send<{ id: string }>('POST', '/items', body)).id;
  await stage.owner.app.synced();
  await stage.begin('on');
  await stage.setMasterPassword(stage.owner);
  await stage.setMasterPassword(stage.boris);
});
afterAll(() => stage.close());

/** The line is as it should be again. */
function mendLine(): void {
  stage.proxy.tell(null);
}

describe('turning on', { timeout: 60_000 }, () => {
  it('ends at lock, and nothing of it goes on by itself afterwards', async () => {
    const { owner, proxy } = stage;
    const held = new Promise<void>((resolve) => {
      proxy.tell(({ request }) => {
        if (!request.path.includes('/encryption/objects')) return undefined;
        resolve();
        return null;
      });
    });
    await stage.encrypt(owner);
    await held;
    expect(await owner.app.ask('encryptionChange', 'announced', {})).toMatchObject({
      conversion: { direction: 'on', state: 'running', vaults: { total: 2, ready: 0 } },
    });
    await owner.app.ask('session', 'lock', {});
    mendLine();
    await owner.app.unlock(owner.accountId, devicePassphrase);
    await owner.app.synced();
    expect(await owner.app.ask('encryptionChange', 'announced', {})).toMatchObject({ conversion: null });
  });

  it('is stopped by the person, and told of', async () => {
    const { owner, proxy } = stage;
    proxy.tell(({ request }) => (request.path.includes('/encryption/objects') ? null : undefined));
    await stage.encrypt(owner);
    await owner.app.ask('encryptionChange', 'pause', {});
    mendLine();
    const stopped = { direction: 'on', state: 'stopped', failure: null };
    expect((await owner.app.ask('encryptionChange', 'announced', {})).conversion).toMatchObject(stopped);
    expect(owner.app.told('encryptionChangeTold').at(-1)).toMatchObject({ conversion: stopped });
  });

  it('names the record that has no other form, and makes everything else ready, the bin included', async () => {
    const { owner } = stage;
    await stage.encrypt(owner);
    expect(await ended(owner)).toMatchObject({
      ...{ state: 'stopped', failure: 'undecipherable', vaults: { total: 2, ready: 1 } },
      unreadable: [{ vaultName: 'Shared', recordName: 'Too large' }],
    });
    const { vaults } = await owner.app.ask('encryptionChange', 'read', {});
    expect(vaults).toMatchObject([
      { name: 'Shared', isInBin: false, isReady: false },
      { name: 'Thrown away', isInBin: true, isReady: true, done: 1, total: 1 },
    ]);
    expect((vaults[0]?.total ?? 0) - (vaults[0]?.done ?? 0)).toBe(1);
  });

  it('goes on once the record is gone for good, under the key that was made before', async () => {
    const { owner } = stage;
    const { http } = await signIn(stage.server.http, owner.member.person);
    const { binItemId } = await http.send<{ binItemId: string }>('DELETE', `/items/${tooLarge}`);
    await stage.encrypt(owner);
    expect((await ended(owner)).unreadable).toMatchObject([{ recordName: 'Too large' }]);
    await http.send('DELETE', `/bin/${binItemId}`);
    expect(await owner.app.ask('encryptionChange', 'read', {})).toMatchObject({
      ...{ underWay: { vaults: { total: 3, ready: 2 } }, vaults: [{ isReady: true }, { isReady: true }] },
    });
  });

  it('is refused a portion that was sealed for what somebody has begun anew, and stops', async () => {
    const { owner, proxy, shared } = stage;
    await addRecord('Late');
    const state = await owner.app.ask('encryptionChange', 'read', {});
    expect(state.vaults).toMatchObject([{ name: 'Shared', isReady: false }, { isReady: true }]);
    const elsewhere = new Application();
    await elsewhere.enrol(stage.server.url, owner.member.person);
    const held = new Promise<() => void>((resolve) => {
      proxy.tell((answer, response) => {
        if (!answer.request.path.includes('/encryption/objects?')) return undefined;
        if ((answer.json as { items: unknown[] }).items.length === 0) return undefined;
        proxy.tell(null);
        resolve(() => writeScripted(response, { json: answer.json }));
        return null;
      });
    });
    await stage.encrypt(owner);
    const goOn = await held;
    const wish = { masterPassword: utf8(owner.masterPassword), admitted: [], vaultIds: [shared.id] };
    await elsewhere.ask('encryptionChange', 'encrypt', wish);
    expect(await ended({ app: elsewhere })).toMatchObject({ state: 'done' });
    goOn();
    expect(await ended(owner)).toMatchObject({ state: 'stopped', failure: 'rekeyingGone' });
    await elsewhere.close();
  });

  it('ends with the change when that is given up, and leaves everything as it was', async () => {
    const { owner, boris } = stage;
    await addRecord('Later');
    const before = await stage.contents(owner);
    expect(await boris.app.refusal('encryptionChange', 'giveUp', {})).toBe('forbidden');
    await owner.app.ask('encryptionChange', 'giveUp', {});
    expect(await owner.app.ask('encryptionChange', 'read', {})).toMatchObject({
      ...{ underWay: null, last: null, conversion: null, vaults: [] },
    });
    const wish = { masterPassword: utf8(owner.masterPassword), admitted: [], vaultIds: [stage.shared.id] };
    expect(await owner.app.refusal('encryptionChange', 'encrypt', wish)).toBe('encryptionChangeGone');
    await settled(owner.app);
    expect(await owner.app.ask('encryptionChange', 'announced', {})).toEqual({
      ...{ direction: null, conversion: null },
    });
    expect(await stage.contents(owner)).toEqual(before);
  });
});

describe('turning off', () => {
  let trust: TrustStage;
  beforeAll(async () => {
    trust = await TrustStage.open();
  });
  afterAll(() => trust.close());

  it('keeps a change that was on its way meanwhile, and stops the sync', async () => {
    const { app, proxy, organisation } = trust;
    const errors = [{ code: 'encryptionChanged', field: '', message: 'another mode' }];
    proxy.tell(({ request }) =>
      request.method === 'PATCH' && request.path.includes('/items/')
        ? { status: 409, json: { errors } }
        : undefined,
    );
    const recordId = (await app.ids({ kind: 'vault', vaultId: organisation.office.id }))[0] ?? '';
    const fields = { login: 'changed just then' };
    await app.ask('editing', 'save', { recordId, fields });
    await app.synced();
    expect(await app.ask('sync', 'status', {})).toMatchObject({
      ...{ phase: 'stopped', problem: { code: 'encryptionModeChanged' }, waiting: 1 },
    });
    proxy.tell(null);
    await settled(app);
  });

  it('names the record that does not open and the vault without a key, and hands the others over', async () => {
    const { app, organisation, proxy } = trust;
    const { anna, servers, office, ledger } = organisation;
    const broken = await writeRecord(anna, office, null, draft('Broken', { password: 'sealed' }), ledger);
    const foreign = sealPassword(utf8('under another key'), generateRecordKey());
    await anna.http.send('PATCH', `/items/${broken.id}`, { vaultId: office.id, passwordEncrypted: foreign });
    const binned = await createVault(anna, 'Thrown away', 'privateShared', ledger);
    await anna.http.send('DELETE', `/vaults/${binned.id}`);
    await app.synced();
    const password = utf8(anna.person.password);
    await app.ask('encryptionChange', 'begin', { direction: 'off', password });
    const { vaults } = await app.ask('encryptionChange', 'read', {});
    const vaultIds = vaults.map(({ vaultId }) => vaultId);
    await app.ask('encryptionChange', 'handOver', { masterPassword: utf8(annasSecret), vaultIds });
    const view = await ended({ app });
    expect(view.state).toBe('stopped');
    expect(view.unreadable).toContainEqual({ vaultName: office.name, recordName: 'Broken' });
    expect(view.unreadable).toContainEqual({ vaultName: 'Thrown away', recordName: null });
    const after = (await app.ask('encryptionChange', 'read', {})).vaults;
    expect(after.find(({ vaultId }) => vaultId === servers.id)).toMatchObject({ isReady: true });
    const left = after.find(({ vaultId }) => vaultId === office.id);
    // The record as it is now, and the state before, which did open.
    expect((left?.total ?? 0) - (left?.done ?? 0)).toBe(1);
    const refused = { password: utf8(anna.person.password) };
    expect(await app.refusal('encryptionChange', 'finish', refused)).toBe('encryptionChangeIncomplete');
    expect(proxy.requests.map(({ body }) => body).join('')).not.toContain(annasSecret);
  });
});

async function addRecord(name: string): Promise<void> {
  const { owner, server, shared } = stage;
  const member = await signIn(server.http, owner.member.person);
  await writeRecord(member, shared, null, draft(name, { password: name }), stage.organisation.ledger);
  await owner.app.synced();
}
