/**
 * What server and vaults demand of passwords, as they said at the last contact. It is kept so that
 * the rules hold without contact too. A policy can only ask for more than a person wished, so one
 * that a server made up harms nobody.
 */
import { z } from 'zod';
import type { Mirror } from '../mirror/index.ts';

const policy = z.object({
  minimumLength: z.number().int().nonnegative(),
  requiredSets: z.array(z.enum(['lower', 'upper', 'digits', 'symbols'])),
  minimumBits: z.number().nonnegative(),
});

const policies = z.object({
  organisation: policy.nullish(),
  vaults: z.array(policy.extend({ vaultId: z.string() })),
});

export type PasswordPolicies = z.infer<typeof policies>;

const stateKey = 'passwordPolicies';

/** Keeps what the server states; null takes away what it stated before. */
export function notePasswordPolicies(mirror: Mirror, stated: PasswordPolicies | null): void {
  const text = stated === null ? null : JSON.stringify(stated);
  if (mirror.syncState.get(stateKey) !== text) mirror.syncState.set(stateKey, text);
}

/** What was stated last; empty where nothing ever was. Vaults are named by their ids on the server. */
export function passwordPoliciesOf(mirror: Mirror): PasswordPolicies {
  const text = mirror.syncState.get(stateKey);
  const read = text === null ? null : policies.safeParse(JSON.parse(text));
  return read?.success === true ? read.data : { organisation: null, vaults: [] };
}
