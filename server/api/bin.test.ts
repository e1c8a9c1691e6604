/** What is deleted waits in the bin, comes back to where it was, or goes for good. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Member } from '../../testing/organisation/member.ts';
import { storedNames } from '../../testing/organisation/trialfiles.ts';
import type { TrialServer } from '../../testing/organisation/trial.ts';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/trial.ts';

interface Entry {
  binItemId: string;
  kind: 'item' | 'folder';
  vaultId: string;
  deletedBy: { login: string } | null;
  item: { id: string; isDeleted: boolean; binItemId: string } | null;
  folder: { id: string; name: string } | null;
}

interface Restored {
  id: string;
  vaultId: string;
  folderId: string | null;
  revision?: number;
}

type Told = { kind: string; id: string } & Record<string, unknown>;

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const file = { name: 'a', encryptedKey: base64('k'), encryptedData: base64('x'), hash: 'a'.repeat(64) };

let server: TrialServer;
let owner: Member;
let editor: Member;
let stranger: Member;

beforeAll(async () => {
  server = await startTrialServer();
  const organisation = await trialOrganisation(server, 'bin-owner', false);
  owner = organisation.owner;
  editor = await organisation.join('bin-editor');
  stranger = (await trialOrganisation(server, 'bin-stranger', false)).owner;
});
afterAll(() => server.close());

const create = async (path: string, body: object) =>
  (await owner.http.send<{ id: string }>('POST', path, body)).id;
const newVault = () => create('/vaults', { name: 'Vault' });
const newFolder = (vaultId: string, parentFolderId: string | null = null, name = 'Folder') =>
  create('/folders', { vaultId, parentFolderId, name });
const newItem = (vaultId: string, folderId: string | null = null, name = 'Record') =>
  create('/items', { vaultId, folderId, name });

async function drop(kind: 'items' | 'folders', id: string, who = owner): Promise<string> {
  return (await who.http.send<{ binItemId: string }>('DELETE', `/${kind}/${id}`)).binItemId;
}

const restore = (binItemId: string, body: object = {}, who = owner) =>
  who.http.send<Restored>('POST', `/bin/${binItemId}/restore`, body);

const listed = (vaultId: string, who = owner) =>
  who.http.send<{ items: Entry[]; total: number }>('GET', `/bin?vaultId=${vaultId}`);

async function share(vaultId: string, access: string, folderId?: string): Promise<void> {
  const place = folderId === undefined ? `/vaults/${vaultId}` : `/folders/${folderId}`;
  await owner.http.send('POST', `${place}/access`, { userId: editor.userId, access });
}

/** Where a record stands. */
const placeOf = async (id: string) =>
  (await owner.http.send<{ folderId: string | null }>('GET', `/items/${id}`)).folderId;

const cursorNow = async (who: Member) => (await who.http.send<{ cursor: string }>('GET', '/changes')).cursor;

async function toldSince(who: Member, since: string): Promise<Told[]> {
  const path = `/changes?limit=500&since=${encodeURIComponent(since)}`;
  return (await who.http.send<{ changes: Told[] }>('GET', path)).changes;
}

describe('the bin', () => {
  it('lists what was deleted, the latest first, with who did it', async () => {
    const vaultId = await newVault();
    await share(vaultId, 'write');
    const folder = await newFolder(vaultId, null, 'Old papers');
    const [first, second] = [await newItem(vaultId), await newItem(vaultId, folder)];
    const binned = await drop('items', first, editor);
    const binnedFolder = await drop('folders', folder);
    const { items, total } = await listed(vaultId);
    expect(total).toBe(2);
    expect(items.map(({ binItemId }) => binItemId).toSorted()).toEqual([binned, binnedFolder].toSorted());
    const ofItem = items.find(({ kind }) => kind === 'item');
    expect(ofItem).toMatchObject({
      ...{ vaultId, binItemId: binned, deletedBy: { login: 'bin-editor' }, folder: null },
      item: { id: first, isDeleted: true, binItemId: binned },
    });
    expect(items.find(({ kind }) => kind === 'folder')).toMatchObject({
      ...{ item: null, folder: { id: folder, name: 'Old papers' }, deletedBy: { login: 'bin-owner' } },
    });
    expect(JSON.stringify(items)).not.toContain(second);
    const page = await owner.http.send<{ items: Entry[]; total: number }>(
      'GET',
      `/bin?vaultId=${vaultId}&limit=1&offset=1`,
    );
    expect(page).toEqual({ items: [items[1]], total: 2 });
  });

  it('shows each person what they could bring back, and nothing else', async () => {
    const vaultId = await newVault();
    await share(vaultId, 'write');
    const [open, closed] = [await newFolder(vaultId), await newFolder(vaultId)];
    await share(vaultId, 'forbidden', closed);
    const [inOpen, inClosed] = [await newItem(vaultId, open), await newItem(vaultId, closed)];
    const mine = await drop('items', inOpen);
    const hidden = await drop('items', inClosed);
    const folder = await drop('folders', open);
    expect((await listed(vaultId, editor)).items.map(({ binItemId }) => binItemId)).toEqual([mine]);
    await expect(restore(hidden, {}, editor)).rejects.toMatchObject({ status: 403 });
    await expect(restore(folder, {}, editor)).rejects.toMatchObject({ status: 403 });
    await expect(editor.http.send('DELETE', `/bin/${mine}`)).rejects.toMatchObject({ status: 403 });
    expect(await restore(mine, {}, editor)).toMatchObject({ id: inOpen, folderId: null });
    await share(vaultId, 'read');
    await expect(listed(vaultId, editor)).rejects.toMatchObject({ status: 403 });
    await expect(listed(vaultId, stranger)).rejects.toMatchObject({ status: 404 });
    await expect(restore(hidden, {}, stranger)).rejects.toMatchObject({ status: 404 });
  });
});

