import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealCustoms } from '../../main/keychain/index.ts';
import { createVault, startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Member, OpenVault, TrialServer } from '../../testing/organisation/index.ts';
import { createLedger } from '../../testing/organisation/ledger.ts';
import { recordTrial } from '../../testing/organisation/trialrecords.ts';

let server: TrialServer;
let member: Member;
let vault: OpenVault;
let records: ReturnType<typeof recordTrial>;
let now = Date.UTC(2026, 5, 1);
let second: OpenVault;
const create = (members: object = {}, place = vault) => records.create(place, members);
const utf8 = (text: string) => Buffer.from(text, 'utf8');
const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });

beforeAll(async () => {
  server = await startTrialServer({ clock: () => now });
  member = (await trialOrganisation(server, 'encrypted', true)).owner;
  records = recordTrial(member);
  vault = await createVault(member, 'Vault', 'company', createLedger());
  second = await createVault(member, 'Second', 'privateShared', createLedger());
});
afterAll(() => server.close());

describe('a record', () => {
  it('is answered with everything that was sent, and the vault key for the asker', async () => {
    const customs = sealCustoms(
      [{ name: 'Код', value: utf8('42'), type: 'text', order: 3 }],
      records.recordKey,
    );
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
        passwordEncrypted: records.password('s3cret'),
        customs,
        fieldsOrder: ['a', 'b'],
      },
    };
    const id = await create(sent);
    const item = await records.read(id);
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
    const item = await records.read(await create({ url: 'https://only.example' }));
    expect([item.url, item.urls]).toEqual(['https://only.example', ['https://only.example']]);
    await records.change(item.id, { url: '' });
    expect(await records.read(item.id)).toMatchObject({ url: '', urls: [] });
  });

  it('keeps what a change does not name and clears what it names as null', async () => {
    const id = await create({
      login: 'root',
      description: 'text',
      tags: ['a'],
      passwordEncrypted: records.password('one'),
    });
    await records.change(id, { vaultId: vault.id, name: 'Renamed' });
    expect(await records.read(id)).toMatchObject({
      name: 'Renamed',
      login: 'root',
      description: 'text',
      tags: ['a'],
    });
    await records.change(id, { login: null, description: null, tags: null, passwordEncrypted: '' });
    expect(await records.read(id)).toMatchObject({
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
      keyEncrypted: records.keyIn(second),
    });
    const { binItemId } = await member.http.send<{ binItemId: string }>('DELETE', `/items/${id}`, {});
    expect(binItemId).toMatch(/^[0-9a-f]{24}$/);
    for (const path of [`/items/${id}`, `/shortcuts/${shortcut.id}`])
      await refused(member.http.send('GET', path), 404, 'notFound');
    await refused(records.change(id, { name: 'x' }), 404, 'notFound');
    await refused(member.http.send('DELETE', `/items/${id}`), 404, 'notFound');
  });

  it('is a favourite of one person only', async () => {
    const id = await create({ isFavorite: true });
    expect((await records.read(id)).isFavorite).toBe(true);
    await member.http.send('POST', `/items/${id}/favorite`, { isFavorite: false });
    expect(await records.read(id)).toMatchObject({ isFavorite: false, revision: 1 });
  });
});

describe('history', () => {
  it('keeps every former state with who made it and when', async () => {
    const id = await create({ passwordEncrypted: records.password('first') });
    const [first, second] = [(await records.read(id)).passwordEncrypted, records.password('second')];
    now += 60_000;
    await records.change(id, { passwordEncrypted: second, login: 'added' });
    now += 60_000;
    await records.change(id, { name: 'Third' });
    const snapshots = await records.snapshots(id);
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
    expect(await records.change(id, { login: 'root', vaultId: vault.id })).toMatchObject({ id, revision: 1 });
    expect(await records.snapshots(id)).toEqual([]);
  });

  it('refuses a change made on an older revision', async () => {
    const id = await create();
    await records.change(id, { name: 'B', revision: 1 });
    await refused(records.change(id, { name: 'C', revision: 1 }), 409, 'revisionConflict');
    expect((await records.read(id)).name).toBe('B');
  });

  it('answers each write with the state that it led to', async () => {
    const body = { vaultId: vault.id, name: 'A', login: 'root' };
    const created = await member.http.send<{ id: string; updatedAt: number }>('POST', '/items', body);
    expect(created).toEqual({ ...created, revision: 1, attachments: [] });
    const { id, updatedAt } = created;
    expect(await records.read(id)).toMatchObject({ revision: 1, updatedAt });
    const changed = await records.change(id, { name: 'B' });
    expect(changed).toMatchObject({ id, revision: 2, attachments: [] });
  });

  it('refuses a deletion made on an older revision, and tells nothing of the newer one', async () => {
    const id = await create();
    await records.change(id, { name: 'B' });
    await refused(member.http.send('DELETE', `/items/${id}?revision=1`), 409, 'revisionConflict');
    expect((await records.read(id)).name).toBe('B');
    await refused(member.http.send('DELETE', `/items/${id}?revision=x`), 400, 'validationFailed');
    await member.http.send('DELETE', `/items/${id}?revision=2`);
    await refused(records.read(id), 404, 'notFound');
  });

  it('loses none of many changes at once', async () => {
    const id = await create();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => records.change(id, { name: `Name ${index}` })),
    );
    const names = [...(await records.snapshots(id)), await records.read(id)].map((state) => state.name);
    expect(names.toSorted()).toEqual(
      ['Record', ...Array.from({ length: 20 }, (_, index) => `Name ${index}`)].toSorted(),
    );
  });
});

describe('moving', () => {
  it('to a folder keeps the key, to another vault needs it under the new one', async () => {
    const folder = await member.http.send<{ id: string }>('POST', '/folders', {
      name: 'Folder',
      vaultId: vault.id,
    });
    const id = await create({ passwordEncrypted: records.password('one') });
    await records.change(id, { folderId: folder.id });
    expect((await records.read(id)).folderId).toBe(folder.id);
    await refused(records.change(id, { vaultId: second.id }), 400, 'keyRequired');
    const rewrapped = records.keyIn(second);
    await records.change(id, { vaultId: second.id, keyEncrypted: rewrapped });
    expect(await records.read(id)).toMatchObject({
      vaultId: second.id,
      folderId: null,
      keyEncrypted: rewrapped,
    });
    expect((await records.snapshots(id)).map((each) => each.keyEncrypted)).toEqual([rewrapped, rewrapped]);
    await refused(records.change(id, { folderId: folder.id }), 400, 'notFound');
  });
});
