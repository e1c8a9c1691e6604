/** Client-side encryption turned on and off for an organisation: cut, gone on with, and read the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isEnvelope } from '../../main/keychain/index.ts';
import type { Application } from './application.ts';
import {
  devicePassphrase,
  EncryptionStage,
  ended,
  idOf,
  logInOf,
  settled,
  stopped,
  utf8,
} from './encryptionstage.ts';
import type { ReadRecord } from './encryptionstage.ts';

let stage: EncryptionStage;
let before: { owner: ReadRecord[]; boris: ReadRecord[] };

beforeAll(async () => {
  stage = await EncryptionStage.open();
  // Two parts, the second of which is short.
  await stage.attach(stage.owner, 'Router', 'image.iso', Buffer.alloc(6 * 1024 * 1024 + 17, 'image'));
  await stage.boris.app.synced();
  const { owner, boris } = stage;
  before = { owner: await stage.contents(owner), boris: await stage.contents(boris) };
}, 120_000);
afterAll(() => stage.close());

const passwordOf = (records: readonly ReadRecord[], name: string): string =>
  records.find((record) => record.name === name)?.fields[0]?.[1] ?? '';

/** The requests by which vaults were begun with. */
const beginnings = (): number =>
  stage.proxy.requests.filter(({ method, path }) => method === 'POST' && /\/encryption$/.test(path)).length;

/** The next answer to such a request never arrives. */
function loseAnswer(ending: string): void {
  stage.proxy.tell(({ request }, response) => {
    if (request.method !== 'POST' || !request.path.endsWith(ending)) return undefined;
    stage.proxy.tell(null);
    response.socket?.destroy();
    return null;
  });
}

async function change(name: string, password: string): Promise<void> {
  const { app } = stage.boris;
  const recordId = await idOf(app, name);
  const fields = { password: { kind: 'set' as const, value: utf8(password) } };
  await app.ask('editing', 'save', { recordId, fields });
  await settled(app);
}

