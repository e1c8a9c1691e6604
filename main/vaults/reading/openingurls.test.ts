import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceKey } from '../../custody/index.ts';
import { checkedAddress, placeOfAddress } from '../../desktop/safelinks.ts';
import type { StoredRecord } from '../../mirror/index.ts';
import { OpenAccount } from '../accounts/openaccount.ts';
import { OpeningUrls } from './openingurls.ts';
import { Records } from './records.ts';

let folder: string;
let account: OpenAccount;
let opening: OpeningUrls;
let opened: string[];

const record: StoredRecord = {
  ...{ id: 'r1', serverId: 'r1', itemServerId: 'r1', kind: 'inbox', vaultId: null, folderId: null },
  ...{ name: 'Bank', login: 'ann', urls: [], description: '', tags: [], color: 0, favourite: false },
  ...{ keyWrap: 'none', keyWrapped: null, vaultKeyWrapped: null, passwordEncrypted: null },
  ...{ customs: [], attachments: [], sender: null, writable: false, unread: false },
  ...{ revision: null, updatedAt: null, contentHash: '', flagged: false },
};

/** What the server says now. */
function delivered(...urls: string[]): void {
  account.mirror.records.upsertMany([{ ...record, urls, contentHash: urls.join(' ') }]);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-urls-'));
  using deviceKey = DeviceKey.generate();
  const server = { origin: 'https://vault.corp.example', trust: { kind: 'system' } } as const;
  const person = { userId: 'u1', login: 'ann', fullName: 'Ann' };
  account = new OpenAccount(
    {
      profile: {
        ...{ version: 1, id: '0'.repeat(32), server, account: person, mode: 'none', slots: [] },
        ...{ lastSyncedAt: null, createdAt: 1 },
      },
      deviceKey,
      mirrorPath: join(folder, 'mirror.db'),
      filesFolder: join(folder, 'files'),
      migrationsDir: join(import.meta.dirname, '../../../resources/migrations'),
      report: () => undefined,
      onEdited: () => undefined,
    },
    {
      server: { ...server, host: 'vault.corp.example' },
      account: person,
      pins: { mode: 'none', masterKeyOptions: null, ownPublicKey: null, userId: 'u1' },
      tokens: {
        ...{ accessToken: 'a', refreshToken: 'r', accessTokenExpiredAt: null, refreshTokenExpiredAt: null },
      },
      features: new Set(),
      keys: null,
    },
  );
  opened = [];
  opening = new OpeningUrls(() => account, new Records({ current: () => account, hideAfterMs: () => 1000 }), {
    hostOf: (address) => placeOfAddress(checkedAddress(address)),
    open: (address) => Promise.resolve(void opened.push(address)),
  });
});
afterEach(async () => {
  await account.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('opening an address that the server may have changed', () => {
  it('asks for another host, and never again once it was confirmed', async () => {
    delivered('https://bank.example/a');
    expect(await opening.open('r1', 0, null)).toEqual({
      ...{ opened: true, host: 'bank.example', previousHost: null },
    });
    delivered('https://bank.evil.example/');
    const asked = { opened: false, host: 'bank.evil.example', previousHost: 'bank.example' };
    expect(await opening.open('r1', 0, null)).toEqual(asked);
    await expect(opening.open('r1', 0, 'bank.example')).rejects.toMatchObject({ code: 'addressRefused' });
    expect(await opening.open('r1', 0, 'bank.evil.example')).toMatchObject({ opened: true });
    expect(await opening.open('r1', 0, null)).toMatchObject({ opened: true });
    delivered('https://bank.example/b');
    expect(await opening.open('r1', 0, null)).toMatchObject({ opened: true });
  });

  it('asks for a host at a place where nothing was opened before', async () => {
    delivered('https://bank.example/');
    await opening.open('r1', 0, null);
    delivered('https://bank.example/', 'https://evil.example/');
    expect(await opening.open('r1', 1, null)).toMatchObject({ opened: false, host: 'evil.example' });
    expect(opened).toEqual(['https://bank.example/']);
  });

  it('asks before the same host is opened without encryption', async () => {
    delivered('https://bank.example/');
    await opening.open('r1', 0, null);
    delivered('http://bank.example/');
    expect(await opening.open('r1', 0, null)).toEqual({
      ...{ opened: false, host: 'http://bank.example', previousHost: 'bank.example' },
    });
  });
});
