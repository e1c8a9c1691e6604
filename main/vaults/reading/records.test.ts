/** Everything of the sample organisation, through the door, held against what was written. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Application } from '../../../testing/integration/application.ts';
import { bytesOf } from '../../../testing/integration/secretsearch.ts';
import { buildSampleOrganisation, startTrialServer } from '../../../testing/organisation/index.ts';
import type { SampleOrganisation, SampleSecret, TrialServer } from '../../../testing/organisation/index.ts';

let server: TrialServer;
let sample: SampleOrganisation;
let app: Application;
const accountOf = new Map<string, string>();
const logins = ['anna.orlova', 'maria.kuznetsova', 'pavel.morozov', 'nina.harbour'] as const;

beforeAll(async () => {
  server = await startTrialServer();
  sample = await buildSampleOrganisation(server.url, server.setupToken, { scale: 0.6 });
  app = new Application();
  for (const login of logins) {
    const user = sample.users.find((each) => each.login === login);
    if (!user) throw new Error(`the sample has no ${login}`);
    accountOf.set(login, await app.enrol(server.url, user));
  }
}, 120_000);
afterAll(async () => {
  await app.close();
  await server.close();
});

async function show(login: (typeof logins)[number]): Promise<void> {
  await app.ask('session', 'switchTo', { accountId: accountOf.get(login) ?? '' });
}

/** What was written of a record, by the id of the record itself or of a shortcut or entry to it. */
function written(recordId: string, kind: SampleSecret['kind']): SampleSecret[] {
  const itemId = app.records.stored(recordId).itemServerId;
  return sample.secrets.filter((secret) => secret.ownerId === itemId && secret.kind === kind);
}

