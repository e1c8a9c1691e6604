/**
 * A seeded source of choices, so that the sample organisation has the same content in
 * every run. Nothing secret is drawn from it: keys come from the key chain.
 */

/** Draws that depend on the seed only. */
export interface Choices {
  /** A whole number from 0 up to, not including, `below`. */
  number(below: number): number;
  pick<Value>(values: readonly Value[]): Value;
  /** True once in `n` draws on average. */
  oneIn(n: number): boolean;
  /** Text of `length` characters of an alphabet. */
  text(length: number, alphabet: string): string;
  bytes(length: number): Buffer;
  /** A password as a generator would make it, 14 to 24 characters. */
  password(): string;
  /** A TOTP secret in base32, 32 characters. */
  totpSecret(): string;
}

const passwordAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#$%&*+-=?@_';
const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Draws for a seed: a 32-bit generator of the xorshift family with a multiplication at the end. */
export function choicesFrom(seed: number): Choices {
  let state = seed >>> 0 || 0x9e3779b9;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return Math.imul(state, 0x2c1b3c6d) >>> 0;
  };
  const number = (below: number) => Math.floor((next() / 2 ** 32) * below);
  const text = (length: number, alphabet: string) =>
    Array.from({ length }, () => alphabet[number(alphabet.length)]).join('');

  return {
    number,
    text,
    pick: <Value>(values: readonly Value[]): Value => {
      const value = values[number(values.length)];
      if (value === undefined) throw new Error('There is nothing to pick from.');
      return value;
    },
    oneIn: (n) => number(n) === 0,
    bytes: (length) => Buffer.from(Array.from({ length }, () => number(256))),
    password: () => text(14 + number(11), passwordAlphabet),
    totpSecret: () => text(32, base32Alphabet),
  };
}
