/** What people are told of what happened, and what they are not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyFingerprint, sealInboxKey, sealShortcutKey } from '../../main/keychain/index.ts';
import { draft } from '../../testing/organisation/drafts.ts';
import { createVault, signIn, wrapFor, writeRecord } from '../../testing/organisation/member.ts';
import type { Member, OpenVault, WrittenRecord } from '../../testing/organisation/member.ts';
import type { TrialOrganisation, TrialServer } from '../../testing/organisation/trial.ts';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/trial.ts';

interface Told {
  kind: string;
  id?: string;
  vaultId?: string;
  after?: string | null;
  through?: string | null;
  items?: { id: string }[];
  [other: string]: unknown;
}

interface Page {
  changes: Told[];
  cursor: string;
  hasMore: boolean;
  account: { id: string; masterKeyOptions: string; publicKey: string | null };
}

let server: TrialServer;
let organisation: TrialOrganisation;
let owner: Member;
let member: Member;
let now = Date.now();

beforeAll(async () => {
  server = await startTrialServer({ clock: () => now });
  organisation = await trialOrganisation(server, 'changes-owner', true);
  owner = organisation.owner;
  member = await organisation.join('changes-member');
});
afterAll(() => server.close());

function poll(who: Member, since?: string, limit = 100): Promise<Page> {
  const from = since === undefined ? '' : `&since=${encodeURIComponent(since)}`;
  return who.http.send<Page>('GET', `/changes?limit=${limit}${from}`);
}

/** Everything told since a cursor, page by page. */
async function follow(who: Member, since: string, limit = 100): Promise<{ told: Told[]; cursor: string }> {
  const told: Told[] = [];
  let cursor = since;
  for (let hasMore = true; hasMore;) {
    const page = await poll(who, cursor, limit);
    told.push(...page.changes);
    ({ cursor, hasMore } = page);
  }
  return { told, cursor };
}

/** Whether a thing is here, in the bin where its reader could find it, or gone for them. */
function stateOf(told: Told): string {
  const shown = told[told.kind];
  if (told['bin'] !== undefined) return 'binned';
  if (typeof shown !== 'object' || shown === null) return 'gone';
  return 'isDeleted' in shown && shown.isDeleted === true ? 'binned' : 'here';
}

/** Each thing in one line: what was told, of which object, and whether it is there or gone. */
function lines(told: readonly Told[]): string[] {
  return told.map((each) => {
    if (each.items) return `${each.kind} of ${each.vaultId}: ${each.items.map(({ id }) => id).join(' ')}`;
    return `${each.kind} ${each.id} ${stateOf(each)}`;
  });
}

const cursorNow = async (who: Member): Promise<string> => (await poll(who)).cursor;

async function vaultOf(who: Member, type: 'company' | 'privateShared' = 'privateShared'): Promise<OpenVault> {
  return createVault(who, 'Vault', type, organisation.ledger);
}

function recordIn(vault: OpenVault, folderId: string | null = null): Promise<WrittenRecord> {
  return writeRecord(owner, vault, folderId, draft('Record', { password: 'secret' }), organisation.ledger);
}

async function folderIn(vault: OpenVault, parentFolderId: string | null = null): Promise<string> {
  const body = { name: 'Folder', vaultId: vault.id, parentFolderId };
  return (await owner.http.send<{ id: string }>('POST', '/folders', body)).id;
}

async function share(vault: OpenVault, access: string, folderId: string | null = null): Promise<void> {
  const path = `/users/${member.userId}/public-key`;
  const { publicKey } = await owner.http.send<{ publicKey: string }>('GET', path);
  const place = folderId === null ? `/vaults/${vault.id}` : `/folders/${folderId}`;
  const masterKeyEncrypted = wrapFor(vault, publicKey);
  await owner.http.send('POST', `${place}/access`, { userId: member.userId, access, masterKeyEncrypted });
}

