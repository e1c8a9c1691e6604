/** Codes that people or links carry, drawn uniformly from letters and digits. */
import { randomInt } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Without what is mistaken for something else on paper. */
const legible = 'abcdefghjkmnpqrstuvwxyz23456789';

function drawn(from: string, length: number): string {
  let code = '';
  while (code.length < length) code += from[randomInt(from.length)];
  return code;
}

/** A code of 25 letters and digits (about 149 bits), as in the addresses of links. */
export function newCode(): string {
  return drawn(alphabet, 25);
}

/** A code that is written down: two groups of five (about 49 bits, tried under a throttle). */
export function newRecoveryCode(): string {
  return `${drawn(legible, 5)}-${drawn(legible, 5)}`;
}
