/** What does not open is marked and refused; everything beside it works as before. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Output } from '../../../contract/index.ts';
import { Application } from '../../../testing/integration/application.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../../../testing/hostile/smallorganisation.ts';
import type { OwnServer } from '../../../testing/hostile/smallorganisation.ts';
import { generateRecordKey, sealCustomField, sealPassword } from '../../keychain/index.ts';
import type { StoredRecord } from '../../mirror/index.ts';

let server: OwnServer;
let app: Application;
let accountId: string;
/** The records as they were synced, by name and kind. */
let synced: Map<string, StoredRecord>;

const password = { kind: 'password' } as const;
const custom = (index: number) => ({ kind: 'custom', index }) as const;

/** Whole characters of the wire alphabet, but not whole blocks of the cipher. */
const cut = (wire: string): string => wire.slice(0, -24);

beforeAll(async () => {
  server = await startOwnServer();
  await buildSmallOrganisation(server);
  app = new Application();
  accountId = await app.enrol(server.url, anna);
  await server.close();
  const records = [...app.accounts.current().mirror.records.batches(100)].flat();
  synced = new Map(records.map((record) => [`${record.kind} ${record.name}`, record]));
});
afterAll(async () => {
  await app.close();
  await server.end();
});

function original(name: string): StoredRecord {
  const record = synced.get(name);
  if (!record) throw new Error(`there is no ${name}`);
  return record;
}

/** Puts every record back as it was synced. */
beforeEach(() => {
  app.accounts.current().mirror.records.upsertMany([...synced.values()]);
});

/** Changes one record of the mirror as damage or a lie would, and gives its id. */
function spoil(name: string, change: Partial<StoredRecord>): string {
  const record = original(name);
  app.accounts.current().mirror.records.upsertMany([{ ...record, ...change }]);
  return record.id;
}

const read = (recordId: string) => app.ask('records', 'read', { recordId });
const states = ({ fields }: Output<'records', 'read'>) => fields.map(({ broken }) => broken);

async function reveal(recordId: string, field: typeof password | ReturnType<typeof custom>): Promise<string> {
  const result = await app.call('records', 'revealField', { recordId, field });
  return result.ok ? result.value.value : `refused: ${result.error.code}`;
}

async function expectOthersWork(): Promise<void> {
  expect(await reveal(original('record Wi-Fi').id, password)).toBe('gäste');
  expect(await reveal(original('inbox For Anna').id, password)).toBe('sent');
  expect(await app.ids()).toHaveLength(synced.size);
  expect(app.incidents).toEqual([]);
}

describe('a record whose password does not open', () => {
  it('shows it as broken, refuses to reveal or copy it, and opens its other fields', async () => {
    const { passwordEncrypted } = original('record Router');
    const id = spoil('record Router', { passwordEncrypted: cut(passwordEncrypted ?? '') });
    expect(states(await read(id))).toEqual([true, false, false]);
    expect(await reveal(id, password)).toBe('refused: undecipherable');
    app.clipboard = 'of somebody else';
    expect(await app.refusal('records', 'copyPassword', { recordId: id })).toBe('undecipherable');
    expect(app.clipboard).toBe('of somebody else');
    expect(await reveal(id, custom(0))).toBe('JBSWY3DPEHPK3PXP');
    expect(await app.refusal('records', 'copyCode', { recordId: id, field: null })).toBeNull();
    await expectOthersWork();
  });

  it.each([
    ['text that was never encrypted', 'hunter2 in the clear'],
    ['plain base64', Buffer.from('hunter2 in the clear').toString('base64')],
    ['a value under another key', sealPassword(Buffer.from('another'), generateRecordKey())],
  ])('never shows %s', async (_name, passwordEncrypted) => {
    const id = spoil('record Router', { passwordEncrypted });
    expect(states(await read(id))[0]).toBe(true);
    expect(await reveal(id, password)).toBe('refused: undecipherable');
    await expectOthersWork();
  });
});

