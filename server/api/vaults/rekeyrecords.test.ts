import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordKey, VaultKey, WireCustomField } from '../../../main/keychain/index.ts';
import {
  decodeAttachment,
  generateRecordKey,
  generateSalt,
  generateVaultKey,
  keyFingerprint,
  openAttachmentKey,
  openCustomField,
  openPassword,
  openRecordKey,
  sealAttachmentKey,
  sealCustomField,
  sealInboxKey,
  sealPassword,
  sealRecordKey,
  sealShortcutKey,
  vaultCheckValue,
} from '../../../main/keychain/index.ts';
import { draft } from '../../../testing/organisation/drafts.ts';
import type {
  Member,
  OpenVault,
  TrialOrganisation,
  TrialServer,
  WrittenRecord,
} from '../../../testing/organisation/index.ts';
import {
  createVault,
  startTrialServer,
  trialOrganisation,
  wrapFor,
  writeRecord,
} from '../../../testing/organisation/index.ts';
import type { AnsweredItem, AnsweredSnapshot } from '../../../testing/organisation/trialrecords.ts';

interface Told {
  kind: string;
  id: string;
  keyEncrypted: string;
  state?: string;
  passwordEncrypted: string | null;
  customs: WireCustomField[];
  attachments: { id: string; encryptedKey: string }[];
}
interface Portion {
  items: Told[];
  next: { kind: string; after: string | null } | null;
}

let server: TrialServer;
let organisation: TrialOrganisation;
let owner: Member;
let receiver: Member;

beforeAll(async () => {
  server = await startTrialServer();
  organisation = await trialOrganisation(server, 'owner', true);
  owner = organisation.owner;
  receiver = await organisation.join('receiver');
});
afterAll(() => server.close());

const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });
const publicKey = async (of: Member) =>
  (await owner.http.send<{ publicKey: string }>('GET', `/users/${of.userId}/public-key`)).publicKey;
const keyOf = (holder: { key: VaultKey | null }): VaultKey => {
  if (!holder.key) throw new Error('The vault has a key.');
  return holder.key;
};
const recordKeyOf = ({ key }: WrittenRecord): RecordKey => {
  if (!key) throw new Error('The record has a key.');
  return key;
};

/** Shows a record everywhere: in its own vault, in another one, in somebody's inbox, through a link. */
async function give(record: WrittenRecord, vault: OpenVault, elsewhere: OpenVault): Promise<void> {
  const key = recordKeyOf(record);
  for (const place of [vault, elsewhere]) {
    const keyEncrypted = sealShortcutKey(key, keyOf(place));
    await owner.http.send('POST', '/shortcuts', { vaultId: place.id, itemId: record.id, keyEncrypted });
  }
  const keyEncrypted = sealInboxKey(key, await publicKey(receiver));
  const sent = { itemId: record.id, userId: receiver.userId, access: 'read', keyEncrypted };
  await owner.http.send('POST', '/inbox-items', sent);
  const link = { itemId: record.id, itemData: {}, type: 'reusable', expirationTime: 'unlimited' };
  const code = { keyHash: 'a'.repeat(64), keyEncrypted: sealRecordKey(generateRecordKey(), keyOf(vault)) };
  await owner.http.send('POST', '/links', { ...link, ...code });
}

async function filled() {
  const { ledger } = organisation;
  const vault = await createVault(owner, 'Vault', 'privateShared', ledger);
  const elsewhere = await createVault(owner, 'Elsewhere', 'privateShared', ledger);
  const record = draft('renewed', {
    ...{ password: 'second', formerPasswords: ['first'] },
    customs: [{ name: 'pin', value: '1234', type: 'password' }],
    attachments: [{ name: 'a.txt', bytes: Buffer.from('a file') }],
  });
  const renewed = await writeRecord(owner, vault, null, record, ledger);
  const kept = await writeRecord(owner, vault, null, draft('kept', { password: 'same' }), ledger);
  for (const each of [renewed, kept]) await give(each, vault, elsewhere);
  return { vault, elsewhere, renewed, kept };
}

