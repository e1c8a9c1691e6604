/**
 * The bytes of a part: sealed as they arrive and opened as they leave, so that a part never stands
 * whole in memory. Written beside its place and renamed into it, as every file of the server.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { OpeningStream, Seal } from '../sealing/cipher.ts';

/** What arrived; `digest` is the hex SHA-256 of the bytes as they were sent. */
export interface WrittenPart {
  fileName: string;
  size: number;
  digest: string;
}

const readAtOnce = 256 * 1024;

/** Keeps the bytes of parts in a folder. */
export function partFiles(seal: Seal, folder: string) {
  return {
    /**
     * Writes what `source` gives to a new file. Answers null, and keeps nothing, when it is more than
     * `largest` bytes. What `source` throws is passed on, and nothing is kept then either.
     */
    async write(source: AsyncIterable<Uint8Array>, largest: number): Promise<WrittenPart | null> {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const fileName = randomBytes(24).toString('hex');
      const unfinished = join(folder, `${fileName}.part`);
      try {
        const written = await writeSealed(seal, source, unfinished, largest);
        if (written === null) await rm(unfinished, { force: true });
        else await rename(unfinished, join(folder, fileName));
        return written && { fileName, ...written };
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },

    /** Removes what a killed server has left half written; nothing may be on its way meanwhile. */
    async dropUnfinished(): Promise<void> {
      if (!existsSync(folder)) return;
      const unfinished = (await readdir(folder)).filter((name) => name.endsWith('.part'));
      for (const name of unfinished) await rm(join(folder, name), { force: true });
    },

    /** The bytes of a part as they were sent. A file that is missing fails the stream. */
    read: (fileName: string): Readable => Readable.from(opened(seal, join(folder, fileName))),
  };
}

async function writeSealed(
  seal: Seal,
  source: AsyncIterable<Uint8Array>,
  path: string,
  largest: number,
): Promise<Omit<WrittenPart, 'fileName'> | null> {
  const file = await open(path, 'wx', 0o600);
  try {
    const digest = createHash('sha256');
    const { head, update } = seal.sealing();
    await file.write(head);
    let size = 0;
    for await (const piece of source) {
      size += piece.length;
      if (size > largest) return null;
      digest.update(piece);
      await file.write(update(piece));
    }
    await file.sync();
    return { size, digest: digest.digest('hex') };
  } finally {
    await file.close();
  }
}

async function* opened(seal: Seal, path: string): AsyncGenerator<Buffer> {
  let opening: OpeningStream | null = null;
  let head = Buffer.alloc(0);
  for await (const piece of createReadStream(path, { highWaterMark: readAtOnce }) as AsyncIterable<Buffer>) {
    if (opening !== null) {
      yield opening.update(piece);
      continue;
    }
    head = Buffer.concat([head, piece]);
    if (head.length < seal.headLength) continue;
    opening = seal.opening(head.subarray(0, seal.headLength));
    yield opening.update(head.subarray(seal.headLength));
  }
  if (opening === null) throw new Error('A sealed file is shorter than its IV.');
}
