/**
 * The structured clone of the stand-in's IPC, as text.
 *
 * Electron carries IPC values by V8's structured clone. Here they cross the DevTools
 * protocol, which carries text only, so both ends use this codec. It takes what IPC takes
 * in this application (primitives, plain objects, arrays, byte arrays, dates, maps, sets,
 * errors) and refuses with Electron's own words what cannot be cloned.
 *
 * The functions run in Node and, as source text, inside the page: each is self-contained.
 */

/** Two functions that are each other's inverse. */
export interface Wire {
  /** Throws `An object could not be cloned.` for functions, symbols, promises and cycles. */
  encode: (value: unknown) => string;
  decode: (text: string) => unknown;
}

/** Builds the codec. Plain JSON values stand for themselves; an array is `[tag, ...]`. */
export function makeWire(): Wire {
  const refuse = (): never => {
    throw new TypeError('An object could not be cloned.');
  };

  const toBase64 = (bytes: Uint8Array): string => {
    let binary = '';
    for (let start = 0; start < bytes.length; start += 0x2000) {
      binary += String.fromCharCode(...bytes.subarray(start, start + 0x2000));
    }
    return btoa(binary);
  };

  const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

  const packNumber = (value: number): unknown =>
    Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : ['number', Object.is(value, -0) ? '-0' : String(value)];

  const packObject = (value: object, above: readonly object[]): unknown => {
    if (above.includes(value) || value instanceof Promise) return refuse();
    const within = [...above, value];
    const each = (one: unknown): unknown => pack(one, within);
    if (Array.isArray(value)) return ['array', ...value.map(each)];
    if (value instanceof ArrayBuffer) return ['buffer', toBase64(new Uint8Array(value))];
    if (ArrayBuffer.isView(value)) {
      return ['bytes', toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))];
    }
    if (value instanceof Date) return ['date', value.getTime()];
    if (value instanceof Error) return ['error', value.name, value.message];
    if (value instanceof Map) return ['map', ...[...value].map(([key, held]) => [each(key), each(held)])];
    if (value instanceof Set) return ['set', ...[...value].map(each)];
    return ['object', ...Object.entries(value).map(([key, held]) => [key, each(held)])];
  };

  const pack = (value: unknown, above: readonly object[]): unknown => {
    if (value === undefined) return ['undefined'];
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return packNumber(value);
    if (typeof value === 'bigint') return ['bigint', String(value)];
    return typeof value === 'object' ? packObject(value, above) : refuse();
  };

  const unpackError = (name: string, message: string): Error => {
    const error = new Error(message);
    error.name = name;
    return error;
  };

  const unpackPairs = (pairs: readonly unknown[]): [unknown, unknown][] =>
    pairs.map((pair) => (Array.isArray(pair) ? [unpack(pair[0]), unpack(pair[1])] : refuse()));

  const unpack = (packed: unknown): unknown => {
    if (!Array.isArray(packed)) return packed;
    const [tag, ...rest]: unknown[] = packed;
    const text = String(rest[0]);
    switch (tag) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(text);
      case 'bigint':
        return BigInt(text);
      case 'array':
        return rest.map(unpack);
      case 'buffer':
        return fromBase64(text).buffer;
      case 'bytes':
        return fromBase64(text);
      case 'date':
        return new Date(Number(rest[0]));
      case 'error':
        return unpackError(text, String(rest[1]));
      case 'map':
        return new Map(unpackPairs(rest));
      case 'set':
        return new Set(rest.map(unpack));
      case 'object':
        return Object.fromEntries(unpackPairs(rest).map(([key, held]) => [String(key), held]));
      default:
        return refuse();
    }
  };

  return { encode: (value) => JSON.stringify(pack(value, [])), decode: (text) => unpack(JSON.parse(text)) };
}