async function begin(vault: OpenVault): Promise<VaultKey> {
  const key = generateVaultKey();
  const salt = generateSalt();
  const pem = await publicKey(owner);
  const wrapped = { masterKeyEncrypted: wrapFor({ key, isOld: false }, pem) };
  const keys = { [owner.userId]: { ...wrapped, publicKeyFingerprint: keyFingerprint(pem) } };
  await owner.http.send('POST', `/vaults/${vault.id}/rekey`, {
    ...{ masterKeyHash: vaultCheckValue(key, salt), salt, keys },
  });
  return key;
}

/** A record's secrets under a new record key. */
function renewal(told: Told, former: RecordKey, next: RecordKey, vaultKey: VaultKey) {
  const { kind, id, state, keyEncrypted: formerKeyEncrypted } = told;
  const password = openPassword(told.passwordEncrypted, former);
  return {
    ...{ kind, id, state, formerKeyEncrypted, keyEncrypted: sealRecordKey(next, vaultKey) },
    content: {
      passwordEncrypted: password ? sealPassword(password, next) : null,
      customs: told.customs.map((field) => sealCustomField(openCustomField(field, former), next)),
      attachments: told.attachments.map(({ id: fileId, encryptedKey }) => ({
        id: fileId,
        encryptedKey: sealAttachmentKey(openAttachmentKey(encryptedKey, former), next),
      })),
    },
  };
}

async function tellAll(vault: OpenVault): Promise<Told[]> {
  const told: Told[] = [];
  let next: Portion['next'] = { kind: 'item', after: null };
  while (next) {
    const after = next.after === null ? '' : `&after=${next.after}`;
    const path = `/vaults/${vault.id}/rekey/records?contents=true&limit=2&kind=${next.kind}${after}`;
    const portion: Portion = await owner.http.send<Portion>('GET', path);
    told.push(...portion.items);
    next = portion.next;
  }
  return told;
}

const put = (vault: OpenVault, records: readonly object[]) =>
  owner.http.send<{ doneCount: number }>('POST', `/vaults/${vault.id}/rekey/records`, { records });
const finish = (vault: OpenVault) => owner.http.send('POST', `/vaults/${vault.id}/rekey/finish`);