describe('bringing back', () => {
  it('puts a record where it was, unchanged', async () => {
    const vaultId = await newVault();
    const folder = await newFolder(vaultId);
    const id = await newItem(vaultId, folder);
    const before = await owner.http.send('GET', `/items/${id}`);
    const binItemId = await drop('items', id);
    await expect(owner.http.send('GET', `/items/${id}`)).rejects.toMatchObject({ status: 404 });
    expect(await restore(binItemId)).toMatchObject({ id, vaultId, folderId: folder, revision: 1 });
    expect(await owner.http.send('GET', `/items/${id}`)).toEqual(before);
    expect((await listed(vaultId)).total).toBe(0);
    await expect(restore(binItemId)).rejects.toMatchObject({ status: 404 });
  });

  it('puts a record into the nearest folder that still stands, else into the vault', async () => {
    const vaultId = await newVault();
    const outer = await newFolder(vaultId);
    const inner = await newFolder(vaultId, outer);
    const [one, two] = [await newItem(vaultId, inner), await newItem(vaultId, inner)];
    const [binnedOne, binnedTwo] = [await drop('items', one), await drop('items', two)];
    await drop('folders', inner);
    expect(await restore(binnedOne)).toMatchObject({ folderId: outer, revision: 2 });
    await drop('folders', outer);
    expect(await restore(binnedTwo)).toMatchObject({ folderId: null, revision: 2 });
    expect(await placeOf(two)).toBeNull();
  });

  it('puts a record where it is asked to, if that is a folder of the vault', async () => {
    const vaultId = await newVault();
    const [from, to] = [await newFolder(vaultId), await newFolder(vaultId)];
    const elsewhere = await newFolder(await newVault());
    const binned = await drop('items', await newItem(vaultId, from));
    await expect(restore(binned, { folderId: elsewhere })).rejects.toMatchObject({ status: 400 });
    expect(await restore(binned, { folderId: to })).toMatchObject({ folderId: to });
    const again = await drop('items', await newItem(vaultId, from));
    expect(await restore(again, { folderId: null })).toMatchObject({ folderId: null });
  });

  it('needs the right to put something at the place that it comes back to', async () => {
    const vaultId = await newVault();
    await share(vaultId, 'read');
    const folder = await newFolder(vaultId);
    await share(vaultId, 'write', folder);
    const [one, two] = [await newItem(vaultId, folder), await newItem(vaultId, folder)];
    const [binnedOne, binnedTwo] = [await drop('items', one), await drop('items', two)];
    await expect(restore(binnedOne, { folderId: null }, editor)).rejects.toMatchObject({ status: 403 });
    expect(await restore(binnedOne, {}, editor)).toMatchObject({ folderId: folder });
    await drop('folders', folder);
    await expect(restore(binnedTwo, {}, editor)).rejects.toMatchObject({ status: 403 });
  });

  it('brings a folder with all that went with it, and nothing that went before', async () => {
    const vaultId = await newVault();
    const outer = await newFolder(vaultId);
    const inner = await newFolder(vaultId, outer);
    const [kept, before] = [await newItem(vaultId, inner), await newItem(vaultId, inner)];
    const earlier = await drop('items', before);
    const binned = await drop('folders', outer);
    expect(await restore(binned)).toEqual({ id: outer, vaultId, folderId: null });
    expect(await placeOf(kept)).toBe(inner);
    expect((await listed(vaultId)).items.map(({ binItemId }) => binItemId)).toEqual([earlier]);
    expect(await restore(earlier)).toMatchObject({ folderId: inner });
  });

  it('brings a folder back although the one above it is gone', async () => {
    const vaultId = await newVault();
    const outer = await newFolder(vaultId);
    const inner = await newFolder(vaultId, outer);
    const item = await newItem(vaultId, inner);
    const binned = await drop('folders', inner);
    const above = await drop('folders', outer);
    expect(await restore(binned)).toEqual({ id: inner, vaultId, folderId: null });
    expect(await placeOf(item)).toBe(inner);
    await owner.http.send('DELETE', `/bin/${above}`);
    expect(await placeOf(item)).toBe(inner);
  });
});

