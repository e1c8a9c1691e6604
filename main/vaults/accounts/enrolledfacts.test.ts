import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPasswordSlot, DeviceKey, ProfileStore } from '../../custody/index.ts';
import type { NewProfile, Profile } from '../../custody/index.ts';
import { Accounts } from './accounts.ts';
import { OpenAccount } from './openaccount.ts';

const migrationsDir = join(import.meta.dirname, '../../../resources/migrations');
const passphrase = 'device passphrase';
let folder: string;
let profiles: ProfileStore;
let accounts: Accounts;
let listener: Server;
let heard: (string | undefined)[];
let listening: string;

const facts = {
  server: { origin: 'https://vault.corp.example', trust: { kind: 'system' } },
  account: { userId: 'u1', login: 'ann', fullName: 'Ann Example' },
  mode: 'none',
} as const satisfies Omit<NewProfile, 'slots'>;

async function enrolled(): Promise<Profile> {
  using deviceKey = DeviceKey.generate();
  const slot = await createPasswordSlot(deviceKey, Buffer.from(passphrase), {
    passes: 3,
    memory: 64 * 1024 * 1024,
  });
  const profile = profiles.create({ ...facts, slots: [slot] });
  const from = {
    ...{ profile, deviceKey, migrationsDir, report: () => undefined, onEdited: () => undefined },
    mirrorPath: profiles.mirrorPathOf(profile.id),
    filesFolder: profiles.filesPathOf(profile.id),
  };
  const account = new OpenAccount(from, {
    server: { ...facts.server, host: 'vault.corp.example' },
    account: facts.account,
    pins: { mode: 'none', masterKeyOptions: null, ownPublicKey: null, userId: 'u1' },
    tokens: {
      accessToken: 'the access token',
      refreshToken: 'the refresh token',
      accessTokenExpiredAt: null,
      refreshTokenExpiredAt: null,
    },
    features: new Set(),
    keys: null,
  });
  await account.close();
  return profile;
}

function alter({ id }: Profile, change: (profile: Record<string, unknown>) => object): void {
  const file = join(profiles.folderOf(id), 'profile.json');
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...profile, ...change(profile) }));
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-facts-'));
  profiles = new ProfileStore(folder);
  accounts = new Accounts({
    ...{ profiles, migrationsDir },
    ...{ onSession: () => undefined, onSync: () => undefined, onMirror: () => undefined },
    ...{ onLock: () => undefined, report: () => undefined, onEdited: () => undefined },
  });
  heard = [];
  listener = createServer((request, response) => {
    heard.push(request.headers.authorization);
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', resolve));
  listening = `http://127.0.0.1:${String((listener.address() as AddressInfo).port)}`;
});
afterEach(async () => {
  await accounts.lock('quit');
  await new Promise((resolve) => listener.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

describe('a profile that was changed on the disk', () => {
  it('opens as it was enrolled', async () => {
    const profile = await enrolled();
    alter(profile, () => ({ lastSyncedAt: 5 }));
    expect(await accounts.unlock(profile.id, Buffer.from(passphrase))).toMatchObject({ unlocked: true });
  });

  it('sends no token to the server it was pointed at', async () => {
    const profile = await enrolled();
    alter(profile, () => ({ server: { origin: listening, trust: { kind: 'system' } } }));
    await expect(accounts.unlock(profile.id, Buffer.from(passphrase))).rejects.toMatchObject({
      code: 'profileDamaged',
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(heard).toEqual([]);
    expect(accounts.isUnlocked()).toBe(false);
  });

  const otherTrust = { kind: 'pinned', fingerprint: 'AA:BB', certificatePem: 'another certificate' };
  it.each([
    ['another certificate', () => ({ server: { ...facts.server, trust: otherTrust } })],
    ['another person', () => ({ account: { ...facts.account, userId: 'u2' } })],
    ['another login', () => ({ account: { ...facts.account, login: 'eve' } })],
  ])('is refused when it names %s', async (_what, change) => {
    const profile = await enrolled();
    alter(profile, change);
    await expect(accounts.unlock(profile.id, Buffer.from(passphrase))).rejects.toMatchObject({
      code: 'profileDamaged',
    });
  });
});
