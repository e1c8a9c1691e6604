/**
 * What of a record or a former state of it differs from one form to another: sealed under a record
 * key, or, without client-side encryption, in base64. Whatever else it holds stays as it is.
 */
import type { Seal } from '../sealing/cipher.ts';
import type { CustomField, ItemContent } from './items.ts';

/** The secret members of a record or of a former state; files by the ids that they have there. */
export interface SecretContent {
  keyEncrypted: string | null;
  passwordEncrypted: string | null;
  customs: CustomField[];
  attachments: { id: string; encryptedKey: string }[];
}

/** What stands for a file from then on. */
export interface ReplacedFile {
  id: string;
  hash: string;
}

/**
 * A keyed hash, in 64 hexadecimal digits, of the secret members as they stand: another one tells that
 * what was made of them is out of date. A file is never changed under its id.
 */
export function stateOf(seal: Pick<Seal, 'fingerprint'>, content: ItemContent): string {
  const { keyEncrypted, passwordEncrypted, customs, attachments } = content;
  const files = attachments.map(({ id, encryptedKey, hash }) => [id, encryptedKey, hash]);
  const secrets = JSON.stringify([keyEncrypted, passwordEncrypted, customs, files]);
  return seal.fingerprint('secret content to be replaced', secrets).toString('hex');
}

/** The content with other secrets, and with other files where some are named. */
export function withSecrets(
  former: ItemContent,
  secrets: SecretContent,
  files: ReadonlyMap<string, ReplacedFile> = new Map(),
): ItemContent {
  const { keyEncrypted, passwordEncrypted, customs } = secrets;
  const keys = new Map(secrets.attachments.map(({ id, encryptedKey }) => [id, encryptedKey]));
  const attachments = former.attachments.map((entry) => ({
    ...{ ...entry, ...files.get(entry.id) },
    encryptedKey: keys.get(entry.id) ?? entry.encryptedKey,
  }));
  return { ...former, keyEncrypted, passwordEncrypted, customs, attachments };
}
