import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVault, startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Member, OpenVault, TrialServer } from '../../testing/organisation/index.ts';
import { createLedger } from '../../testing/organisation/ledger.ts';
import { recordTrial } from '../../testing/organisation/trialrecords.ts';
import type { AnsweredItem } from '../../testing/organisation/trialrecords.ts';

let server: TrialServer;
let member: Member;
let vault: OpenVault;
let records: ReturnType<typeof recordTrial>;
let second: OpenVault;
const create = (members: object = {}, place = vault) => records.create(place, members);
const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });

beforeAll(async () => {
  server = await startTrialServer();
  member = (await trialOrganisation(server, 'encrypted', true)).owner;
  records = recordTrial(member);
  vault = await createVault(member, 'Vault', 'company', createLedger());
  second = await createVault(member, 'Second', 'privateShared', createLedger());
});
afterAll(() => server.close());

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
      member.http.send<{ items: AnsweredItem[]; total: number }>('GET', `/items?vaultId=${place.id}${query}`);
    const all = await list('');
    expect([all.total, all.items.length]).toEqual([5, 5]);
    expect(all.items[0]).toEqual(await records.read(all.items[0]?.id ?? ''));
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
      keyEncrypted: records.keyIn(second),
      passwordEncrypted: records.password(`${index}`),
    }));
    const { ids } = await member.http.send<{ ids: string[] }>('POST', '/items/bulk', {
      vaultId: second.id,
      items,
    });
    expect(ids).toHaveLength(120);
    expect(await records.read(ids[77] ?? '')).toMatchObject({
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
      return (await member.http.send<{ items: AnsweredItem[] }>('GET', path)).items
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
    await create({ name: 'Hidden', passwordEncrypted: records.password('hunter2') });
    expect(await member.http.send('GET', '/items/search?query=amt4cwv48xb6pp1h')).toMatchObject({
      items: [],
    });
  });
});
