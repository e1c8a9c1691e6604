/**
 * An organisation that turns client-side encryption on and off again, with everything that it has:
 * history, bin, files, files in parts, a vault in the bin, a vault of somebody else.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  decodeAttachment,
  decodePlain,
  decodePlainAttachment,
  decodePlainCustomField,
  openPartList,
  openCustomField,
  openPassword,
  openRecordKey,
  PLAIN_PARTED_KEY,
  sealRecordKey,
  unwrapVaultKey,
} from '../../../main/keychain/index.ts';
import { enter, makeKeys, sendPlainParts } from '../../../testing/organisation/changing.ts';
import { partBytes, VaultConversion } from '../../../testing/organisation/conversion.ts';
import type { Converting } from '../../../testing/organisation/conversion.ts';
import { draft } from '../../../testing/organisation/drafts.ts';
import type { Ledger } from '../../../testing/organisation/ledger.ts';
import { createLedger } from '../../../testing/organisation/ledger.ts';
import type { OpenVault, TrialServer } from '../../../testing/organisation/index.ts';
import {
  createVault,
  startTrialServer,
  trialOrganisation,
  writeRecord,
} from '../../../testing/organisation/index.ts';
import { sendOctets } from '../../../testing/organisation/octets.ts';
import { storedBytes, storedNames } from '../../../testing/organisation/trialfiles.ts';
import type { AnsweredItem, AnsweredSnapshot } from '../../../testing/organisation/trialrecords.ts';

const limits = { partSize: 64 * 1024, largestFile: 1024 * 1024, openUploads: 1, idleSeconds: 1000 };
const secrets = ['second-password', 'first-password', 'custom-value', 'thrown-away', 'text of a small file'];

let server: TrialServer;
let ledger: Ledger;
let owner: Converting;
let other: Converting;
let vault: OpenVault;
let own: OpenVault;
let binned: OpenVault;
let first = '';
let attachmentId = '';
let partedId = '';
let inBin = '';
const large = randomBytes(150_000);

async function fill(): Promise<void> {
  const { member } = owner;
  vault = await createVault(member, 'Shared', 'privateShared', ledger);
  binned = await createVault(member, 'Thrown', 'privateShared', ledger);
  own = await createVault(other.member, 'Own', 'privateShared', ledger);
  const access = { userId: other.member.userId, access: 'write' };
  await member.http.send('POST', `/vaults/${vault.id}/access`, access);
  const record = draft('one', {
    ...{ password: 'second-password', formerPasswords: ['first-password'] },
    customs: [{ name: 'pin', value: 'custom-value', type: 'password' }],
    attachments: [{ name: 'a.txt', bytes: Buffer.from('text of a small file') }],
  });
  first = (await writeRecord(member, vault, null, record, ledger)).id;
  attachmentId = (await read(owner, first)).attachments[0]?.id ?? '';
  partedId = await sendPlainParts(owner, first, large, limits.partSize);
  inBin = (await writeRecord(member, vault, null, draft('gone', { password: 'thrown-away' }), ledger)).id;
  await member.http.send('DELETE', `/items/${inBin}`);
  await writeRecord(member, binned, null, draft('in the bin', { password: 'thrown-away' }), ledger);
  await member.http.send('DELETE', `/vaults/${binned.id}`);
  await writeRecord(other.member, own, null, draft('mine', { password: 'first-password' }), ledger);
}

beforeAll(async () => {
  server = await startTrialServer({ attachmentParts: limits });
  const organisation = await trialOrganisation(server, 'owner', false);
  ledger = createLedger();
  owner = await enter(server, organisation.owner.person);
  other = await enter(server, (await organisation.join('other')).person);
  await fill();
});
afterAll(() => server.close());

const read = ({ member }: Converting, id: string) => member.http.send<AnsweredItem>('GET', `/items/${id}`);
const begin = ({ member }: Converting, direction: 'on' | 'off') =>
  member.http.send('POST', '/encryption-change', { direction, password: member.person.password });
const finish = ({ member }: Converting) =>
  member.http.send('POST', '/encryption-change/finish', { password: member.person.password });
const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });
const stored = () => storedNames(server.dataFolder);

const withKeys = async ({ member }: Converting) =>
  enter(server, (await makeKeys(server.http, member, ledger)).person);

async function keyOf({ member }: Converting, vaultId: string) {
  const answer = await member.http.send<{ masterKeyEncrypted: string }>('GET', `/vaults/${vaultId}`);
  if (!member.privateKey) throw new Error('The member has keys.');
  return unwrapVaultKey(answer.masterKeyEncrypted, member.privateKey);
}

const attachment = ({ member }: Converting, path: string) =>
  member.http.send<{ encryptedKey: string; encryptedData: string; hash: string }>('GET', path);

/** Everything in the data folder except its keys, and what is in the files once their seal is open. */
function database(): string {
  const names = readdirSync(server.dataFolder, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && !['encryption_key', 'setup_token'].includes(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
    .join('\n');
}

describe('an organisation that turns client-side encryption on', () => {
  let conversions: VaultConversion[];
  let filesBefore: string[] = [];

  it('puts by all that its vaults hold, each by whoever administers it', async () => {
    filesBefore = await stored();
    await begin(owner, 'on');
    owner = await withKeys(owner);
    other = await withKeys(other);
    conversions = [vault, binned].map(({ id }) => new VaultConversion(owner, id, 'on'));
    conversions.push(new VaultConversion(other, own.id, 'on'));
    const { vaults } = await owner.member.http.send<{ vaults: object[] }>('GET', '/encryption-change/vaults');
    expect(vaults).toEqual([
      expect.objectContaining({ id: vault.id, total: 4, isInBin: false }),
      expect.objectContaining({ id: binned.id, total: 1, isInBin: true }),
    ]);
    for (const conversion of conversions) {
      await conversion.begin(
        conversion.vaultId === vault.id ? [owner.member, other.member] : [conversion.by.member],
      );
    }
    await conversions[0]?.putAllBy(2, 1);
    expect((await stored()).length).toBeGreaterThan(filesBefore.length);
  });

  it('goes on where it stopped, on a server that was started again', async () => {
    const { dataFolder } = server;
    await server.stop();
    server = await startTrialServer({ dataFolder, attachmentParts: limits });
    const [ownerPerson, otherPerson] = [owner.member.person, other.member.person];
    owner = await enter(server, ownerPerson);
    other = await enter(server, otherPerson);
    for (const conversion of conversions) {
      conversion.by = conversion.vaultId === own.id ? other : owner;
      await conversion.putAllBy(2);
    }
    const state = await other.member.http.send('GET', '/encryption-change');
    expect(state).toMatchObject({ underWay: { vaults: { total: 3, ready: 3 }, withoutKeys: 0 } });
  });

  it('wants a file that was put by anew in what was put by with the former one', async () => {
    const [conversion] = conversions;
    if (!conversion) throw new Error('There is one.');
    const wire = await attachment(owner, `/items/${first}/attachment/${attachmentId}`);
    const path = `${conversion.path}/files`;
    const plain = { attachmentId, encryptedData: wire.encryptedData, hash: wire.hash };
    await refused(owner.member.http.send('POST', path, plain), 400, 'notEncrypted');
    await conversion.putFileAnew(attachmentId, wire.encryptedKey, first);
    await refused(finish(owner), 409, 'encryptionChangeIncomplete');
    expect(await conversion.putAllBy()).toBe(3);
    const digests = ['a'.repeat(64)];
    const sealed = {
      attachmentId: partedId,
      encryptedData: 'amt4cwv48xb6pp1h'.padEnd(80, '0'),
      hash: wire.hash,
    };
    await refused(owner.member.http.send('POST', path, { ...sealed, digests }), 409, 'partsMissing');
  });

  it('reads everything in the new form, as another person too', async () => {
    await finish(owner);
    const key = await keyOf(other, vault.id);
    const item = await read(other, first);
    const recordKey = openRecordKey(item.keyEncrypted ?? '', key);
    expect(openPassword(item.passwordEncrypted, recordKey)?.toString()).toBe('second-password');
    expect(item.customs.map((field) => openCustomField(field, recordKey).value.toString())).toEqual([
      'custom-value',
    ]);
    const [small, parted] = item.attachments;
    const path = `/items/${first}/attachment/${small?.id}`;
    expect(decodeAttachment(await attachment(other, path), recordKey).toString()).toBe(
      'text of a small file',
    );
    expect([attachmentId, partedId]).not.toContain(small?.id);
    const opened = openPartList(
      await attachment(other, `/items/${first}/attachment/${parted?.id}`),
      recordKey,
    );
    const pieces: Buffer[] = [];
    for (const index of opened.list.parts.keys()) {
      const part = await sendOctets(
        other,
        'GET',
        `/items/${first}/attachment/${parted?.id}/parts/${index + 1}`,
      );
      pieces.push(partBytes(opened, index, part));
    }
    expect(Buffer.concat(pieces).equals(large)).toBe(true);
    const { items } = await other.member.http.send<{ items: AnsweredSnapshot[] }>(
      'GET',
      `/items/${first}/snapshots`,
    );
    expect(items.map((each) => openPassword(each.passwordEncrypted, recordKey)?.toString())).toEqual([
      ...['second-password', 'first-password'],
    ]);
    for (const { id, attachments } of items) {
      const former = await attachment(other, `/snapshots/${id}/attachment/${attachments[0]?.id}`);
      expect(decodeAttachment(former, recordKey).toString()).toBe('text of a small file');
    }
  });

  it('converts what is in the bin too', async () => {
    await owner.member.http.send('POST', `/bin/vaults/${binned.id}/restore`);
    const { items } = await owner.member.http.send<{ items: AnsweredItem[] }>(
      'GET',
      `/items?vaultId=${binned.id}`,
    );
    const key = await keyOf(owner, binned.id);
    expect(
      items.map((item) =>
        openPassword(item.passwordEncrypted, openRecordKey(item.keyEncrypted ?? '', key))?.toString(),
      ),
    ).toEqual(['thrown-away']);
    const bin = await owner.member.http.send<{ items: { item: AnsweredItem }[] }>(
      'GET',
      `/bin?vaultId=${vault.id}`,
    );
    expect(bin.items.map(({ item }) => [item.id, item.keyEncrypted?.slice(0, 16)])).toEqual([
      [inBin, 'amt4cwv48xb6pp1h'],
    ]);
  });

  it('keeps no file and no content of the former form', async () => {
    const names = await stored();
    expect(names.filter((name) => filesBefore.includes(name))).toEqual([]);
    expect(names).toHaveLength(filesBefore.length);
    for (const name of names) {
      const bytes = await storedBytes(server.dataFolder, name);
      expect(bytes.includes(large.subarray(0, 64))).toBe(false);
    }
    const everything = database();
    const forms = secrets.flatMap((text) => [
      text,
      Buffer.from(text).toString('base64'),
      Buffer.from(text).toString('hex'),
    ]);
    expect(forms.filter((form) => everything.includes(form))).toEqual([]);
    const told: string[] = [];
    for (const { id } of (await owner.member.http.send<{ items: { id: string }[] }>('GET', '/vaults'))
      .items) {
      told.push(JSON.stringify(await owner.member.http.send('GET', `/items?vaultId=${id}`)));
      told.push(JSON.stringify(await owner.member.http.send('GET', `/bin?vaultId=${id}`)));
    }
    told.push(JSON.stringify(await owner.member.http.send('GET', `/items/${first}/snapshots`)));
    expect(told.join('\n').length).toBeGreaterThan(1_000);
    expect(forms.filter((form) => told.join('\n').includes(form))).toEqual([]);
  });
});

describe('and off again', () => {
  it('is given up with its files', async () => {
    const before = await stored();
    await begin(owner, 'off');
    const conversion = new VaultConversion(owner, vault.id, 'off', await keyOf(owner, vault.id));
    await conversion.begin([]);
    await conversion.putAllBy();
    expect((await stored()).length).toBe(2 * before.length);
    await conversion.begin([], { takesOver: true });
    expect(await stored()).toHaveLength(before.length);
    await conversion.putAllBy(2, 1);
    await owner.member.http.send('DELETE', '/encryption-change');
    expect((await stored()).toSorted()).toEqual(before.toSorted());
    await refused(owner.member.http.send('GET', conversion.path), 404, 'notFound');
    await refused(finish(owner), 404, 'notFound');
  });

  it('takes no key, and gives back what there was in the plain form', async () => {
    await begin(owner, 'off');
    const conversions = await Promise.all(
      [vault, binned].map(async ({ id }) => new VaultConversion(owner, id, 'off', await keyOf(owner, id))),
    );
    conversions.push(new VaultConversion(other, own.id, 'off', await keyOf(other, own.id)));
    const keyed = { keys: {}, salt: 'x', masterKeyHash: 'a'.repeat(64) };
    await refused(
      owner.member.http.send('POST', `/vaults/${vault.id}/encryption`, keyed),
      400,
      'keyUnexpected',
    );
    await refused(
      owner.member.http.send('POST', `/vaults/${vault.id}/rekey`, { ...keyed }),
      409,
      'encryptionChangeUnderWay',
    );
    for (const conversion of conversions) {
      await conversion.begin([]);
      await conversion.putAllBy();
    }
    // The record key sealed once more: the record, and the former state that this leaves.
    const key = await keyOf(owner, vault.id);
    const recordKey = openRecordKey((await read(owner, first)).keyEncrypted ?? '', key);
    const keyEncrypted = sealRecordKey(recordKey, key);
    await owner.member.http.send('PATCH', `/items/${first}`, { keyEncrypted });
    const state = () => owner.member.http.send('GET', '/encryption-change');
    expect(await state()).toMatchObject({ underWay: { vaults: { total: 3, ready: 2 } } });
    expect(await conversions[0]?.putAllBy()).toBe(2);
    expect(await state()).toMatchObject({ underWay: { vaults: { total: 3, ready: 3 } } });
    await finish(owner);
    const item = await read(other, first);
    expect(item.keyEncrypted).toBeNull();
    expect(decodePlain(item.passwordEncrypted ?? '').toString()).toBe('second-password');
    expect(item.customs.map((field) => decodePlainCustomField(field).value.toString())).toEqual([
      'custom-value',
    ]);
    const [small, parted] = item.attachments;
    const wire = await attachment(other, `/items/${first}/attachment/${small?.id}`);
    expect(decodePlainAttachment(wire).toString()).toBe('text of a small file');
    expect(parted?.encryptedKey).toBe(PLAIN_PARTED_KEY);
    const opened = openPartList(await attachment(other, `/items/${first}/attachment/${parted?.id}`), null);
    const part = await sendOctets(other, 'GET', `/items/${first}/attachment/${parted?.id}/parts/1`);
    expect(partBytes(opened, 0, part).equals(large.subarray(0, limits.partSize))).toBe(true);
    const vaults = await other.member.http.send<{ items: object[] }>('GET', '/vaults');
    expect(vaults.items).toEqual(
      [vault, own].map(() =>
        expect.objectContaining({ masterKeyHash: null, salt: null, masterKeyEncrypted: null }),
      ),
    );
    expect(await other.member.http.send('GET', '/users/keys')).toMatchObject({ keys: null });
  });
});
