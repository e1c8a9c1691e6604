import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  decodeAttachment,
  encodeAttachment,
  generateRecordKey,
  sealCustoms,
  sealPassword,
  sealRecordKey,
} from '../../main/keychain/index.ts';
import { createVault, startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Member, OpenVault, TrialServer } from '../../testing/organisation/index.ts';
import { createLedger } from '../../testing/organisation/ledger.ts';

interface Item {
  id: string;
  name: string;
  login: string;
  url: string;
  urls: string[];
  description: string | null;
  tags: string[];
  color: number;
  passwordEncrypted: string | null;
  keyEncrypted: string | null;
  customs: { name: string; value: string; type: string }[];
  attachments: { id: string; name: string; encryptedKey: string }[];
  vaultMasterKeyEncrypted: string | null;
  revision: number;
  folderId: string | null;
  vaultId: string;
  isFavorite: boolean;
}

let now = Date.UTC(2026, 5, 1);
let server: TrialServer;
let member: Member;
let plain: Member;
let vault: OpenVault;
let second: OpenVault;
let plainVault = '';
const recordKey = generateRecordKey();
const utf8 = (text: string) => Buffer.from(text, 'utf8');
const base64 = (text: string) => utf8(text).toString('base64');

beforeAll(async () => {
  server = await startTrialServer({ clock: () => now });
  member = (await trialOrganisation(server, 'encrypted', true)).owner;
  plain = (await trialOrganisation(server, 'plain', false)).owner;
  vault = await createVault(member, 'Vault', 'company', createLedger());
  second = await createVault(member, 'Second', 'privateShared', createLedger());
  plainVault = (await createVault(plain, 'Plain', 'company', createLedger())).id;
});
afterAll(() => server.close());

const keyIn = (place: OpenVault) => sealRecordKey(recordKey, place.key!);
const password = (text: string) => sealPassword(utf8(text), recordKey);
const read = (id: string) => member.http.send<Item>('GET', `/items/${id}`);
const snapshotsOf = async (id: string) =>
  (
    await member.http.send<{ items: (Item & { itemId: string; creator: { login: string } })[] }>(
      'GET',
      `/items/${id}/snapshots`,
    )
  ).items;

async function create(members: object = {}, place = vault): Promise<string> {
  const body = { vaultId: place.id, name: 'Record', keyEncrypted: keyIn(place), ...members };
  return (await member.http.send<{ id: string }>('POST', '/items', body)).id;
}
const change = (id: string, members: object) =>
  member.http.send<{ revision: number }>('PATCH', `/items/${id}`, members);
const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });

