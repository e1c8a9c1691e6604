import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAttachment, encodeAttachment } from '../../main/keychain/index.ts';
import { createVault, startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Member, OpenVault, TrialServer } from '../../testing/organisation/index.ts';
import { createLedger } from '../../testing/organisation/ledger.ts';
import { storedNames } from '../../testing/organisation/trialfiles.ts';
import { recordTrial } from '../../testing/organisation/trialrecords.ts';

let server: TrialServer;
let member: Member;
let vault: OpenVault;
let records: ReturnType<typeof recordTrial>;
const create = (members: object = {}, place = vault) => records.create(place, members);
const utf8 = (text: string) => Buffer.from(text, 'utf8');
const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });

beforeAll(async () => {
  server = await startTrialServer();
  member = (await trialOrganisation(server, 'encrypted', true)).owner;
  records = recordTrial(member);
  vault = await createVault(member, 'Vault', 'company', createLedger());
});
afterAll(() => server.close());

describe('attachments', () => {
  const file = Buffer.from(Array.from({ length: 700 }, (_, index) => index % 256));

  it('come back byte for byte, listed without data', async () => {
    const id = await create({
      attachments: [{ name: 'ключ.bin', ...encodeAttachment(file, records.recordKey) }],
    });
    const [entry] = (await records.read(id)).attachments;
    expect(Object.keys(entry ?? {}).toSorted()).toEqual(['encryptedKey', 'id', 'name']);
    const answer = await member.http.send<Parameters<typeof decodeAttachment>[0]>(
      'GET',
      `/items/${id}/attachment/${entry?.id}`,
    );
    expect(decodeAttachment(answer, records.recordKey)).toEqual(file);
    await refused(
      member.http.send('GET', `/items/${await create()}/attachment/${entry?.id}`),
      404,
      'notFound',
    );
  });

  it('stay by id, are added with data, leave with the list and stay in history', async () => {
    const files = ['one', 'two'].map((name) => ({
      name,
      ...encodeAttachment(utf8(name), records.recordKey),
    }));
    const id = await create({ attachments: files });
    const [one, two] = (await records.read(id)).attachments;
    const added = { name: 'three', ...encodeAttachment(utf8('three'), records.recordKey) };
    await records.change(id, { attachments: [{ ...two, name: 'renamed' }, added] });
    const after = (await records.read(id)).attachments;
    expect(after.map((entry) => entry.name)).toEqual(['renamed', 'three']);
    expect(after[0]?.id).toBe(two?.id);
    await refused(member.http.send('GET', `/items/${id}/attachment/${one?.id}`), 404, 'notFound');
    const [snapshot] = await records.snapshots(id);
    expect(snapshot?.attachments.map((entry) => entry.name)).toEqual(['one', 'two']);
    const old = await member.http.send<Parameters<typeof decodeAttachment>[0]>(
      'GET',
      `/snapshots/${snapshot?.id}/attachment/${one?.id}`,
    );
    expect(decodeAttachment(old, records.recordKey).toString()).toBe('one');
    await records.change(id, { name: 'untouched files' });
    expect((await records.read(id)).attachments).toEqual(after);
  });

  it('are renamed one by one, and keep their names in history', async () => {
    const files = ['one', 'two'].map((name) => ({
      name,
      ...encodeAttachment(utf8(name), records.recordKey),
    }));
    const id = await create({ attachments: files });
    const [one, two] = (await records.read(id)).attachments;
    const path = `/items/${id}/attachments/${one?.id}`;
    expect(await member.http.send('PATCH', path, { name: 'first' })).toMatchObject({ revision: 2 });
    const after = (await records.read(id)).attachments;
    expect(after).toEqual([{ ...one, name: 'first' }, two]);
    expect((await records.snapshots(id))[0]?.attachments.map(({ name }) => name)).toEqual(['one', 'two']);
    // The same name once more changes nothing.
    expect(await member.http.send('PATCH', path, { name: 'first' })).toMatchObject({ revision: 2 });
    await refused(member.http.send('PATCH', path, { name: '' }), 400, 'validationFailed');
    const unknown = `/items/${id}/attachments/${'0'.repeat(24)}`;
    await refused(member.http.send('PATCH', unknown, { name: 'x' }), 404, 'notFound');
  });

  it('leave no file behind when the record is refused', async () => {
    const count = async () => (await storedNames(server.dataFolder)).length;
    const before = await count();
    const sent = encodeAttachment(file, records.recordKey);
    const id = await create();
    const both = [
      { name: 'new', ...sent },
      { id: '0'.repeat(24), name: 'unknown', encryptedKey: sent.encryptedKey },
    ];
    await refused(records.change(id, { attachments: both }), 400, 'notFound');
    expect(await count()).toBe(before);
    await refused(
      create({ attachments: [{ name: 'no data', encryptedKey: sent.encryptedKey }] }),
      400,
      'attachmentIncomplete',
    );
    expect(await count()).toBe(before);
  });

  it('go with a vault that is deleted, those of history included', async () => {
    const count = async () => (await storedNames(server.dataFolder)).length;
    const before = await count();
    const doomed = await createVault(member, 'Doomed', 'privateShared', createLedger());
    const sent = { name: 'a', ...encodeAttachment(utf8('a'), records.recordKey) };
    const id = await create({ attachments: [sent, { ...sent, name: 'b' }] }, doomed);
    await records.change(id, { attachments: [] });
    expect(await count()).toBe(before + 2);
    await member.http.send('DELETE', `/vaults/${doomed.id}`);
    expect(await count()).toBe(before + 2);
    await member.http.send('DELETE', `/bin/vaults/${doomed.id}`);
    expect(await count()).toBe(before);
    await refused(member.http.send('GET', `/items/${id}`), 404, 'notFound');
  });

  it('may be as large as the protocol allows', async () => {
    const largest = Buffer.alloc(5 * 1024 * 1024, 0xa7);
    const id = await create({
      attachments: [{ name: 'large', ...encodeAttachment(largest, records.recordKey) }],
    });
    const [entry] = (await records.read(id)).attachments;
    const answer = await member.http.send<Parameters<typeof decodeAttachment>[0]>(
      'GET',
      `/items/${id}/attachment/${entry?.id}`,
    );
    expect(decodeAttachment(answer, records.recordKey).equals(largest)).toBe(true);
  });

  it('are added and taken away one by one, whatever else happens to the list', async () => {
    const sealed = (name: string) => ({ name, ...encodeAttachment(utf8(name), records.recordKey) });
    const id = await create({ attachments: [sealed('first')] });
    const adding = ['a', 'b', 'c', 'd'].map((name) =>
      member.http.send<{ id: string; revision: number; updatedAt: number }>(
        'POST',
        `/items/${id}/attachments`,
        sealed(name),
      ),
    );
    const added = await Promise.all(adding);
    const names = async () => (await records.read(id)).attachments.map(({ name }) => name).toSorted();
    expect(await names()).toEqual(['a', 'b', 'c', 'd', 'first']);
    expect(added.map(({ revision }) => revision).toSorted()).toEqual([2, 3, 4, 5]);
    const path = `/items/${id}/attachments/${added[1]?.id}`;
    expect(await member.http.send('DELETE', path)).toMatchObject({ revision: 6 });
    expect(await names()).toEqual(['a', 'c', 'd', 'first']);
    await refused(member.http.send('DELETE', path), 404, 'notFound');
    const answer = await member.http.send<Parameters<typeof decodeAttachment>[0]>(
      'GET',
      `/items/${id}/attachment/${added[0]?.id}`,
    );
    expect(decodeAttachment(answer, records.recordKey)).toEqual(utf8('a'));
    expect((await records.snapshots(id))[0]?.attachments).toHaveLength(5);
  });

  it('are refused one by one as they are in a list', async () => {
    const id = await create();
    const add = (body: object) => member.http.send('POST', `/items/${id}/attachments`, body);
    const whole = { name: 'n', ...encodeAttachment(utf8('x'), records.recordKey) };
    await refused(add({ ...whole, encryptedData: 'plain text' }), 400, 'notEncrypted');
    await refused(add({ ...whole, encryptedKey: '' }), 400, 'notEncrypted');
    for (const missing of ['name', 'hash', 'encryptedKey', 'encryptedData']) {
      await refused(add({ ...whole, [missing]: undefined }), 400, 'validationFailed');
    }
    const attachments = Array.from({ length: 100 }, (_, index) => ({ ...whole, name: `${index}` }));
    await records.change(id, { attachments });
    await refused(add(whole), 400, 'tooManyAttachments');
  });
});
