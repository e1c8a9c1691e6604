/**
 * The size of an input before anything parses it: a page that was taken over must not be able
 * to exhaust the main process with one huge or deeply nested message.
 */

const deepest = 8;
const mostNodes = 10_000;

/**
 * Sums characters of strings and bytes of byte arrays over all leaves and keys; any other leaf
 * counts 8. Returns Infinity for what no honest page sends: deeper than 8 levels, more than
 * 10,000 nodes, or objects other than plain ones, arrays and byte arrays.
 */
export function measureInput(input: unknown): number {
  let nodes = 0;
  const sizeOf = (value: unknown, depth: number): number => {
    nodes += 1;
    if (nodes > mostNodes || depth > deepest) return Infinity;
    if (typeof value === 'string') return value.length;
    if (value instanceof Uint8Array) return value.byteLength;
    if (typeof value !== 'object' || value === null) return typeof value === 'function' ? Infinity : 8;
    if (Array.isArray(value)) return sum(value, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return Infinity;
    let size = 0;
    for (const [key, member] of Object.entries(value)) size += key.length + sizeOf(member, depth + 1);
    return size;
  };
  const sum = (values: readonly unknown[], depth: number): number => {
    let size = 0;
    for (const value of values) {
      size += sizeOf(value, depth + 1);
      if (size === Infinity) return Infinity;
    }
    return size;
  };
  return sizeOf(input, 0);
}
