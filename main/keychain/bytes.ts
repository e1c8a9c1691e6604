/**
 * Reading single bytes in the hot loops of the codecs.
 *
 * The compiler rightly says that an index may miss. The loops here never do, and one small
 * function that the engine inlines says so once, without an assertion at every index.
 */

/** The byte at `index`, 0 beyond the end. */
export function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
