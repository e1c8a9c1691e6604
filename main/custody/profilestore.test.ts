import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewProfile } from './profile.ts';
import { ProfileStore } from './profilestore.ts';

const input: NewProfile = {
  server: { origin: 'https://vault.corp.example', trust: { kind: 'system' } },
  account: { userId: 'u1', login: 'ann', fullName: 'Ann Example' },
  mode: 'client',
  slots: [
    {
      kind: 'password',
      algorithm: 'argon2id13',
      passes: 3,
      memory: 64 * 1024 * 1024,
      salt: Buffer.alloc(16).toString('base64'),
      nonce: Buffer.alloc(24).toString('base64'),
      wrapped: Buffer.alloc(48).toString('base64'),
    },
  ],
};
const codeOf = (code: string): Error => expect.objectContaining({ code }) as Error;
let root: string;
let store: ProfileStore;
let time = 1000;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'strongroom-profiles-'));
  store = new ProfileStore(root, () => (time += 1));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('the profiles of a device', () => {
  it('are none at first, then as many as were made, oldest first', () => {
    expect(store.list()).toEqual([]);
    const one = store.create(input);
    const two = store.create({ ...input, account: { ...input.account, userId: 'u2' } });
    expect(store.list()).toEqual([
      { id: one.id, profile: one },
      { id: two.id, profile: two },
    ]);
    expect(new ProfileStore(root).read(two.id)).toEqual(two);
  });

  it('lie in folders that are nobody else’s', () => {
    const { id } = store.create(input);
    expect(store.folderOf(id)).toBe(path.join(root, 'profiles', id));
    expect(store.mirrorPathOf(id)).toBe(path.join(root, 'profiles', id, 'mirror.db'));
    expect(statSync(store.filesPathOf(id)).mode & 0o777).toBe(0o700);
    expect(statSync(store.folderOf(id)).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(store.folderOf(id), 'profile.json')).mode & 0o777).toBe(0o600);
  });

  it('change only in what may change', () => {
    const profile = store.create(input);
    const updated = store.update(profile.id, { lastSyncedAt: 5 });
    expect(updated).toEqual({ ...profile, lastSyncedAt: 5 });
    expect(store.read(profile.id)).toEqual(updated);
  });

  it('are gone with everything in them once removed, which may be repeated', () => {
    const { id } = store.create(input);
    writeFileSync(store.mirrorPathOf(id), 'mirror');
    store.remove(id);
    store.remove(id);
    expect(store.list()).toEqual([]);
    expect(() => store.read(id)).toThrow(codeOf('noSuchAccount'));
    expect(statSync(store.folderOf(id), { throwIfNoEntry: false })).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['garbage', '\u0000\u0001'],
    ['another shape', '{"version":1}'],
    ['a newer version', null],
  ])('are listed, not hidden, when one holds %s', (_what, text) => {
    const good = store.create(input);
    const bad = store.create(input);
    const file = path.join(store.folderOf(bad.id), 'profile.json');
    writeFileSync(file, text ?? readFileSync(file, 'utf8').replace('"version": 1', '"version": 2'));
    expect(store.list()).toEqual([
      { id: good.id, profile: good },
      { id: bad.id, profile: null },
    ]);
    expect(() => store.read(bad.id)).toThrow(codeOf('profileDamaged'));
    expect(store.update(good.id, { lastSyncedAt: 1 }).lastSyncedAt).toBe(1);
  });

  it('are damaged when the file is gone or belongs to another folder', () => {
    const one = store.create(input);
    const two = store.create(input);
    writeFileSync(
      path.join(store.folderOf(one.id), 'profile.json'),
      readFileSync(path.join(store.folderOf(two.id), 'profile.json')),
    );
    rmSync(path.join(store.folderOf(two.id), 'profile.json'));
    expect(() => store.read(one.id)).toThrow(codeOf('profileDamaged'));
    expect(() => store.read(two.id)).toThrow(codeOf('profileDamaged'));
  });

  it('cannot be named so that a path leaves the folder', () => {
    mkdirSync(path.join(root, 'elsewhere'));
    for (const id of ['../elsewhere', '..', '', 'A'.repeat(32), `${'a'.repeat(32)}/..`]) {
      expect(() => store.folderOf(id)).toThrow(codeOf('noSuchAccount'));
      expect(() => {
        store.remove(id);
      }).toThrow(codeOf('noSuchAccount'));
    }
    expect(statSync(path.join(root, 'elsewhere')).isDirectory()).toBe(true);
  });

  it('leave nothing behind when the disk refuses', () => {
    writeFileSync(path.join(root, 'profiles'), 'a file where the folder should be');
    expect(() => store.create(input)).toThrow(codeOf('diskError'));
  });
});
