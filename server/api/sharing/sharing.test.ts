import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordKey } from '../../../main/keychain/index.ts';
import {
  decodeAttachment,
  encodeAttachment,
  generateLinkCode,
  generateRecordKey,
  keyFingerprint,
  linkKeyHash,
  openInboxKey,
  sealInboxKey,
  sealLinkCode,
  sealPassword,
  sealRecordKey,
} from '../../../main/keychain/index.ts';
import {
  createVault,
  startTrialServer,
  trialOrganisation,
  wrapFor,
} from '../../../testing/organisation/index.ts';
import type {
  Member,
  OpenVault,
  TrialOrganisation,
  TrialServer,
} from '../../../testing/organisation/index.ts';

let now = Date.now();
let server: TrialServer;
let organisation: TrialOrganisation;
let owner: Member;
let one: Member;
let two: Member;
let vault: OpenVault;

beforeAll(async () => {
  server = await startTrialServer({ clock: () => now, tokenLives: { access: 1e9, refresh: 1e9 } });
  organisation = await trialOrganisation(server, 'owner', true);
  owner = organisation.owner;
  [one, two] = [await organisation.join('one'), await organisation.join('two')];
  vault = await createVault(owner, 'V', 'privateShared', organisation.ledger);
});
afterAll(() => server.close());

const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });
const publicKey = async (of: Member) =>
  (await owner.http.send<{ publicKey: string }>('GET', `/users/${of.userId}/public-key`)).publicKey;
const record = async () => {
  const key = generateRecordKey();
  if (!vault.key) throw new Error('The vault has no key.');
  const keyEncrypted = sealRecordKey(key, vault.key);
  const body = { vaultId: vault.id, name: 'Sent', keyEncrypted };
  return { id: (await owner.http.send<{ id: string }>('POST', '/items', body)).id, key };
};
const events = async (query: string) => {
  const { items } = await owner.http.send<{ items: { event: string }[] }>('GET', `/activity?${query}`);
  return items.map(({ event }) => event);
};

describe('a record sent to a group', () => {
  it('reaches the members for whom it was wrapped, and is taken back from those who leave', async () => {
    const { id: itemId, key } = await record();
    const group = await owner.http.send<{ id: string }>('POST', '/user-groups', { name: 'G' });
    const userIds = [owner.userId, one.userId, two.userId];
    await owner.http.send('POST', `/user-groups/${group.id}/add-users`, { userIds });
    const pem = await publicKey(one);
    const keyEncrypted = sealInboxKey(key, pem);
    const wrapped = { keyEncrypted, publicKeyFingerprint: keyFingerprint(pem) };
    const send = (keys: object) =>
      owner.http.send<{ ids: string[]; leftOut: string[] }>('POST', '/inbox-items/group', {
        ...{ itemId, groupId: group.id, access: 'read', keys },
      });
    const swapped = { ...wrapped, publicKeyFingerprint: keyFingerprint(await publicKey(two)) };
    await refused(send({ [one.userId]: swapped }), 409, 'publicKeyChanged');
    const { ids, leftOut } = await send({ [one.userId]: wrapped });
    expect([ids.length, leftOut]).toEqual([1, [two.userId]]);
    const received = await one.http.send<{ inbox: { keyEncrypted: string } }>(
      'GET',
      `/inbox-items/${ids[0]}`,
    );
    if (!one.privateKey) throw new Error('The member has a key.');
    const opened = openInboxKey(received.inbox.keyEncrypted, one.privateKey);
    expect(Buffer.compare(opened, key)).toBe(0);
    expect(await owner.http.send('GET', '/inbox-items/sent')).toMatchObject({
      items: [{ itemId, groupId: group.id, receiver: { login: 'one' }, isViewed: true }],
    });
    await owner.http.send('POST', `/user-groups/${group.id}/remove-users`, { userIds: [one.userId] });
    expect(await one.http.send('GET', '/inbox-items')).toMatchObject({ items: [] });
    expect(await events(`concernedId=${itemId}&events=inboxItem_userGroup_sent`)).toHaveLength(1);
  });
});

