/**
 * The structured clone of the stand-in's IPC, as text.
 *
 * Electron carries IPC values by V8's structured clone. Here they cross the DevTools
 * protocol, which carries text only, so both ends use this codec. It takes what IPC takes
 * in this application (primitives, plain objects, arrays, byte arrays, dates, maps, sets,
 * errors) and refuses with Electron's own words what cannot be cloned.
 *
 * The class runs in Node and, as source text, inside the page: it is self-contained.
 */

/** Two functions that are each other's inverse. Plain JSON values stand for themselves. */
export class Wire {
  /** Throws `An object could not be cloned.` for functions, symbols, promises and cycles. */
  encode(value: unknown): string {
    return JSON.stringify(this.pack(value, []));
  }

  /** Byte arrays come back as Uint8Array. */
  decode(text: string): unknown {
    return this.unpack(JSON.parse(text));
  }

  /** An array of the packed form is always `[tag, ...]`. */
  private pack(value: unknown, above: readonly object[]): unknown {
    if (value === undefined) return ['undefined'];
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return this.packNumber(value);
    if (typeof value === 'bigint') return ['bigint', String(value)];
    return typeof value === 'object' ? this.packObject(value, above) : this.refuse();
  }

  private packNumber(value: number): unknown {
    if (Object.is(value, -0)) return ['number', '-0'];
    return Number.isFinite(value) ? value : ['number', String(value)];
  }

  private packObject(value: object, above: readonly object[]): unknown {
    if (above.includes(value) || value instanceof Promise) return this.refuse();
    const within = [...above, value];
    const each = (one: unknown): unknown => this.pack(one, within);
    if (Array.isArray(value)) return ['array', ...value.map(each)];
    if (value instanceof ArrayBuffer) return ['buffer', this.toBase64(new Uint8Array(value))];
    if (ArrayBuffer.isView(value)) {
      return ['bytes', this.toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))];
    }
    if (value instanceof Date) return ['date', value.getTime()];
    if (value instanceof Error) return ['error', value.name, value.message];
    if (value instanceof Map) return ['map', ...[...value].map(([key, held]) => [each(key), each(held)])];
    if (value instanceof Set) return ['set', ...[...value].map(each)];
    return ['object', ...Object.entries(value).map(([key, held]) => [key, each(held)])];
  }

  private unpack(packed: unknown): unknown {
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
        return rest.map((one) => this.unpack(one));
      case 'buffer':
        return this.fromBase64(text).buffer;
      case 'bytes':
        return this.fromBase64(text);
      case 'date':
        return new Date(Number(text));
      case 'error':
        return Object.assign(new Error(String(rest[1])), { name: text });
      case 'map':
        return new Map(this.unpackPairs(rest));
      case 'set':
        return new Set(rest.map((one) => this.unpack(one)));
      case 'object':
        return Object.fromEntries(this.unpackPairs(rest).map(([key, held]) => [String(key), held]));
      default:
        return this.refuse();
    }
  }

  private unpackPairs(pairs: readonly unknown[]): [unknown, unknown][] {
    return pairs.map((pair) =>
      Array.isArray(pair) ? [this.unpack(pair[0]), this.unpack(pair[1])] : this.refuse(),
    );
  }

  private toBase64(bytes: Uint8Array): string {
    let binary = '';
    for (let start = 0; start < bytes.length; start += 0x2000) {
      binary += String.fromCharCode(...bytes.subarray(start, start + 0x2000));
    }
    return btoa(binary);
  }

  private fromBase64(text: string): Uint8Array {
    return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  }

  private refuse(): never {
    throw new TypeError('An object could not be cloned.');
  }
}
