/** The conversation that brings an account to a device, with an honest server and with none at all. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  asMasterKey,
  openPrivateKey,
  publicPemOf,
  samePublicKey,
  sealPrivateKey,
  openPrivatePem,
} from '../../main/keychain/index.ts';
import { parseServerAddress } from '../../main/remote/index.ts';
import { Enrolment } from '../../main/sync/index.ts';
import { startAnswering } from '../hostile/answering.ts';
import { TestDevice } from '../hostile/device.ts';
import * as lie from '../hostile/lies.ts';
import type { Lie } from '../hostile/proxy.ts';
import { anna, buildPlainOrganisation, nina, startOwnServer } from '../hostile/smallorganisation.ts';
import { HostileStage } from '../hostile/stage.ts';

let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.open();
});
afterAll(() => stage.close());

const begun: Enrolment[] = [];
afterEach(async () => {
  await stage.clear();
  for (const enrolment of begun.splice(0)) await enrolment.end();
});

async function begin(change: { url?: string; login?: string; password?: string } = {}): Promise<Enrolment> {
  const enrolment = await Enrolment.begin({
    address: parseServerAddress(change.url ?? stage.proxy.url),
    trust: { kind: 'system' },
    login: change.login ?? anna.login,
    password: Buffer.from(change.password ?? anna.password),
  });
  begun.push(enrolment);
  return enrolment;
}

const annaMaster = (): Buffer => Buffer.from(anna.masterPassword ?? '');

describe('an enrolment', () => {
  it('asks for the master password and shows how the key is derived', async () => {
    const enrolment = await begin();
    expect(enrolment.step()).toEqual({
      enrolmentId: enrolment.id,
      needs: 'masterPassword',
      fullName: 'anna',
      login: 'anna',
      keyDerivation: { digest: 'sha256', iterations: 300_000, bytes: 64 },
    });
  });

  it('gives everything that a profile is made of', async () => {
    const { keys, ...result } = await (await begin()).finish(annaMaster());
    expect(result).toMatchObject({
      server: { origin: stage.proxy.url, trust: { kind: 'system' } },
      account: { userId: stage.organisation.anna.userId, login: 'anna', fullName: 'anna' },
      pins: { ...stage.account.pins, mode: 'client' },
    });
    expect(keys?.privateKey.bits).toBe(2048);
    if (keys === null) throw new Error('The account must be encrypted.');
    const opened = openPrivateKey(keys.privateEncrypted, keys.masterKey);
    expect(samePublicKey(publicPemOf(opened), stage.annaPublic)).toBe(true);
  });

  it('survives a mistyped master password', async () => {
    const enrolment = await begin();
    await expect(enrolment.finish(Buffer.from('not the one'))).rejects.toMatchObject({
      code: 'wrongMasterPassword',
    });
    expect(stage.hashTraces()).toEqual([]);
    expect((await enrolment.finish(annaMaster())).keys).not.toBeNull();
  });

  it('asks for the second factor where there is one, and then goes on', async () => {
    let passed = false;
    const secondFactor: Lie = ({ request }) => {
      if (request.path.endsWith('/2fa/totp/authorize')) {
        passed = request.body.includes('123456');
        return { status: passed ? 200 : 401, json: passed ? {} : { errors: [{ code: 'wrongCode' }] } };
      }
      const open = request.path.endsWith('/users/login') || request.path.endsWith('/users/info');
      return open || passed
        ? undefined
        : { status: 401, json: { errors: [{ code: 'twoFactorAuthRequired' }] } };
    };
    stage.proxy.tell(
      lie.together(
        secondFactor,
        lie.changing('/users/info', (json) => void (json['isTwoFactorAuthEnabled'] = true)),
      ),
    );
    const enrolment = await begin();
    expect(enrolment.step()).toMatchObject({ needs: 'twoFactorCode', fullName: 'anna', keyDerivation: null });
    await expect(enrolment.finish(annaMaster())).rejects.toMatchObject({ code: 'twoFactorRequired' });
    await expect(enrolment.confirmTwoFactor('000000')).rejects.toMatchObject({ code: 'wrongTwoFactorCode' });
    expect(await enrolment.confirmTwoFactor('123456')).toMatchObject({ needs: 'masterPassword' });
    expect((await enrolment.finish(annaMaster())).keys).not.toBeNull();
  });

  it('without client-side encryption asks for a passphrase of this device', async () => {
    const own = await startOwnServer();
    await buildPlainOrganisation(own);
    const enrolment = await begin({ url: own.url, login: nina.login, password: nina.password });
    expect(enrolment.step()).toMatchObject({ needs: 'devicePassphrase', keyDerivation: null });
    expect(await enrolment.finish(Buffer.from('passphrase'))).toMatchObject({
      pins: { mode: 'none', masterKeyOptions: null, ownPublicKey: null },
      keys: null,
    });
    await own.end();
  });

  it('reads an account whose private key lies under the master password itself', async () => {
    const { keys } = stage.account;
    if (keys === null) throw new Error('The account must be encrypted.');
    // The official connector makes accounts like this one; they must stay usable.
    const pem = openPrivatePem(keys.privateEncrypted, keys.masterKey);
    const underPassword = sealPrivateKey(pem, asMasterKey(annaMaster()));
    stage.proxy.tell(lie.ownKeys((own) => void (own['privateEncrypted'] = underPassword)));
    const result = await (await begin()).finish(annaMaster());
    const device = new TestDevice(result);
    expect((await device.sync()).phase).toBe('idle');
    expect(device.openAll().length).toBeGreaterThan(5);
    await device.dispose();
  });
});

describe('an enrolment that cannot begin', () => {
  it.each([
    ['a wrong password', { password: 'wrong' }, 'wrongCredentials'],
    ['an unknown login', { login: 'nobody' }, 'wrongCredentials'],
  ])('for %s says so', async (_what, change, code) => {
    await expect(begin(change)).rejects.toMatchObject({ code });
  });

  it.each([
    ['a web page', { raw: Buffer.from('<html>'), contentType: 'text/html' }],
    ['another JSON', { json: { hello: 'world' } }],
    ['nothing', { status: 404, json: {} }],
  ])('since %s stands there says that it is not this protocol', async (_what, scripted) => {
    const other = await startAnswering(() => scripted);
    await expect(begin({ url: other.url })).rejects.toMatchObject({ code: 'notPasswork' });
    await other.close();
  });

  it('since nothing answers says unreachable', async () => {
    const other = await startAnswering(() => ({ json: {} }));
    await other.close();
    await expect(begin({ url: other.url })).rejects.toMatchObject({
      code: 'unreachable',
      params: { reason: 'refused' },
    });
  });
});
