/** Rules for secrets that a person makes up, where no server has stated others. */
import type { MasterPasswordRule } from '../../../contract/accounts.ts';

/** What a form needs to know of a rule. */
export type SecretRule = Pick<MasterPasswordRule, 'minimumLength' | 'requiredSets'>;

/** The least that any master password has to be like. */
export const leastRule: SecretRule = { minimumLength: 12, requiredSets: [] };

/** The shortest log-in password that the server takes. */
export const logInRule: SecretRule = { minimumLength: 8, requiredSets: [] };
