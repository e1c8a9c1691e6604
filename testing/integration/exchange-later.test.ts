/**
 * Imports and exports past one sitting: taken back after a lock and a restart, written over what is
 * there with its files, taken out with files that have to be fetched first, and not at all where the
 * vault does not allow it.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Place } from '../../contract/editing.ts';
import type { ImportPlan, ImportResult } from '../../contract/exchange.ts';
import { importedRecord, writeJson, writeKdbx, type ImportedRecord } from '../../main/exchange/index.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { annasSecret, utf8 } from './accountstage.ts';
import { Application } from './application.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
let app: Application;
let account: string;
let folder: string;

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  app = new Application();
  account = await app.enrol(server.url, anna);
  folder = mkdtempSync(join(tmpdir(), 'strongroom-later-'));
});

afterAll(async () => {
  await app.close();
  await server.end();
  rmSync(folder, { recursive: true, force: true });
});

async function newFolder(name: string): Promise<Place> {
  const vaultId = organisation.servers.id;
  const { folderId } = await app.ask('editing', 'createFolder', { vaultId, parentId: null, name });
  return { vaultId, folderId };
}

const key = 'database password';
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'utf8'));

/** A table where there are no files: deriving the key of a database takes its time. */
async function fileOf(name: string, records: readonly ImportedRecord[]): Promise<string> {
  const path = join(folder, name);
  const hasFiles = records.some(({ files }) => files.length > 0);
  writeFileSync(path, hasFiles ? await writeKdbx(records, utf8(key), name) : writeJson(records));
  return path;
}

async function importInto(to: Place, path: string, choices: Partial<ImportPlan> = {}): Promise<ImportResult> {
  const { token } = await app.ask('exchange', 'stage', { paths: [path] });
  const { table } = await app.ask('exchange', 'read', { token, format: null, password: utf8(key) });
  if (table) await app.ask('exchange', 'mapColumns', { token, mapping: table.suggested });
  const plan: ImportPlan = {
    token,
    to,
    intoFolder: null,
    duplicates: 'skip',
    formerPasswords: true,
    ...choices,
  };
  const foretold = await app.ask('exchange', 'dryRun', plan);
  const done = await app.ask('exchange', 'run', plan);
  expect(done).toEqual(foretold);
  return done;
}

async function idsIn({ folderId }: Place): Promise<string[]> {
  return app.ids({ kind: 'folder', folderId: folderId ?? '' });
}

async function filesIn(place: Place): Promise<string[][]> {
  const views = (await idsIn(place)).map((recordId) => app.ask('records', 'read', { recordId }));
  return (await Promise.all(views)).map(({ attachments }) => attachments.map(({ name }) => name).toSorted());
}

const mail = importedRecord({ name: 'Mail', login: 'olga', password: 'one', path: ['Work'] });
const bank = importedRecord({ name: 'Bank', login: 'olga', password: 'two' });

/** A hash of what every record of a place says, its secrets too; `typed`: and of what kind its fields are. */
async function hashesIn(place: Place, typed: boolean): Promise<string[]> {
  const { mirror, secrets } = app.accounts.current();
  const hashes = (await idsIn(place)).map((id) => {
    const stored = mirror.records.get(id);
    if (stored === null) throw new Error('a listed record is gone');
    const { name, login, urls, description, tags, color, favourite } = stored;
    const password = secrets.openField(stored, { kind: 'password' })?.toString('utf8') ?? '';
    const customs = secrets.withRecordKey(stored, (recordKey) => secrets.openCustoms(stored, recordKey));
    const fields = customs.map((field) => {
      const value = field?.value.toString('utf8');
      if (typed) return [field?.type, field?.name, value];
      // A table has one column for codes, whatever they are called.
      return field?.type === 'totp' ? [field.type, value] : [field?.name, value];
    });
    // A table has its codes first and its other fields by their columns.
    const ordered = typed ? fields : fields.map((field) => JSON.stringify(field)).toSorted();
    const all = [name, login, password, urls, description, tags, color, favourite, ordered];
    return createHash('sha256').update(JSON.stringify(all)).digest('hex');
  });
  return hashes.toSorted();
}

const rich = importedRecord({
  ...{ name: 'Rich "one"', login: 'olga', password: 'pä$$;\n"word"', color: 5, favourite: true },
  ...{
    urls: ['https://a.example', 'https://b.example'],
    description: 'line\nline, two',
    tags: ['one', 'два'],
  },
  customs: [
    { label: 'TOTP', type: 'totp', value: 'JBSWY3DPEHPK3PXP' },
    { label: 'PIN', type: 'password', value: '0000' },
    { label: 'Room', type: 'text', value: '7;8' },
  ],
});

describe('taking an import back', () => {
  it('is possible after a lock and a restart, and done once', async () => {
    const to = await newFolder('Later');
    await importInto(to, await fileOf('later', [mail, bank]));
    await app.quit();
    app = new Application(app.folder);
    await app.unlock(account, annasSecret);
    expect(await app.ask('exchange', 'undoable', {})).toEqual({ records: 2 });
    expect(await app.ask('exchange', 'undo', {})).toEqual({ removed: 2, kept: 0 });
    expect(await idsIn(to)).toEqual([]);
    const { folders } = await app.ask('tree', 'folders', { vaultId: to.vaultId });
    expect(folders.filter(({ parentId }) => parentId === to.folderId)).toEqual([]);
    expect(await app.refusal('exchange', 'undo', {})).toBe('nothingToUndo');
  });

  it('is about the last import only', async () => {
    const to = await newFolder('Twice');
    await importInto(to, await fileOf('first', [mail]));
    await importInto(to, await fileOf('second', [bank]));
    expect(await app.ask('exchange', 'undo', {})).toEqual({ removed: 1, kept: 0 });
    expect(await idsIn(to)).toHaveLength(1);
  });
});