async function shortcutTo(record: WrittenRecord, vault: OpenVault, folderId: string | null = null) {
  if (!record.key || !vault.key) throw new Error('A shortcut needs both keys.');
  const keyEncrypted = sealShortcutKey(record.key, vault.key);
  const body = { vaultId: vault.id, folderId, itemId: record.id, keyEncrypted };
  return (await owner.http.send<{ id: string }>('POST', '/shortcuts', body)).id;
}

describe('the feed', () => {
  it('begins with a cursor of this moment, and tells nothing while nothing happens', async () => {
    const first = await poll(owner);
    expect(first).toMatchObject({ changes: [], hasMore: false, account: { id: owner.userId } });
    expect(first.account.publicKey).toContain('PUBLIC KEY');
    expect(await poll(owner, first.cursor)).toEqual(first);
  });

  it('tells each object once, as it stands, however often it was touched', async () => {
    const vault = await vaultOf(owner);
    const since = await cursorNow(owner);
    const record = await recordIn(vault);
    for (const name of ['One', 'Two', 'Three']) {
      await owner.http.send('PATCH', `/items/${record.id}`, { vaultId: vault.id, name });
    }
    const { told, cursor } = await follow(owner, since);
    const listed = await owner.http.send<{ items: unknown[] }>('GET', `/items?vaultId=${vault.id}`);
    expect(told).toEqual([{ kind: 'item', id: record.id, item: listed.items[0] }]);
    const { binItemId } = await owner.http.send<{ binItemId: string }>('DELETE', `/items/${record.id}`);
    const deleted = await follow(owner, cursor);
    expect(deleted.told).toMatchObject([
      { kind: 'item', item: { id: record.id, isDeleted: true, binItemId } },
    ]);
    await owner.http.send('DELETE', `/bin/${binItemId}`);
    expect(lines((await follow(owner, deleted.cursor)).told)).toEqual([`item ${record.id} gone`]);
  });

  it('comes to the same in pages of any length', async () => {
    const vault = await vaultOf(owner);
    const since = await cursorNow(owner);
    const folderId = await folderIn(vault);
    for (let count = 0; count < 7; count += 1) await recordIn(vault, count % 2 ? folderId : null);
    const whole = lines((await follow(owner, since)).told);
    expect(whole).toHaveLength(8);
    for (const limit of [1, 2, 3, 7, 8, 9])
      expect(lines((await follow(owner, since, limit)).told)).toEqual(whole);
  });

  it('refuses a limit out of range', async () => {
    for (const limit of [0, 501])
      await expect(poll(owner, undefined, limit)).rejects.toMatchObject({ status: 400 });
  });
});

