import { cpSync, chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqliteError } from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { StrongroomError } from '../../contract/errors.ts';
import { Engine } from './engine.ts';
import { asMirrorFault } from './fault.ts';
import { Mirror } from './mirror.ts';
import { aRecord, migrationsDir, temporaryMirror } from './testmirror.ts';

const codeOf = (code: string): Error => expect.objectContaining({ code, params: {} }) as Error;

function withEngine(use: (engine: Engine, file: string) => void): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'strongroom-engine-'));
  const file = path.join(folder, 'engine.db');
  const engine = Engine.open({ path: file, pageKey: Buffer.alloc(32, 7) });
  try {
    engine.execute('CREATE TABLE things (name TEXT)');
    use(engine, file);
  } finally {
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs as a user whom file modes bind; tests may run as one whom they do not. */
function asOrdinaryUser(work: () => void): void {
  if (process.geteuid?.() !== 0 || process.seteuid === undefined) {
    work();
    return;
  }
  process.seteuid(65_534);
  try {
    work();
  } finally {
    process.seteuid(0);
  }
}

describe('a full disk', () => {
  it('is named, loses nothing that was there, and passes when there is room again', () => {
    withEngine((engine) => {
      const insert = engine.query('INSERT INTO things VALUES (?)');
      insert.run('before');
      engine.pragma(`max_page_count = ${String(Number(engine.pragma('page_count')) + 4)}`);
      const fill = (): void => {
        for (let index = 0; index < 50; index += 1) insert.run('x'.repeat(4000));
      };
      expect(() => {
        engine.transaction(fill);
      }).toThrow(codeOf('diskFull'));
      expect(() => {
        engine.durable(fill);
      }).toThrow(codeOf('diskFull'));
      expect(engine.values('SELECT name FROM things').all()).toEqual(['before']);
      engine.pragma('max_page_count = 1000000');
      engine.transaction(fill);
      expect(engine.values('SELECT count(*) FROM things').get()).toBe(51);
    });
  });
});

describe('a read-only disk', () => {
  it('lets everything be read and refuses every change by name', () => {
    using test = temporaryMirror();
    test.mirror.records.upsertMany([aRecord({ id: 'r1', name: 'readable' })]);
    test.mirror.close();
    const readable = path.join(test.directory, 'migrations');
    cpSync(migrationsDir, readable, { recursive: true });
    chmodSync(readable, 0o755);
    chmodSync(test.path, 0o444);
    const options = { path: test.path, pageKey: test.pageKey, migrationsDir: readable };

    // A folder that can be written to, but not the file: SQLite can keep its log.
    chmodSync(test.directory, 0o777);
    asOrdinaryUser(() => {
      const mirror = Mirror.open(options);
      expect(mirror.records.get('r1')?.name).toBe('readable');
      expect(mirror.search.query({ text: 'read', scope: null, offset: 0, limit: 1 }).total).toBe(1);
      expect(() => {
        mirror.records.upsertMany([aRecord({ id: 'r2' })]);
      }).toThrow(codeOf('diskReadOnly'));
      expect(mirror.records.get('r2')).toBeNull();
      mirror.close();
    });

    for (const leftover of ['-wal', '-shm']) rmSync(test.path + leftover, { force: true });
    chmodSync(test.directory, 0o555);
    asOrdinaryUser(() => {
      expect(() => Mirror.open(options)).toThrow(codeOf('diskReadOnly'));
      expect(() => Mirror.open({ ...options, path: path.join(test.directory, 'new.db') })).toThrow(
        codeOf('diskReadOnly'),
      );
    });
    chmodSync(test.directory, 0o700);
    chmodSync(test.path, 0o600);
    expect(test.reopen().records.counts().total).toBe(1);
  });
});

describe('faults', () => {
  it.each([
    ['SQLITE_FULL', 'diskFull'],
    ['SQLITE_READONLY_DBMOVED', 'diskReadOnly'],
    ['SQLITE_NOTADB', 'mirrorWrongKey'],
    ['SQLITE_CORRUPT_VTAB', 'mirrorDamaged'],
    ['SQLITE_IOERR_SHORT_READ', 'mirrorDamaged'],
    ['SQLITE_IOERR_WRITE', 'diskError'],
    ['SQLITE_CANTOPEN_ISDIR', 'diskError'],
  ])('%s is %s and carries no text of the engine', (code, expected) => {
    const fault = asMirrorFault(new SqliteError('text that quotes SQL', code));
    expect(fault).toBeInstanceOf(StrongroomError);
    expect(fault).toMatchObject({ code: expected, message: expected, params: {} });
  });

  it('leave mistakes of the program as they are', () => {
    const mistake = new SqliteError('no such table', 'SQLITE_ERROR');
    expect(asMirrorFault(mistake)).toBe(mistake);
  });

  it('say that a folder is no database', () => {
    expect(() => Mirror.open({ path: tmpdir(), pageKey: Buffer.alloc(32, 7), migrationsDir })).toThrow(
      StrongroomError,
    );
  });
});

describe('transactions', () => {
  it('nest, and an inner one can be taken back alone', () => {
    withEngine((engine) => {
      const insert = engine.query('INSERT INTO things VALUES (?)');
      engine.transaction(() => {
        insert.run('kept');
        expect(() =>
          engine.transaction(() => {
            insert.run('dropped');
            throw new Error('inner');
          }),
        ).toThrow('inner');
        insert.run('also kept');
      });
      expect(engine.values('SELECT name FROM things').all()).toEqual(['kept', 'also kept']);
    });
  });

  it('are durable only from the outside in', () => {
    withEngine((engine) => {
      const level = (): unknown => engine.pragma('synchronous');
      expect(level()).toBe(1);
      engine.durable(() => {
        expect(level()).toBe(2);
        engine.durable(() => {
          engine.transaction(() => {
            engine.query('INSERT INTO things VALUES (?)').run('deep');
          });
        });
      });
      expect(level()).toBe(1);
      expect(() => engine.durable(() => JSON.parse('{'))).toThrow(SyntaxError);
      expect(level()).toBe(1);
      expect(() => engine.transaction(() => engine.durable(() => 1))).toThrow(codeOf('internal'));
      expect(engine.values('SELECT name FROM things').all()).toEqual(['deep']);
    });
  });

  it('fold the log into the file on demand', () => {
    withEngine((engine, file) => {
      engine.query('INSERT INTO things VALUES (?)').run('x');
      expect(readFileSync(`${file}-wal`).length).toBeGreaterThan(0);
      engine.checkpoint();
      expect(readFileSync(`${file}-wal`).length).toBe(0);
    });
  });
});

describe('one of many portions', () => {
  it('may hold what asks to be durable, and leaves the engine as it was', () => {
    withEngine((engine) => {
      const insert = engine.query('INSERT INTO things VALUES (?)');
      engine.portion(() => {
        engine.durable(() => insert.run('inside'));
      });
      engine.durable(() => insert.run('afterwards'));
      expect(() => engine.transaction(() => engine.durable(() => insert.run('never')))).toThrow(
        StrongroomError,
      );
      expect(engine.values<string>('SELECT name FROM things ORDER BY rowid').all()).toEqual([
        'inside',
        'afterwards',
      ]);
    });
  });

  it('is undone as a whole', () => {
    withEngine((engine) => {
      const insert = engine.query('INSERT INTO things VALUES (?)');
      const fails = (): void =>
        engine.portion(() => {
          engine.durable(() => insert.run('half'));
          throw new Error('cut');
        });
      expect(fails).toThrow('cut');
      expect(engine.values<string>('SELECT name FROM things').all()).toEqual([]);
    });
  });
});
