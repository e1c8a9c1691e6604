import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { backupPath, loadMigrations, migrate, schemaVersion, type Migration } from './migrations.ts';
import { Mirror } from './mirror.ts';
import { aRecord, migrationsDir } from './testmirror.ts';

const pageKey = Buffer.alloc(32, 7);
const codeOf = (code: string, params: object = {}): Error =>
  expect.objectContaining({ code, params }) as Error;
let folder: string;
let file: string;
let engine: Engine;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'strongroom-migrations-'));
  file = path.join(folder, 'mirror.db');
  engine = Engine.open({ path: file, pageKey });
});
afterEach(() => {
  engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const step = (number: number, sql: string): Migration => ({ number, name: `step-${String(number)}`, sql });
const first = step(1, "CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('old');");
const second = step(2, "ALTER TABLE things ADD COLUMN size INTEGER; UPDATE things SET name = 'new';");

const namesIn = (open: Engine): string[] => open.values<string>('SELECT name FROM things').all();

describe('migrations', () => {
  it('make a new database in one go, without a backup', () => {
    migrate(engine, file, [first, second]);
    expect(schemaVersion(engine)).toBe(2);
    expect(namesIn(engine)).toEqual(['new']);
    expect(existsSync(backupPath(file, 0))).toBe(false);
  });

  it('copy an existing database aside, encrypted and usable, before they change it', () => {
    migrate(engine, file, [first]);
    migrate(engine, file, [first, second]);
    expect(namesIn(engine)).toEqual(['new']);
    const copy = backupPath(file, 1);
    expect(copy).toBe(`${file}.before-0002`);
    expect(readFileSync(copy).includes('things')).toBe(false);
    const older = Engine.open({ path: copy, pageKey });
    expect(schemaVersion(older)).toBe(1);
    expect(namesIn(older)).toEqual(['old']);
    older.close();
    expect(() => Engine.open({ path: copy, pageKey: Buffer.alloc(32, 8) })).toThrow(codeOf('mirrorWrongKey'));
  });

  it('change nothing when there is nothing to do', () => {
    migrate(engine, file, [first]);
    migrate(engine, file, [first]);
    expect(existsSync(backupPath(file, 1))).toBe(false);
    expect(namesIn(engine)).toEqual(['old']);
  });

  it('that break off leave the schema and the content before them', () => {
    migrate(engine, file, [first]);
    const broken = step(2, "UPDATE things SET name = 'half'; INSERT INTO no_such_table VALUES (1);");
    expect(() => {
      migrate(engine, file, [first, broken]);
    }).toThrow('no_such_table');
    expect(schemaVersion(engine)).toBe(1);
    expect(namesIn(engine)).toEqual(['old']);
    migrate(engine, file, [first, second]);
    expect(namesIn(engine)).toEqual(['new']);
  });

  it('keep those before the one that broke off', () => {
    migrate(engine, file, [first]);
    expect(() => {
      migrate(engine, file, [first, second, step(3, 'THIS IS NO SQL')]);
    }).toThrow();
    expect(schemaVersion(engine)).toBe(2);
    expect(namesIn(engine)).toEqual(['new']);
  });

  it('refuse a database of a newer version and leave it alone', () => {
    migrate(engine, file, [first, second]);
    expect(() => {
      migrate(engine, file, [first]);
    }).toThrow(codeOf('mirrorNewer', { found: 2, known: 1 }));
    expect(schemaVersion(engine)).toBe(2);
    expect(namesIn(engine)).toEqual(['new']);
  });

  it('refuse a newer mirror as a whole, which then opens again with its own version', () => {
    const target = path.join(folder, 'whole.db');
    const open = (): Mirror => Mirror.open({ path: target, pageKey, migrationsDir });
    open().close();
    const known = loadMigrations(migrationsDir).length;
    const bare = Engine.open({ path: target, pageKey });
    bare.pragma(`user_version = ${String(known + 3)}`);
    bare.close();
    expect(open).toThrow(codeOf('mirrorNewer', { found: known + 3, known }));
    const again = Engine.open({ path: target, pageKey });
    again.pragma(`user_version = ${String(known)}`);
    again.close();
    const mirror = open();
    mirror.records.upsertMany([aRecord({ id: 'r1' })]);
    expect(mirror.records.counts().total).toBe(1);
    mirror.close();
  });

  it('are read from numbered files without gaps', () => {
    const write = (name: string, text = 'SELECT 1;'): void => {
      writeFileSync(path.join(folder, name), text);
    };
    expect(() => loadMigrations(folder)).toThrow('no migrations');
    write('0001-first.sql', 'SELECT 1');
    write('notes.txt');
    expect(loadMigrations(folder)).toEqual([{ number: 1, name: 'first', sql: 'SELECT 1' }]);
    write('0003-third.sql');
    expect(() => loadMigrations(folder)).toThrow('migration 2');
    write('0002-second.sql');
    expect(loadMigrations(folder).map((migration) => migration.number)).toEqual([1, 2, 3]);
    expect(() => loadMigrations(path.join(folder, 'missing'))).toThrow(codeOf('diskError'));
  });
});

/** A mirror as version 1 of the schema left it: two records with files, one of them searchable, a folder. */
const filled = `
  INSERT INTO vaults VALUES ('v', 'v', 'Office', 'office', 'corporate', NULL, '["item:read"]', 'admin',
    'wrapped', NULL, NULL, 'hv');
  INSERT INTO folders VALUES ('f', 'f', 'v', NULL, 'Network', 'network', 2, 'hf');
  INSERT INTO wrapped_vault_keys VALUES (1, 'wrapped vault key');
  INSERT INTO records VALUES
    (1, 'r1', 'r1', 'record', 'v', 'f', 'r1', 'Switch', 'switch', 'root', 'root', 'sw.example', 'sw.example',
     '["prod"]', 3, 1, 1, 2, 0, 0, 7, 8, 'h1'),
    (2, 'r2', 'r2', 'inbox', NULL, NULL, 'i2', 'Sent', 'sent', '', '', '', '', '[]', 0, 0, NULL, 0, 1, 1,
     NULL, NULL, 'h2');
  INSERT INTO record_details VALUES
    (1, '["https://sw.example"]', 'in the cellar', 'vault', 'key', 1, 'sealed', '[]', NULL, 1),
    (2, '[]', '', 'rsa', 'key 2', NULL, NULL, '[{"name":"n","value":"v","type":"t"}]', 'Anna', 0);
  INSERT INTO attachments VALUES
    (1, 0, 'a1', 'config.txt', 'key of a1', 'hash', 12, 'sealed-a1'),
    (1, 1, 'a2', 'notes.txt', 'key of a2', NULL, NULL, NULL);
  INSERT INTO search_text VALUES (1, 'switch', 'root', 'in the cellar'), (2, 'sent', '', '');
  INSERT INTO search_index (rowid, pieces) VALUES (1, 'ssw tswi twit titc ttch tch th '), (2, 'sse tsen tent tnt tt ');
  INSERT INTO manifest VALUES ('r1', '[{"field":"password","salt":"s","mac":"m"}]');
  INSERT INTO pinned_vault_keys VALUES ('v', 'mac', 'verified', 4);
  INSERT INTO key_cache VALUES ('masterKey', x'0102');
  INSERT INTO notices VALUES ('n1', 5, 'vaultRemoved', 'Old', NULL);
  INSERT INTO sync_state VALUES ('changeCursor', 'c7');
  INSERT INTO recents VALUES ('r1', 6);
`;

describe('a mirror of schema version 1', () => {
  it('keeps everything when it learns the outbox, and knows its files by the server’s ids', () => {
    const [initial] = loadMigrations(migrationsDir);
    if (initial === undefined) throw new Error('there is no first migration');
    migrate(engine, file, [initial]);
    engine.execute(filled);
    const rows = (open: Engine, table: string): unknown[] => open.query(`SELECT * FROM ${table}`).all();
    const tables = engine.values<string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%search_index%'",
    );
    const before = new Map(tables.all().map((table) => [table, rows(engine, table)]));
    engine.close();

    const mirror = Mirror.open({ path: file, pageKey, migrationsDir });
    mirror.checkIntegrity();
    const bare = { hash: null, size: null, localFile: null };
    expect(mirror.records.get('r1')).toMatchObject({
      ...{
        name: 'Switch',
        favourite: true,
        revision: 7,
        contentHash: 'h1',
        vaultKeyWrapped: 'wrapped vault key',
      },
      attachments: [
        {
          id: 'a1',
          serverId: 'a1',
          name: 'config.txt',
          encryptedKey: 'key of a1',
          hash: 'hash',
          size: 12,
          localFile: 'sealed-a1',
        },
        { id: 'a2', serverId: 'a2', name: 'notes.txt', encryptedKey: 'key of a2', ...bare },
      ],
    });
    const found = mirror.search.query({ text: 'switch', scope: null, offset: 0, limit: 5 });
    expect(found.rows).toMatchObject([{ id: 'r1', pending: false, conflict: false, hasTotp: true }]);
    // Titles and texts are found at once; the filters know a record when its entry has been renewed.
    for (let piece = 0; mirror.upkeep.mergeSome() && piece < 50; piece += 1);
    for (const text of ['login:root', 'url:sw.ex', 'tag:prod', 'config'])
      expect(mirror.search.query({ text, scope: null, offset: 0, limit: 5 }).total, text).toBe(1);
    expect(mirror.folders.countsOfVault('v').get('f')).toEqual({ records: 1, children: 0, pending: false });
    mirror.outbox.add({
      object: 'record',
      objectId: 'r1',
      name: 'Switch',
      change: { kind: 'remove' },
      at: 1,
    });
    expect(mirror.search.query({ text: 'switch', scope: null, offset: 0, limit: 5 }).rows[0]?.pending).toBe(
      true,
    );
    mirror.close();

    engine = Engine.open({ path: file, pageKey });
    engine.execute('DELETE FROM outbox; UPDATE records SET pending = 0');
    // The texts of search are the mirror's own making, and were made anew.
    expect(rows(engine, 'search_text')).toMatchObject([
      { name: 'switch', places: 'root\u0001https://sw.example\u0001prod' },
      { name: 'sent', places: '\u0001\u0001' },
    ]);
    before.delete('search_text');
    for (const [table, old] of before) expect(rows(engine, table), table).toMatchObject(old);
    const older = Engine.open({ path: backupPath(file, 1), pageKey });
    for (const [table, old] of before) expect(rows(older, table), table).toEqual(old);
    older.close();
  });
});
