/**
 * Import and export through the real door: rehearsed, run, taken back; out and in again as the same
 * records; and against KeePassXC's own command line where it is installed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportOutline, ImportPlan, ImportResult } from '../../contract/exchange.ts';
import type { Place } from '../../contract/editing.ts';
import type { RecordView } from '../../contract/records.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { utf8 } from './accountstage.ts';
import { Application } from './application.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
let app: Application;
let folder: string;

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  app = new Application();
  await app.enrol(server.url, anna);
  folder = mkdtempSync(join(tmpdir(), 'strongroom-exchange-'));
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

async function opened(
  path: string,
  password: string | null = null,
): Promise<ImportOutline & { token: string }> {
  const { token, refusal } = await app.ask('exchange', 'stage', { paths: [path] });
  expect(refusal).toBeNull();
  const key = password === null ? null : utf8(password);
  const outline = await app.ask('exchange', 'read', { token, format: null, password: key });
  if (outline.table === null) return { ...outline, token };
  const mapped = await app.ask('exchange', 'mapColumns', { token, mapping: outline.table.suggested });
  return { ...mapped, token };
}

function plan(token: string, to: Place, duplicates: ImportPlan['duplicates'] = 'skip'): ImportPlan {
  return { token, to, intoFolder: null, duplicates, formerPasswords: true };
}

async function importFile(path: string, to: Place, password: string | null = null): Promise<ImportResult> {
  const { token } = await opened(path, password);
  return app.ask('exchange', 'run', plan(token, to));
}

function fileOf(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function idsIn({ folderId }: Place): Promise<string[]> {
  const scope = { kind: 'folder', folderId: folderId ?? '' } as const;
  const sort = { by: 'name', descending: false } as const;
  return (await app.ask('records', 'ids', { scope, sort, query: null })).ids;
}

/** A hash of everything a record says, its secrets too, but not of where it lies. */
async function hashOf(recordId: string): Promise<string> {
  const view: RecordView = await app.ask('records', 'read', { recordId });
  const account = app.accounts.current();
  const stored = account.mirror.records.get(recordId);
  const values = view.fields.map(({ ref, label, type }) => {
    const value = stored && account.secrets.openField(stored, ref);
    return [label, type, value?.toString('utf8') ?? ''];
  });
  const { name, login, urls, description, tags, color, favourite, attachments } = view;
  const files = attachments.map(({ name: file, size }) => [file, size]);
  const all = [name, login, urls, description, tags, color, favourite, values, files];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

const hashesIn = async (place: Place): Promise<string[]> =>
  (await Promise.all((await idsIn(place)).map(hashOf))).toSorted();

const csv = [
  'name,login,password,url,notes,folder,totp,PIN',
  'Mail,olga,first secret,https://mail.example,note,Work/Web,JBSWY3DPEHPK3PXP,1234',
  'Bank,olga,second secret,https://bank.example,,Work,,',
  'Broken code,olga,third secret,,,,0189,',
].join('\n');

describe('an import', () => {
  it('is rehearsed without a trace, done, and taken back as one', async () => {
    const to = await newFolder('Rehearsed');
    const { token, records } = await opened(fileOf('a.csv', csv));
    expect(records).toBe(3);
    const foretold = await app.ask('exchange', 'dryRun', plan(token, to));
    expect(await idsIn(to)).toEqual([]);
    const done = await app.ask('exchange', 'run', plan(token, to));
    expect(done).toEqual(foretold);
    expect(done).toMatchObject({ made: 3, skipped: 0, folders: 2, notes: [{ at: 3, warning: 'badCode' }] });
    expect(await idsIn(to)).toHaveLength(3);
    expect(await app.ask('exchange', 'undoable', {})).toEqual({ records: 3 });
    const [changed = ''] = await idsIn(to);
    await app.ask('editing', 'save', { recordId: changed, fields: { description: 'mine now' } });
    expect(await app.ask('exchange', 'undo', {})).toEqual({ removed: 2, kept: 1 });
    expect(await idsIn(to)).toEqual([changed]);
    expect(await app.call('exchange', 'undo', {})).toMatchObject({ error: { code: 'nothingToUndo' } });
  });

  it('leaves out, updates or doubles what is there, as it is told', async () => {
    const to = await newFolder('Duplicates');
    const path = fileOf('b.csv', csv);
    await importFile(path, to);
    expect(await importFile(path, to)).toMatchObject({ made: 0, skipped: 3, duplicates: 3, folders: 0 });
    const before = await hashesIn(to);
    const changed = await opened(fileOf('c.csv', csv.replace('first secret', 'newer secret')));
    const updated = await app.ask('exchange', 'run', plan(changed.token, to, 'update'));
    expect(updated).toMatchObject({ made: 0, updated: 3 });
    expect(await hashesIn(to)).not.toEqual(before);
    expect(await app.ask('exchange', 'undo', {})).toMatchObject({ kept: 0 });
    expect(await hashesIn(to)).toEqual(before);
    const again = await opened(path);
    expect(await app.ask('exchange', 'run', plan(again.token, to, 'both'))).toMatchObject({ made: 3 });
  });

  it('of a damaged file ends in its reason and changes nothing', async () => {
    const { token } = await app.ask('exchange', 'stage', { paths: [fileOf('bad.kdbx', 'no database')] });
    const read = { token, format: 'kdbx', password: utf8('p') } as const;
    expect(await app.call('exchange', 'read', read)).toMatchObject({ error: { code: 'importRefused' } });
    expect((await app.ask('exchange', 'stage', { paths: [folder] })).refusal).toBe('notAFile');
  });

  it('reaches the server, where its passwords open for whoever has the vault', async () => {
    const account = app.accounts.current();
    await app.synced();
    expect(account.mirror.outbox.counts()).toEqual({ waiting: 0, held: 0 });
  });
});

describe('an export', () => {
  it('comes back as the same records, from KDBX with its files and from JSON', async () => {
    const from = await newFolder('Out');
    await importFile(fileOf('d.csv', csv), from);
    const [recordId = ''] = await idsIn(from);
    const file = await app.ask('attachments', 'stage', { paths: [fileOf('file.bin', 'contents\u0000!')] });
    await app.ask('attachments', 'add', { recordId, token: file.files[0]?.token ?? '' });
    const scope = { kind: 'folder', folderId: from.folderId ?? '' } as const;
    app.dialogs.target = join(folder, 'out.kdbx');
    const saved = await app.ask('exchange', 'save', {
      ...{ scope, format: 'kdbx', secret: null },
      password: utf8('export password'),
    });
    expect(saved).toEqual({ saved: true, records: 3, files: 1, missing: 0, missingFiles: [] });
    expect(statSync(app.dialogs.target).mode & 0o777).toBe(0o600);
    expect(readFileSync(app.dialogs.target).includes('secret')).toBe(false);
    const back = await newFolder('Back');
    const made = await importFile(app.dialogs.target, back, 'export password');
    expect(made).toMatchObject({ made: 3, files: 1, noteCount: 0 });
    expect(await hashesIn(back)).toEqual(await hashesIn(from));
    app.dialogs.target = join(folder, 'out.json');
    const secret = utf8(anna.masterPassword ?? '');
    await app.ask('exchange', 'save', { scope, format: 'json', password: null, secret });
    const plain = await newFolder('Plain');
    expect(await importFile(app.dialogs.target, plain)).toMatchObject({ made: 3 });
  });

  it('that can be read asks for the master password, and leaves no part behind', async () => {
    const scope = { kind: 'vault', vaultId: organisation.servers.id } as const;
    app.dialogs.target = join(folder, 'refused.csv');
    for (const secret of [null, utf8('not the master password')]) {
      const asked = { scope, format: 'csv', password: null, secret } as const;
      expect(await app.call('exchange', 'save', asked)).toMatchObject({
        error: { code: 'wrongMasterPassword' },
      });
    }
    expect(
      readdirSync(folder).filter((name) => name.startsWith('refused') || name.endsWith('.part')),
    ).toEqual([]);
  });

  it('crosses the bridge without a secret', () => {
    const told = app.crossings.filter(({ way, channel }) => way !== 'in' && channel.includes('exchange'));
    expect(told.length).toBeGreaterThan(10);
    expect(JSON.stringify(told)).not.toMatch(/first secret|second secret|JBSWY|export password/u);
  });
});

const keepassxc = spawnSync('keepassxc-cli', ['--version']).status === 0;

describe.runIf(keepassxc)('KeePassXC', () => {
  const password = 'keepassxc password';

  function cli(...parts: string[]): string {
    const typed = {
      input: `${password}\n${password}\n${password}\n`,
      encoding: 'utf8',
      timeout: 60_000,
    } as const;
    return execFileSync('keepassxc-cli', parts, typed);
  }

  it('makes databases that are imported whole', async () => {
    const database = join(folder, 'theirs.kdbx');
    cli('db-create', '-p', database);
    cli('mkdir', '-q', database, 'Servers');
    cli('add', '-q', '-u', 'root', '--url', 'https://srv.example', '-p', database, 'Servers/Box');
    cli('attachment-import', '-q', database, 'Servers/Box', 'note.txt', fileOf('note.txt', 'attached'));
    const to = await newFolder('From KeePassXC');
    expect(await importFile(database, to, password)).toMatchObject({ made: 1, files: 1, folders: 1 });
  });

  it('opens what is exported', async () => {
    const from = await newFolder('To KeePassXC');
    await importFile(fileOf('e.csv', csv), from);
    app.dialogs.target = join(folder, 'ours.kdbx');
    const scope = { kind: 'folder', folderId: from.folderId ?? '' } as const;
    await app.ask('exchange', 'save', { scope, format: 'kdbx', password: utf8(password), secret: null });
    const shown = cli('export', '-q', '-f', 'csv', app.dialogs.target);
    for (const expected of ['first secret', 'second secret', 'https://bank.example', 'JBSWY3DPEHPK3PXP']) {
      expect(shown).toContain(expected);
    }
  });
});
