import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LockedBytes } from './lockedbytes.ts';
import { openSealedFile, readSealedFile, sealToFile } from './sealedfile.ts';

const key = LockedBytes.adopt(Buffer.alloc(32, 1));
const chunk = 64 * 1024;
const tampered: unknown = expect.objectContaining({ code: 'tampered' });
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'strongroom-sealed-'));
  file = path.join(folder, 'sealed');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function pattern(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
}

async function* inPieces(content: Buffer, size: number): AsyncGenerator<Buffer, void, undefined> {
  for (let offset = 0; offset < content.length; offset += size) yield content.subarray(offset, offset + size);
}

describe('a sealed file', () => {
  it.each([0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 200_000])('gives back %i bytes', async (length) => {
    const content = pattern(length);
    expect(await sealToFile(key, content, file)).toBe(length);
    expect((await readSealedFile(key, file)).equals(content)).toBe(true);
    await sealToFile(key, inPieces(content, 10_007), file);
    expect((await readSealedFile(key, file)).equals(content)).toBe(true);
    expect(readdirSync(folder)).toEqual(['sealed']);
  });

  it('does not show its content', async () => {
    await sealToFile(key, Buffer.from('the quick brown fox'.repeat(100)), file);
    expect(readFileSync(file).includes('quick')).toBe(false);
  });

  it('refuses another key and any changed byte', async () => {
    await sealToFile(key, pattern(chunk + 100), file);
    using otherKey = LockedBytes.adopt(Buffer.alloc(32, 2));
    await expect(readSealedFile(otherKey, file)).rejects.toEqual(tampered);
    const whole = readFileSync(file);
    for (const at of [0, 23, 24, 25, 1000, chunk + 24 + 16, chunk + 24 + 17, whole.length - 1]) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 4;
      writeFileSync(file, changed);
      await expect(readSealedFile(key, file), `byte ${String(at)}`).rejects.toEqual(tampered);
    }
  });

  it('refuses a file that was cut, lengthened or put together anew', async () => {
    await sealToFile(key, pattern(3 * chunk), file);
    const whole = readFileSync(file);
    const sealedChunk = chunk + 17;
    const part = (index: number): Buffer =>
      whole.subarray(24 + index * sealedChunk, 24 + (index + 1) * sealedChunk);
    const forgeries = [
      Buffer.alloc(0),
      whole.subarray(0, 10),
      whole.subarray(0, 24),
      whole.subarray(0, 24 + sealedChunk),
      whole.subarray(0, 24 + 2 * sealedChunk),
      whole.subarray(0, whole.length - 1),
      Buffer.concat([whole, Buffer.from([0])]),
      Buffer.concat([whole, part(2)]),
      Buffer.concat([whole.subarray(0, 24), part(1), part(0), part(2)]),
      Buffer.concat([whole.subarray(0, 24), part(0), part(2)]),
    ];
    for (const forgery of forgeries) {
      writeFileSync(file, forgery);
      await expect(readSealedFile(key, file)).rejects.toEqual(tampered);
    }
  });

  it('leaves the old file as it was when the source fails', async () => {
    await sealToFile(key, Buffer.from('old'), file);
    async function* failing(): AsyncGenerator<Buffer, void, undefined> {
      yield pattern(2 * chunk);
      throw new Error('the source broke off');
    }
    await expect(sealToFile(key, failing(), file)).rejects.toThrow('broke off');
    expect((await readSealedFile(key, file)).toString()).toBe('old');
    expect(readdirSync(folder)).toEqual(['sealed']);
  });

  it('closes the file when its reader stops early', async () => {
    await sealToFile(key, pattern(3 * chunk), file);
    for await (const first of openSealedFile(key, file)) {
      expect(first.length).toBe(chunk);
      break;
    }
    expect((await readSealedFile(key, file)).length).toBe(3 * chunk);
  });

  it('names a missing folder as a disk error', async () => {
    const missing = path.join(folder, 'no', 'file');
    await expect(sealToFile(key, pattern(1), missing)).rejects.toEqual(
      expect.objectContaining({ code: 'diskError' }),
    );
    await expect(readSealedFile(key, missing)).rejects.toEqual(
      expect.objectContaining({ code: 'diskError' }),
    );
  });
});
