/**
 * Small secrets sealed for storage on this device: XChaCha20-Poly1305 with a random nonce.
 * The context (a name) is authenticated, so a value cannot be passed off as another one.
 * Layout: nonce (24 bytes), ciphertext, tag (16 bytes).
 */
import sodium from 'sodium-native';
import { StrongroomError } from '../../contract/errors.ts';
import type { LockedBytes } from './lockedbytes.ts';

const nonceBytes = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
const tagBytes = sodium.crypto_aead_xchacha20poly1305_ietf_ABYTES;

export function sealValue(subkey: LockedBytes, plaintext: Uint8Array, context: string): Buffer {
  const sealed = Buffer.alloc(nonceBytes + plaintext.length + tagBytes);
  const nonce = sealed.subarray(0, nonceBytes);
  sodium.randombytes_buf(nonce);
  sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
    sealed.subarray(nonceBytes),
    plaintext,
    Buffer.from(context, 'utf8'),
    null,
    nonce,
    subkey.bytes,
  );
  return sealed;
}

/** The plaintext, for the caller to wipe. Throws `tampered` for any other key, context or byte. */
export function openValue(subkey: LockedBytes, sealed: Uint8Array, context: string): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw new StrongroomError('tampered');
  const plaintext = Buffer.allocUnsafeSlow(sealed.length - nonceBytes - tagBytes);
  try {
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
      plaintext,
      null,
      sealed.subarray(nonceBytes),
      Buffer.from(context, 'utf8'),
      sealed.subarray(0, nonceBytes),
      subkey.bytes,
    );
  } catch (error) {
    throw new StrongroomError('tampered', {}, { cause: error });
  }
  return plaintext;
}
