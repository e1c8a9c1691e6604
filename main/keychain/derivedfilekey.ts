/**
 * Keys of files that are brought under client-side encryption (own addition; "Passwork 7 protocol",
 * keys in the hierarchy, says how such a key looks and not where it comes from).
 *
 * A converted file stands in a record and in former states of it, and each of these keeps the file's
 * key under a record key of its own. They are sealed one after another, with breaks in which the
 * computer may be off. So that all of them name the one key under which the file lies, it is not
 * drawn but derived from the vault key: HKDF-SHA256 (RFC 5869), each byte choosing one of 64 letters.
 */
import { hkdfSync } from 'node:crypto';
import { markedAsParted } from './attachmentparts.ts';
import { asAttachmentKey, keyAlphabet, requireKey, type AttachmentKey, type VaultKey } from './keys.ts';
import { wipe } from './secrets.ts';

const keyLength = 100;
const purpose = 'strongroom converted file';

/** The key of one file of a vault, for the caller to wipe. Throws `emptyKey`. */
export function deriveFileKey(vaultKey: VaultKey, attachmentId: string, isParted: boolean): AttachmentKey {
  requireKey(vaultKey);
  const kind = isParted ? 'in parts' : 'whole';
  const info = `${purpose}\n${kind}\n${attachmentId}`;
  const text = Buffer.from(hkdfSync('sha256', vaultKey, Buffer.alloc(0), info, keyLength));
  for (let i = 0; i < text.length; i += 1) text[i] = keyAlphabet.charCodeAt((text[i] ?? 0) & 63);
  if (!isParted) return asAttachmentKey(text);
  const marked = markedAsParted(text);
  wipe(text);
  return marked;
}
