/**
 * Files sealed on this device, whatever their size, in bounded memory: libsodium's
 * secretstream (XChaCha20-Poly1305) in chunks of 64 KiB. The chunks are chained and the last
 * one is marked, so that one left out, doubled, moved or cut off is found.
 * Layout: header (24 bytes), then chunks of up to 65,536 + 17 bytes; only the last is shorter.
 */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import sodium from 'sodium-native';
import { StrongroomError } from '../../contract/errors.ts';
import { flushFolder } from './atomicfile.ts';
import { asDiskFault } from './diskfault.ts';
import { LockedBytes } from './lockedbytes.ts';

const chunkBytes = 64 * 1024;
const tagBytes = sodium.crypto_secretstream_xchacha20poly1305_ABYTES;
const headerBytes = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES;
const stateBytes = sodium.crypto_secretstream_xchacha20poly1305_STATEBYTES;
const finalTag = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL;

/**
 * Seals `source` into `file`, which appears only when it is complete and on the disk. Returns
 * the number of plain bytes. Throws disk codes; what `source` throws is passed on.
 */
export async function sealToFile(
  subkey: LockedBytes,
  source: AsyncIterable<Uint8Array> | Uint8Array,
  file: string,
): Promise<number> {
  const temporary = `${file}.new`;
  try {
    const handle = await open(temporary, 'w', 0o600);
    let total: number;
    try {
      total = await writeSealed(handle, subkey, source);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    flushFolder(path.dirname(file));
    return total;
  } catch (error) {
    await rm(temporary, { force: true });
    throw asDiskFault(error);
  }
}

/**
 * Opens a sealed file chunk by chunk. A chunk is given out as soon as it has authenticated in
 * its place, so a caller that must not act on a part waits for the end. Throws `tampered`.
 */
export async function* openSealedFile(
  subkey: LockedBytes,
  file: string,
): AsyncGenerator<Buffer, void, undefined> {
  const handle = await openForReading(file);
  using state = LockedBytes.allocate(stateBytes);
  try {
    const header = await readExactly(handle, headerBytes);
    if (header.length < headerBytes) throw new StrongroomError('tampered');
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state.bytes, header, subkey.bytes);
    for (;;) {
      const { plain, isLast } = pullChunk(state, await readExactly(handle, chunkBytes + tagBytes));
      yield plain;
      if (isLast) break;
    }
    if ((await readExactly(handle, 1)).length > 0) throw new StrongroomError('tampered');
  } catch (error) {
    throw asDiskFault(error);
  } finally {
    await handle.close();
  }
}

/** The whole content of a sealed file, for the caller to wipe. Throws `tampered`. */
export async function readSealedFile(subkey: LockedBytes, file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of openSealedFile(subkey, file)) chunks.push(chunk);
    return Buffer.concat(chunks);
  } finally {
    for (const chunk of chunks) sodium.sodium_memzero(chunk);
  }
}

async function writeSealed(
  handle: FileHandle,
  subkey: LockedBytes,
  source: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<number> {
  using state = LockedBytes.allocate(stateBytes);
  const header = Buffer.alloc(headerBytes);
  sodium.crypto_secretstream_xchacha20poly1305_init_push(state.bytes, header, subkey.bytes);
  await handle.writeFile(header);
  // A chunk is written once more is known to follow, because the last one is marked.
  const waiting = Buffer.allocUnsafeSlow(chunkBytes);
  let filled = 0;
  let total = 0;
  try {
    for await (const part of piecesOf(source)) {
      for (let offset = 0; offset < part.length;) {
        if (filled === chunkBytes) {
          await handle.writeFile(pushChunk(state, waiting, false));
          filled = 0;
        }
        const taken = part.subarray(offset, offset + chunkBytes - filled);
        waiting.set(taken, filled);
        filled += taken.length;
        offset += taken.length;
      }
      total += part.length;
    }
    await handle.writeFile(pushChunk(state, waiting.subarray(0, filled), true));
  } finally {
    sodium.sodium_memzero(waiting);
  }
  return total;
}

async function* piecesOf(
  source: AsyncIterable<Uint8Array> | Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (source instanceof Uint8Array) yield source;
  else yield* source;
}

function pushChunk(state: LockedBytes, plain: Buffer, isLast: boolean): Buffer {
  const sealed = Buffer.allocUnsafeSlow(plain.length + tagBytes);
  const tag = isLast ? finalTag : sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
  sodium.crypto_secretstream_xchacha20poly1305_push(state.bytes, sealed, plain, null, tag);
  return sealed;
}

function pullChunk(state: LockedBytes, sealed: Buffer): { plain: Buffer; isLast: boolean } {
  if (sealed.length < tagBytes) throw new StrongroomError('tampered');
  const plain = Buffer.allocUnsafeSlow(sealed.length - tagBytes);
  const tag = Buffer.alloc(1);
  try {
    sodium.crypto_secretstream_xchacha20poly1305_pull(state.bytes, plain, tag, sealed, null);
  } catch (error) {
    throw new StrongroomError('tampered', {}, { cause: error });
  }
  return { plain, isLast: tag[0] === finalTag };
}

async function openForReading(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (error) {
    throw asDiskFault(error);
  }
}

/** Up to `length` bytes; fewer only at the end of the file. */
async function readExactly(handle: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
