/**
 * A server that lies while a master password is set for the first time (threat table D3, rows 1 and
 * 4): the pair that was made on the device is the one that counts.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../main/keychain/index.ts';
import * as lie from '../hostile/lies.ts';
import { OwnAccountStage, utf8 } from './ownaccountstage.ts';

const master = 'Clara öffnet zum ersten Mal';

let site: OwnAccountStage;
beforeAll(async () => {
  site = await OwnAccountStage.open();
}, 60_000);
afterEach(() => site.clear());
afterAll(() => site.close());

describe('a master password that is set', () => {
  it('D3 row 4: keeps the pair that was made here, whatever public key the server states afterwards', async () => {
    const clara = await site.newcomer();
    const device = site.device();
    const { enrolmentId } = await site.signIn(device, clara);
    const { publicPem } = await generateKeyPair();
    const swapped = lie.together(
      lie.ownKeys((keys) => void (keys['public'] = publicPem)),
      lie.changing(`/users/${clara.userId}/public-key`, (json) => void (json['publicKey'] = publicPem)),
    );
    site.proxy.tell(({ request }) => {
      if (request.path.endsWith('/users/master-key/set')) site.proxy.tell(swapped);
      return undefined;
    });
    await device.ask('accounts', 'enrol', { enrolmentId, secret: utf8(master) });
    await device.synced();
    expect(await device.ask('sync', 'status', {})).toMatchObject({
      ...{ phase: 'stopped', problem: { code: 'ownKeyChanged' } },
    });
    const { key } = await device.ask('keyTrust', 'own', {});
    expect(key?.fingerprint).toBe(device.accounts.current().mirror.pins.read()?.ownPublicKey);
    expect(await device.refusal('keyTrust', 'look', { userId: clara.userId })).toBe('ownKeyMismatch');
    const own = { userId: clara.userId, fingerprint: key?.fingerprint ?? '' };
    await expect(device.accounts.current().recipients.admit(own)).rejects.toMatchObject({
      code: 'ownKeyMismatch',
    });
    const made = { name: 'Mine', description: '', typeId: '0'.repeat(24), recipients: [] };
    expect(await device.refusal('vaultAdmin', 'create', made)).toBe('ownKeyMismatch');
    const writes = site.proxy.requests.filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/vaults'),
    );
    expect(writes).toEqual([]);
  });

  it.each(['pbkdf:sha256:1:64:aB3@dE6!gH9jK2mN5pQ8', 'pbkdf:md5:300000:64:aB3@dE6!gH9jK2mN5pQ8'])(
    'D3 row 1: is derived in no way that is too weak: %s',
    async (options) => {
      const clara = await site.newcomer();
      const device = site.device();
      site.proxy.tell(lie.masterKeyOptions(options));
      await expect(site.signIn(device, clara)).rejects.toThrow('kdfRefused');
      expect(site.keyRequests()).toEqual([]);
      expect(device.profiles.list()).toEqual([]);
    },
  );

  it('D3 row 1: asks for a salt of its own, not for the one that the server names', async () => {
    const clara = await site.newcomer();
    const device = site.device();
    site.proxy.tell((answer, response) =>
      answer.request.path.endsWith('/users/master-key/options')
        ? lie.masterKeyOptions('pbkdf:sha256:300000:64:aB3@dE6!gH9jK2mN5pQ8')(answer, response)
        : undefined,
    );
    const { enrolmentId } = await site.signIn(device, clara);
    site.proxy.tell(null);
    await device.ask('accounts', 'enrol', { enrolmentId, secret: utf8(master) });
    const sent = site.proxy.requests.find(({ path }) => path.endsWith('/users/master-key/set'));
    expect(sent?.body).toContain('pbkdf:sha256:300000:64:');
    expect(sent?.body).not.toContain('aB3@dE6!gH9jK2mN5pQ8');
  });
});