describe('a record', () => {
  it('is answered with everything that was sent, and the vault key for the asker', async () => {
    const customs = sealCustoms([{ name: 'Код', value: utf8('42'), type: 'text', order: 3 }], recordKey);
    const sent = {
      ...{
        name: 'Сервер',
        login: 'root',
        urls: ['https://a.example', 'https://b.example'],
        description: 'two\nlines',
      },
      ...{
        tags: ['prod', 'ssh'],
        color: 5,
        passwordEncrypted: password('s3cret'),
        customs,
        fieldsOrder: ['a', 'b'],
      },
    };
    const id = await create(sent);
    const item = await read(id);
    expect(item).toMatchObject({
      ...sent,
      id,
      url: 'https://a.example',
      vaultId: vault.id,
      folderId: null,
      revision: 1,
    });
    expect(item).toMatchObject({
      isDeleted: false,
      isFavorite: false,
      attachments: [],
      keyEncrypted: expect.any(String),
    });
    const own = await member.http.send<{ masterKeyEncrypted: string }>('GET', `/vaults/${vault.id}`);
    expect(item.vaultMasterKeyEncrypted).toBe(own.masterKeyEncrypted);
  });

  it('takes the older single address', async () => {
    const item = await read(await create({ url: 'https://only.example' }));
    expect([item.url, item.urls]).toEqual(['https://only.example', ['https://only.example']]);
    await change(item.id, { url: '' });
    expect(await read(item.id)).toMatchObject({ url: '', urls: [] });
  });

  it('keeps what a change does not name and clears what it names as null', async () => {
    const id = await create({
      login: 'root',
      description: 'text',
      tags: ['a'],
      passwordEncrypted: password('one'),
    });
    await change(id, { vaultId: vault.id, name: 'Renamed' });
    expect(await read(id)).toMatchObject({
      name: 'Renamed',
      login: 'root',
      description: 'text',
      tags: ['a'],
    });
    await change(id, { login: null, description: null, tags: null, passwordEncrypted: '' });
    expect(await read(id)).toMatchObject({
      login: '',
      description: null,
      tags: [],
      passwordEncrypted: null,
      revision: 3,
    });
  });

  it('goes to the bin with everything that leads to it', async () => {
    const id = await create();
    const shortcut = await member.http.send<{ id: string }>('POST', '/shortcuts', {
      vaultId: second.id,
      itemId: id,
      keyEncrypted: keyIn(second),
    });
    const { binItemId } = await member.http.send<{ binItemId: string }>('DELETE', `/items/${id}`, {});
    expect(binItemId).toMatch(/^[0-9a-f]{24}$/);
    for (const path of [`/items/${id}`, `/shortcuts/${shortcut.id}`])
      await refused(member.http.send('GET', path), 404, 'notFound');
    await refused(change(id, { name: 'x' }), 404, 'notFound');
    await refused(member.http.send('DELETE', `/items/${id}`), 404, 'notFound');
  });

  it('is a favourite of one person only', async () => {
    const id = await create({ isFavorite: true });
    expect((await read(id)).isFavorite).toBe(true);
    await member.http.send('POST', `/items/${id}/favorite`, { isFavorite: false });
    expect(await read(id)).toMatchObject({ isFavorite: false, revision: 1 });
  });
});

describe('history', () => {
  it('keeps every former state with who made it and when', async () => {
    const id = await create({ passwordEncrypted: password('first') });
    const [first, second] = [(await read(id)).passwordEncrypted, password('second')];
    now += 60_000;
    await change(id, { passwordEncrypted: second, login: 'added' });
    now += 60_000;
    await change(id, { name: 'Third' });
    const snapshots = await snapshotsOf(id);
    expect(snapshots.map((each) => each.passwordEncrypted)).toEqual([second, first]);
    expect(snapshots[1]).toMatchObject({
      itemId: id,
      name: 'Record',
      login: '',
      createdAt: now / 1000 - 120,
    });
    expect(snapshots[0]).toMatchObject({ createdAt: now / 1000 - 60, creator: { login: 'encrypted' } });
    const one = await member.http.send('GET', `/items/${id}/snapshot/${snapshots[1]?.id}`);
    expect(one).toEqual(snapshots[1]);
    await refused(
      member.http.send('GET', `/items/${await create()}/snapshot/${snapshots[1]?.id}`),
      404,
      'notFound',
    );
  });

  it('is not made longer by a change that changes nothing', async () => {
    const id = await create({ login: 'root' });
    expect(await change(id, { login: 'root', vaultId: vault.id })).toEqual({ id, revision: 1 });
    expect(await snapshotsOf(id)).toEqual([]);
  });

  it('refuses a change made on an older revision', async () => {
    const id = await create();
    await change(id, { name: 'B', revision: 1 });
    await refused(change(id, { name: 'C', revision: 1 }), 409, 'revisionConflict');
    expect((await read(id)).name).toBe('B');
  });

  it('loses none of many changes at once', async () => {
    const id = await create();
    await Promise.all(Array.from({ length: 20 }, (_, index) => change(id, { name: `Name ${index}` })));
    const names = [...(await snapshotsOf(id)), await read(id)].map((state) => state.name);
    expect(names.toSorted()).toEqual(
      ['Record', ...Array.from({ length: 20 }, (_, index) => `Name ${index}`)].toSorted(),
    );
  });
});

