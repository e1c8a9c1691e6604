/** Files of a server whose object store is slow, away, or asked twice. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { encodeAttachment } from '../../main/keychain/index.ts';
import { ObjectStore, trialStoreAt } from '../../testing/objectstore/store.ts';
import { createVault, startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Member, OpenVault, TrialServer } from '../../testing/organisation/index.ts';
import { createLedger } from '../../testing/organisation/ledger.ts';
import { recordTrial } from '../../testing/organisation/trialrecords.ts';

let store: ObjectStore;
let server: TrialServer;
let member: Member;
let vault: OpenVault;
let records: ReturnType<typeof recordTrial>;
const file = () => ({
  name: 'notes.txt',
  ...encodeAttachment(Buffer.from('in the file'), records.recordKey),
});

beforeAll(async () => {
  store = await ObjectStore.start();
  server = await startTrialServer({ files: trialStoreAt(store.url, 'ahead/') });
  member = (await trialOrganisation(server, 'ahead', true)).owner;
  records = recordTrial(member);
  vault = await createVault(member, 'Vault', 'company', createLedger());
});
afterAll(async () => {
  await server.close();
  await store.stop();
});

it('lets everybody else work while a file is on its way to the store', async () => {
  const other = await records.create(vault);
  let release = () => {};
  store.held = new Promise((resolve) => (release = resolve));
  const before = store.asked.length;
  const slow = records.create(vault, { attachments: [file()] });
  await vi.waitFor(() => expect(store.asked.length).toBe(before + 1));
  await records.change(other, { name: 'changed meanwhile' });
  expect(await records.read(other)).toMatchObject({ revision: 2 });
  expect(store.objects.size).toBe(0);
  release();
  expect((await records.read(await slow)).attachments).toHaveLength(1);
  expect(store.objects.size).toBe(1);
});

it('keeps nothing of a request that is refused, and one file of one that comes twice', async () => {
  const id = await records.create(vault);
  const before = store.objects.size;
  const sent = { ...file() };
  const missing = `/items/${'0'.repeat(24)}/attachments`;
  await expect(member.http.send('POST', missing, sent)).rejects.toMatchObject({ status: 404 });
  expect(store.objects.size).toBe(before);
  const stranger = server.http.send('POST', `/items/${id}/attachments`, sent);
  await expect(stranger).rejects.toMatchObject({ status: 401, codes: ['accessTokenInvalid'] });
  expect(store.objects.size).toBe(before);
  const once = {
    ...{ method: 'POST', relativeUrl: `/api/v1/items/${id}/attachments`, body: sent },
    idempotencyKey: 'attach-once-0001',
  };
  const { responses: answers } = await member.http.send<{ responses: { statusCode: number }[] }>(
    ...(['POST', '/batch', { requests: [once, once] }] as const),
  );
  expect(answers[0]?.statusCode).toBe(200);
  expect(answers[1]).toEqual(answers[0]);
  expect(store.objects.size).toBe(before + 1);
});

it('answers 503 while the store is busy, and has changed nothing', async () => {
  const id = await records.create(vault);
  store.faults.push(...Array.from({ length: 4 }, () => 'busy' as const));
  await expect(member.http.send('POST', `/items/${id}/attachments`, file())).rejects.toMatchObject({
    ...{ status: 503, codes: ['filesUnreachable'] },
  });
  expect(await records.read(id)).toMatchObject({ revision: 1, attachments: [] });
  await member.http.send('POST', `/items/${id}/attachments`, file());
  expect((await records.read(id)).attachments).toHaveLength(1);
});