describe('a record with a custom field that does not open', () => {
  it.each(['name', 'value', 'type'] as const)(
    'marks the field whose %s is damaged, in its place',
    async (member) => {
      const [first, second] = original('record Router').customs;
      if (!first || !second) throw new Error('the record has two fields');
      const id = spoil('record Router', { customs: [{ ...first, [member]: cut(first[member]) }, second] });
      const face = await read(id);
      expect(states(face)).toEqual([false, true, false]);
      expect(face.fields[1]).toMatchObject({ label: '', type: 'password' });
      expect(await reveal(id, custom(0))).toBe('refused: undecipherable');
      expect(await reveal(id, custom(1))).toBe('SN-4711 длинный серийный номер оборудования');
      expect(await app.refusal('records', 'copyCode', { recordId: id, field: null })).toBe('noSuchField');
      await expectOthersWork();
    },
  );

  it('masks a type it does not know', async () => {
    const record = original('record Router');
    const key = app.accounts.current().secrets.takeRecordKey(record);
    if (!key) throw new Error('the record has a key');
    const strange = sealCustomField({ name: 'pin', value: Buffer.from('0042'), type: 'hologram' }, key);
    const id = spoil('record Router', { customs: [strange] });
    expect((await read(id)).fields[1]).toMatchObject({ label: 'pin', type: 'password', broken: false });
    expect(await reveal(id, custom(0))).toBe('0042');
  });
});

describe('a record whose key does not open', () => {
  const wrongs: [string, (record: StoredRecord) => Partial<StoredRecord>][] = [
    ['damaged', ({ keyWrapped }) => ({ keyWrapped: cut(keyWrapped ?? '') })],
    ['missing', () => ({ keyWrapped: null })],
    ['empty', () => ({ keyWrapped: '' })],
    ['said not to be encrypted', () => ({ keyWrap: 'none' })],
    ['of another record', () => ({ keyWrapped: original('record Wi-Fi').keyWrapped })],
  ];

  it.each(wrongs)('keeps its face and gives no secret when the key is %s', async (_name, change) => {
    const id = spoil('record Router', change(original('record Router')));
    const face = await read(id);
    expect(face).toMatchObject({ name: 'Router', login: 'root', keyBroken: true, writable: false });
    expect(face.fields).toEqual([]);
    expect(await reveal(id, password)).toMatch(/^refused: (undecipherable|encryptionModeChanged)$/);
    expect(await reveal(id, custom(0))).toMatch(/^refused: /);
    expect(await app.refusal('records', 'readCode', { recordId: id, field: custom(0) })).not.toBeNull();
    expect(await app.refusal('records', 'copyLogin', { recordId: id })).toBeNull();
    await expectOthersWork();
  });

  it('is told apart in lists and search as little as any other: it is still found', async () => {
    const id = spoil('record Router', { keyWrapped: 'nonsense' });
    const found = await app.ask('records', 'search', { query: 'Router', scope: null, offset: 0, limit: 9 });
    expect(found.rows.map((row) => row.id)).toContain(id);
  });

  it('breaks an inbox entry alone', async () => {
    const id = spoil('inbox For Anna', { keyWrapped: 'bm90IGEga2V5' });
    expect((await read(id)).keyBroken).toBe(true);
    expect(await reveal(id, password)).toBe('refused: undecipherable');
    expect(await reveal(original('shortcut Router').id, password)).toBe('correct horse battery staple');
  });
});

describe('a vault without a key for this person', () => {
  it('shows its records with everything secret out of reach', async () => {
    const { mirror } = app.accounts.current();
    const stranger = { ...original('record Router'), vaultId: 'keyless', vaultKeyWrapped: null };
    const office = mirror.vaults.get(original('record Wi-Fi').vaultId ?? '');
    if (!office) throw new Error('there is an office');
    const keyless = { ...office, id: 'keyless', serverId: 'keyless', name: 'Keyless', keyWrapped: null };
    mirror.vaults.upsert(keyless);
    const id = 'in-keyless';
    mirror.records.upsertMany([{ ...stranger, id, serverId: id, itemServerId: id, folderId: null }]);
    expect(await read(id)).toMatchObject({ keyBroken: true, vaultTrust: 'keyMissing', writable: false });
    expect(await reveal(id, password)).toBe('refused: vaultKeyMissing');
    const { vaults } = await app.ask('tree', 'overview', {});
    const node = vaults.find(({ name }) => name === 'Keyless');
    expect(node).toMatchObject({ trust: 'keyMissing', writable: false });
    mirror.records.removeMany([id]);
  });
});

