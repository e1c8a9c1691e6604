/** A server that lies about the account itself: key derivation, mode, own keys, the hash (threat table D3). */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { asMasterKey, generateKeyPair, sealPrivateKey, type NewKeyPair } from '../../main/keychain/index.ts';
import * as lie from '../hostile/lies.ts';
import { HostileStage } from '../hostile/stage.ts';

const ways = [
  ['by listings', ['changes']],
  ['by the change feed', []],
] as const;

describe.each(ways)('%s', (_way, hidden) => {
  let stage: HostileStage;
  let stranger: NewKeyPair;

  beforeAll(async () => {
    stage = await HostileStage.open(hidden);
    stranger = await generateKeyPair();
  });
  afterAll(() => stage.close());
  afterEach(() => stage.clear());

  describe('the control: an honest server that wants the hash', () => {
    it('gets it under both names, after the keys and never before', async () => {
      stage.tell();
      await stage.enrol();
      expect(stage.hashTraces()).toEqual([]);
      const here = stage.device();
      expect((await here.sync()).phase).toBe('idle');
      const first = stage.proxy.requests.findIndex(
        ({ headers }) => headers['x-master-key-hash'] === stage.hash,
      );
      const keys = stage.proxy.requests.map(({ path }) => path).lastIndexOf('/api/v1/users/keys');
      expect(first).toBeGreaterThan(keys);
      expect(stage.proxy.requests[first]?.headers['passwork-masterkeyhash']).toBe(stage.hash);
    });

    it('that says it does not need the hash never gets it', async () => {
      await (await stage.syncedDevice()).sync();
      const { length } = stage.proxy.requests;
      expect(hidden.length === 0 ? length === 1 : length > 5).toBe(true);
      expect(stage.hashTraces()).toEqual([]);
    });
  });

  const salt = 'aB3@dE6!gH9jK2mN5pQ8';

  describe('D3 row 1: a weakened key derivation', () => {
    it.each([
      [`pbkdf:sha256:1:64:${salt}`, 'tooFew'],
      [`pbkdf:sha256:299999:64:${salt}`, 'tooFew'],
      [`pbkdf:sha256:10000001:64:${salt}`, 'tooMany'],
      [`pbkdf:md5:300000:64:${salt}`, 'digest'],
      [`pbkdf:sha256:300000:16:${salt}`, 'bytes'],
      ['pbkdf:sha256:300000:64:', 'malformed'],
      ['argon2:sha256:300000:64:salt', 'malformed'],
      ['nonsense', 'malformed'],
    ])('%s is refused at enrolment and at return, and no hash leaves', async (options, reason) => {
      const here = await stage.syncedDevice();
      const content = here.content();
      stage.tell(lie.masterKeyOptions(options));
      await expect(stage.enrol()).rejects.toMatchObject({ code: 'kdfRefused', params: { reason } });
      expect(await here.sync()).toMatchObject({
        phase: 'stopped',
        problem: { code: 'kdfRefused', params: { reason } },
      });
      expect(here.content()).toEqual(content);
      expect(stage.proxy.requests.length).toBeGreaterThan(5);
      expect(stage.hashTraces()).toEqual([]);
    });

    it.each([
      [`pbkdf:sha256:600000:64:anotherSalt`, 'saltChanged'],
      ['below the pin', 'fellBelowPin'],
    ])('%s against what was pinned is refused, and no hash leaves', async (options, reason) => {
      const pinned = (stage.account.pins.masterKeyOptions ?? '').replace(':300000:', ':600000:');
      const here = stage.device({
        ...stage.account,
        pins: { ...stage.account.pins, masterKeyOptions: pinned },
      });
      stage.tell(options.startsWith('pbkdf') ? lie.masterKeyOptions(options) : () => undefined);
      expect(await here.sync()).toMatchObject({
        phase: 'stopped',
        problem: { code: 'kdfRefused', params: { reason } },
      });
      expect(stage.hashTraces()).toEqual([]);
    });
  });

  describe('D3 row 2: the hash', () => {
    it('stands in no error, no status and no output, whatever goes wrong', async () => {
      // A session of its own: one of the answers below makes it renew its tokens.
      const own = await stage.enrol();
      const written: string[] = [];
      const capture = (piece: unknown): boolean => written.push(String(piece)) > 0;
      const spies = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
      for (const spy of spies) spy.mockImplementation(capture);
      const seen: unknown[] = [];
      const gather = (failure: unknown): void => {
        seen.push(failure, failure instanceof Error ? [failure.stack, failure.cause] : null);
      };
      for (const status of [400, 401, 403, 404, 409, 429, 500]) {
        const here = stage.device(own);
        stage.tell(
          lie.answering('/vaults', { status, json: { errors: [{ code: 'x', message: stage.hash }] } }),
        );
        seen.push(await here.sync(), here.incidents);
        await here.client.send({ method: 'GET', path: '/vaults' }).catch(gather);
      }
      stage.tell(
        lie.answering('/users/login', {
          status: 500,
          json: { errors: [{ code: stage.hash.slice(0, 20), message: stage.hash }] },
        }),
      );
      await stage.enrol().catch(gather);
      for (const spy of spies) spy.mockRestore();
      expect(stage.hashTraces().length).toBeGreaterThan(0);
      expect(JSON.stringify(seen)).not.toContain(stage.hash);
      expect(written.join('')).not.toContain(stage.hash);
    });
  });

  describe('D3 row 3: client-side encryption switched off', () => {
    it.each([
      ['the flag flipped', lie.statedEncryption(false)],
      ['no key derivation any more', lie.masterKeyOptions(null)],
      ['no keys any more', lie.noOwnKeys],
    ])('%s stops the sync, changes nothing and gets no hash', async (_what, told) => {
      const here = await stage.syncedDevice();
      const content = here.content();
      stage.tell(told);
      expect(await here.sync()).toMatchObject({
        phase: 'stopped',
        problem: { code: 'encryptionModeChanged' },
      });
      expect(here.content()).toEqual(content);
      expect(stage.hashTraces()).toEqual([]);
    });
  });

  describe('D3 row 4: the own key pair', () => {
    it('with a strange public key is refused at enrolment, before any hash', async () => {
      stage.tell(lie.ownKeys((keys) => void (keys['public'] = stranger.publicPem)));
      await expect(stage.enrol()).rejects.toMatchObject({ code: 'ownKeyMismatch' });
      expect(stage.hashTraces()).toEqual([]);
    });

    it('swapped as a whole does not open with the master key, so no hash leaves', async () => {
      const theirs = sealPrivateKey(stranger.privatePem, asMasterKey(randomBytes(44)));
      stage.tell(
        lie.ownKeys((keys) => Object.assign(keys, { public: stranger.publicPem, privateEncrypted: theirs })),
      );
      await expect(stage.enrol()).rejects.toMatchObject({ code: 'wrongMasterPassword' });
      expect(stage.hashTraces()).toEqual([]);
    });

    it.each(['another key', 'no key at all'])(
      'that became %s stops the sync before any hash',
      async (what) => {
        const here = await stage.syncedDevice();
        const publicPem = what === 'another key' ? stranger.publicPem : 'garbage';
        stage.tell(lie.ownKeys((keys) => void (keys['public'] = publicPem)));
        expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'ownKeyChanged' } });
        expect(stage.hashTraces()).toEqual([]);
      },
    );
  });

  it('a server that demands the hash before it hands over the keys does not get it', async () => {
    const here = await stage.syncedDevice();
    stage.tell(lie.hashDemand);
    await expect(stage.enrol()).rejects.toMatchObject({ code: 'hashDemandedTooEarly' });
    expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'hashDemandedTooEarly' } });
    expect(stage.hashTraces()).toEqual([]);
  });
});
