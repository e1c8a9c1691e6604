/**
 * Drawing by chance, without bias: every outcome is as likely as every other, whatever their number.
 */
import { randomBytes, randomInt } from 'node:crypto';

/** One of `items`, each as likely as every other. Throws `RangeError` for none. */
export function pick<T>(items: readonly T[]): T {
  const item = items[items.length === 0 ? 0 : randomInt(items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** A number from 0 to `bound` - 1, however large; by drawing again whatever is not below it. */
export function randomBelow(bound: bigint): bigint {
  if (bound <= 0n) throw new RangeError('nothing below this bound');
  const bits = (bound - 1n).toString(2).length;
  const bytes = Math.ceil(bits / 8);
  const surplus = BigInt(bytes * 8 - bits);
  for (;;) {
    const drawn = BigInt(`0x${randomBytes(bytes).toString('hex')}`) >> surplus;
    if (drawn < bound) return drawn;
  }
}

/** The binary logarithm of a positive number of any size, exact to about 1e-9. */
export function bitsOf(count: bigint): number {
  if (count <= 0n) return 0;
  const digits = count.toString(2);
  const kept = digits.slice(0, 52);
  return Math.log2(Number.parseInt(kept, 2)) + (digits.length - kept.length);
}
