/**
 * The flow of calls that the official Python connector makes, over bare HTTP: answers in
 * the base64 envelope, its headers, its way of writing queries and bodies, its order.
 * Written from the protocol; the cryptography is the key chain's.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PrivateKey, RecordKey, VaultKey, WireAttachment } from '../../main/keychain/index.ts';
import {
  decodeAttachment,
  deriveMasterKey,
  encodeAttachment,
  generateLinkCode,
  generateRecordKey,
  generateSalt,
  generateVaultKey,
  linkKeyHash,
  loadPrivateKey,
  masterKeyHash,
  openCustomField,
  openInboxKey,
  openPassword,
  openPrivatePem,
  openRecordKey,
  openShortcutKey,
  parseMasterKeyOptions,
  reencryptForLink,
  sealCustoms,
  sealInboxKey,
  sealLinkCode,
  sealPassword,
  sealRecordKey,
  sealShortcutKey,
  unwrapVaultKey,
  vaultCheckValue,
  wrapVaultKey,
} from '../../main/keychain/index.ts';
import { startTrialServer, trialOrganisation } from '../organisation/index.ts';
import type { Member, TrialServer } from '../organisation/index.ts';
import type { AnsweredItem } from '../organisation/trialrecords.ts';

/** What the flow relies on being there; a null where it is not fails on first use. */
type Wire = { [Member in keyof AnsweredItem]: NonNullable<AnsweredItem[Member]> } & {
  shortcut: { id: string; keyEncrypted: string; vaultId: string; itemId: string };
  inbox: { id: string; keyEncrypted: string; access: string };
  path: { name: string; vaultId: string; folderId: string | null }[];
};

const utf8 = (text: string) => Buffer.from(text, 'utf8');
const file = Buffer.from(Array.from({ length: 1_000 }, (_, index) => (index * 7) % 256));

let server: TrialServer;
let colleague: Member;
let accessToken = '';
let refreshToken = '';
let hash = '';
let publicPem = '';
let privateKey: PrivateKey;
let vaultId = '';
let otherVaultId = '';
let itemId = '';
let shortcutId = '';

/** One call as the connector makes it: the envelope is opened, everything but 200 is an error. */
async function call<Answer>(method: string, endpoint: string, payload: object = {}): Promise<Answer> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(payload)) {
    if (Array.isArray(value)) for (const each of value) query.append(`${name}[]`, String(each));
    else query.append(name, String(value));
  }
  const suffix = method === 'GET' && query.size > 0 ? `?${query}` : '';
  const response = await fetch(`${server.url}${endpoint}${suffix}`, {
    method,
    headers: {
      'Content-Type': 'application/json',
      ...(accessToken ? { Authorization: `Bearer ${accessToken}` } : {}),
      ...(hash ? { 'X-Master-Key-Hash': hash } : {}),
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify(payload) }),
  });
  const envelope = (await response.json()) as { format: string; content: string };
  expect(envelope.format).toBe('base64');
  const answer: unknown = JSON.parse(Buffer.from(envelope.content, 'base64').toString('utf8'));
  if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
  return answer as Answer;
}

const getVault = async (id: string): Promise<VaultKey> =>
  unwrapVaultKey(
    (await call<{ masterKeyEncrypted: string }>('GET', `/api/v1/vaults/${id}`)).masterKeyEncrypted,
    privateKey,
  );
const keyOf = (item: Wire): RecordKey =>
  openRecordKey(item.keyEncrypted, unwrapVaultKey(item.vaultMasterKeyEncrypted, privateKey));
const getItem = (id: string) => call<Wire>('GET', `/api/v1/items/${id}`);

