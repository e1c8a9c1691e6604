/** Another master password: changed here, cut at every step, changed elsewhere, and before a server that lies. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { generateKeyPair } from '../../main/keychain/index.ts';
import * as lie from '../hostile/lies.ts';
import type { Application } from './application.ts';
import { OwnAccountStage, utf8, type Newcomer } from './ownaccountstage.ts';

const former = 'Clara öffnet zum ersten Mal';
const wanted = 'Clara öffnet noch einmal neu';

let site: OwnAccountStage;
beforeAll(async () => {
  site = await OwnAccountStage.open();
});
afterEach(async () => {
  vi.restoreAllMocks();
  site.proxy.delayBy(() => 0);
  await site.clear();
});
afterAll(() => site.close());

interface Place {
  readonly device: Application;
  readonly clara: Newcomer;
  readonly id: string;
}

async function enrolled(): Promise<Place> {
  const clara = await site.newcomer();
  const device = site.device();
  return { device, clara, id: await site.enrol(device, clara, former) };
}

const passwords = (clara: Newcomer): Record<'former' | 'wanted' | 'logIn', Buffer<ArrayBuffer>> => ({
  ...{ former: utf8(former), wanted: utf8(wanted), logIn: utf8(clara.password) },
});

/** Which of the two passwords open the copy, each after a lock. */
async function opening(device: Application, accountId: string): Promise<string[]> {
  const opens: string[] = [];
  for (const password of [former, wanted]) {
    await device.ask('session', 'lock', {});
    const refused = await device.refusal('session', 'unlock', { accountId, secret: utf8(password) });
    if (refused === null) opens.push(password);
  }
  return opens;
}

/** Syncs until nothing that a sync started goes on by itself. */
async function settled(device: Application): Promise<string> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await device.synced();
    const { phase } = await device.ask('sync', 'status', {});
    if (phase === 'idle') return phase;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return (await device.ask('sync', 'status', {})).phase;
}

/** Takes an image of the disk before and after each change of the key slots. */
function photographing(device: Application): { images: string[]; photograph: () => void } {
  const images: string[] = [];
  const photograph = (): void => void images.push(site.image(device));
  const update = device.profiles.update.bind(device.profiles);
  vi.spyOn(device.profiles, 'update').mockImplementation((profileId, change) => {
    if (change.slots) photograph();
    const updated = update(profileId, change);
    if (change.slots) photograph();
    return updated;
  });
  return { images, photograph };
}

/** Starts from each image: one of the passwords opens it, and after a contact only the new one does. */
async function endWithTheNewOne(images: readonly string[], id: string): Promise<void> {
  for (const [step, folder] of images.entries()) {
    const again = site.device(folder);
    const opens = await opening(again, id);
    expect(opens.length, `step ${step}`).toBeGreaterThan(0);
    if (!again.accounts.isUnlocked()) await again.unlock(id, opens[0] ?? '');
    expect(await settled(again), `step ${step}`).toBe('idle');
    expect(await opening(again, id), `step ${step}`).toEqual([wanted]);
  }
}

const isChange = (path: string): boolean => path.endsWith('/users/master-key/change');

describe('changing the master password', () => {
  it('changes server and device, and nothing that was opened before', async () => {
    const { device, clara, id } = await enrolled();
    expect(await device.ask('ownAccount', 'changeMasterPassword', passwords(clara))).toEqual({
      settled: true,
    });
    expect(await settled(device)).toBe('idle');
    expect(await opening(device, id)).toEqual([wanted]);
    expect(device.profiles.read(id).slots).toHaveLength(1);
    await site.enrol(site.device(), clara, wanted);
  });

  it('refuses a wrong former one before the server is asked for anything', async () => {
    const { device, clara, id } = await enrolled();
    site.proxy.requests.length = 0;
    const wrong = { ...passwords(clara), former: utf8('not the one') };
    expect(await device.refusal('ownAccount', 'changeMasterPassword', wrong)).toBe('wrongMasterPassword');
    expect(site.proxy.requests).toEqual([]);
    expect(device.profiles.read(id).slots).toHaveLength(1);
  });

  it.each([
    ['a wrong log-in password', { logIn: utf8('not the one') }, 'wrongCredentials'],
    ['a new one that is too short', { wanted: utf8('elf Zeichen') }, 'masterPasswordRules'],
  ])('leaves everything as it was after %s', async (_name, change, code) => {
    const { device, clara, id } = await enrolled();
    const input = { ...passwords(clara), ...change };
    expect(await device.refusal('ownAccount', 'changeMasterPassword', input)).toBe(code);
    expect(await opening(device, id)).toEqual([former]);
  });

  it('opens with either while nobody knows whether it arrived, and settles at the next contact', async () => {
    const { device, clara, id } = await enrolled();
    site.proxy.delayBy(() => {
      if (isChange(site.proxy.requests.at(-1)?.path ?? '')) site.proxy.setDown(true);
      return 0;
    });
    site.proxy.tell(({ request }, response) => {
      if (!isChange(request.path)) return undefined;
      response.destroy();
      return null;
    });
    expect(await device.ask('ownAccount', 'changeMasterPassword', passwords(clara))).toEqual({
      settled: false,
    });
    expect(await opening(device, id)).toEqual([former, wanted]);
    site.proxy.delayBy(() => 0);
    site.proxy.tell(null);
    site.proxy.setDown(false);
    expect(await settled(device)).toBe('idle');
    expect(await opening(device, id)).toEqual([wanted]);
  });

  it('goes back to the former one when the server never heard of it', async () => {
    const { device, clara, id } = await enrolled();
    const before = site.proxy.requests.length;
    site.proxy.tell(({ request }) => {
      if (request.path.endsWith('/app/settings')) site.proxy.setDown(true);
      return undefined;
    });
    const refused = await device.call('ownAccount', 'changeMasterPassword', passwords(clara));
    expect(refused.ok && refused.value.settled).toBe(false);
    expect(site.proxy.requests.length).toBeGreaterThan(before);
    site.proxy.tell(null);
    site.proxy.setDown(false);
    expect(await settled(device)).toBe('idle');
    expect(await opening(device, id)).toEqual([former]);
    expect(device.profiles.read(id).slots).toHaveLength(1);
  });

  it('survives being killed at any step, and ends with the new one alone', async () => {
    const { device, clara, id } = await enrolled();
    const { images, photograph } = photographing(device);
    let sent = 0;
    site.proxy.delayBy(() => {
      if (isChange(site.proxy.requests.at(-1)?.path ?? '') && sent++ === 0) photograph();
      return 0;
    });
    site.proxy.tell(({ request }) => {
      if (isChange(request.path)) photograph();
      return undefined;
    });
    await device.ask('ownAccount', 'changeMasterPassword', passwords(clara));
    expect(images).toHaveLength(6);
    site.proxy.tell(null);
    await endWithTheNewOne(images, id);
  }, 120_000);
});

