/**
 * A device that lets its user down: damaged, exchanged, missing and newer files, a disk that
 * takes nothing. Each has its code at the door, nothing is destroyed, and what can be read is.
 *
 * A read-only disk is one on which nobody may write, tried as an ordinary user. A full disk is
 * tried twice: by the process's own limit on file sizes (as the file system reports it), and by
 * the limit of the database's pages (as the engine reports it).
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Engine } from '../../main/mirror/engine.ts';
import { cursorKey } from '../../main/sync/pull/feedpage.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, boris, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer } from '../hostile/smallorganisation.ts';
import { Application, migrationsDir } from './application.ts';

let server: OwnServer;
let proxy: LyingProxy;
/** A device on which two people are enrolled, at rest; every test has a copy of it. */
let golden: string;
let annaId: string;
let borisId: string;
let app: Application;
let readFaces: Map<string, string>;

const secretOf = (person: typeof anna) => Buffer.from(person.masterPassword ?? '');
const unlock = (accountId = annaId, person = anna) =>
  app.refusal('session', 'unlock', { accountId, secret: secretOf(person) });
const profile = (...rest: string[]) => join(app.folder, 'profiles', annaId, ...rest);

/** Every record's name and password, by id. */
async function readAll(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const recordId of await app.ids()) {
    const { name } = await app.ask('records', 'read', { recordId });
    const field = { kind: 'password' } as const;
    const result = await app.call('records', 'revealField', { recordId, field });
    found.set(recordId, `${name} ${result.ok ? result.value.value : result.error.code}`);
  }
  return found;
}

/** The server cannot be reached until the end of the test. */
function offline(): void {
  proxy.tell((_answer, response) => {
    response.destroy();
    return null;
  });
}

beforeAll(async () => {
  server = await startOwnServer();
  await buildSmallOrganisation(server);
  proxy = await LyingProxy.start(server.url);
  app = new Application();
  golden = app.folder;
  annaId = await app.enrol(proxy.url, anna);
  readFaces = await readAll();
  borisId = await app.enrol(proxy.url, boris);
  await app.quit();
});
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-faults-'));
  cpSync(golden, folder, { recursive: true });
  app = new Application(folder);
});
afterEach(async () => {
  vi.restoreAllMocks();
  proxy.tell(null);
  await app.close();
});
afterAll(async () => {
  rmSync(golden, { recursive: true, force: true });
  await proxy.close();
  await server.end();
});

/** The other account opens as before, and the damaged file is still what it was. */
async function expectHarmless(file: string, content: Buffer): Promise<void> {
  expect(readFileSync(file).equals(content)).toBe(true);
  expect(await app.ask('session', 'state', {})).toMatchObject({ unlocked: false });
  expect(await unlock(borisId, boris)).toBeNull();
  expect(await app.ids()).not.toEqual([]);
  expect(app.incidents).toEqual([]);
}

describe('a damaged database', () => {
  it.each([0, 1, 100, 4096, 5000])('cut to %i bytes is named and left alone', async (size) => {
    truncateSync(profile('mirror.db'), size);
    const content = readFileSync(profile('mirror.db'));
    expect(await unlock()).toBe('mirrorDamaged');
    await expectHarmless(profile('mirror.db'), content);
  });

  it('that ends in the middle gives what is whole and names what is not', async () => {
    const file = profile('mirror.db');
    truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096);
    const outcome = await unlock();
    expect([null, 'mirrorDamaged']).toContain(outcome);
    if (outcome !== null) return;
    const input = { query: 'Router', scope: null, offset: 0, limit: 9 };
    const codes = [await app.refusal('tree', 'overview', {}), await app.refusal('records', 'search', input)];
    for (const code of codes) expect([null, 'mirrorDamaged']).toContain(code);
    expect(app.incidents).toEqual([]);
  });

  it('with one bit turned never shows anything else than was written', async () => {
    const file = profile('mirror.db');
    const whole = readFileSync(file);
    offline();
    let damaged = 0;
    const places = Array.from({ length: 8 }, (_, index) => Math.floor((whole.length * (index + 0.4)) / 8));
    for (const place of [17, 40, ...places]) {
      const spoilt = Buffer.from(whole);
      spoilt[place] = (spoilt[place] ?? 0) ^ 4;
      writeFileSync(file, spoilt);
      for (const companion of ['-wal', '-shm']) rmSync(file + companion, { force: true });
      const outcome = await unlock();
      expect([null, 'mirrorDamaged']).toContain(outcome);
      if (outcome !== null) {
        damaged += 1;
        expect(readFileSync(file).equals(spoilt)).toBe(true);
        continue;
      }
      for (const [recordId, face] of readFaces) {
        const result = await app.call('records', 'read', { recordId });
        if (result.ok) expect(face.startsWith(result.value.name)).toBe(true);
        else expect(result.error.code).toBe('mirrorDamaged');
      }
      await app.ask('session', 'lock', {});
    }
    expect(damaged).toBeGreaterThan(0);
    expect(app.incidents).toEqual([]);
  });

  it('opens whole again when the right file is put back', async () => {
    const file = profile('mirror.db');
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, 100));
    expect(await unlock()).toBe('mirrorDamaged');
    writeFileSync(file, whole);
    expect(await unlock()).toBeNull();
    expect(await readAll()).toEqual(readFaces);
  });
});

