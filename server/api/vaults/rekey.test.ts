import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordKey, VaultKey } from '../../../main/keychain/index.ts';
import {
  generateRecordKey,
  generateSalt,
  generateVaultKey,
  keyFingerprint,
  openRecordKey,
  sealRecordKey,
  sealShortcutKey,
  unwrapVaultKey,
  vaultCheckValue,
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

interface Keyed {
  kind: string;
  id: string;
  keyEncrypted: string;
}
interface Portion {
  items: Keyed[];
  next: { kind: string; after: string | null } | null;
}
interface Vault {
  masterKeyEncrypted: string;
  masterKeyHash: string;
  salt: string;
}

let server: TrialServer;
let organisation: TrialOrganisation;
let owner: Member;
let staying: Member;
let removed: Member;

beforeAll(async () => {
  server = await startTrialServer();
  organisation = await trialOrganisation(server, 'owner', true);
  owner = organisation.owner;
  staying = await organisation.join('staying');
  removed = await organisation.join('removed');
});
afterAll(() => server.close());

const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });
const publicKey = async (of: Member) =>
  (await owner.http.send<{ publicKey: string }>('GET', `/users/${of.userId}/public-key`)).publicKey;
const share = async (vault: OpenVault, to: Member, access: string) =>
  owner.http.send('POST', `/vaults/${vault.id}/access`, {
    ...{ userId: to.userId, access, masterKeyEncrypted: wrapFor(vault, await publicKey(to)) },
  });
const keyOf = (vault: OpenVault): VaultKey => {
  if (!vault.key) throw new Error('The vault has no key.');
  return vault.key;
};

/** A vault with three records, one of them changed, one in the bin, and a shortcut. */
async function filledVault() {
  const vault = await createVault(owner, 'Old', 'privateShared', organisation.ledger);
  await share(vault, staying, 'write');
  await share(vault, removed, 'write');
  const keys = new Map<string, RecordKey>();
  for (const name of ['one', 'two', 'three']) {
    const key = generateRecordKey();
    const body = { vaultId: vault.id, name, keyEncrypted: sealRecordKey(key, keyOf(vault)) };
    keys.set((await owner.http.send<{ id: string }>('POST', '/items', body)).id, key);
  }
  const [one = '', two = ''] = [...keys.keys()];
  await owner.http.send('PATCH', `/items/${one}`, { name: 'changed' });
  await owner.http.send('DELETE', `/items/${two}`);
  const shown = keys.get(one);
  if (!shown) throw new Error('There is a first record.');
  const keyEncrypted = sealShortcutKey(shown, keyOf(vault));
  const shortcut = { vaultId: vault.id, itemId: one, keyEncrypted };
  await owner.http.send('POST', '/shortcuts', shortcut);
  await owner.http.send('POST', `/vaults/${vault.id}/access`, { userId: removed.userId, access: 'notSet' });
  return { vault, keys, first: one };
}

const rewrapped = (each: Keyed, from: VaultKey, to: VaultKey) => ({
  ...{ kind: each.kind, id: each.id, formerKeyEncrypted: each.keyEncrypted },
  keyEncrypted: sealRecordKey(openRecordKey(each.keyEncrypted, from), to),
});

async function begin(vault: OpenVault, leftOut: readonly string[] = []) {
  const key = generateVaultKey();
  const salt = generateSalt();
  const keys: Record<string, object> = {};
  for (const member of [owner, staying].filter(({ userId }) => !leftOut.includes(userId))) {
    const pem = await publicKey(member);
    const masterKeyEncrypted = wrapFor({ key, isOld: false }, pem);
    keys[member.userId] = { masterKeyEncrypted, publicKeyFingerprint: keyFingerprint(pem) };
  }
  const body = { masterKeyHash: vaultCheckValue(key, salt), salt, keys, leftOut };
  await owner.http.send('POST', `/vaults/${vault.id}/rekey`, body);
  return key;
}

/** Walks through the record keys in portions of two and puts each by; answers how many there were. */
async function putAllBy(vault: OpenVault, key: VaultKey, most = Infinity): Promise<number> {
  let count = 0;
  let next: Portion['next'] = { kind: 'item', after: null };
  while (next && count < most) {
    const after = next.after === null ? '' : `&after=${next.after}`;
    const path = `/vaults/${vault.id}/rekey/records?limit=2&kind=${next.kind}${after}`;
    const portion: Portion = await owner.http.send<Portion>('GET', path);
    const records = portion.items.map((each) => rewrapped(each, keyOf(vault), key));
    if (records.length > 0) await owner.http.send('POST', `/vaults/${vault.id}/rekey/records`, { records });
    count += records.length;
    next = portion.next;
  }
  return count;
}

const finish = (vault: OpenVault) => owner.http.send('POST', `/vaults/${vault.id}/rekey/finish`);
const opened = async (member: Member, vaultId: string) => {
  const answer = await member.http.send<Vault>('GET', `/vaults/${vaultId}`);
  if (!member.privateKey) throw new Error('The member has no key.');
  return { ...answer, key: unwrapVaultKey(answer.masterKeyEncrypted, member.privateKey) };
};