describe('a record sent to a person', () => {
  it('for editing can be edited by them, though they may only read in its vault', async () => {
    const { id: itemId, key } = await record();
    const masterKeyEncrypted = wrapFor(vault, await publicKey(two));
    const reading = { userId: two.userId, access: 'read', masterKeyEncrypted };
    await owner.http.send('POST', `/vaults/${vault.id}/access`, reading);
    const send = async (access: string) =>
      owner.http.send('POST', '/inbox-items', {
        ...{ itemId, userId: two.userId, access, keyEncrypted: sealInboxKey(key, await publicKey(two)) },
      });
    const edit = () => two.http.send('PATCH', `/items/${itemId}`, { name: 'Edited' });
    await send('read');
    await refused(edit(), 403, 'accessDenied');
    await send('write');
    await edit();
    expect(await two.http.send('GET', `/items/${itemId}`)).toMatchObject({
      ...{ name: 'Edited', vaultMasterKeyEncrypted: masterKeyEncrypted },
    });
    await refused(two.http.send('DELETE', `/items/${itemId}`), 403, 'accessDenied');
    const other = (await record()).id;
    await refused(two.http.send('PATCH', `/items/${other}`, { name: 'No' }), 403, 'accessDenied');
    await owner.http.send('POST', `/vaults/${vault.id}/access`, { userId: two.userId, access: 'notSet' });
  });

  it('is given another access and taken back by its sender, and by nobody else but its receiver', async () => {
    const { id: itemId, key } = await record();
    const keyEncrypted = sealInboxKey(key, await publicKey(one));
    const body = { itemId, userId: one.userId, keyEncrypted, access: 'read' };
    const { id } = await owner.http.send<{ id: string }>('POST', '/inbox-items', body);
    await refused(one.http.send('PATCH', `/items/${itemId}`, { name: 'x' }), 403, 'accessDenied');
    const give = (who: Member) => who.http.send('POST', `/inbox-items/${id}/access`, { access: 'write' });
    await refused(give(one), 404, 'notFound');
    await refused(give(two), 404, 'notFound');
    await give(owner);
    await one.http.send('PATCH', `/items/${itemId}`, { name: 'Changed' });
    expect(await owner.http.send('GET', `/items/${itemId}/inbox-items`)).toMatchObject({
      items: [{ id, access: 'write', receiver: { login: 'one' } }],
    });
    await refused(two.http.send('DELETE', `/inbox-items/${id}`), 404, 'notFound');
    await owner.http.send('DELETE', `/inbox-items/${id}`);
    await refused(one.http.send('GET', `/inbox-items/${id}`), 404, 'notFound');
    expect((await events(`concernedId=${itemId}`)).slice(0, 4)).toEqual([
      ...['inboxItem_revoked', 'item_updated', 'inboxItem_access_set', 'inboxItem_sent'],
    ]);
  });
});

