/** What secrets that a person makes up have to be like, before anything is made with them. */
import type { MasterPasswordRule, SecretJudgement } from '../../../contract/accounts.ts';
import { keepsRule, rulesOf } from '../../strength/index.ts';

/** Characters of the shortest passphrase for the copy on this device, where no master password's rules apply. */
const shortestPassphrase = 12;

/** Characters of the shortest log-in password that our server takes. */
export const shortestLogInPassword = 8;

/** Whether a secret (UTF-8) has fewer characters than asked for. */
export function isTooShort(secret: Uint8Array, shortest: number = shortestPassphrase): boolean {
  return charactersOf(secret) < shortest;
}

/** Characters of a UTF-8 text: every byte that does not continue another one. */
function charactersOf(text: Uint8Array): number {
  return text.reduce((count, byte) => ((byte & 0xc0) === 0x80 ? count : count + 1), 0);
}

/** The rules that a new master password (UTF-8) breaks. It is a string for as long as it is looked at. */
export function brokenRules(secret: Uint8Array, rule: MasterPasswordRule): SecretJudgement['broken'] {
  const text = Buffer.from(secret.buffer, secret.byteOffset, secret.length).toString('utf8');
  return rulesOf({ ...rule, minimumBits: 0 }).flatMap((one) => {
    if (keepsRule(text, null, one)) return [];
    if (one.kind === 'length') return ['length' as const];
    return one.kind === 'set' && one.set !== 'lower' ? [one.set] : [];
  });
}