describe('a database that is not this one', () => {
  it("is refused when it is another account's", async () => {
    const foreign = readFileSync(join(app.folder, 'profiles', borisId, 'mirror.db'));
    writeFileSync(profile('mirror.db'), foreign);
    expect(await unlock()).toBe('mirrorWrongKey');
    await expectHarmless(profile('mirror.db'), foreign);
  });

  it('is refused when it is something else altogether', async () => {
    const text = Buffer.from('SQLite format 3\0 or any other text. '.repeat(400));
    writeFileSync(profile('mirror.db'), text);
    expect(await unlock()).toBe('mirrorWrongKey');
    await expectHarmless(profile('mirror.db'), text);
  });

  it('is refused when a newer version wrote it, and that version still opens it', async () => {
    const newer = mkdtempSync(join(tmpdir(), 'strongroom-migrations-'));
    cpSync(migrationsDir, newer, { recursive: true });
    const next = readdirSync(newer).length + 1;
    const sql = 'CREATE TABLE of_the_future (thing TEXT);';
    writeFileSync(join(newer, `${String(next).padStart(4, '0')}-future.sql`), sql);
    const future = new Application(app.folder, newer);
    await future.unlock(annaId, anna.masterPassword ?? '');
    await future.quit();
    expect(await app.call('session', 'unlock', { accountId: annaId, secret: secretOf(anna) })).toEqual({
      ok: false,
      error: { code: 'mirrorNewer', params: { found: next, known: next - 1 } },
    });
    await future.unlock(annaId, anna.masterPassword ?? '');
    expect(await future.ids()).toHaveLength(readFaces.size);
    await future.quit();
    expect(existsSync(`${profile('mirror.db')}.before-${String(next).padStart(4, '0')}`)).toBe(true);
    rmSync(newer, { recursive: true, force: true });
  });

  it('is named when it is gone, however often it is asked for', async () => {
    rmSync(profile('mirror.db'));
    expect(await unlock()).toBe('mirrorDamaged');
    expect(await unlock()).toBe('mirrorDamaged');
    expect(existsSync(profile('mirror.db'))).toBe(false);
    expect(await unlock(borisId, boris)).toBeNull();
  });
});

describe('a damaged profile', () => {
  it.each([
    ['empty', () => ''],
    ['garbage', () => '\0\x01 not json'],
    ['cut', (text: string) => text.slice(0, text.length >> 1)],
    ['of another version', (text: string) => text.replace('"version": 1', '"version": 2')],
    ['of another account', (text: string) => text.replace(annaId, borisId)],
    ['without slots', (text: string) => text.replace(/"slots": \[[^\]]*\]/, '"slots": []')],
    ['of a weakened slot', (text: string) => text.replace(/"passes": \d+/, '"passes": 1')],
  ])('that is %s is named, and stays as it is', async (_name, change) => {
    const file = profile('profile.json');
    const spoilt = change(readFileSync(file, 'utf8'));
    expect(spoilt).not.toBe(readFileSync(join(golden, 'profiles', annaId, 'profile.json'), 'utf8'));
    writeFileSync(file, spoilt);
    expect(await unlock()).toBe('profileDamaged');
    await expectHarmless(file, Buffer.from(spoilt));
    expect(existsSync(profile('mirror.db'))).toBe(true);
  });

  it('whose slot was altered opens with no secret at all', async () => {
    const file = profile('profile.json');
    const text = readFileSync(file, 'utf8');
    const wrapped = /"wrapped": "(.)/.exec(text)?.[1] ?? '';
    writeFileSync(file, text.replace(`"wrapped": "${wrapped}`, `"wrapped": "${wrapped === 'A' ? 'B' : 'A'}`));
    expect(await unlock()).toBe('wrongMasterPassword');
    writeFileSync(file, text);
    expect(await unlock()).toBeNull();
  });
});