describe('attachments', () => {
  const file = Buffer.from(Array.from({ length: 700 }, (_, index) => index % 256));

  it('come back byte for byte, listed without data', async () => {
    const id = await create({ attachments: [{ name: 'ключ.bin', ...encodeAttachment(file, recordKey) }] });
    const [entry] = (await read(id)).attachments;
    expect(Object.keys(entry ?? {}).toSorted()).toEqual(['encryptedKey', 'id', 'name']);
    const answer = await member.http.send<Parameters<typeof decodeAttachment>[0]>(
      'GET',
      `/items/${id}/attachment/${entry?.id}`,
    );
    expect(decodeAttachment(answer, recordKey)).toEqual(file);
    await refused(
      member.http.send('GET', `/items/${await create()}/attachment/${entry?.id}`),
      404,
      'notFound',
    );
  });

  it('stay by id, are added with data, leave with the list and stay in history', async () => {
    const files = ['one', 'two'].map((name) => ({ name, ...encodeAttachment(utf8(name), recordKey) }));
    const id = await create({ attachments: files });
    const [one, two] = (await read(id)).attachments;
    const added = { name: 'three', ...encodeAttachment(utf8('three'), recordKey) };
    await change(id, { attachments: [{ ...two, name: 'renamed' }, added] });
    const after = (await read(id)).attachments;
    expect(after.map((entry) => entry.name)).toEqual(['renamed', 'three']);
    expect(after[0]?.id).toBe(two?.id);
    await refused(member.http.send('GET', `/items/${id}/attachment/${one?.id}`), 404, 'notFound');
    const [snapshot] = await snapshotsOf(id);
    expect(snapshot?.attachments.map((entry) => entry.name)).toEqual(['one', 'two']);
    const old = await member.http.send<Parameters<typeof decodeAttachment>[0]>(
      'GET',
      `/snapshots/${snapshot?.id}/attachment/${one?.id}`,
    );
    expect(decodeAttachment(old, recordKey).toString()).toBe('one');
    await change(id, { name: 'untouched files' });
    expect((await read(id)).attachments).toEqual(after);
  });

  it('leave no file behind when the record is refused', async () => {
    const count = () => readdirSync(join(server.dataFolder, 'files')).length;
    const before = count();
    const sent = encodeAttachment(file, recordKey);
    const id = await create();
    const both = [
      { name: 'new', ...sent },
      { id: '0'.repeat(24), name: 'unknown', encryptedKey: sent.encryptedKey },
    ];
    await refused(change(id, { attachments: both }), 400, 'notFound');
    expect(count()).toBe(before);
    await refused(
      create({ attachments: [{ name: 'no data', encryptedKey: sent.encryptedKey }] }),
      400,
      'attachmentIncomplete',
    );
    expect(count()).toBe(before);
  });

  it('may be as large as the protocol allows', async () => {
    const largest = Buffer.alloc(5 * 1024 * 1024, 0xa7);
    const id = await create({ attachments: [{ name: 'large', ...encodeAttachment(largest, recordKey) }] });
    const [entry] = (await read(id)).attachments;
    const answer = await member.http.send<Parameters<typeof decodeAttachment>[0]>(
      'GET',
      `/items/${id}/attachment/${entry?.id}`,
    );
    expect(decodeAttachment(answer, recordKey).equals(largest)).toBe(true);
  });
});

describe('moving', () => {
  it('to a folder keeps the key, to another vault needs it under the new one', async () => {
    const folder = await member.http.send<{ id: string }>('POST', '/folders', {
      name: 'Folder',
      vaultId: vault.id,
    });
    const id = await create({ passwordEncrypted: password('one') });
    await change(id, { folderId: folder.id });
    expect((await read(id)).folderId).toBe(folder.id);
    await refused(change(id, { vaultId: second.id }), 400, 'keyRequired');
    const rewrapped = keyIn(second);
    await change(id, { vaultId: second.id, keyEncrypted: rewrapped });
    expect(await read(id)).toMatchObject({ vaultId: second.id, folderId: null, keyEncrypted: rewrapped });
    expect((await snapshotsOf(id)).map((each) => each.keyEncrypted)).toEqual([rewrapped, rewrapped]);
    await refused(change(id, { folderId: folder.id }), 400, 'notFound');
  });
});