describe('an external link', () => {
  const linked = async (
    type: string,
    expirationTime: string,
    itemData: object = {},
    of?: { id: string; key: RecordKey },
  ) => {
    const { id: itemId, key } = of ?? (await record());
    const code = generateLinkCode();
    const keyHash = linkKeyHash(code);
    const { id, url } = await owner.http.send<{ id: string; url: string }>('POST', '/links', {
      ...{ itemId, itemData: { name: 'Sent', ...itemData }, type, expirationTime },
      ...{ keyHash, keyEncrypted: sealLinkCode(code, key) },
    });
    return { id, itemId, path: `/links/public/${url.split('/').at(-1)}`, keyHash };
  };
  const open = (path: string, keyHash: string) =>
    server.http.send<{ itemData: { name: string } }>('POST', path, { keyHash });

  it('for single use ends three minutes after it was opened, not when it is only looked at', async () => {
    const { id, path, keyHash } = await linked('single_use', '1 week');
    for (let look = 0; look < 2; look += 1) {
      expect(await server.http.send('GET', path)).toMatchObject({ type: 'single_use', isEncrypted: true });
    }
    await refused(open(path, 'b'.repeat(64)), 404, 'notFound');
    expect(await open(path, keyHash)).toMatchObject({ itemData: { name: 'Sent' } });
    now += 179_000;
    expect(await open(path, keyHash)).toMatchObject({ itemData: { name: 'Sent' } });
    now += 1_000;
    await refused(open(path, keyHash), 404, 'notFound');
    await refused(server.http.send('GET', path), 404, 'notFound');
    const { items } = await owner.http.send<{ items: { id: string }[] }>('GET', '/links');
    expect(items.find((link) => link.id === id)).toMatchObject({ views: 2, isAlive: false });
    expect(await events(`concernedId=${id}&events=link_viewed`)).toHaveLength(2);
  });

  it('for reuse ends with its time, when it is deleted, and with its record and creator', async () => {
    const timed = await linked('reusable', '1 hour');
    await open(timed.path, timed.keyHash);
    now += 3_600_000;
    await refused(open(timed.path, timed.keyHash), 404, 'notFound');
    const deleted = await linked('reusable', 'unlimited');
    await refused(two.http.send('DELETE', `/links/${deleted.id}`), 403, 'accessDenied');
    await owner.http.send('DELETE', `/links/${deleted.id}`);
    await refused(open(deleted.path, deleted.keyHash), 404, 'notFound');
    const binned = await linked('reusable', 'unlimited');
    await owner.http.send('DELETE', `/items/${binned.itemId}`);
    await refused(open(binned.path, binned.keyHash), 404, 'notFound');
    const closed = await linked('reusable', 'unlimited');
    const settings = { areLinksAllowed: false, isSendingAllowed: true };
    await owner.http.send('POST', `/vaults/${vault.id}/settings`, settings);
    await refused(open(closed.path, closed.keyHash), 404, 'notFound');
    await owner.http.send('POST', `/vaults/${vault.id}/settings`, { ...settings, areLinksAllowed: true });
    expect(await open(closed.path, closed.keyHash)).toMatchObject({ itemData: { name: 'Sent' } });
  });

  it('gives the files that it names once it has been opened, and no others', async () => {
    const made = await record();
    const { id: itemId, key } = made;
    const attach = async (name: string) => {
      const body = { name, ...encodeAttachment(Buffer.from(name), key) };
      return (await owner.http.send<{ id: string }>('POST', `/items/${itemId}/attachments`, body)).id;
    };
    const [named, other] = [await attach('named.txt'), await attach('other.txt')];
    const { items } = await owner.http.send<{
      items: { id: string; attachments: { id: string; encryptedKey: string }[] }[];
    }>(...(['GET', `/items?vaultId=${vault.id}`] as const));
    const entry = items.find(({ id }) => id === itemId)?.attachments.find(({ id }) => id === named);
    const itemData = {
      ...{ passwordEncrypted: sealPassword(Buffer.from('x'), key) },
      attachments: [{ id: named, encryptedKey: entry?.encryptedKey }],
    };
    const { path, keyHash } = await linked('single_use', '1 hour', itemData, made);
    const fetchFile = (id: string) =>
      server.http.send<{ encryptedData: string; hash: string }>('POST', `${path}/attachments/${id}`, {
        keyHash,
      });
    await refused(fetchFile(named), 404, 'notFound');
    await open(path, keyHash);
    const file = await fetchFile(named);
    const whole = { ...file, encryptedKey: entry?.encryptedKey ?? '' };
    expect(decodeAttachment(whole, key).toString()).toBe('named.txt');
    await refused(fetchFile(other), 404, 'notFound');
  });

  it('is not found by guessing without an end', async () => {
    const guess = (letter: string) => server.http.send('GET', `/links/public/${letter.repeat(25)}`);
    for (let count = 0; count < 40; count += 1) {
      await expect(guess('a')).rejects.toMatchObject({ status: expect.any(Number) as number });
    }
    await refused(guess('b'), 429, 'tooManyAttempts');
  });
});