describe('files of attachments that are gone', () => {
  it('are fetched from the server, or named where it cannot be reached', async () => {
    rmSync(profile('files'), { recursive: true });
    offline();
    expect(await unlock()).toBeNull();
    expect(await readAll()).toEqual(readFaces);
    const recordId = [...readFaces].find(([, face]) => face.startsWith('Datenbank'))?.[0] ?? '';
    const [{ id: attachmentId = '' } = {}] = app.records.stored(recordId).attachments;
    app.dialogs.target = join(app.folder, 'saved');
    const save = () => app.refusal('attachments', 'saveAs', { recordId, attachmentId });
    expect(await save()).toBe('attachmentNotHere');
    proxy.tell(null);
    expect(await save()).toBeNull();
    expect(readFileSync(app.dialogs.target, 'utf8')).toContain('пример');
  });
});

describe('a read-only disk', () => {
  /** What everybody may read and nobody may write, by somebody whom that binds. */
  async function onReadOnlyDisk(work: () => Promise<void>): Promise<void> {
    const entries = readdirSync(app.folder, { recursive: true, withFileTypes: true });
    for (const entry of entries)
      chmodSync(join(entry.parentPath, entry.name), entry.isFile() ? 0o444 : 0o555);
    chmodSync(app.folder, 0o555);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      await work();
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(app.folder, 0o700);
      for (const entry of entries)
        chmodSync(join(entry.parentPath, entry.name), entry.isFile() ? 0o600 : 0o700);
    }
  }

  it('is named at each thing that writes, and changes nothing', async () => {
    const before = readFileSync(profile('mirror.db'));
    await onReadOnlyDisk(async () => {
      expect((await app.ask('accounts', 'list', {})).accounts).toHaveLength(2);
      expect(await unlock()).toBe('diskReadOnly');
      expect(await app.refusal('settings', 'update', { theme: 'dark' })).toBe('diskReadOnly');
      expect(await app.refusal('accounts', 'remove', { accountId: annaId })).toBe('diskReadOnly');
    });
    expect(readFileSync(profile('mirror.db')).equals(before)).toBe(true);
    expect(await unlock()).toBeNull();
    expect(await readAll()).toEqual(readFaces);
    expect(app.incidents).toEqual([]);
  });
});

describe('a full disk', () => {
  it.runIf(process.platform === 'linux')(
    'of files lets everything be read, names what cannot be kept, and passes',
    async () => {
      expect(await unlock()).toBeNull();
      await app.synced();
      const limit = (size: string): void => {
        execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${size}:`]);
      };
      limit('100');
      try {
        expect(await readAll()).toEqual(readFaces);
        expect(await app.refusal('settings', 'update', { theme: 'dark' })).toBe('diskFull');
        await app.synced();
        expect(await app.ask('sync', 'status', {})).toMatchObject({ phase: 'stopped' });
        expect(await readAll()).toEqual(readFaces);
      } finally {
        limit('unlimited');
      }
      await app.synced();
      expect(await app.ask('sync', 'status', {})).toMatchObject({ phase: 'idle', problem: null });
      expect(await app.refusal('settings', 'update', { theme: 'dark' })).toBeNull();
    },
  );

  it('of pages stops a sync by name, and the next one goes on', async () => {
    const engines: Engine[] = [];
    const open = Engine.open.bind(Engine);
    vi.spyOn(Engine, 'open').mockImplementation((options) => {
      const engine = open(options);
      engines.push(engine);
      return engine;
    });
    expect(await unlock()).toBeNull();
    await app.synced();
    const [engine] = engines;
    if (!engine) throw new Error('a database is open');
    const ids = await app.ids();
    app.accounts.current().mirror.records.removeMany(ids.slice(1));
    // What is gone here is news to no feed: the next sync has to go through the listings.
    app.accounts.current().mirror.syncState.set(cursorKey, null);
    engine.execute('VACUUM');
    engine.pragma(`max_page_count = ${String(engine.pragma('page_count'))}`);
    await app.synced();
    const status = await app.ask('sync', 'status', {});
    expect(status).toMatchObject({ phase: 'stopped', problem: { code: 'diskFull' } });
    expect(await app.refusal('records', 'read', { recordId: ids[0] ?? '' })).toBeNull();
    engine.pragma('max_page_count = 1000000');
    await app.synced();
    expect(await app.ask('sync', 'status', {})).toMatchObject({ phase: 'idle', problem: null });
    expect(await readAll()).toEqual(readFaces);
    expect(app.incidents).toEqual([]);
  });
});