describe('the form of ciphertext', () => {
  it.each([
    ['passwordEncrypted', { passwordEncrypted: 'hunter2' }],
    ['passwordEncrypted', { passwordEncrypted: base64('hunter2') }],
    ['keyEncrypted', { keyEncrypted: base64('a'.repeat(100)) }],
    ['the envelope of an empty key', { keyEncrypted: sealPassword(Buffer.alloc(0), recordKey) }],
    ['customs', { customs: [{ name: 'PIN', value: '1234', type: 'text' }] }],
    [
      'attachments',
      { attachments: [{ name: 'a', encryptedKey: 'a', encryptedData: base64('x'), hash: 'a'.repeat(64) }] },
    ],
  ])('is demanded of %s', async (_field, members) => {
    await refused(create(members), 400, 'notEncrypted');
  });

  it('is not enough without a record key where there is a password', async () => {
    const sent = { keyEncrypted: '', passwordEncrypted: password('x') };
    await refused(create(sent), 400, 'keyRequired');
    const id = await create({
      keyEncrypted: null,
      customs: sealCustoms([{ name: 'a', value: utf8('b'), type: 'text' }], recordKey),
    });
    expect((await read(id)).keyEncrypted).toBeNull();
  });

  it('is plain base64 without client-side encryption, where a key is refused', async () => {
    const send = (members: object) =>
      plain.http.send<{ id: string }>('POST', '/items', { vaultId: plainVault, name: 'Plain', ...members });
    const { id } = await send({
      passwordEncrypted: base64('пароль'),
      keyEncrypted: '',
      customs: [{ name: base64('a'), value: '', type: base64('text') }],
    });
    const item = await plain.http.send<Item>('GET', `/items/${id}`);
    expect(item).toMatchObject({
      passwordEncrypted: base64('пароль'),
      keyEncrypted: null,
      vaultMasterKeyEncrypted: null,
    });
    await refused(send({ passwordEncrypted: 'not base64!' }), 400, 'notEncrypted');
    await refused(send({ keyEncrypted: keyIn(vault) }), 400, 'notEncrypted');
  });
});