describe('client-side encryption', { timeout: 90_000 }, () => {
  it('is begun with the log-in password, by those who may, and announced to everybody', async () => {
    const { owner, boris } = stage;
    const wrong = { direction: 'on', password: utf8('wrong') } as const;
    expect(await owner.app.refusal('encryptionChange', 'begin', wrong)).toBe('wrongCredentials');
    const asked = { direction: 'on', password: logInOf(boris) } as const;
    expect(await boris.app.refusal('encryptionChange', 'begin', asked)).toBe('forbidden');
    const already = { direction: 'off', password: logInOf(owner) } as const;
    expect(await owner.app.refusal('encryptionChange', 'begin', already)).toBe('encryptionAlreadySo');
    await stage.begin('on');
    expect(await boris.app.ask('encryptionChange', 'announced', {})).toEqual({
      ...{ direction: 'on', conversion: null },
    });
    expect(await boris.app.ask('encryptionChange', 'read', {})).toMatchObject({
      ...{ isEncrypted: false, mayManage: false, ownKeys: 'missing', last: null },
      underWay: { direction: 'on', starter: owner.member.person.fullName, withoutKeys: 2 },
      vaults: [{ vaultId: stage.own.id, name: 'Of Boris', isInBin: false, startedBy: null, isReady: false }],
    });
  });

  it('asks everybody for a master password, which the server holds to its rule', async () => {
    const { owner, boris } = stage;
    const short = { wanted: utf8('x'), logIn: logInOf(owner) };
    expect(await owner.app.refusal('encryptionChange', 'setMasterPassword', short)).toBe(
      'masterPasswordRules',
    );
    // An answer that is lost says nothing; what the server has does.
    loseAnswer('/users/master-key/set');
    await stage.setMasterPassword(owner);
    await stage.setMasterPassword(boris);
    expect(await owner.app.ask('encryptionChange', 'read', {})).toMatchObject({ ownKeys: 'here' });
    const again = { wanted: utf8(owner.masterPassword), logIn: logInOf(owner) };
    expect(await owner.app.refusal('encryptionChange', 'setMasterPassword', again)).toBe('changedMeanwhile');
    const { holders } = await owner.app.ask('encryptionChange', 'people', {});
    expect(holders).toMatchObject([{ userId: boris.member.userId, trust: 'unseen' }]);
    owner.app.accounts.current().recipients.verify(boris.member.userId, holders[0]?.fingerprint ?? '');
  });

  it('goes on after a loss of power in the middle under the key that was made before it', async () => {
    const { owner, proxy } = stage;
    const wrong = { masterPassword: utf8('wrong'), vaultIds: [stage.shared.id], admitted: [] };
    expect(await owner.app.refusal('encryptionChange', 'encrypt', wrong)).toBe('wrongMasterPassword');
    loseAnswer('/encryption');
    await stage.encrypt(owner);
    expect(await ended(owner)).toMatchObject({ state: 'stopped', failure: 'unreachable' });
    proxy.tell(({ request }) => {
      if (request.method === 'POST' && request.path.endsWith('/encryption/objects')) proxy.setDown(true);
      return undefined;
    });
    await stage.encrypt(owner);
    expect(await ended(owner)).toMatchObject({ state: 'stopped', failure: 'unreachable' });
    proxy.tell(null);
    proxy.setDown(false);
    await stage.afterPowerLoss(owner, devicePassphrase);
    await change('Record 01', 'changed meanwhile');
    const begun = beginnings();
    expect(begun).toBe(1);
    expect(await owner.app.ask('encryptionChange', 'read', {})).toMatchObject({
      ...{ conversion: null, vaults: [{ isReady: false, startedBy: owner.member.person.fullName }] },
    });
    const [shown] = (await owner.app.ask('encryptionChange', 'read', {})).vaults;
    expect(shown?.done).toBeGreaterThan(0);
    await stage.encrypt(owner);
    expect(await ended(owner)).toMatchObject({
      ...{ state: 'done', vaults: { total: 1, ready: 1 }, unreadable: [] },
    });
    expect(beginnings()).toBe(begun);
  });

  it('waits for what was changed since, and for every vault', async () => {
    const { owner, boris } = stage;
    await change('Record 02', 'changed after it was ready');
    await stage.encrypt(boris);
    expect(await ended(boris)).toMatchObject({ state: 'done', vaults: { total: 1, ready: 1 } });
    const finish = { password: logInOf(owner) };
    expect(await owner.app.refusal('encryptionChange', 'finish', finish)).toBe('encryptionChangeIncomplete');
    expect(await owner.app.ask('encryptionChange', 'read', {})).toMatchObject({
      underWay: {
        vaults: { total: 2, ready: 1 },
        waitingFor: [{ userId: owner.member.userId, vaults: 1 }],
      },
    });
    await stage.encrypt(owner);
    expect(await ended(owner)).toMatchObject({ state: 'done' });
    // Until the end everybody reads as before.
    await owner.app.synced();
    expect(passwordOf(await stage.contents(owner), 'Record 02')).toBe('changed after it was ready');
    before = { owner: await stage.contents(owner), boris: await stage.contents(boris) };
  });

  it('stops every device when it is in force, and everybody reads the same after setting up anew', async () => {
    const { owner, boris } = stage;
    await stage.finish();
    await stopped(owner);
    await stopped(boris);
    expect(await boris.app.ask('encryptionChange', 'read', {})).toMatchObject({
      ...{ underWay: null, last: { direction: 'on', by: owner.member.person.fullName } },
    });
    await stage.startAnew(owner, owner.masterPassword);
    await stage.startAnew(boris, boris.masterPassword);
    // The key that was made on this device is known again; the one from somebody else is new here.
    const trustOf = (app: Application, vaultId: string) =>
      app.accounts.current().mirror.pins.vaultKey(vaultId)?.trust;
    expect(trustOf(owner.app, stage.shared.id)).toBe('verified');
    expect(trustOf(boris.app, stage.shared.id)).toBe('unverified');
    expect(trustOf(boris.app, stage.own.id)).toBe('verified');
    const { recipients } = owner.app.accounts.current();
    expect(await recipients.look(boris.member.userId)).toMatchObject({ trust: 'verified' });
    expect(await stage.contents(owner)).toEqual(before.owner);
    expect(await stage.contents(boris)).toEqual(before.boris);
    const { mirror } = owner.app.accounts.current();
    const rows = [...(await owner.app.ids())].map((id) => mirror.records.get(id));
    expect(rows.map((row) => row?.passwordEncrypted ?? null).filter((wire) => wire !== null)).toSatisfy(
      (wires: string[]) => wires.length > 45 && wires.every(isEnvelope),
    );
    const { rows: binned } = await owner.app.ask('bin', 'page', { vaultId: null, offset: 0, limit: 10 });
    await owner.app.ask('bin', 'restore', { ids: binned.map(({ id }) => id) });
    await settled(owner.app);
    expect(passwordOf(await stage.contents(owner), 'Gone')).toBe('still there');
  });

  it('is turned off again by those who hand their vaults over, and everybody reads the same', async () => {
    const { owner, boris } = stage;
    await boris.app.synced();
    before = { owner: await stage.contents(owner), boris: await stage.contents(boris) };
    await stage.begin('off');
    const wrong = { masterPassword: utf8('wrong'), vaultIds: [stage.shared.id] };
    expect(await owner.app.refusal('encryptionChange', 'handOver', wrong)).toBe('wrongMasterPassword');
    for (const person of [owner, boris]) {
      await stage.handOver(person);
      expect(await ended(person)).toMatchObject({ state: 'done', unreadable: [] });
    }
    await stage.finish();
    await stopped(owner);
    await stopped(boris);
    await stage.startAnew(owner, devicePassphrase);
    await stage.startAnew(boris, devicePassphrase);
    expect(await stage.contents(owner)).toEqual(before.owner);
    expect(await stage.contents(boris)).toEqual(before.boris);
  });
});