async function createVault(name: string, typeCode: string): Promise<string> {
  const features = await call<{ name: string }[]>('GET', '/api/v1/app/features');
  expect(features.map((feature) => feature.name)).toContain('vaultType');
  const types = await call<{ items: { id: string; code: string }[] }>('GET', '/api/v1/vault-types/all');
  const typeId = types.items.find((type) => type.code === typeCode)?.id;
  const administrators = await call<{ items: { id: string; publicKey: string }[] }>(
    'GET',
    `/api/v1/vault-types/${typeId}/administrators`,
  );
  const [key, salt] = [generateVaultKey(), generateSalt()];
  const { id } = await call<{ id: string }>('POST', '/api/v1/vaults', {
    ...{ name, typeId, salt, masterKeyHash: vaultCheckValue(key, salt) },
    masterKeyEncrypted: wrapVaultKey(key, publicPem),
    administratorsKeys: Object.fromEntries(
      administrators.items.map((each) => [each.id, wrapVaultKey(key, each.publicKey)]),
    ),
  });
  return id;
}

beforeAll(async () => {
  server = await startTrialServer();
  const organisation = await trialOrganisation(server, 'connector', true);
  colleague = await organisation.join('colleague');
});
afterAll(() => server.close());

describe('the flow of the official connector', () => {
  it('logs in and opens the keys with the master password', async () => {
    const tokens = await call<{ accessToken: string; refreshToken: string }>('POST', '/api/v1/users/login', {
      username: 'connector',
      password: 'login-of-connector',
    });
    ({ accessToken, refreshToken } = tokens);
    const options = await call<{ masterKeyOptions: string }>('GET', '/api/v1/users/master-key/options');
    const masterKey = await deriveMasterKey(
      utf8('master-password-of-connector'),
      parseMasterKeyOptions(options.masterKeyOptions),
    );
    hash = masterKeyHash(masterKey);
    const answer = await call<{ keys: { public: string; privateEncrypted: string } }>(
      'GET',
      '/api/v1/users/keys',
    );
    publicPem = answer.keys.public;
    privateKey = loadPrivateKey(openPrivatePem(answer.keys.privateEncrypted, masterKey));
    expect(privateKey.bits).toBe(2048);
  });

  it('creates vaults with a type', async () => {
    vaultId = await createVault('Connector', 'company');
    otherVaultId = await createVault('Other', 'privateShared');
    const { items } = await call<{ items: { id: string }[] }>('GET', '/api/v1/vaults');
    expect(items.map((vault) => vault.id).toSorted()).toEqual([vaultId, otherVaultId].toSorted());
  });

  it('creates a record with custom fields and an attachment and reads it back', async () => {
    const [vaultKey, key] = [await getVault(vaultId), generateRecordKey()];
    const customs = [
      { name: 'Text Field', value: utf8('Field value'), type: 'text' },
      { name: 'TOTP', value: utf8('ABCDEFGHIJKLMNOP'), type: 'totp' },
    ];
    const created = await call<{ id: string }>('POST', '/api/v1/items', {
      ...{
        vaultId,
        name: 'New Item',
        login: 'test_user',
        url: 'https://example.com',
        description: 'Item description',
      },
      ...{ color: 8, tags: ['tag1', 'tag2'], customs: sealCustoms(customs, key) },
      ...{
        passwordEncrypted: sealPassword(utf8('Test_password123!'), key),
        keyEncrypted: sealRecordKey(key, vaultKey),
      },
      attachments: [{ name: 'f.bin', ...encodeAttachment(file, key) }],
    });
    itemId = created.id;
    const item = await getItem(itemId);
    expect(item).toMatchObject({
      name: 'New Item',
      login: 'test_user',
      color: 8,
      tags: ['tag1', 'tag2'],
      folderId: null,
    });
    expect(openPassword(item.passwordEncrypted, keyOf(item))?.toString()).toBe('Test_password123!');
    expect(item.customs.map((field) => openCustomField(field, keyOf(item)).value.toString())).toEqual([
      'Field value',
      'ABCDEFGHIJKLMNOP',
    ]);
    const [entry] = item.attachments;
    const attachment = await call<WireAttachment>('GET', `/api/v1/items/${itemId}/attachment/${entry?.id}`);
    expect(decodeAttachment(attachment, keyOf(item))).toEqual(file);
  });

  it('updates it, and reads the snapshot and its attachment', async () => {
    const item = await getItem(itemId);
    const passwordEncrypted = sealPassword(utf8('second'), keyOf(item));
    await call('PATCH', `/api/v1/items/${itemId}`, {
      vaultId,
      name: 'Renamed',
      passwordEncrypted,
      keyEncrypted: item.keyEncrypted,
    });
    const changed = await getItem(itemId);
    expect(openPassword(changed.passwordEncrypted, keyOf(changed))?.toString()).toBe('second');
    expect([changed.name, changed.customs.length, changed.attachments.length]).toEqual(['Renamed', 2, 1]);
    const { items } = await call<{ items: { id: string }[] }>('GET', `/api/v1/items/${itemId}/snapshots`);
    const snapshot = await call<Wire>('GET', `/api/v1/items/${itemId}/snapshot/${items[0]?.id}`);
    const key = openRecordKey(
      snapshot.keyEncrypted,
      unwrapVaultKey(changed.vaultMasterKeyEncrypted, privateKey),
    );
    expect(openPassword(snapshot.passwordEncrypted, key)?.toString()).toBe('Test_password123!');
    const path = `/api/v1/snapshots/${snapshot.id}/attachment/${snapshot.attachments[0]?.id}`;
    expect(decodeAttachment(await call<WireAttachment>('GET', path), key)).toEqual(file);
  });

  it('makes a shortcut in another vault and finds it', async () => {
    const item = await getItem(itemId);
    const targetKey = await getVault(otherVaultId);
    const keyEncrypted = sealShortcutKey(keyOf(item), targetKey);
    const body = { vaultId: otherVaultId, folderId: null, itemId, keyEncrypted };
    shortcutId = (await call<{ id: string }>('POST', '/api/v1/shortcuts', body)).id;
    const shortcut = await call<Wire>('GET', `/api/v1/shortcuts/${shortcutId}`);
    expect(shortcut).toMatchObject({
      id: itemId,
      name: 'Renamed',
      shortcut: { id: shortcutId, itemId, vaultId: otherVaultId, creator: 'connector' },
    });
    expect(shortcut.path).toEqual([{ name: 'Other', vaultId: otherVaultId, folderId: null }]);
    expect(openShortcutKey(shortcut.shortcut.keyEncrypted, targetKey).equals(keyOf(item))).toBe(true);
    const found = await call<{ items: Wire[] }>('GET', '/api/v1/shortcuts/search', {
      query: 'renamed',
      vaultIds: [otherVaultId],
    });
    expect(found.items.map((each) => each.shortcut.id)).toEqual([shortcutId]);
  });

  it('makes external links of the record and of the shortcut', async () => {
    const item = await getItem(itemId);
    const code = generateLinkCode();
    const link = {
      itemId,
      itemData: reencryptForLink(item, keyOf(item), code),
      ...{ keyHash: linkKeyHash(code), keyEncrypted: sealLinkCode(code, keyOf(item)) },
      ...{ type: 'single_use', expirationTime: '1 hour' },
    };
    for (const body of [link, { ...link, shortcutId, type: 'reusable', expirationTime: 'unlimited' }]) {
      const { url } = await call<{ url: string }>('POST', '/api/v1/links', body);
      expect(url).toMatch(/\/g\/p\/[A-Za-z0-9]{25}$/);
    }
  });

  it('fetches what it found by search in batches', async () => {
    const [vaultKey, key] = [await getVault(vaultId), generateRecordKey()];
    for (let index = 0; index < 30; index += 1) {
      await call('POST', '/api/v1/items', {
        ...{ vaultId, name: `Batch ${index}`, tags: ['batch'], keyEncrypted: sealRecordKey(key, vaultKey) },
        passwordEncrypted: sealPassword(utf8(`secret ${index}`), key),
      });
    }
    const found = await call<{ items: { id: string }[] }>('GET', '/api/v1/items/search', {
      query: 'batch',
      tags: ['batch'],
      vaultIds: [vaultId],
    });
    expect(found.items).toHaveLength(30);
    const opened: string[] = [];
    for (let start = 0; start < 30; start += 25) {
      const requests = found.items
        .slice(start, start + 25)
        .map(({ id }) => ({ method: 'GET', relativeUrl: `/api/v1/items/${id}` }));
      const { responses } = await call<{ responses: { statusCode: number; body: Wire }[] }>(
        'POST',
        '/api/v1/batch',
        { requests },
      );
      expect(responses.every((part) => part.statusCode === 200)).toBe(true);
      opened.push(
        ...responses.map(({ body }) => openPassword(body.passwordEncrypted, keyOf(body))?.toString() ?? ''),
      );
    }
    expect(opened.toSorted()).toEqual(Array.from({ length: 30 }, (_, index) => `secret ${index}`).toSorted());
  });

  it('reads an inbox entry that somebody sent', async () => {
    const sender = await call<{ items: { id: string; code: string }[] }>('GET', '/api/v1/vault-types/all');
    const typeId = sender.items.find((type) => type.code === 'privateShared')?.id;
    const [key, recordKey, salt] = [generateVaultKey(), generateRecordKey(), generateSalt()];
    const own = await colleague.http.send<{ publicKey: string }>(
      'GET',
      `/users/${colleague.userId}/public-key`,
    );
    const theirs = await colleague.http.send<{ id: string }>('POST', '/vaults', {
      ...{
        name: 'Theirs',
        typeId,
        salt,
        masterKeyHash: vaultCheckValue(key, salt),
        masterKeyEncrypted: wrapVaultKey(key, own.publicKey),
      },
    });
    const sent = await colleague.http.send<{ id: string }>('POST', '/items', {
      ...{ vaultId: theirs.id, name: 'For you', keyEncrypted: sealRecordKey(recordKey, key) },
      ...{
        passwordEncrypted: sealPassword(utf8('passed on'), recordKey),
        attachments: [{ name: 'f', ...encodeAttachment(file, recordKey) }],
      },
    });
    const { items: users } = await colleague.http.send<{ items: { id: string }[] }>(
      'GET',
      '/users?username=connector',
    );
    const receiver = users[0]?.id ?? '';
    const { publicKey } = await colleague.http.send<{ publicKey: string }>(
      'GET',
      `/users/${receiver}/public-key`,
    );
    const entry = await colleague.http.send<{ id: string }>('POST', '/inbox-items', {
      ...{
        itemId: sent.id,
        userId: receiver,
        access: 'read',
        keyEncrypted: sealInboxKey(recordKey, publicKey),
      },
    });
    const received = await call<Wire>('GET', `/api/v1/inbox-items/${entry.id}`);
    const opened = openInboxKey(received.inbox.keyEncrypted, privateKey);
    expect(openPassword(received.passwordEncrypted, opened)?.toString()).toBe('passed on');
    const path = `/api/v1/items/${received.id}/attachment/${received.attachments[0]?.id}`;
    expect(decodeAttachment(await call<WireAttachment>('GET', path), opened)).toEqual(file);
  });

  it('deletes the record', async () => {
    const { binItemId } = await call<{ binItemId: string }>('DELETE', `/api/v1/items/${itemId}`);
    expect(binItemId).toMatch(/^[0-9a-f]{24}$/);
    await expect(getItem(itemId)).rejects.toThrow('404');
  });

  it('refreshes its session with the hash header and the old access token', async () => {
    const spent = refreshToken;
    const pair = await call<{ accessToken: string; refreshToken: string }>(
      'POST',
      '/api/v1/sessions/refresh',
      { refreshToken },
    );
    ({ accessToken, refreshToken } = pair);
    expect(await call('GET', '/api/v1/users/info')).toMatchObject({ login: 'connector' });
    await expect(call('POST', '/api/v1/sessions/refresh', { refreshToken: spent })).rejects.toThrow('403');
  });
});
