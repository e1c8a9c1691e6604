/** The thread of files in parts: what it gives, what it refuses, and that nothing of it stays behind. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StrongroomError } from '../../../contract/errors.ts';
import { generateRecordKey, openPartList, partDigest, sealPartList } from '../../keychain/index.ts';
import type { RecordKey, WireAttachment } from '../../keychain/index.ts';
import { PartThread } from './partthread.ts';

const workerFile = new URL('./partworker.ts', import.meta.url);
const partSize = 64 * 1024;
const limit = 1024 * 1024;
const thread = new PartThread(workerFile);
const key = generateRecordKey();
const codeOf = (code: string): unknown => expect.objectContaining({ code });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-parts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Encoded {
  readonly wire: WireAttachment;
  readonly parts: readonly Buffer[];
  readonly heard: readonly number[];
}

async function encoded(content: Buffer, recordKey: RecordKey | null = key): Promise<Encoded> {
  const path = join(folder, 'in');
  writeFileSync(path, content);
  const parts: Buffer[] = [];
  const heard: number[] = [];
  const keep = async (part: Buffer, digest: string): Promise<void> => {
    expect(partDigest(part)).toBe(digest);
    // Its memory is the thread's again afterwards.
    parts.push(Buffer.from(part));
  };
  const progress = {
    signal: new AbortController().signal,
    onProgress: (done: number) => void heard.push(done),
  };
  const { wire, size } = await thread.encode({ path, recordKey, partSize, limit, keep }, progress);
  expect(size).toBe(content.length);
  return { wire, parts, heard };
}

async function decoded(
  wire: WireAttachment,
  source: (number: number) => Promise<Buffer>,
  signal = new AbortController().signal,
  recordKey: RecordKey | null = key,
): Promise<Buffer> {
  const toPath = join(folder, 'out');
  // What is brought is given away with its memory.
  const bring = async (number: number): Promise<Buffer> => Buffer.from(await source(number));
  await thread.decode({ wire, recordKey, toPath, bring }, { signal, onProgress: () => undefined });
  return readFileSync(toPath);
}

describe('the thread of files in parts', () => {
  it.each([1, partSize - 1, partSize, partSize + 1, 5 * partSize, 6 * partSize + 7])(
    'brings %i bytes there and back, with and without client-side encryption',
    async (size) => {
      const content = randomBytes(size);
      for (const recordKey of [key, null]) {
        const { wire, parts, heard } = await encoded(content, recordKey);
        expect(parts).toHaveLength(Math.ceil(size / partSize));
        expect(heard.at(-1)).toBe(size);
        const { list } = openPartList(wire, recordKey);
        expect(list).toMatchObject({ size, partSize, parts: parts.map(partDigest) });
        const bring = async (number: number): Promise<Buffer> => parts[number - 1] ?? Buffer.alloc(0);
        expect((await decoded(wire, bring, undefined, recordKey)).equals(content)).toBe(true);
        rmSync(join(folder, 'out'));
      }
    },
  );

  it('leaves the key of its caller alone', async () => {
    const before = Buffer.from(key);
    await encoded(randomBytes(10));
    expect(key.equals(before)).toBe(true);
  });

  it('refuses a file that has grown beyond the limit, and one that cannot be read', async () => {
    await expect(encoded(randomBytes(limit + 1))).rejects.toEqual(codeOf('fileTooLarge'));
    const keep = async (): Promise<void> => undefined;
    const progress = { signal: new AbortController().signal, onProgress: () => undefined };
    const path = join(folder, 'missing');
    await expect(thread.encode({ path, recordKey: key, partSize, limit, keep }, progress)).rejects.toEqual(
      codeOf('fileUnreadable'),
    );
  });

  it('ends with what the keeping of a part fails with, and keeps no further one', async () => {
    const path = join(folder, 'in');
    writeFileSync(path, randomBytes(5 * partSize));
    let kept = 0;
    const keep = async (): Promise<void> => {
      kept += 1;
      if (kept === 2) throw new StrongroomError('diskFull');
    };
    const progress = { signal: new AbortController().signal, onProgress: () => undefined };
    await expect(thread.encode({ path, recordKey: key, partSize, limit, keep }, progress)).rejects.toEqual(
      codeOf('diskFull'),
    );
    expect(kept).toBe(2);
  });

  it('leaves nothing of a file that is not what was attached', async () => {
    const content = randomBytes(3 * partSize);
    const { wire, parts } = await encoded(content);
    const lying = async (number: number): Promise<Buffer> =>
      parts[number === 3 ? 0 : number - 1] ?? Buffer.alloc(0);
    await expect(decoded(wire, lying)).rejects.toEqual(codeOf('attachmentHashMismatch'));
    expect(readdirSync(folder)).toEqual(['in']);
  });

  it('judges the whole at the end, should a list name parts that do not belong together', async () => {
    const content = randomBytes(2 * partSize);
    const { parts } = await encoded(content, null);
    const digest = createHash('sha256').update('something else').digest('hex');
    const list = { size: content.length, partSize, digest, parts: parts.map(partDigest) };
    const bring = async (number: number): Promise<Buffer> => parts[number - 1] ?? Buffer.alloc(0);
    const wire = sealPartList(list, null, null);
    await expect(decoded(wire, bring, undefined, null)).rejects.toEqual(codeOf('attachmentHashMismatch'));
    expect(readdirSync(folder)).toEqual(['in']);
  });

  it('ends when it is stopped, before it has begun as well as in the middle', async () => {
    const { wire, parts } = await encoded(randomBytes(3 * partSize));
    await expect(decoded(wire, async () => Buffer.alloc(0), AbortSignal.abort())).rejects.toEqual(
      codeOf('cancelled'),
    );
    const stop = new AbortController();
    const bring = async (number: number): Promise<Buffer> => {
      if (number === 2) stop.abort();
      return parts[number - 1] ?? Buffer.alloc(0);
    };
    await expect(decoded(wire, bring, stop.signal)).rejects.toEqual(codeOf('cancelled'));
    expect(readdirSync(folder)).toEqual(['in']);
  });
});
