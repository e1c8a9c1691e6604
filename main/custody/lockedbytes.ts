/**
 * Memory for key bytes: outside of V8's pool, kept from the swap file where the system lets
 * us, and overwritten at the end. libsodium's own guarded allocator is not used, since
 * Electron's memory cage aborts the process on memory that V8 did not allocate.
 */
import sodium from 'sodium-native';

export class LockedBytes {
  #bytes: Buffer | null;
  /** False when the system's limit of locked memory was reached; the bytes may then be swapped out. */
  readonly lockedInMemory: boolean;

  private constructor(length: number) {
    if (!Number.isInteger(length) || length <= 0) throw new RangeError('locked memory needs a length');
    this.#bytes = Buffer.allocUnsafeSlow(length);
    this.lockedInMemory = lockIntoMemory(this.#bytes);
    this.#bytes.fill(0);
  }

  /** `length` zero bytes. */
  static allocate(length: number): LockedBytes {
    return new LockedBytes(length);
  }

  /** Takes over a secret: copies it and wipes `source`. */
  static adopt(source: Uint8Array): LockedBytes {
    const locked = new LockedBytes(source.length);
    locked.bytes.set(source);
    sodium.sodium_memzero(source);
    return locked;
  }

  /** The bytes themselves, not a copy. Throws after `dispose`. */
  get bytes(): Buffer {
    if (this.#bytes === null) throw new Error('these bytes have been wiped');
    return this.#bytes;
  }

  get disposed(): boolean {
    return this.#bytes === null;
  }

  /** Overwrites the bytes with zeros. May be called again. */
  dispose(): void {
    const bytes = this.#bytes;
    if (bytes === null) return;
    this.#bytes = null;
    // Wiped, but not unlocked: the system locks whole pages, and other keys may lie on the same one.
    sodium.sodium_memzero(bytes);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Keeps the bytes out of anything that prints or serialises objects. */
  toJSON(): string {
    return '[locked bytes]';
  }
}

function lockIntoMemory(bytes: Buffer): boolean {
  try {
    sodium.sodium_mlock(bytes);
    return true;
  } catch {
    // Only the limit makes this fail; the key is needed all the same, so it is said, not thrown.
    return false;
  }
}
