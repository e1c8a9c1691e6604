/**
 * Secrets live in Buffers so that they can be overwritten; a JavaScript string cannot be.
 */

/** Overwrites every buffer with zeros. The caller must hold no other copy it believes erased. */
export function wipe(...buffers: Uint8Array[]): void {
  for (const buffer of buffers) buffer.fill(0);
}