describe('a server that lies while the master password is changed', () => {
  const salt = 'aB3@dE6!gH9jK2mN5pQ8';

  it.each([
    ['asks for one round', lie.masterKeyOptions(`pbkdf:sha256:1:64:${salt}`), 'kdfRefused'],
    ['asks for another salt', lie.masterKeyOptions(`pbkdf:sha256:300000:64:${salt}`), 'kdfRefused'],
    ['has no keys', lie.noOwnKeys, 'encryptionModeChanged'],
    ['says that encryption is off', lie.statedEncryption(false), 'encryptionModeChanged'],
  ])('and %s is told nothing', async (_name, told, code) => {
    const { device, clara, id } = await enrolled();
    site.proxy.tell(told);
    expect(await device.refusal('ownAccount', 'changeMasterPassword', passwords(clara))).toBe(code);
    expect(site.keyRequests().filter((request) => request.endsWith('/change'))).toEqual([]);
    expect(await opening(device, id)).toEqual([former]);
  });

  it('and swaps the public key is told nothing', async () => {
    const { publicPem } = await generateKeyPair();
    const { device, clara } = await enrolled();
    site.proxy.tell(lie.ownKeys((keys) => void (keys['public'] = publicPem)));
    expect(await device.refusal('ownAccount', 'changeMasterPassword', passwords(clara))).toBe(
      'ownKeyChanged',
    );
    expect(site.keyRequests().filter((request) => request.endsWith('/change'))).toEqual([]);
  });
});

describe('a master password that was changed on another device', () => {
  async function changedElsewhere(): Promise<Place> {
    const place = await enrolled();
    const other = site.device();
    await site.enrol(other, place.clara, former);
    await other.ask('ownAccount', 'changeMasterPassword', passwords(place.clara));
    // The other sessions have ended with the change.
    const { device, clara, id } = place;
    const again = { accountId: id, password: utf8(clara.password), code: null };
    await device.ask('accounts', 'renewSignIn', again);
    await device.synced();
    return place;
  }

  it('is asked for, proven and taken over', async () => {
    const { device, id } = await changedElsewhere();
    expect(await device.ask('sync', 'status', {})).toMatchObject({
      phase: 'stopped',
      problem: { code: 'kdfRefused', params: { reason: 'saltChanged' } },
    });
    const wrong = { secret: utf8(former) };
    expect(await device.refusal('ownAccount', 'adoptMasterPassword', wrong)).toBe('wrongMasterPassword');
    expect(await opening(device, id)).toEqual([former]);
    await device.unlock(id, former);
    await device.ask('ownAccount', 'adoptMasterPassword', { secret: utf8(wanted) });
    expect(await settled(device)).toBe('idle');
    expect(await opening(device, id)).toEqual([wanted]);
  });

  it('survives being killed at any step while it is taken over', async () => {
    const { device, id } = await changedElsewhere();
    const { images } = photographing(device);
    await device.ask('ownAccount', 'adoptMasterPassword', { secret: utf8(wanted) });
    expect(images).toHaveLength(4);
    await endWithTheNewOne(images, id);
  }, 120_000);

  it('is not taken over from a server that weakened the derivation or swapped the key', async () => {
    const { publicPem } = await generateKeyPair();
    const { device, id } = await changedElsewhere();
    const secret = (): { secret: Buffer<ArrayBuffer> } => ({ secret: utf8(wanted) });
    site.proxy.tell(lie.masterKeyOptions('pbkdf:sha256:1000:64:aB3@dE6!gH9jK2mN5pQ8'));
    expect(await device.refusal('ownAccount', 'adoptMasterPassword', secret())).toBe('kdfRefused');
    site.proxy.tell(lie.ownKeys((keys) => void (keys['public'] = publicPem)));
    expect(await device.refusal('ownAccount', 'adoptMasterPassword', secret())).toBe('ownKeyChanged');
    site.proxy.tell(lie.noOwnKeys);
    expect(await device.refusal('ownAccount', 'adoptMasterPassword', secret())).toBe('encryptionModeChanged');
    expect(await opening(device, id)).toEqual([former]);
    const headers = JSON.stringify(site.proxy.requests.map((request) => request.headers)).toLowerCase();
    expect(headers).not.toContain('x-master-key-hash');
  });
});
