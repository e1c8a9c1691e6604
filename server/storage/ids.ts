/**
 * Object ids in the form that Passwork 7 clients expect: 24 hexadecimal digits, four
 * bytes of Unix seconds and eight random ones (where a MongoDB id has a counter, which
 * would tell how much is stored).
 */
import { randomBytes } from 'node:crypto';

/** A new id for an object made at a time given in milliseconds. */
export function newId(nowMs: number): string {
  const id = randomBytes(12);
  id.writeUInt32BE(Math.floor(nowMs / 1000) >>> 0, 0);
  return id.toString('hex');
}

let made = 0;

/** A new id that sorts after those made before it, as far as a clock of seconds and one process can tell. */
export function newOrderedId(nowMs: number): string {
  const id = Buffer.from(newId(nowMs), 'hex');
  made = (made + 1) % 0x1000000;
  id.writeUIntBE(made, 4, 3);
  return id.toString('hex');
}
