import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateRecordKey, sealCustoms, sealPassword } from '../../main/keychain/index.ts';
import { createVault, startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Member, OpenVault, TrialServer } from '../../testing/organisation/index.ts';
import { createLedger } from '../../testing/organisation/ledger.ts';
import { recordTrial } from '../../testing/organisation/trialrecords.ts';
import type { AnsweredItem } from '../../testing/organisation/trialrecords.ts';

let server: TrialServer;
let member: Member;
let vault: OpenVault;
let records: ReturnType<typeof recordTrial>;
let plain: Member;
let plainVault = '';
const recordKey = generateRecordKey();
const create = (members: object = {}, place = vault) => records.create(place, members);
const utf8 = (text: string) => Buffer.from(text, 'utf8');
const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });

beforeAll(async () => {
  server = await startTrialServer();
  member = (await trialOrganisation(server, 'encrypted', true)).owner;
  records = recordTrial(member, recordKey);
  vault = await createVault(member, 'Vault', 'company', createLedger());
  plain = (await trialOrganisation(server, 'plain', false)).owner;
  plainVault = (await createVault(plain, 'Plain', 'company', createLedger())).id;
});
afterAll(() => server.close());

describe('the form of ciphertext', () => {
  it.each([
    ['passwordEncrypted', { passwordEncrypted: 'hunter2' }],
    ['passwordEncrypted', { passwordEncrypted: base64('hunter2') }],
    ['keyEncrypted', { keyEncrypted: base64('a'.repeat(100)) }],
    ['the envelope of an empty key', { keyEncrypted: sealPassword(Buffer.alloc(0), recordKey) }],
    ['customs', { customs: [{ name: 'PIN', value: '1234', type: 'text' }] }],
    [
      'attachments',
      { attachments: [{ name: 'a', encryptedKey: 'a', encryptedData: base64('x'), hash: 'a'.repeat(64) }] },
    ],
  ])('is demanded of %s', async (_field, members) => {
    await refused(create(members), 400, 'notEncrypted');
  });

  it('is not enough without a record key where there is a password', async () => {
    const sent = { keyEncrypted: '', passwordEncrypted: records.password('x') };
    await refused(create(sent), 400, 'keyRequired');
    const id = await create({
      keyEncrypted: null,
      customs: sealCustoms([{ name: 'a', value: utf8('b'), type: 'text' }], recordKey),
    });
    expect((await records.read(id)).keyEncrypted).toBeNull();
  });

  it('is plain base64 without client-side encryption, where a key is refused', async () => {
    const send = (members: object) =>
      plain.http.send<{ id: string }>('POST', '/items', { vaultId: plainVault, name: 'Plain', ...members });
    const { id } = await send({
      passwordEncrypted: base64('пароль'),
      keyEncrypted: '',
      customs: [{ name: base64('a'), value: '', type: base64('text') }],
    });
    const item = await plain.http.send<AnsweredItem>('GET', `/items/${id}`);
    expect(item).toMatchObject({
      passwordEncrypted: base64('пароль'),
      keyEncrypted: null,
      vaultMasterKeyEncrypted: null,
    });
    await refused(send({ passwordEncrypted: 'not base64!' }), 400, 'notEncrypted');
    await refused(send({ keyEncrypted: records.keyIn(vault) }), 400, 'notEncrypted');
  });
});