describe('an attachment that does not open', () => {
  it.each([
    ['whose key is damaged', (key: string) => cut(key), 'undecipherable'],
    ['whose key is of another file', () => original('record Datenbank').keyWrapped ?? '', 'undecipherable'],
  ])('%s leaves the file that stood at the target', async (_name, change, code) => {
    const record = original('record Datenbank');
    const attachments = record.attachments.map((each) => ({ ...each, localFile: null }));
    const whole = record.attachments[1];
    if (!whole) throw new Error('the record has two files');
    const account = app.accounts.current();
    // The store keeps the key as the server gave it; damage it there, as a server would have.
    const wire = await account.files.read(whole.localFile ?? '');
    const spoilt = { ...wire, encryptedKey: change(wire.encryptedKey) };
    const { localFile } = await account.files.store({
      recordId: record.id,
      attachmentId: whole.id,
      ...spoilt,
    });
    const id = spoil('record Datenbank', {
      attachments: [...attachments.slice(0, 1), { ...whole, localFile, encryptedKey: spoilt.encryptedKey }],
    });
    const target = `${app.folder}/target.bin`;
    writeFileSync(target, 'what was there before');
    app.dialogs.target = target;
    const input = { recordId: id, attachmentId: whole.id };
    expect(await app.refusal('attachments', 'saveAs', input)).toBe(code);
    expect(readFileSync(target, 'utf8')).toBe('what was there before');
    expect(await reveal(id, password)).toBe('пароль от базы');
  });

  it('whose contents were exchanged is refused by its hash, and nothing is written', async () => {
    const record = original('record Datenbank');
    const [first] = record.attachments;
    if (!first) throw new Error('the record has two files');
    const account = app.accounts.current();
    const wire = await account.files.read(first.localFile ?? '');
    const { localFile } = await account.files.store({
      recordId: record.id,
      attachmentId: first.id,
      ...wire,
      hash: 'f'.repeat(64),
    });
    account.mirror.records.setAttachmentLocal(record.id, first.id, { localFile, size: null });
    app.dialogs.target = `${app.folder}/never.bin`;
    const input = { recordId: record.id, attachmentId: first.id };
    expect(await app.refusal('attachments', 'saveAs', input)).toBe('attachmentHashMismatch');
    expect(existsSync(app.dialogs.target)).toBe(false);
  });
});

describe('asking for what is not there', () => {
  it('has a code of its own each time', async () => {
    const empty = original('record Empty').id;
    const door = original('record Door code').id;
    expect((await read(empty)).fields).toMatchObject([{ empty: true, broken: false }]);
    expect(await reveal(empty, password)).toBe('refused: emptyField');
    expect(await reveal(empty, custom(0))).toBe('refused: noSuchField');
    expect(await reveal('no-such-record', password)).toBe('refused: noSuchRecord');
    expect(await app.refusal('records', 'read', { recordId: 'no-such-record' })).toBe('noSuchRecord');
    expect(await app.refusal('records', 'copyLogin', { recordId: door })).toBe('emptyField');
    expect(await app.refusal('records', 'copyUrl', { recordId: door, index: 0 })).toBe('noSuchField');
    expect(await app.refusal('records', 'copyCode', { recordId: door, field: null })).toBe('noSuchField');
    const serial = { recordId: original('record Router').id, field: custom(1) };
    expect(await app.refusal('records', 'readCode', serial)).toBe('badTotp');
    const attachment = { recordId: empty, attachmentId: 'none' };
    expect(await app.refusal('attachments', 'saveAs', attachment)).toBe('noSuchField');
  });
});

describe('after a restart', () => {
  it('everything that opened before opens again', async () => {
    await app.ask('session', 'lock', {});
    await app.unlock(accountId, anna.masterPassword ?? '');
    await expectOthersWork();
    const serial = await reveal(original('shortcut Router').id, custom(1));
    expect(serial).toBe('SN-4711 длинный серийный номер оборудования');
  });
});