describe('access that changes', () => {
  it('brings a gained vault whole, in stretches without gaps, and takes a lost one away', async () => {
    const vault = await vaultOf(owner);
    const folderId = await folderIn(vault);
    const records = [await recordIn(vault), await recordIn(vault, folderId), await recordIn(vault)];
    const shortcut = await shortcutTo(records[0] as WrittenRecord, vault);
    const since = await cursorNow(member);
    await share(vault, 'read');
    const { told, cursor } = await follow(member, since, 2);
    expect(told[0]).toMatchObject({ kind: 'vault', id: vault.id, isWhole: true });
    const stretches = told.filter(({ kind }) => kind === 'items');
    expect(stretches.length).toBeGreaterThan(1);
    expect(stretches.map(({ after }) => after)).toEqual([
      null,
      ...stretches.slice(0, -1).map(({ through }) => through),
    ]);
    expect(stretches.at(-1)?.through).toBeNull();
    const idsOf = (kind: string) =>
      told.filter((each) => each.kind === kind).flatMap((each) => each.items?.map(({ id }) => id) ?? []);
    expect(idsOf('items')).toEqual(records.map(({ id }) => id).sort());
    expect(idsOf('folders')).toEqual([folderId]);
    const shown = told.filter((each) => each.kind === 'shortcuts').flatMap((each) => each.items);
    expect(shown).toMatchObject([{ shortcut: { id: shortcut } }]);
    await share(vault, 'notSet');
    expect(lines((await follow(member, cursor)).told)).toEqual([`vault ${vault.id} gone`]);
  });

  it('to one folder tells the vault anew without what is closed now', async () => {
    const vault = await vaultOf(owner);
    const folderId = await folderIn(vault);
    const [open] = [await recordIn(vault), await recordIn(vault, folderId)];
    await share(vault, 'read');
    const since = await cursorNow(member);
    await share(vault, 'forbidden', folderId);
    expect(lines((await follow(member, since)).told)).toEqual([
      `vault ${vault.id} here`,
      `folders of ${vault.id}: `,
      `items of ${vault.id}: ${open?.id}`,
      `shortcuts of ${vault.id}: `,
    ]);
  });

  it('that was all for the sake of a folder ends with the folder', async () => {
    const vault = await vaultOf(owner);
    const folderId = await folderIn(vault);
    await recordIn(vault, folderId);
    await share(vault, 'read', folderId);
    const since = await cursorNow(member);
    await owner.http.send('DELETE', `/folders/${folderId}`);
    expect(lines((await follow(member, since)).told)).toEqual([`vault ${vault.id} gone`]);
  });

  it('of a whole group concerns each of its members, and is told when somebody leaves', async () => {
    const vault = await vaultOf(owner);
    await share(vault, 'notSet');
    const { id } = await owner.http.send<{ id: string }>('POST', '/user-groups', { name: 'G' });
    const path = `/users/${member.userId}/public-key`;
    const { publicKey } = await owner.http.send<{ publicKey: string }>('GET', path);
    const change = async (what: string): Promise<void> => {
      await owner.http.send('POST', `/user-groups/${id}/${what}-users`, { userIds: [member.userId] });
    };
    await change('add');
    let since = await cursorNow(member);
    const keys = { [member.userId]: wrapFor(vault, publicKey) };
    await owner.http.send('POST', `/vaults/${vault.id}/access`, { groupId: id, access: 'read', keys });
    const expected = [[`vault ${vault.id} gone`], [`vault ${vault.id} here`]];
    const heard = async (): Promise<string[]> => {
      const { told, cursor } = await follow(member, since);
      since = cursor;
      return lines(told).filter((line) => line.startsWith('vault'));
    };
    expect(await heard()).toEqual(expected[1]);
    await change('remove');
    expect(await heard()).toEqual(expected[0]);
    await change('add');
    expect(await heard()).toEqual(expected[0]);
    const queue = `/access-requests?vaultId=${vault.id}`;
    const { items } = await owner.http.send<{ items: { id: string }[] }>('GET', queue);
    await owner.http.send('POST', `/access-requests/${items[0]?.id}/confirm`, {
      masterKeyEncrypted: wrapFor(vault, publicKey),
      publicKeyFingerprint: keyFingerprint(publicKey),
    });
    expect(await heard()).toEqual(expected[1]);
    await owner.http.send('DELETE', `/user-groups/${id}`);
    expect(await heard()).toEqual(expected[0]);
  });
});

describe('what is shown elsewhere', () => {
  it('goes with a vault that is deleted: shortcuts in other vaults and inbox entries', async () => {
    const [vault, other] = [await vaultOf(owner), await vaultOf(owner)];
    const record = await recordIn(vault);
    const shortcut = await shortcutTo(record, other);
    const { publicKey } = await owner.http.send<{ publicKey: string }>(
      'GET',
      `/users/${member.userId}/public-key`,
    );
    if (!record.key) throw new Error('The record has no key.');
    const { id: sent } = await owner.http.send<{ id: string }>('POST', '/inbox-items', {
      ...{ itemId: record.id, userId: member.userId, access: 'read' },
      keyEncrypted: sealInboxKey(record.key, publicKey),
    });
    const [mine, theirs] = [await cursorNow(owner), await cursorNow(member)];
    await owner.http.send('DELETE', `/vaults/${vault.id}`);
    expect(lines((await follow(owner, mine)).told)).toEqual([
      `shortcut ${shortcut} gone`,
      `vault ${vault.id} gone`,
    ]);
    expect(lines((await follow(member, theirs)).told)).toEqual([`inbox ${sent} gone`]);
  });

  it('goes with the folder that it stands in, though its record stays', async () => {
    const [vault, other] = [await vaultOf(owner), await vaultOf(owner)];
    const folderId = await folderIn(other);
    const shortcut = await shortcutTo(await recordIn(vault), other, folderId);
    const since = await cursorNow(owner);
    await owner.http.send('DELETE', `/folders/${folderId}`);
    const { told } = await follow(owner, since);
    expect(lines(told)).toContain(`shortcut ${shortcut} gone`);
    const listed = await owner.http.send<{ items: unknown[] }>('GET', `/shortcuts?vaultId=${other.id}`);
    expect(listed.items).toEqual([]);
  });
});

