import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StrongroomError } from '../../contract/errors.ts';
import { Mirror } from './mirror.ts';
import { aFolder, aRecord, aVault, migrationsDir, temporaryMirror, type TestMirror } from './testmirror.ts';

const codeOf = (code: string): Error => expect.objectContaining({ code }) as Error;

/** Every distinct text below starts so; none of them may be readable anywhere on the disk. */
const marker = 'Geheimtext';

function fill(test: TestMirror, count = 300): void {
  const { mirror } = test;
  mirror.vaults.upsert(aVault({ id: 'v1', name: `${marker} vault`, keyWrapped: `${marker} key` }));
  mirror.folders.replaceForVault('v1', [aFolder({ id: 'f1', vaultId: 'v1', name: `${marker} folder` })]);
  mirror.records.upsertMany(
    Array.from({ length: count }, (_, index) =>
      aRecord({
        id: `r${String(index)}`,
        vaultId: 'v1',
        name: `${marker} name ${String(index)}`,
        login: `${marker}-login`,
        urls: [`https://${marker}.example`],
        description: `${marker} description ${'x'.repeat(index)}`,
        tags: [`${marker}-tag`],
        passwordEncrypted: `${marker} ciphertext`,
      }),
    ),
  );
  mirror.keyCache.set('masterKey', Buffer.from(`${marker} cached`));
  mirror.users.upsert({ id: 'u1', login: marker, fullName: marker });
}

/** Closes the mirror so that only the file is left. */
function closedFile(test: TestMirror): Buffer {
  test.mirror.close();
  return readFileSync(test.path);
}

/** Opens, reads everything and closes: `ok` or the code of what went wrong. */
function outcomeOf(options: { path: string; pageKey: Buffer }): string {
  try {
    const mirror = Mirror.open({ ...options, migrationsDir });
    try {
      mirror.checkIntegrity();
      for (const batch of mirror.records.batches(100)) expect(batch.length).toBeGreaterThan(0);
      return 'ok';
    } finally {
      mirror.close();
    }
  } catch (error) {
    return (error as StrongroomError).code;
  }
}

