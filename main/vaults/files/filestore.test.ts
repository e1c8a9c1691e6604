import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceKey } from '../../custody/index.ts';
import { encodeAttachment, encodePlainAttachment, generateRecordKey } from '../../keychain/index.ts';
import { estimatedSize, ProfileFiles } from './filestore.ts';

let folder: string;
let deviceKey: DeviceKey;
let files: ProfileFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-files-'));
  deviceKey = DeviceKey.generate();
  files = new ProfileFiles(join(folder, 'files'), deviceKey.subkey('files'), true);
});

afterEach(() => {
  deviceKey.dispose();
  rmSync(folder, { recursive: true });
});

const wire = {
  recordId: 'r',
  attachmentId: 'a',
  encryptedKey: 'key',
  encryptedData: 'x'.repeat(9000),
  hash: 'h',
};

describe('files of a profile', () => {
  it('come back as they were stored, and lie there sealed', async () => {
    const { localFile } = await files.store(wire);
    expect(await files.read(localFile)).toEqual({
      encryptedKey: 'key',
      encryptedData: wire.encryptedData,
      hash: 'h',
    });
    expect(localFile).toMatch(/^[0-9a-f]{32}$/);
  });

  it('are read by no name that could lead elsewhere', async () => {
    for (const name of ['../profile.json', '', 'a'.repeat(33), '/etc/passwd']) {
      await expect(files.read(name)).rejects.toMatchObject({ code: 'tampered' });
    }
  });

  it('lose their strays, but not what is named or has only just come', async () => {
    const named = (await files.store(wire)).localFile;
    const stray = (await files.store(wire)).localFile;
    const young = (await files.store(wire)).localFile;
    const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    for (const name of [named, stray]) utimesSync(join(folder, 'files', name), longAgo, longAgo);
    await files.removeStrays(new Set([named]), Date.now());
    expect(readdirSync(join(folder, 'files')).sort()).toEqual([named, young].sort());
    expect(existsSync(join(folder, 'files', stray))).toBe(false);
  });
});

describe('the size a wire form tells', () => {
  it.each([1024, 1025, 4096, 70_001, 300_000])('is right within twelve bytes for %d', (size) => {
    const file = Buffer.alloc(size, 7);
    const sealed = estimatedSize(encodeAttachment(file, generateRecordKey()).encryptedData, true) ?? 0;
    const plain = estimatedSize(encodePlainAttachment(file).encryptedData, false) ?? 0;
    expect(Math.abs(sealed - size)).toBeLessThanOrEqual(12);
    expect(Math.abs(plain - size)).toBeLessThanOrEqual(12);
  });

  it('is not told where it would be wrong to the eye', () => {
    expect(
      estimatedSize(encodeAttachment(Buffer.alloc(40), generateRecordKey()).encryptedData, true),
    ).toBeNull();
  });
});