describe('an import', () => {
  it('goes into a folder of its own, made once', async () => {
    const to = await newFolder('Target');
    const path = await fileOf('own', [mail, bank]);
    expect(await importInto(to, path, { intoFolder: 'From KeePass' })).toMatchObject({ made: 2, folders: 2 });
    const again = { intoFolder: 'From KeePass', duplicates: 'skip' } as const;
    expect(await importInto(to, path, again)).toMatchObject({ made: 0, skipped: 2, folders: 0 });
    const { folders } = await app.ask('tree', 'folders', { vaultId: to.vaultId });
    const own = folders.filter(({ parentId }) => parentId === to.folderId);
    expect(own.map(({ name }) => name)).toEqual(['From KeePass']);
  });

  it('that writes over a record adds the files it lacks, and takes them back with the rest', async () => {
    const to = await newFolder('Files');
    const one = { name: 'one.txt', bytes: bytesOf('first') };
    const two = { name: 'two.txt', bytes: bytesOf('second') };
    await importInto(to, await fileOf('plain', [{ ...bank, files: [one] }]));
    const richer = await fileOf('richer', [{ ...bank, password: 'three', files: [one, two] }]);
    expect(await importInto(to, richer, { duplicates: 'update' })).toMatchObject({ updated: 1, files: 1 });
    expect(await filesIn(to)).toEqual([['one.txt', 'two.txt']]);
    await app.synced();
    expect(app.accounts.current().mirror.outbox.counts()).toEqual({ waiting: 0, held: 0 });
    expect(await app.ask('exchange', 'undo', {})).toEqual({ removed: 1, kept: 0 });
    expect(await filesIn(to)).toEqual([['one.txt']]);
  });
});

describe('an export', () => {
  const save = (to: Place, name: string) => {
    app.dialogs.target = join(folder, name);
    const scope = { kind: 'folder', folderId: to.folderId ?? '' } as const;
    return app.ask('exchange', 'save', { scope, format: 'kdbx', password: utf8(key), secret: null });
  };

  it.each([
    ['kdbx', true],
    ['json', true],
    ['csv', false],
  ] as const)('as %s comes back with as many records that say the same', async (format, typed) => {
    const from = await newFolder(`From ${format}`);
    const inner = { ...rich, path: ['Inner'], name: 'Plain' };
    await importInto(from, await fileOf(`rich-${format}`, [rich, bank, inner]));
    app.dialogs.target = join(folder, `out.${format}`);
    const scope = { kind: 'folder', folderId: from.folderId ?? '' } as const;
    const sealed = format === 'kdbx';
    const saved = await app.ask('exchange', 'save', {
      ...{ scope, format, password: sealed ? utf8(key) : null, secret: sealed ? null : utf8(annasSecret) },
    });
    expect(saved).toMatchObject({ records: 3, missing: 0 });
    const back = await newFolder(`Back from ${format}`);
    expect(await importInto(back, app.dialogs.target)).toMatchObject({ made: 3, noteCount: 0 });
    expect(await hashesIn(back, typed)).toEqual(await hashesIn(from, typed));
  });

  it('is refused where the vault does not allow it', async () => {
    const to = await newFolder('Kept in');
    await importInto(to, await fileOf('kept', [bank]));
    const { mirror } = app.accounts.current();
    const vault = mirror.vaults.get(to.vaultId);
    if (vault === null) throw new Error('the vault is gone');
    const permissions = vault.permissions.filter((right) => right !== 'directory:export');
    mirror.vaults.upsert({ ...vault, permissions });
    app.dialogs.target = join(folder, 'refused.kdbx');
    const scope = { kind: 'folder', folderId: to.folderId ?? '' } as const;
    const asked = { scope, format: 'kdbx', password: utf8(key), secret: null } as const;
    expect(await app.refusal('exchange', 'save', asked)).toBe('forbidden');
    mirror.vaults.upsert(vault);
  });

  it('fetches files that are not on this device, and names those that cannot be had', async () => {
    const to = await newFolder('Fetched');
    await importInto(
      to,
      await fileOf('fetched', [{ ...bank, files: [{ name: 'k.txt', bytes: bytesOf('k') }] }]),
    );
    await app.synced();
    const { mirror, files } = app.accounts.current();
    const [id = ''] = await idsIn(to);
    const stored = mirror.records.get(id);
    await files.remove(stored?.attachments[0]?.localFile ?? '');
    expect(await save(to, 'fetched-out.kdbx')).toMatchObject({ records: 1, files: 1, missing: 0 });
    const back = await newFolder('Fetched back');
    await importInto(back, app.dialogs.target ?? '');
    expect(await filesIn(back)).toEqual([['k.txt']]);
    await server.close();
    const offline = await save(to, 'offline-out.kdbx');
    expect(offline).toMatchObject({ records: 1, files: 0, missing: 1 });
    expect(offline.missingFiles).toEqual([{ record: 'Bank', file: 'k.txt' }]);
  });
});