describe('the file of the mirror', () => {
  it('shows no text, neither in the database nor in its log, in any letter case', () => {
    using test = temporaryMirror();
    fill(test);
    const log = readFileSync(`${test.path}-wal`);
    expect(log.length).toBeGreaterThan(100_000);
    test.reopen();
    const needles = [marker, marker.toLowerCase(), 'sqlite_schema', 'CREATE TABLE', 'SQLite format'];
    for (const name of readdirSync(test.directory)) {
      const bytes = readFileSync(path.join(test.directory, name));
      for (const needle of needles) {
        expect(bytes.includes(needle), `${needle} in ${name}`).toBe(false);
        expect(bytes.includes(Buffer.from(needle, 'utf16le')), `${needle} in ${name}`).toBe(false);
      }
    }
    for (const needle of needles) expect(log.includes(needle)).toBe(false);
    expect(test.mirror.records.get('r7')?.name).toBe(`${marker} name 7`);
  });

  it('does not contain the page key', () => {
    const pageKey = Buffer.from(Array.from({ length: 32 }, (_, index) => 200 - index));
    using test = temporaryMirror(pageKey);
    fill(test, 5);
    const bytes = closedFile(test);
    for (let at = 0; at + 8 <= pageKey.length; at += 1) {
      expect(bytes.includes(pageKey.subarray(at, at + 8))).toBe(false);
    }
    expect(pageKey[0]).toBe(200);
    test.reopen();
  });

  it('refuses another key, and says that it is the key', () => {
    using test = temporaryMirror();
    fill(test, 5);
    test.mirror.close();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const pageKey = Buffer.from(bytes);
        fc.pre(!pageKey.equals(test.pageKey) && pageKey.some((byte) => byte !== 0));
        expect(outcomeOf({ path: test.path, pageKey })).toBe('mirrorWrongKey');
      }),
      { numRuns: 30 },
    );
    test.reopen();
  });

  it('refuses an empty or short key before it touches the file', () => {
    using test = temporaryMirror();
    for (const pageKey of [Buffer.alloc(0), Buffer.alloc(31, 1), Buffer.alloc(32)]) {
      expect(() => Mirror.open({ path: test.path, pageKey, migrationsDir })).toThrow(codeOf('internal'));
    }
  });

  it('is found damaged wherever a bit was flipped', () => {
    using test = temporaryMirror();
    fill(test);
    const whole = closedFile(test);
    const damagedPath = path.join(test.directory, 'damaged.db');
    const pages = whole.length / 4096;
    const places = [
      ...[0, 3, 15, 16, 18, 20, 24, 31, 99, 100, 2000, 4064, 4080, 4095],
      ...Array.from({ length: pages - 1 }, (_, page) => (page + 1) * 4096 + ((page * 977) % 4096)),
    ];
    const outcomes = new Map<string, number>();
    for (const place of places) {
      const damaged = Buffer.from(whole);
      damaged[place] = (damaged[place] ?? 0) ^ (1 << (place % 8));
      writeFileSync(damagedPath, damaged);
      const outcome = outcomeOf({ path: damagedPath, pageKey: test.pageKey });
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      rmSync(`${damagedPath}-wal`, { force: true });
      rmSync(`${damagedPath}-shm`, { force: true });
    }
    expect([...outcomes.keys()]).toEqual(['mirrorDamaged']);
    test.reopen();
  });

  it('is found damaged when it was cut at any length', () => {
    using test = temporaryMirror();
    fill(test);
    const whole = closedFile(test);
    const cutPath = path.join(test.directory, 'cut.db');
    const lengths = [
      0,
      1,
      15,
      16,
      17,
      100,
      4095,
      4096,
      4097,
      whole.length >> 1,
      whole.length - 4096,
      whole.length - 1,
    ];
    for (const length of lengths) {
      writeFileSync(cutPath, whole.subarray(0, length));
      expect(outcomeOf({ path: cutPath, pageKey: test.pageKey }), `${String(length)} bytes`).toBe(
        'mirrorDamaged',
      );
    }
    test.reopen();
  });

  it('is found damaged when a page was replaced by an older one or by another page', () => {
    using test = temporaryMirror();
    fill(test);
    const older = closedFile(test);
    test.reopen();
    fill(test, 250);
    const whole = closedFile(test);
    const page = (file: Buffer, index: number): Buffer => file.subarray(index * 4096, (index + 1) * 4096);
    const swapped = Buffer.from(whole);
    page(whole, 8).copy(swapped, 9 * 4096);
    const target = path.join(test.directory, 'swapped.db');
    writeFileSync(target, swapped);
    expect(outcomeOf({ path: target, pageKey: test.pageKey })).toBe('mirrorDamaged');
    expect(older.length).toBeLessThanOrEqual(whole.length);
    test.reopen();
  });

  it('is damaged, not new, when it is empty', () => {
    using test = temporaryMirror();
    fill(test, 5);
    test.mirror.close();
    truncateSync(test.path, 0);
    expect(outcomeOf(test)).toBe('mirrorDamaged');
    rmSync(test.path);
    test.reopen();
  });

  it('can be set aside with everything of it, so that a new one takes its place', () => {
    using test = temporaryMirror();
    fill(test, 5);
    copyFileSync(`${test.path}-wal`, path.join(test.directory, 'kept-wal'));
    test.mirror.close();
    copyFileSync(path.join(test.directory, 'kept-wal'), `${test.path}-wal`);
    const aside = Mirror.setAside(test.path, Date.UTC(2026, 0, 2, 3, 4, 5));
    expect(path.basename(aside)).toBe('mirror.db.damaged-2026-01-02T03-04-05-000Z');
    expect(existsSync(test.path)).toBe(false);
    expect(existsSync(`${aside}-wal`)).toBe(true);
    expect(test.reopen().records.counts().total).toBe(0);
  });

  it('does not replay the log of an earlier database into a new one', () => {
    using test = temporaryMirror();
    fill(test, 5);
    copyFileSync(`${test.path}-wal`, path.join(test.directory, 'old-wal'));
    test.mirror.close();
    rmSync(test.path);
    copyFileSync(path.join(test.directory, 'old-wal'), `${test.path}-wal`);
    expect(test.reopen().records.counts().total).toBe(0);
    test.mirror.checkIntegrity();
  });
});