/** RFC 6238 with the defaults of the protocol, made from scratch: SHA-1, six digits, thirty seconds. */
function expectedCode(value: string, at: number): string {
  const secret = value.startsWith('otpauth:') ? (new URL(value).searchParams.get('secret') ?? '') : value;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/=/g, '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const key = Buffer.from(bytes.map((byte) => parseInt(byte, 2)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

/** Reads one record as a person would who looks at everything, and compares it with the ledger. */
async function compare(recordId: string): Promise<number> {
  const face = await app.ask('records', 'read', { recordId });
  expect(face.keyBroken).toBe(false);
  const [password, ...customs] = face.fields;
  const [writtenPassword] = written(recordId, 'password');
  const names = written(recordId, 'customName').map(({ plaintext }) => plaintext);
  expect(password).toMatchObject({ type: 'password', broken: false, empty: writtenPassword === undefined });
  expect(customs.map(({ label }) => label)).toEqual(names);
  const values = written(recordId, 'customValue');
  let opened = 0;
  for (const { ref: field, empty, type, label } of face.fields) {
    const expected =
      field.kind === 'password' ? writtenPassword : values.find((value) => value.field === label);
    const result = await app.call('records', 'revealField', { recordId, field });
    if (empty) {
      expect(result).toMatchObject({ ok: false, error: { code: 'emptyField' } });
      continue;
    }
    expect(result).toMatchObject({ ok: true, value: { value: expected?.plaintext } });
    opened += 1;
    if (type !== 'totp') continue;
    const { code, periodMs, validUntil } = await app.ask('records', 'readCode', { recordId, field });
    expect([code, periodMs]).toEqual([expectedCode(expected?.plaintext ?? '', validUntil - 1), 30_000]);
  }
  return opened;
}

describe('every record of the sample', () => {
  it.each(logins)('opens for %s as it was written: labels, values and codes', async (login) => {
    await show(login);
    const ids = await app.ids();
    expect(ids.length).toBeGreaterThan(login === 'nina.harbour' ? 5 : 20);
    let opened = 0;
    for (const id of ids) opened += await compare(id);
    expect(opened).toBeGreaterThan(ids.length / 2);
    expect(app.incidents).toEqual([]);
  });

  it('counts shortcuts, inbox entries, old keys and attachments among them', async () => {
    await show('anna.orlova');
    const kinds = new Set((await app.ids()).map((id) => app.records.stored(id).kind));
    expect(kinds).toEqual(new Set(['record', 'shortcut']));
    const old = sample.vaults.find(({ isOld }) => isOld);
    const oldKeys = sample.secrets.filter(
      ({ kind, ownerId }) =>
        kind === 'recordKey' && sample.records.some((r) => r.id === ownerId && r.vaultId === old?.id),
    );
    expect(new Set(oldKeys.map(({ plaintext }) => plaintext.length))).toEqual(new Set([32]));
    expect(await app.ids({ kind: 'vault', vaultId: old?.id ?? '' })).not.toEqual([]);
    await show('maria.kuznetsova');
    const inbox = await app.ids({ kind: 'inbox' });
    expect(inbox.length).toBeGreaterThan(0);
    const face = await app.ask('records', 'read', { recordId: inbox[0] ?? '' });
    expect(face).toMatchObject({ kind: 'inbox', sender: 'Анна Орлова', vaultId: null, vaultTrust: null });
    await show('pavel.morozov');
    const { notices } = await app.ask('sync', 'status', {});
    expect(notices).toMatchObject([{ kind: 'weakOwnKey', subject: 'RSA-1024' }]);
  });

  it('gives every attachment back, byte for byte', async () => {
    await show('anna.orlova');
    let compared = 0;
    for (const id of await app.ids()) {
      const record = app.records.stored(id);
      const files = written(id, 'attachment');
      expect(record.attachments.map(({ name }) => name)).toEqual(files.map(({ field }) => field));
      for (const [index, { id: attachmentId }] of record.attachments.entries()) {
        app.dialogs.target = `${app.folder}/saved`;
        await app.ask('attachments', 'saveAs', { recordId: id, attachmentId });
        const file = files[index];
        expect(file && readFileSync(app.dialogs.target).equals(bytesOf(file))).toBe(true);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(5);
  });
});

describe('lists', () => {
  it('carry no more than was asked for and reach every record', async () => {
    await show('anna.orlova');
    const sort = { by: 'updated', descending: true } as const;
    const scope = { kind: 'all' } as const;
    const seen = new Set<string>();
    for (let offset = 0; ; offset += 50) {
      const { rows, total } = await app.ask('records', 'page', { scope, sort, offset, limit: 50 });
      for (const { id } of rows) seen.add(id);
      expect(rows.length).toBe(Math.max(0, Math.min(50, total - offset)));
      if (offset + 50 >= total) break;
    }
    expect(seen).toEqual(new Set(await app.ids()));
  });

  it('agree with the numbers in the tree', async () => {
    await show('anna.orlova');
    const overview = await app.ask('tree', 'overview', {});
    expect(overview.totalCount).toBe((await app.ids()).length);
    for (const vault of overview.vaults) {
      expect(await app.ids({ kind: 'vault', vaultId: vault.id })).toHaveLength(vault.recordCount);
      const { folders } = await app.ask('tree', 'folders', { vaultId: vault.id });
      expect(folders).toHaveLength(vault.folderCount);
      for (const folder of folders) {
        expect(await app.ids({ kind: 'folder', folderId: folder.id })).toHaveLength(folder.recordCount);
      }
    }
    expect(await app.ids({ kind: 'favourites' })).toHaveLength(overview.favouriteCount);
    expect(await app.ids({ kind: 'recent' })).toHaveLength(overview.recentCount);
  });

  it('put the record that was opened last first among the recent ones', async () => {
    await show('maria.kuznetsova');
    const [, second = ''] = await app.ids();
    await app.ask('records', 'read', { recordId: second });
    const input = { scope: { kind: 'recent' }, sort: { by: 'name', descending: false } } as const;
    const { rows } = await app.ask('records', 'page', { ...input, offset: 0, limit: 1 });
    expect(rows.map(({ id }) => id)).toEqual([second]);
  });

  it('find a record by what it is called, and say where it lies', async () => {
    await show('anna.orlova');
    const [first = ''] = await app.ids();
    const face = await app.ask('records', 'read', { recordId: first });
    const found = await app.ask('records', 'search', { query: face.name, scope: null, offset: 0, limit: 50 });
    const row = found.rows.find(({ id }) => id === first);
    expect(row?.place).toEqual([face.vaultName, ...face.path.map(({ name }) => name)]);
  });
});