describe('a vault that gets another key', () => {
  it('is read under the old one until it is finished, and under the new one from then on', async () => {
    const { vault, keys, first } = await filledVault();
    const key = await begin(vault);
    expect(await putAllBy(vault, key, 2)).toBe(2);
    await refused(finish(vault), 409, 'rekeyingIncomplete');
    const before = await opened(staying, vault.id);
    expect(Buffer.compare(before.key, keyOf(vault))).toBe(0);
    const { keyEncrypted: old } = await staying.http.send<Keyed>('GET', `/items/${first}`);
    expect(Buffer.compare(openRecordKey(old, before.key), keys.get(first) ?? Buffer.alloc(0))).toBe(0);
    // Three records, one snapshot and one shortcut in all; the rest of them now.
    expect(await putAllBy(vault, key)).toBe(3);
    await finish(vault);
    for (const member of [owner, staying]) {
      const after = await opened(member, vault.id);
      expect(Buffer.compare(after.key, key)).toBe(0);
      expect(vaultCheckValue(after.key, after.salt)).toBe(after.masterKeyHash);
    }
    const { items } = await staying.http.send<{ items: Keyed[] }>('GET', `/items?vaultId=${vault.id}`);
    const { items: former } = await staying.http.send<{ items: Keyed[] }>('GET', `/items/${first}/snapshots`);
    const { items: shown } = await staying.http.send<{ items: { shortcut: Keyed }[] }>(
      'GET',
      `/shortcuts?vaultId=${vault.id}`,
    );
    const { items: bin } = await owner.http.send<{ items: { item: Keyed }[] }>(
      'GET',
      `/bin?vaultId=${vault.id}`,
    );
    expect([items.length, former.length, shown.length, bin.length]).toEqual([2, 1, 1, 1]);
    for (const { id, keyEncrypted } of [...items, ...bin.map(({ item }) => item)]) {
      expect(Buffer.compare(openRecordKey(keyEncrypted, key), keys.get(id) ?? Buffer.alloc(0))).toBe(0);
    }
    for (const { keyEncrypted } of [...former, ...shown.map(({ shortcut }) => shortcut)]) {
      const opens = Buffer.compare(openRecordKey(keyEncrypted, key), keys.get(first) ?? Buffer.alloc(0));
      expect(opens).toBe(0);
    }
    await refused(owner.http.send('GET', `/vaults/${vault.id}/rekey`), 404, 'notFound');
  });

  it('is told whole to those who stay, and a write under the old key is refused', async () => {
    const { vault } = await filledVault();
    const { masterKeyHash: oldHash } = await opened(owner, vault.id);
    const { cursor } = await staying.http.send<{ cursor: string }>('GET', '/changes');
    const key = await begin(vault);
    await putAllBy(vault, key);
    await finish(vault);
    type Change = { kind: string; id?: string; isWhole?: boolean };
    const path = `/changes?since=${encodeURIComponent(cursor)}`;
    const { changes } = await staying.http.send<{ changes: Change[] }>('GET', path);
    expect(changes).toContainEqual(expect.objectContaining({ kind: 'vault', id: vault.id, isWhole: true }));
    const keyEncrypted = sealRecordKey(generateRecordKey(), keyOf(vault));
    const late = { vaultId: vault.id, name: 'late', keyEncrypted, vaultMasterKeyHash: oldHash };
    await refused(staying.http.send('POST', '/items', late), 409, 'vaultKeyChanged');
  });

  it('waits for what is written meanwhile, and takes it in its latest form', async () => {
    const { vault, first } = await filledVault();
    const key = await begin(vault);
    await putAllBy(vault, key);
    const another = generateRecordKey();
    const keyEncrypted = sealRecordKey(another, keyOf(vault));
    await staying.http.send('PATCH', `/items/${first}`, { keyEncrypted });
    await refused(finish(vault), 409, 'rekeyingIncomplete');
    // The record itself, and the former state that the change has left.
    expect(await putAllBy(vault, key)).toBe(2);
    await finish(vault);
    const read = await staying.http.send<Keyed>('GET', `/items/${first}`);
    expect(Buffer.compare(openRecordKey(read.keyEncrypted, key), another)).toBe(0);
  });

  it('names everybody who has the key, and lets those wait who were left out', async () => {
    const { vault } = await filledVault();
    const everybody = begin({ ...vault }, []);
    await everybody;
    await refused(begin(vault), 409, 'rekeyingUnderWay');
    await owner.http.send('DELETE', `/vaults/${vault.id}/rekey`);
    const pem = await publicKey(owner);
    const key = generateVaultKey();
    const own = { masterKeyEncrypted: wrapFor({ key, isOld: false }, pem) };
    const keys = { [owner.userId]: { ...own, publicKeyFingerprint: keyFingerprint(pem) } };
    const body = { masterKeyHash: 'a'.repeat(64), salt: generateSalt(), keys };
    await refused(owner.http.send('POST', `/vaults/${vault.id}/rekey`, body), 400, 'memberMissing');
    const swapped = { ...own, publicKeyFingerprint: keyFingerprint(await publicKey(staying)) };
    const wrong = { ...body, leftOut: [staying.userId], keys: { [owner.userId]: swapped } };
    await refused(owner.http.send('POST', `/vaults/${vault.id}/rekey`, wrong), 409, 'publicKeyChanged');
    const next = await begin(vault, [staying.userId]);
    await putAllBy(vault, next);
    await finish(vault);
    await refused(staying.http.send('GET', `/vaults/${vault.id}`), 403, 'accessDenied');
    const queue = `/access-requests?vaultId=${vault.id}`;
    expect(await owner.http.send('GET', queue)).toMatchObject({
      items: [{ user: { login: 'staying' }, reason: 'rekey' }],
    });
  });

  it('gives nothing to somebody who has lost access since it was begun', async () => {
    const { vault } = await filledVault();
    const key = await begin(vault);
    await putAllBy(vault, key);
    const body = { userId: staying.userId, access: 'notSet' };
    await owner.http.send('POST', `/vaults/${vault.id}/access`, body);
    await finish(vault);
    const access = await owner.http.send<{ keyHolders: string[] }>('GET', `/vaults/${vault.id}/access`);
    expect(access.keyHolders).toEqual([owner.userId]);
  });
});
