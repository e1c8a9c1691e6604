/**
 * What is demanded of the passwords in records (own addition): by the organisation, and beside it by
 * single vaults. The server never sees a password of a record where client-side encryption is on,
 * so it can only announce the rules; clients keep to them when they make passwords up.
 */
import { z } from 'zod';
import type { Caller } from '../access/rights.ts';
import { rightsOver } from '../access/rights.ts';
import type { PasswordPolicies, PasswordPolicy } from '../storage/passwordpolicies.ts';
import { demandedSets, demandsNothing } from '../storage/passwordpolicies.ts';
import type { Repositories } from '../storage/storage.ts';
import type { Api, Context } from './context.ts';
import { callerOf } from './context.ts';
import { guardPlace } from './guard.ts';
import { idParams, objectId } from './schemas.ts';

/** Rules that nobody could keep would help nobody: bounds are what clients can make. */
const policySchema = z.object({
  minimumLength: z.number().int().min(0).max(128),
  requiredSets: z.array(z.enum(demandedSets)).max(demandedSets.length),
  minimumBits: z.number().int().min(0).max(512),
});

/** Each set once, in one order. */
function settled({ minimumLength, requiredSets, minimumBits }: PasswordPolicy): PasswordPolicy {
  const sets = demandedSets.filter((set) => requiredSets.includes(set));
  return { minimumLength, requiredSets: sets, minimumBits };
}

/** The policies as clients are told them, with the settings and with the change feed. */
export const passwordPoliciesSchema = z.object({
  organisation: policySchema.nullable(),
  vaults: z.array(policySchema.extend({ vaultId: objectId })),
});

/** The organisation's policy, and those of the vaults that the caller can read something in. */
export async function statedPasswordPolicies(
  storage: Repositories,
  caller: Caller,
): Promise<PasswordPolicies> {
  const { organisation, vaults } = await storage.organisations.passwordPolicies(caller.organisationId);
  if (vaults.length === 0) return { organisation, vaults };
  const seen = new Set((await rightsOver(storage).toAllVaults(caller)).map(({ vault }) => vault.id));
  return { organisation, vaults: vaults.filter(({ vaultId }) => seen.has(vaultId)) };
}

/** Takes a vault's policy in, or away where it demands nothing; forgets those of vaults that are gone. */
async function withVault(
  storage: Repositories,
  organisationId: string,
  vaultId: string,
  policy: PasswordPolicy,
): Promise<PasswordPolicies> {
  const { organisation, vaults } = await storage.organisations.passwordPolicies(organisationId);
  const there = new Set((await storage.vaults.list(organisationId)).map(({ id }) => id));
  const others = vaults.filter((other) => other.vaultId !== vaultId && there.has(other.vaultId));
  return { organisation, vaults: demandsNothing(policy) ? others : [...others, { vaultId, ...policy }] };
}

/** Registers the endpoints of this file. */
export function passwordPolicyRoutes(app: Api, context: Context): void {
  app.post(
    '/organisation/password-policy',
    {
      config: { needs: 'settings:manage', logs: 'noted' },
      schema: {
        summary: 'Say what is demanded of passwords in records (own addition)',
        body: policySchema,
        response: { 200: policySchema },
      },
    },
    async (request) => {
      const { organisationId } = callerOf(request);
      const { organisations } = context.storage;
      const { vaults } = await organisations.passwordPolicies(organisationId);
      const policy = settled(request.body);
      const organisation = demandsNothing(policy) ? null : policy;
      await organisations.setPasswordPolicies(organisationId, { organisation, vaults });
      const action = organisation ? 'password policy set' : 'password policy removed';
      request.activityNotes.push({ event: 'settings_changed', objectId: organisationId, action });
      return policy;
    },
  );

  app.post(
    '/vaults/:id/password-policy',
    {
      config: { needs: 'directory:access:manage', logs: 'vaultSettings_changed' },
      schema: {
        summary: 'Say what a vault demands of passwords beside the organisation (own addition)',
        params: idParams,
        body: policySchema,
        response: { 200: policySchema },
      },
    },
    async (request) => {
      const { vault } = await guardPlace(context.rights, request, request.params.id);
      const { storage } = context;
      const policy = settled(request.body);
      const policies = await withVault(storage, vault.organisationId, vault.id, policy);
      await storage.organisations.setPasswordPolicies(vault.organisationId, policies);
      return policy;
    },
  );
}
