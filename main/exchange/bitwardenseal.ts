/**
 * The password-protected export of Bitwarden, as its help pages and clients describe it: a key from
 * PBKDF2-SHA256 or Argon2id, stretched by HKDF-Expand into one for AES-256-CBC and one for
 * HMAC-SHA256, and values of the form `2.iv|ciphertext|mac`.
 */
import { createDecipheriv, createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { argon2id } from 'hash-wasm';
import { z } from 'zod';
import { wipe } from '../keychain/index.ts';
import { refusedImport } from './tree.ts';

const limits = { pbkdf2: 10_000_000, argon2Passes: 20, memoryMib: 1024, lanes: 64 };

export const sealedExport = z.object({
  encrypted: z.literal(true),
  passwordProtected: z.literal(true),
  salt: z.string().min(1).max(1024),
  kdfType: z.number().int(),
  kdfIterations: z.number().int().positive(),
  kdfMemory: z.number().int().positive().nullish(),
  kdfParallelism: z.number().int().positive().nullish(),
  encKeyValidation_DO_NOT_EDIT: z.string(),
  data: z.string(),
});
export type SealedExport = z.infer<typeof sealedExport>;

interface Keys {
  readonly cipher: Buffer;
  readonly mac: Buffer;
}

/** The plain export inside. Throws `wrongPassword`, `kdfRefused`, `damaged`. */
export async function openExport(sealed: SealedExport, password: Uint8Array): Promise<Buffer> {
  const source = await derived(sealed, password);
  const keys = { cipher: expand(source, 'enc'), mac: expand(source, 'mac') };
  wipe(source);
  try {
    if (openValue(sealed.encKeyValidation_DO_NOT_EDIT, keys) === null) throw refusedImport('wrongPassword');
    const text = openValue(sealed.data, keys);
    if (text === null) throw refusedImport('damaged');
    return text;
  } finally {
    wipe(keys.cipher);
    wipe(keys.mac);
  }
}

async function derived(sealed: SealedExport, password: Uint8Array): Promise<Buffer> {
  const { kdfType, kdfIterations: passes, kdfMemory: memory, kdfParallelism: lanes } = sealed;
  const salt = Buffer.from(sealed.salt, 'utf8');
  if (kdfType === 0) {
    if (passes > limits.pbkdf2) throw refusedImport('kdfRefused');
    return promisify(pbkdf2)(password, salt, passes, 32, 'sha256');
  }
  const known = kdfType === 1 && memory && lanes;
  if (!known || passes > limits.argon2Passes || memory > limits.memoryMib || lanes > limits.lanes) {
    throw refusedImport('kdfRefused');
  }
  const hash = await argon2id({
    password,
    salt: createHash('sha256').update(salt).digest(),
    iterations: passes,
    memorySize: memory * 1024,
    parallelism: lanes,
    hashLength: 32,
    outputType: 'binary',
  });
  return Buffer.from(hash);
}

/** HKDF-Expand (RFC 5869) for one block of SHA-256. */
function expand(key: Buffer, info: string): Buffer {
  return createHmac('sha256', key)
    .update(info, 'utf8')
    .update(Buffer.from([1]))
    .digest();
}

/** Null where the value was not sealed with these keys. */
function openValue(sealed: string, { cipher, mac }: Keys): Buffer | null {
  const parts = sealed.startsWith('2.') ? sealed.slice(2).split('|') : [];
  const [iv, data, seal] = parts.map((part) => Buffer.from(part, 'base64'));
  if (!iv || !data || !seal || iv.length !== 16 || seal.length !== 32) throw refusedImport('damaged');
  const expected = createHmac('sha256', mac).update(iv).update(data).digest();
  if (!timingSafeEqual(expected, seal)) return null;
  const decipher = createDecipheriv('aes-256-cbc', cipher, iv);
  return Buffer.concat([decipher.update(data), decipher.final()]);
}
