import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
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

describe('a file in parts', () => {
  const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const parts = [Buffer.alloc(200_000, 1), Buffer.alloc(7, 2)];
  const list = { encryptedKey: 'key', encryptedData: 'list', hash: 'h' };
  const described = parts.map((part) => ({ size: part.length, digest: digest(part) }));

  async function storedInParts(): Promise<string> {
    const writer = await files.beginParts();
    for (const part of parts) await writer.put(part, digest(part));
    return writer.keep(list);
  }

  it('comes back part by part, and lies there sealed', async () => {
    const name = await storedInParts();
    expect(await files.read(name)).toEqual(list);
    expect(await files.parts(name)).toEqual(described);
    expect(await files.readPart(name, 1)).toEqual(parts[0]);
    expect(await files.readPart(name, 2)).toEqual(parts[1]);
    const bytes = readFileSync(join(folder, 'files', `${name}.parts`, '2'));
    expect(bytes.includes(parts[1] ?? '')).toBe(false);
    await expect(files.readPart(name, 3)).rejects.toMatchObject({ code: 'diskError' });
  });

  it('is told from one that is stored whole', async () => {
    const { localFile } = await files.store(wire);
    expect(await files.parts(localFile)).toBeNull();
  });

  it('is copied with its parts, as one that is stored whole is copied as it is', async () => {
    const copy = await files.copy(await storedInParts(), 'another key');
    expect(await files.read(copy)).toEqual({ ...list, encryptedKey: 'another key' });
    expect(await files.parts(copy)).toEqual(described);
    expect(await files.readPart(copy, 2)).toEqual(parts[1]);
    const whole = await files.copy((await files.store(wire)).localFile, 'another key');
    expect(await files.read(whole)).toMatchObject({ encryptedKey: 'another key', hash: 'h' });
    expect(await files.parts(whole)).toBeNull();
  });

  it('goes with all of its parts, kept or given up in the middle', async () => {
    await files.remove(await storedInParts());
    const writer = await files.beginParts();
    await writer.put(Buffer.alloc(10), 'digest');
    await writer.discard();
    expect(readdirSync(join(folder, 'files'))).toEqual([]);
  });

  it('that a cut has left without its list is cleared away, once it is old', async () => {
    const named = await storedInParts();
    const writer = await files.beginParts();
    await writer.put(Buffer.alloc(10), 'digest');
    await files.removeStrays(new Set([named]), Date.now());
    expect(readdirSync(join(folder, 'files'))).toHaveLength(3);
    await files.removeStrays(new Set([named]), Date.now() + 2 * 60 * 60 * 1000);
    expect(readdirSync(join(folder, 'files')).sort()).toEqual([named, `${named}.parts`].sort());
  });
});