describe('deleting for good', () => {
  const filesStored = async () => (await storedNames(server.dataFolder)).length;

  it('removes record, history and files', async () => {
    const vaultId = await newVault();
    const id = await create('/items', { vaultId, name: 'Record', attachments: [file] });
    const before = await filesStored();
    const binItemId = await drop('items', id);
    await owner.http.send('DELETE', `/bin/${binItemId}`);
    expect(await filesStored()).toBe(before - 1);
    expect((await listed(vaultId)).total).toBe(0);
    await expect(restore(binItemId)).rejects.toMatchObject({ status: 404 });
  });

  it('of a folder spares what had been deleted from it before, and who may see that', async () => {
    const vaultId = await newVault();
    await share(vaultId, 'write');
    const outer = await newFolder(vaultId);
    const inner = await newFolder(vaultId, outer);
    await share(vaultId, 'forbidden', inner);
    const [early, late] = [await newItem(vaultId, inner), await newItem(vaultId, inner)];
    const earlier = await drop('items', early);
    const binned = await drop('folders', outer);
    await owner.http.send('DELETE', `/bin/${binned}`);
    expect((await listed(vaultId)).items.map(({ binItemId }) => binItemId)).toEqual([earlier]);
    expect((await listed(vaultId, editor)).items).toEqual([]);
    expect(await restore(earlier)).toMatchObject({ id: early, folderId: null });
    await expect(owner.http.send('GET', `/items/${late}`)).rejects.toMatchObject({ status: 404 });
  });
});

describe('the change feed', () => {
  it('tells of a deleted record those who could bring it back, and others that it is gone', async () => {
    const vaultId = await newVault();
    await share(vaultId, 'read');
    const id = await newItem(vaultId);
    const [mine, theirs] = [await cursorNow(owner), await cursorNow(editor)];
    const binItemId = await drop('items', id);
    expect(await toldSince(owner, mine)).toMatchObject([
      { kind: 'item', id, item: { id, isDeleted: true, binItemId, deletedAt: expect.any(Number) } },
    ]);
    expect(await toldSince(editor, theirs)).toEqual([{ kind: 'item', id, item: null }]);
    await restore(binItemId);
    const [here] = await toldSince(editor, theirs);
    expect(here).toMatchObject({ kind: 'item', id, item: { id, isDeleted: false } });
  });

  it('tells of a deleted folder where to find it, and of what comes back with it', async () => {
    const vaultId = await newVault();
    const outer = await newFolder(vaultId);
    const folder = await newFolder(vaultId, outer, 'Keys');
    const id = await newItem(vaultId, folder);
    const since = await cursorNow(owner);
    const binItemId = await drop('folders', folder);
    const told = await toldSince(owner, since);
    expect(told.find(({ kind }) => kind === 'item')).toEqual({ kind: 'item', id, item: null });
    expect(told.find(({ kind }) => kind === 'folder')).toEqual({
      ...{ kind: 'folder', id: folder, folder: null },
      bin: { binItemId, deletedAt: expect.any(Number), name: 'Keys', vaultId, parentFolderId: outer },
    });
    const afterwards = await cursorNow(owner);
    await restore(binItemId);
    const back = await toldSince(owner, afterwards);
    expect(back.find(({ kind }) => kind === 'item')).toMatchObject({ item: { id, folderId: folder } });
    expect(back.find(({ kind }) => kind === 'folder')).toMatchObject({
      folder: { id: folder, parentFolderId: outer },
    });
    const again = await drop('folders', folder);
    const end = await cursorNow(owner);
    await owner.http.send('DELETE', `/bin/${again}`);
    expect(await toldSince(owner, end)).toContainEqual({ kind: 'folder', id: folder, folder: null });
  });

  it('shows a folder again to whoever saw the vault for its sake alone', async () => {
    const vaultId = await newVault();
    const folder = await newFolder(vaultId);
    const id = await newItem(vaultId, folder);
    await share(vaultId, 'read', folder);
    const binItemId = await drop('folders', folder);
    const since = await cursorNow(editor);
    await restore(binItemId);
    const told = await toldSince(editor, since);
    expect(told).toMatchObject([
      { kind: 'vault', id: vaultId, isWhole: true },
      { kind: 'folders', items: [{ id: folder }] },
      { kind: 'items', items: [{ id }] },
      { kind: 'shortcuts' },
    ]);
  });
});