describe('listings', () => {
  it('hold a whole vault or one folder, by pages where asked', async () => {
    const place = await createVault(member, 'Listed', 'privateShared', createLedger());
    const folder = await member.http.send<{ id: string }>('POST', '/folders', {
      name: 'F',
      vaultId: place.id,
    });
    for (let index = 0; index < 5; index += 1) {
      await create({ name: `Item ${index}`, folderId: index < 2 ? folder.id : null }, place);
    }
    const list = (query: string) =>
      member.http.send<{ items: Item[]; total: number }>('GET', `/items?vaultId=${place.id}${query}`);
    const all = await list('');
    expect([all.total, all.items.length]).toEqual([5, 5]);
    expect(all.items[0]).toEqual(await read(all.items[0]?.id ?? ''));
    expect((await list(`&folderId=${folder.id}`)).items.map((item) => item.name).toSorted()).toEqual([
      'Item 0',
      'Item 1',
    ]);
    const pages = [await list('&limit=2'), await list('&limit=2&offset=2'), await list('&offset=4')];
    expect(pages.map((page) => page.total)).toEqual([5, 5, 5]);
    expect(pages.flatMap((page) => page.items.map((item) => item.id))).toEqual(
      all.items.map((item) => item.id),
    );
    expect((await list('&limit=2&offset=10')).items).toEqual([]);
  });

  it('leave out ciphertext where the server is set to short ones', async () => {
    const short = await startTrialServer({ listing: 'short' });
    const { owner } = await trialOrganisation(short, 'short', false);
    const { id: vaultId } = await owner.http.send<{ id: string }>('POST', '/vaults', { name: 'V' });
    const { id } = await owner.http.send<{ id: string }>('POST', '/items', {
      vaultId,
      name: 'N',
      passwordEncrypted: base64('x'),
    });
    const listed = await owner.http.send<{ items: object[] }>('GET', `/items?vaultId=${vaultId}`);
    const whole = await owner.http.send<object>('GET', `/items/${id}`);
    await short.close();
    const missing = Object.keys(whole).filter((name) => !Object.keys(listed.items[0] ?? {}).includes(name));
    expect(missing.toSorted()).toEqual([
      'attachments',
      'customs',
      'keyEncrypted',
      'passwordEncrypted',
      'vaultMasterKeyEncrypted',
    ]);
  });

  it('can be filled in bulk, checked like single records', async () => {
    const items = Array.from({ length: 120 }, (_, index) => ({
      name: `Bulk ${index}`,
      keyEncrypted: keyIn(second),
      passwordEncrypted: password(`${index}`),
    }));
    const { ids } = await member.http.send<{ ids: string[] }>('POST', '/items/bulk', {
      vaultId: second.id,
      items,
    });
    expect(ids).toHaveLength(120);
    expect(await read(ids[77] ?? '')).toMatchObject({
      name: 'Bulk 77',
      passwordEncrypted: items[77]?.passwordEncrypted,
    });
    const bad = [...items.slice(0, 3), { name: 'Bad', passwordEncrypted: 'plain' }];
    await refused(
      member.http.send('POST', '/items/bulk', { vaultId: second.id, items: bad }),
      400,
      'notEncrypted',
    );
  });
});

describe('search', () => {
  it('finds every word in any field, in any case and script, with all tags and any colour', async () => {
    const place = await createVault(member, 'Searched', 'privateShared', createLedger());
    const folder = await member.http.send<{ id: string }>('POST', '/folders', {
      name: 'F',
      vaultId: place.id,
    });
    const inner = await member.http.send<{ id: string }>('POST', '/folders', {
      name: 'G',
      vaultId: place.id,
      parentFolderId: folder.id,
    });
    await create({ name: 'Почтовый сервер', login: 'Postmaster', tags: ['mail', 'prod'], color: 3 }, place);
    await create(
      {
        name: 'Router',
        url: 'https://edge.example',
        description: 'Стойка 7',
        tags: ['prod'],
        color: 4,
        folderId: inner.id,
      },
      place,
    );
    const find = async (query: string) => {
      const path = `/items/search?vaultIds[]=${place.id}&${query}`;
      return (await member.http.send<{ items: Item[] }>('GET', path)).items
        .map((item) => item.name)
        .toSorted();
    };
    const both = ['Router', 'Почтовый сервер'];
    expect(await find('')).toEqual(both);
    expect(await find(`query=${encodeURIComponent('СЕРВЕР postMASTER')}`)).toEqual(['Почтовый сервер']);
    expect(await find(`query=${encodeURIComponent('стойка edge')}`)).toEqual(['Router']);
    expect(await find('query=nothing')).toEqual([]);
    expect(await find('tags[]=prod')).toEqual(both);
    expect(await find('tags[]=prod&tags[]=mail')).toEqual(['Почтовый сервер']);
    expect(await find('colorCodes[]=3&colorCodes[]=4')).toEqual(both);
    expect(await find('colorCodes[]=9')).toEqual([]);
    expect(await find(`folderIds[]=${folder.id}`)).toEqual(['Router']);
    expect(await find('url=EDGE')).toEqual(['Router']);
    expect(await find('limit=1')).toHaveLength(1);
  });

  it('never looks into ciphertext', async () => {
    await create({ name: 'Hidden', passwordEncrypted: password('hunter2') });
    expect(await member.http.send('GET', '/items/search?query=amt4cwv48xb6pp1h')).toMatchObject({
      items: [],
    });
  });
});
