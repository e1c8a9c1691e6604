import { describe, expect, it } from 'vitest';
import type { RemoteItem } from '../../remote/index.ts';
import { contentHash, inboxRow, recordRow, shortcutRow, vaultRow } from './rows.ts';

const item: RemoteItem = {
  id: 'item1',
  vaultId: 'vault1',
  folderId: null,
  name: 'Router',
  login: 'root',
  url: 'https://router.example',
  urls: [],
  description: '',
  tags: ['net'],
  color: 5,
  isFavorite: false,
  isDeleted: false,
  binItemId: null,
  deletedAt: null,
  revision: 3,
  updatedAt: 1_700_000_000_000,
  passwordEncrypted: 'amt4password',
  keyEncrypted: 'amt4key',
  vaultMasterKeyEncrypted: 'rsa',
  customs: [{ name: 'n', value: 'v', type: 't', extra: { b: 1, a: 2 } }],
  attachments: [{ id: 'a1', name: 'cert.pem', encryptedKey: 'amt4att', hash: null }],
};

describe('the content hash', () => {
  it('does not depend on the order in which a server writes members', () => {
    expect(contentHash({ a: [1, { x: 1, y: null }], b: 'ё' })).toBe(
      contentHash({ b: 'ё', a: [1, { y: null, x: 1 }] }),
    );
  });

  it('tells apart what is not the same', () => {
    const values = [
      {},
      [],
      null,
      '',
      'null',
      { a: 1 },
      { a: '1' },
      [1, 2],
      [[1], 2],
      { a: { b: 1 } },
      { 'a:b': 1 },
    ];
    expect(new Set(values.map(contentHash)).size).toBe(values.length);
  });

  it('changes with everything that was delivered', () => {
    const changes: Partial<RemoteItem>[] = [
      { name: 'x' },
      { login: 'x' },
      { url: 'x' },
      { urls: ['x'] },
      { description: 'x' },
      { tags: [] },
      { color: 0 },
      { isFavorite: true },
      { folderId: 'f' },
      { passwordEncrypted: null },
      { keyEncrypted: 'x' },
      { vaultMasterKeyEncrypted: null },
      { customs: [] },
      { attachments: [] },
      { revision: 4 },
      { updatedAt: null },
    ];
    const hashes = changes.map((change) => recordRow({ ...item, ...change }, 'vault1', 'client').contentHash);
    hashes.push(
      recordRow(item, 'vault1', 'client').contentHash,
      recordRow(item, 'vault2', 'client').contentHash,
    );
    expect(new Set(hashes).size).toBe(changes.length + 2);
  });
});

describe('rows', () => {
  it('of a record keep its wire values and join both spellings of its address', () => {
    const row = recordRow(
      { ...item, urls: ['https://router.example', 'ssh://router.example'] },
      'vault1',
      'client',
    );
    expect(row).toMatchObject({
      id: 'item1',
      kind: 'record',
      keyWrap: 'vault',
      keyWrapped: 'amt4key',
      urls: ['https://router.example', 'ssh://router.example'],
      customs: item.customs,
    });
  });

  it('of an account without client-side encryption have no key, whatever the server says', () => {
    expect(recordRow(item, 'vault1', 'none')).toMatchObject({
      keyWrap: 'none',
      keyWrapped: null,
      vaultKeyWrapped: null,
    });
  });

  it('of a shortcut live where the shortcut lives, under its own copy of the key', () => {
    const shortcut = {
      id: 's1',
      itemId: 'item1',
      keyEncrypted: 'amt4own',
      vaultId: 'vault2',
      folderId: 'f2',
    };
    expect(shortcutRow({ ...item, shortcut }, 'vault2', 'client')).toMatchObject({
      id: 's1',
      kind: 'shortcut',
      itemServerId: 'item1',
      vaultId: 'vault2',
      folderId: 'f2',
      keyWrapped: 'amt4own',
      vaultKeyWrapped: null,
    });
  });

  it('of an inbox entry belong to no vault and say who sent it', () => {
    const sender = { id: 'u1', login: 'anna', fullName: '' };
    const inbox = { id: 'i1', keyEncrypted: 'cnNh', access: 'write', isViewed: false, sender };
    expect(inboxRow({ ...item, inbox }, 'client')).toMatchObject({
      id: 'i1',
      kind: 'inbox',
      vaultId: null,
      keyWrap: 'rsa',
      sender: 'anna',
      writable: true,
      unread: true,
    });
  });

  it.each([
    ['company', 'corporate'],
    ['privateShared', 'personal'],
    ['private', 'personal'],
    ['departments', 'corporate'],
  ])('of a vault of type %s are %s', (code, kind) => {
    const vault = {
      id: 'v',
      name: 'V',
      typeId: 't',
      permissions: [],
      masterKeyEncrypted: null,
      masterKeyHash: null,
      salt: null,
      isVisible: true,
    };
    expect(vaultRow({ ...vault, directoryAccess: null }, [{ id: 't', code, name: code }]).kind).toBe(kind);
  });
});
