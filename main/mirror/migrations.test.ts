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
