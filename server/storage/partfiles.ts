/**
 * The bytes of a part: sealed as they arrive and opened as they leave, so that a part never stands
 * whole in memory.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { OpeningStream, Seal } from '../sealing/cipher.ts';
import type { FilePlace } from './fileplace.ts';
import { newFileName } from './fileplace.ts';

/** What arrived; `digest` is the hex SHA-256 of the bytes as they were sent. */
export interface WrittenPart {
  fileName: string;
  size: number;
  digest: string;
}

/** Stops the writing of a part that is too large. */
class TooLarge extends Error {}

/** Keeps the bytes of parts in a place. */
export function partFiles(seal: Seal, place: FilePlace) {
  return {
    /**
     * Writes what `source` gives to a new file. Answers null, and keeps nothing, when it is more than
     * `largest` bytes. What `source` throws is passed on, and nothing is kept then either.
     */
    async write(source: AsyncIterable<Uint8Array>, largest: number): Promise<WrittenPart | null> {
      const fileName = newFileName();
      const digest = createHash('sha256');
      let size = 0;
      const counted = async function* () {
        for await (const piece of source) {
          size += piece.length;
          if (size > largest) throw new TooLarge();
          digest.update(piece);
          yield piece;
        }
      };
      try {
        await place.write(fileName, sealed(seal, counted()));
      } catch (error) {
        if (error instanceof TooLarge) return null;
        throw error;
      }
      return { fileName, size, digest: digest.digest('hex') };
    },

    /** The bytes of a part as they were sent. A file that is missing fails the stream. */
    read: (fileName: string): Readable => Readable.from(opened(seal, place.read(fileName))),
  };
}

/** Seals what comes, piece by piece. */
export async function* sealed(seal: Seal, source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const { head, update } = seal.sealing();
  yield head;
  for await (const piece of source) yield update(piece);
}

/** Opens what was sealed, piece by piece. */
export async function* opened(seal: Seal, source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let opening: OpeningStream | null = null;
  let head = Buffer.alloc(0);
  for await (const piece of source) {
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