describe('nobody is told', () => {
  it('of vaults and folders that are closed to them', async () => {
    const [closed, partly] = [await vaultOf(owner), await vaultOf(owner)];
    const folderId = await folderIn(partly);
    await share(partly, 'read');
    await share(partly, 'forbidden', folderId);
    const since = await cursorNow(member);
    for (const place of [null, folderId]) {
      const record = await recordIn(place === null ? closed : partly, place);
      await owner.http.send('PATCH', `/items/${record.id}`, { name: 'Changed' });
      await owner.http.send('POST', `/items/${record.id}/favorite`, { isFavorite: true });
      await owner.http.send('DELETE', `/items/${record.id}`);
    }
    const below = await folderIn(partly, folderId);
    await owner.http.send('POST', `/folders/${below}`, { name: 'Renamed' });
    await owner.http.send('DELETE', `/folders/${below}`);
    await owner.http.send('DELETE', `/vaults/${closed.id}`);
    expect((await follow(member, since)).told).toEqual([]);
    await owner.http.send('DELETE', `/folders/${folderId}`);
    const { told } = await follow(member, since);
    // The folder was closed to this person by name, so the vault is told anew, and that is all.
    expect([...new Set(told.map((each) => each.vaultId ?? each.id))]).toEqual([partly.id]);
    expect(JSON.stringify(told)).not.toContain(folderId);
  });

  it("of other people's favourites and inboxes", async () => {
    const vault = await vaultOf(owner);
    await share(vault, 'read');
    const record = await recordIn(vault);
    const since = await cursorNow(member);
    await owner.http.send('POST', `/items/${record.id}/favorite`, { isFavorite: true });
    expect((await follow(member, since)).told).toEqual([]);
  });
});

describe('a cursor', () => {
  it('is of one person and of this server only', async () => {
    const cursor = await cursorNow(owner);
    const stranger = (await trialOrganisation(server, 'changes-stranger', true)).owner;
    const expired = { status: 410, codes: ['cursorExpired'] };
    const flipped = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
    for (const [who, since] of [
      [member, cursor],
      [stranger, cursor],
      [owner, flipped],
      [owner, cursor.slice(0, -1)],
      [owner, cursor.split('.')[0]],
      [owner, 'made up'],
      [owner, ''],
    ] as const)
      await expect(poll(who, since)).rejects.toMatchObject(expired);
    expect((await poll(owner, cursor)).changes).toEqual([]);
  });

  it('tells nothing of itself', async () => {
    const cursor = await cursorNow(owner);
    const bytes = Buffer.from(cursor, 'base64url').toString('latin1');
    expect(bytes).not.toContain('position');
    expect(await cursorNow(owner)).not.toBe(cursor);
  });

  it('survives a restart, and expires when the journal has forgotten what came after it', async () => {
    const vault = await vaultOf(owner);
    const old = await cursorNow(owner);
    await recordIn(vault);
    const quiet = await cursorNow(owner);
    const again = async (): Promise<void> => {
      await server.stop();
      server = await startTrialServer({ dataFolder: server.dataFolder, clock: () => now });
      owner = await signIn(server.http, owner.person);
    };
    await again();
    expect((await follow(owner, old)).told).toHaveLength(1);
    now += 91 * 24 * 3_600_000;
    await again();
    await expect(poll(owner, old)).rejects.toMatchObject({ status: 410 });
    expect((await poll(owner, quiet)).changes).toEqual([]);
  });
});
