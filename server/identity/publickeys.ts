/**
 * Fingerprints of public keys, by which a client says for which key it has wrapped something. The
 * fingerprint is the SHA-256 of the key's SubjectPublicKeyInfo in DER, so that both PEM forms of one
 * key have the same.
 */
import { createHash, createPublicKey } from 'node:crypto';

/** The fingerprint of a key in PEM, in hexadecimal; null where the text is no key. */
export function publicKeyFingerprint(pem: string): string | null {
  try {
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(der).digest('hex');
  } catch {
    // Keys are only checked for their outer form when they come: one may still be none.
    return null;
  }
}
