/**
 * The device key: 32 random bytes that open everything stored on this device. It never
 * encrypts anything itself; each purpose has a subkey of its own (libsodium `crypto_kdf`,
 * BLAKE2b with the number and context below as salt and personalisation).
 */
import sodium from 'sodium-native';
import { LockedBytes } from './lockedbytes.ts';

/** Numbers are part of the storage format and are never given twice. */
const subkeyNumbers = { mirror: 1, keyCache: 2, files: 3, manifest: 4, health: 5 } as const;

export type SubkeyPurpose = keyof typeof subkeyNumbers;

const context = Buffer.from('strongrm', 'ascii');

export const deviceKeyBytes = 32;

export class DeviceKey {
  readonly #key: LockedBytes;

  private constructor(key: LockedBytes) {
    this.#key = key;
  }

  static generate(): DeviceKey {
    const key = LockedBytes.allocate(deviceKeyBytes);
    sodium.randombytes_buf(key.bytes);
    return new DeviceKey(key);
  }

  /** Takes over bytes that came out of a key slot; `source` is wiped. */
  static adopt(source: Uint8Array): DeviceKey {
    if (source.length !== deviceKeyBytes || source.every((byte) => byte === 0)) {
      throw new Error('a device key has 32 bytes, not all zero');
    }
    return new DeviceKey(LockedBytes.adopt(source));
  }

  /** 32 bytes that serve one purpose only; the caller disposes of them. */
  subkey(purpose: SubkeyPurpose): LockedBytes {
    const subkey = LockedBytes.allocate(32);
    sodium.crypto_kdf_derive_from_key(subkey.bytes, subkeyNumbers[purpose], context, this.#key.bytes);
    return subkey;
  }

  /** Lends the key's own bytes for wrapping it into a slot; they must not be kept. */
  lend<T>(use: (bytes: Buffer) => T): T {
    return use(this.#key.bytes);
  }

  dispose(): void {
    this.#key.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
