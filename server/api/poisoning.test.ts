/**
 * What one colleague writes, all others read: a record that no client can read would keep a
 * whole vault from everybody in it. So the client's own reader judges the listing here.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Connection,
  HashGate,
  listFolders,
  listItems,
  parseServerAddress,
  RemoteClient,
  TokenKeeper,
} from '../../main/remote/index.ts';
import type { Tokens } from '../../main/remote/index.ts';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Member, TrialServer } from '../../testing/organisation/index.ts';

let server: TrialServer;
let writer: Member;
let connection: Connection;
let client: RemoteClient;
let vaultId: string;
let itemId: string;
const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

beforeAll(async () => {
  server = await startTrialServer();
  const organisation = await trialOrganisation(server, 'owner', false);
  writer = await organisation.join('writer');
  const { http } = organisation.owner;
  vaultId = (await http.send<{ id: string }>('POST', '/vaults', { name: 'Vault' })).id;
  await http.send('POST', `/vaults/${vaultId}/access`, { userId: writer.userId, access: 'write' });
  const attachments = [
    { name: 'a', encryptedKey: base64('k'), encryptedData: base64('x'), hash: 'a'.repeat(64) },
  ];
  itemId = (await http.send<{ id: string }>('POST', '/items', { vaultId, name: 'Record', attachments })).id;
  const address = parseServerAddress(server.url);
  connection = new Connection({ address, trust: { kind: 'system' } });
  const { username, password } = { username: 'owner', password: 'login-of-owner' };
  const tokens = await server.http.send<Tokens>('POST', '/users/login', { username, password });
  const keeper = new TokenKeeper({ connection, tokens, persist: () => undefined });
  client = new RemoteClient({ connection, tokens: keeper, gate: new HashGate(address) });
});
afterAll(async () => {
  await connection.close();
  await server.close();
});

const nested = (depth: number): unknown => (depth === 0 ? [] : [nested(depth - 1)]);
const custom = { name: '', value: '', type: '' };

describe('a colleague who may write', () => {
  it.each<[string, () => Promise<object>]>([
    [
      'one attachment named twice',
      async () => {
        const item = await writer.http.send<{ attachments: object[] }>('GET', `/items/${itemId}`);
        return { attachments: [...item.attachments, ...item.attachments] };
      },
    ],
    ['an order of fields that is nested deeply', () => Promise.resolve({ fieldsOrder: nested(60) })],
    [
      'an order of fields with a key of prototypes',
      () => Promise.resolve({ fieldsOrder: { constructor: 1 } }),
    ],
    [
      'a custom field that is nested deeply',
      () => Promise.resolve({ customs: [{ ...custom, x: nested(60) }] }),
    ],
    [
      'a custom field with a key of prototypes',
      () => Promise.resolve({ customs: [{ ...custom, constructor: 1, prototype: 2 }] }),
    ],
    [
      'a record as large as a whole listing may be',
      () =>
        Promise.resolve({ customs: [1, 2].map(() => ({ ...custom, value: base64('x'.repeat(700_000)) })) }),
    ],
    [
      'an address longer than clients take',
      () => Promise.resolve({ urls: [`https://${'a'.repeat(70_000)}`] }),
    ],
  ])('cannot shut others out by %s', async (_what, body) => {
    await expect(writer.http.send('PATCH', `/items/${itemId}`, await body())).rejects.toMatchObject({
      status: 400,
    });
    expect((await listItems(client, vaultId, null)).rows).toHaveLength(1);
  });

  it('still orders fields and keeps members of custom fields that this server does not know', async () => {
    const change = {
      fieldsOrder: ['password', { id: 1 }],
      customs: [{ ...custom, hidden: true, hint: 'x' }],
    };
    await writer.http.send('PATCH', `/items/${itemId}`, change);
    expect(await writer.http.send('GET', `/items/${itemId}`)).toMatchObject(change);
    expect((await listItems(client, vaultId, null)).rows).toHaveLength(1);
  });

  it('cannot nest folders without end, which makes every path longer for everybody', async () => {
    let parentFolderId: string | null = null;
    let made = 0;
    const nest = async (): Promise<void> => {
      for (; made < 200; made += 1) {
        const body = { name: 'Folder', vaultId, parentFolderId };
        parentFolderId = (await writer.http.send<{ id: string }>('POST', '/folders', body)).id;
      }
    };
    await expect(nest()).rejects.toMatchObject({ status: 400, codes: ['tooDeep'] });
    expect(made).toBe(64);
    expect(await listFolders(client, vaultId)).toHaveLength(64);
  });
});
