/** Moving a folder: where it may go, who may do it, and what others are told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Member } from '../../testing/organisation/member.ts';
import type { TrialServer } from '../../testing/organisation/trial.ts';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/trial.ts';

type Told = { kind: string; id: string } & Record<string, unknown>;

let server: TrialServer;
let owner: Member;
let other: Member;

beforeAll(async () => {
  server = await startTrialServer();
  const organisation = await trialOrganisation(server, 'move-owner', false);
  owner = organisation.owner;
  other = await organisation.join('move-other');
});
afterAll(() => server.close());

const create = async (path: string, body: object) =>
  (await owner.http.send<{ id: string }>('POST', path, body)).id;
const newVault = () => create('/vaults', { name: 'Vault' });
const newFolder = (vaultId: string, parentFolderId: string | null = null) =>
  create('/folders', { vaultId, parentFolderId, name: 'Folder' });
const move = (id: string, parentFolderId: string | null, who = owner) =>
  who.http.send('POST', `/folders/${id}/move`, { parentFolderId });

async function share(vaultId: string, access: string, folderId?: string): Promise<void> {
  const place = folderId === undefined ? `/vaults/${vaultId}` : `/folders/${folderId}`;
  await owner.http.send('POST', `${place}/access`, { userId: other.userId, access });
}

const cursorNow = async (who: Member) => (await who.http.send<{ cursor: string }>('GET', '/changes')).cursor;

async function toldSince(who: Member, since: string): Promise<Told[]> {
  const path = `/changes?limit=500&since=${encodeURIComponent(since)}`;
  return (await who.http.send<{ changes: Told[] }>('GET', path)).changes;
}

describe('moving a folder', () => {
  it('puts it with all that is in it under another, or into the vault', async () => {
    const vaultId = await newVault();
    const [one, two] = [await newFolder(vaultId), await newFolder(vaultId)];
    const inner = await newFolder(vaultId, one);
    const item = await create('/items', { vaultId, folderId: inner, name: 'Record' });
    expect(await move(inner, two)).toEqual({ id: inner, vaultId, parentFolderId: two });
    expect(await owner.http.send('GET', `/folders/${inner}`)).toMatchObject({
      path: [{ folderId: null }, { folderId: two }],
    });
    expect(await owner.http.send('GET', `/items/${item}`)).toMatchObject({ folderId: inner, revision: 1 });
    await move(inner, null);
    expect(await owner.http.send('GET', `/folders/${inner}`)).toMatchObject({ parentFolderId: null });
  });

  it('refuses to put it into itself, into another vault, or too deep', async () => {
    const vaultId = await newVault();
    const outer = await newFolder(vaultId);
    const inner = await newFolder(vaultId, outer);
    const insideItself = { status: 400, codes: ['insideItself'] };
    await expect(move(outer, outer)).rejects.toMatchObject(insideItself);
    await expect(move(outer, inner)).rejects.toMatchObject(insideItself);
    const elsewhere = await newFolder(await newVault());
    await expect(move(outer, elsewhere)).rejects.toMatchObject({ status: 400, codes: ['notFound'] });
    let deep: string | null = null;
    for (let level = 0; level < 63; level += 1) deep = await newFolder(vaultId, deep);
    await expect(move(outer, deep)).rejects.toMatchObject({ status: 400, codes: ['tooDeep'] });
    await move(inner, deep);
  });

  it('needs the right to move it and the right to put something there', async () => {
    const vaultId = await newVault();
    const [mine, target] = [await newFolder(vaultId), await newFolder(vaultId)];
    await share(vaultId, 'full');
    await expect(move(mine, target, other)).rejects.toMatchObject({ status: 403 });
    await share(vaultId, 'admin', mine);
    await share(vaultId, 'read', target);
    await expect(move(mine, target, other)).rejects.toMatchObject({ status: 403 });
    await share(vaultId, 'write', target);
    await move(mine, target, other);
  });
});

describe('others are told of a moved folder', () => {
  it('by the folder alone where nobody’s access changes', async () => {
    const vaultId = await newVault();
    await share(vaultId, 'read');
    const [folder, target] = [await newFolder(vaultId), await newFolder(vaultId)];
    await create('/items', { vaultId, folderId: folder, name: 'Record' });
    const since = await cursorNow(other);
    await move(folder, target);
    expect(await toldSince(other, since)).toMatchObject([
      { kind: 'folder', id: folder, folder: { parentFolderId: target } },
    ]);
  });

  it('by the whole vault where it opens or closes for them', async () => {
    const vaultId = await newVault();
    await share(vaultId, 'read');
    const [folder, closed] = [await newFolder(vaultId), await newFolder(vaultId)];
    const item = await create('/items', { vaultId, folderId: folder, name: 'Record' });
    await share(vaultId, 'forbidden', closed);
    const before = await cursorNow(other);
    await move(folder, closed);
    expect(await toldSince(other, before)).toMatchObject([
      { kind: 'vault', isWhole: true },
      { kind: 'folders', items: [] },
      { kind: 'items', items: [] },
      { kind: 'shortcuts' },
    ]);
    const between = await cursorNow(other);
    await move(folder, null);
    expect(await toldSince(other, between)).toMatchObject([
      { kind: 'vault', isWhole: true },
      { kind: 'folders', items: [{ id: folder }] },
      { kind: 'items', items: [{ id: item }] },
      { kind: 'shortcuts' },
    ]);
  });
});
