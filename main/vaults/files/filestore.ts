/**
 * Contents of attachments on this device: the wire form as the server delivered it, sealed once
 * more under the device's own key, one file each, under names that say nothing.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import { readSealedFile, sealToFile } from '../../custody/index.ts';
import type { LockedBytes } from '../../custody/index.ts';
import type { WireAttachment } from '../../keychain/index.ts';
import type { FileStore, StoredPart, WireFile } from '../../sync/index.ts';

const stored = z.strictObject({
  encryptedKey: z.string(),
  encryptedData: z.string(),
  hash: z.string().nullable(),
  /** Of a file in parts, which lie in a folder beside it. */
  parts: z.array(z.strictObject({ size: z.number(), digest: z.string() })).optional(),
});
type Stored = z.output<typeof stored>;

/** Names that this store gives; anything else never becomes part of a path. */
const storedName = /^[0-9a-f]{32}$/;

const partsEnding = '.parts';
const newName = (): string => randomBytes(16).toString('hex');

/** A file in parts on its way into the store. */
export interface PartsBeingStored {
  /** Seals the next part; `digest` is its hex SHA-256. */
  put(bytes: Buffer, digest: string): Promise<void>;
  /** Puts the list beside the parts; gives the name under which all of it is stored. */
  keep(list: Pick<WireFile, 'encryptedKey' | 'encryptedData' | 'hash'>): Promise<string>;
  discard(): Promise<void>;
}

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
    const localFile = newName();
    const { encryptedKey, encryptedData, hash } = file;
    await this.#seal(localFile, { encryptedKey, encryptedData, hash });
    return { localFile, size: estimatedSize(encryptedData, this.#clientEncrypted) };
  }

  /** The wire form of a stored file. Throws `tampered`, disk codes. */
  async read(localFile: string): Promise<WireAttachment> {
    const { encryptedKey, encryptedData, hash } = await this.#open(localFile);
    if (hash === null) throw new StrongroomError('attachmentHashMismatch');
    return { encryptedKey, encryptedData, hash };
  }

  /** The parts of a file that is stored in parts; null for any other. Throws as `read`. */
  async parts(localFile: string): Promise<readonly StoredPart[] | null> {
    // Without looking into it: what is no file in parts may be a large text.
    if (!existsSync(this.#partsOf(localFile))) return null;
    return (await this.#open(localFile)).parts ?? null;
  }

  /** One part as it travels, by number from 1. Throws `tampered`, disk codes. */
  readPart(localFile: string, number: number): Promise<Buffer> {
    return readSealedFile(this.#key, join(this.#partsOf(localFile), String(number)));
  }

  /** Begins to store a file in parts, of which nothing counts before `keep`. Throws disk codes. */
  async beginParts(): Promise<PartsBeingStored> {
    const localFile = newName();
    await mkdir(this.#partsOf(localFile), { recursive: true, mode: 0o700 });
    const parts: StoredPart[] = [];
    return {
      put: async (bytes, digest) => {
        parts.push({ size: bytes.length, digest });
        await sealToFile(this.#key, bytes, join(this.#partsOf(localFile), String(parts.length)));
      },
      keep: async ({ encryptedKey, encryptedData, hash }) => {
        await this.#seal(localFile, { encryptedKey, encryptedData, hash, parts });
        return localFile;
      },
      discard: () => this.remove(localFile),
    };
  }

  /** Stores a file once more, parts included, under another wrapping of its key. Throws as `read`. */
  async copy(localFile: string, encryptedKey: string): Promise<string> {
    const { encryptedData, hash, parts } = await this.#open(localFile);
    if (parts === undefined) {
      const name = newName();
      await this.#seal(name, { encryptedKey, encryptedData, hash });
      return name;
    }
    const copy = await this.beginParts();
    try {
      for (const [index, { digest }] of parts.entries()) {
        await copy.put(await this.readPart(localFile, index + 1), digest);
      }
      return await copy.keep({ encryptedKey, encryptedData, hash });
    } catch (error) {
      await copy.discard();
      throw error;
    }
  }

  /** Bytes free where the files lie. Throws disk codes. */
  async free(): Promise<number> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(this.#folder);
    return bavail * bsize;
  }

  async remove(localFile: string): Promise<void> {
    await rm(this.#pathOf(localFile), { force: true });
    await rm(this.#partsOf(localFile), { recursive: true, force: true });
  }

  /**
   * Removes files that no record names, as a cut between two steps may leave them. A file of the
   * last hour may be on its way into its record and stays. Throws disk codes.
   */
  async removeStrays(named: ReadonlySet<string>, now: number): Promise<void> {
    if (!existsSync(this.#folder)) return;
    for (const entry of await readdir(this.#folder)) {
      const name = entry.replace(partsEnding, '');
      if (!storedName.test(name) || named.has(name)) continue;
      const facts = await stat(join(this.#folder, entry)).catch(() => null);
      // Null for the one of two entries that went with the other.
      if (facts !== null && now - facts.mtimeMs > strayAfterMs) await this.remove(name);
    }
  }

  async #seal(localFile: string, file: Stored): Promise<void> {
    await sealToFile(this.#key, Buffer.from(JSON.stringify(file), 'utf8'), this.#pathOf(localFile));
  }

  async #open(localFile: string): Promise<Stored> {
    const text = await readSealedFile(this.#key, this.#pathOf(localFile));
    return stored.parse(JSON.parse(text.toString('utf8')));
  }

  #partsOf(localFile: string): string {
    return `${this.#pathOf(localFile)}${partsEnding}`;
  }

  #pathOf(localFile: string): string {
    if (!storedName.test(localFile)) throw new StrongroomError('tampered');
    return join(this.#folder, localFile);
  }
}