describe('a record that gets a key of its own with the new vault key', () => {
  it('is read under it, its history under the former one, and the others as before', async () => {
    const { vault, elsewhere, renewed, kept } = await filled();
    const vaultKey = await begin(vault);
    const former = recordKeyOf(renewed);
    const next = generateRecordKey();
    const told = await tellAll(vault);
    expect(told.map(({ kind, state }) => [kind, state === undefined])).toEqual([
      ...[1, 2].map(() => ['item', false]),
      ['snapshot', true],
      ...[1, 2].map(() => ['shortcut', true]),
    ]);
    const records = told.map((each) => {
      if (each.id === renewed.id) return renewal(each, former, next, vaultKey);
      const key = openRecordKey(each.keyEncrypted, keyOf(vault));
      const { kind, id, keyEncrypted: formerKeyEncrypted } = each;
      return { kind, id, formerKeyEncrypted, keyEncrypted: sealRecordKey(key, vaultKey) };
    });
    expect(await put(vault, records)).toEqual({ doneCount: 5 });
    expect(await tellAll(vault)).toEqual([]);
    await finish(vault);

    const item = await owner.http.send<AnsweredItem>('GET', `/items/${renewed.id}`);
    const key = openRecordKey(item.keyEncrypted ?? '', vaultKey);
    expect(Buffer.compare(key, next)).toBe(0);
    expect(openPassword(item.passwordEncrypted, key)?.toString()).toBe('second');
    expect(() => openPassword(item.passwordEncrypted, former)).toThrow();
    expect(item.customs.map((field) => openCustomField(field, key).value.toString())).toEqual(['1234']);
    const path = `/items/${renewed.id}/attachment/${item.attachments[0]?.id}`;
    const file = await owner.http.send<Parameters<typeof decodeAttachment>[0]>('GET', path);
    expect(decodeAttachment(file, key).toString()).toBe('a file');

    const history = `/items/${renewed.id}/snapshots`;
    const { items } = await owner.http.send<{ items: AnsweredSnapshot[] }>('GET', history);
    const earlier = items.map((each) => openRecordKey(each.keyEncrypted ?? '', vaultKey));
    expect(earlier.map((each) => Buffer.compare(each, former))).toEqual([0]);
    expect(items.map((each) => openPassword(each.passwordEncrypted, former)?.toString())).toEqual(['first']);

    // What showed the record elsewhere has the former key, and has ended; the other record's has not.
    for (const place of [vault, elsewhere]) {
      const shown = await owner.http.send<{ items: { shortcut: { itemId: string } }[] }>(
        ...(['GET', `/shortcuts?vaultId=${place.id}`] as const),
      );
      expect(shown.items).toHaveLength(1);
    }
    const inbox = await receiver.http.send<{ items: object[] }>('GET', '/inbox-items');
    expect(inbox.items).toHaveLength(1);
    const links = async (id: string) =>
      (await owner.http.send<{ items: object[] }>('GET', `/items/${id}/links`)).items.length;
    expect([await links(renewed.id), await links(kept.id)]).toEqual([0, 1]);
    const other = await owner.http.send<AnsweredItem>('GET', `/items/${kept.id}`);
    const same = openRecordKey(other.keyEncrypted ?? '', vaultKey);
    expect(openPassword(other.passwordEncrypted, same)?.toString()).toBe('same');
  });

  it('waits when anything that its key seals was changed since', async () => {
    const { vault, renewed, kept } = await filled();
    const vaultKey = await begin(vault);
    const former = recordKeyOf(renewed);
    const next = generateRecordKey();
    const rest = async () => {
      const told = (await tellAll(vault)).filter(({ id }) => id !== renewed.id);
      const records = told.map(({ kind, id, keyEncrypted: formerKeyEncrypted }) => {
        const key = openRecordKey(formerKeyEncrypted, keyOf(vault));
        return { kind, id, formerKeyEncrypted, keyEncrypted: sealRecordKey(key, vaultKey) };
      });
      if (records.length > 0) await put(vault, records);
    };
    const told = async () => {
      const found = (await tellAll(vault)).find(({ id }) => id === renewed.id);
      if (!found) throw new Error('The record is told.');
      return found;
    };
    const first = await told();
    await put(vault, [renewal(first, former, next, vaultKey)]);
    await rest();
    const passwordEncrypted = sealPassword(Buffer.from('third'), former);
    await owner.http.send('PATCH', `/items/${renewed.id}`, { passwordEncrypted });
    await rest();
    await refused(finish(vault), 409, 'rekeyingIncomplete');
    await put(vault, [renewal(first, former, next, vaultKey)]);
    await refused(finish(vault), 409, 'rekeyingIncomplete');
    const good = renewal(await told(), former, next, vaultKey);
    const without = { ...good.content, customs: [] };
    await refused(put(vault, [{ ...good, content: without }]), 400, 'contentMismatch');
    await refused(put(vault, [{ ...good, state: undefined }]), 400, 'contentUnexpected');
    const plain = { ...good.content, passwordEncrypted: Buffer.from('third').toString('base64') };
    await refused(put(vault, [{ ...good, content: plain }]), 400, 'notEncrypted');
    await put(vault, [good]);
    await finish(vault);
    const item = await owner.http.send<AnsweredItem>('GET', `/items/${renewed.id}`);
    expect(openPassword(item.passwordEncrypted, next)?.toString()).toBe('third');
    expect(await owner.http.send('GET', `/items/${kept.id}`)).toMatchObject({ name: 'kept' });
  });
});
