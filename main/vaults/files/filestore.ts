/**
 * Contents of attachments on this device: the wire form as the server delivered it, sealed once
 * more under the device's own key, one file each, under names that say nothing.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import { readSealedFile, sealToFile } from '../../custody/index.ts';
import type { LockedBytes } from '../../custody/index.ts';
import type { WireAttachment } from '../../keychain/index.ts';
import type { FileStore, WireFile } from '../../sync/index.ts';

const stored = z.strictObject({
  encryptedKey: z.string(),
  encryptedData: z.string(),
  hash: z.string().nullable(),
});

/** Names that this store gives; anything else never becomes part of a path. */
const storedName = /^[0-9a-f]{32}$/;

/** How long a file may lie here before a record names it. */
const strayAfterMs = 60 * 60 * 1000;

/** Below this the uncertainty of the estimate would be visible. */
const leastShown = 1024;

/**
 * Size of the plain file as far as the wire form tells: padding hides up to 12 bytes, so small
 * files give null. Base32x, base64, 16 bytes of header, PKCS#7, base64 again (Passwork 7 protocol,
 * attachments).
 */
export function estimatedSize(encryptedData: string, clientEncrypted: boolean): number | null {
  const base64Length = clientEncrypted ? Math.floor((encryptedData.length * 5) / 8) : encryptedData.length;
  const outer = Math.floor((base64Length * 3) / 4);
  const inner = clientEncrypted ? outer - 16 - 8 : outer;
  const size = Math.floor((inner * 3) / 4);
  return size < leastShown ? null : size;
}

export class ProfileFiles implements FileStore {
  readonly #folder: string;
  readonly #key: LockedBytes;
  readonly #clientEncrypted: boolean;

  constructor(folder: string, key: LockedBytes, clientEncrypted: boolean) {
    this.#folder = folder;
    this.#key = key;
    this.#clientEncrypted = clientEncrypted;
  }

  /** Seals one file. Throws disk codes. */
  async store(file: WireFile): Promise<{ localFile: string; size: number | null }> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const localFile = randomBytes(16).toString('hex');
    const { encryptedKey, encryptedData, hash } = file;
    const text = Buffer.from(JSON.stringify({ encryptedKey, encryptedData, hash }), 'utf8');
    await sealToFile(this.#key, text, this.#pathOf(localFile));
    return { localFile, size: estimatedSize(encryptedData, this.#clientEncrypted) };
  }

  /** The wire form of a stored file. Throws `tampered`, disk codes. */
  async read(localFile: string): Promise<WireAttachment> {
    const text = await readSealedFile(this.#key, this.#pathOf(localFile));
    const { encryptedKey, encryptedData, hash } = stored.parse(JSON.parse(text.toString('utf8')));
    if (hash === null) throw new StrongroomError('attachmentHashMismatch');
    return { encryptedKey, encryptedData, hash };
  }

  async remove(localFile: string): Promise<void> {
    await rm(this.#pathOf(localFile), { force: true });
  }

  /**
   * Removes files that no record names, as a cut between two steps may leave them. A file of the
   * last hour may be on its way into its record and stays. Throws disk codes.
   */
  async removeStrays(named: ReadonlySet<string>, now: number): Promise<void> {
    if (!existsSync(this.#folder)) return;
    for (const name of await readdir(this.#folder)) {
      if (!storedName.test(name) || named.has(name)) continue;
      if (now - (await stat(this.#pathOf(name))).mtimeMs > strayAfterMs) await this.remove(name);
    }
  }

  #pathOf(localFile: string): string {
    if (!storedName.test(localFile)) throw new StrongroomError('tampered');
    return join(this.#folder, localFile);
  }
}
