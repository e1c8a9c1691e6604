/**
 * What an organisation and its vaults demand of passwords (an addition of our server, feature
 * `passwordPolicies`; Passwork 7 publishes rules for log-in and master passwords only).
 *
 * A rule that cannot be kept would lock people out of the generator, so each is brought within
 * bounds; one that cannot be read demands nothing.
 */
import { z } from 'zod';

const setNames = ['lower', 'upper', 'digits', 'symbols'] as const;
const isSet = (name: unknown): name is (typeof setNames)[number] => setNames.some((known) => known === name);

const bounded = (most: number) =>
  z
    .number()
    .catch(0)
    .transform((value) => Math.min(Math.max(Math.floor(value), 0), most));

/** As long as the generator makes, and as hard to guess as that can be. */
export const policyBounds = { length: 128, bits: 512 } as const;

const policyShape = {
  minimumLength: bounded(policyBounds.length),
  requiredSets: z
    .array(z.unknown())
    .max(100)
    .catch([])
    .transform((names) => setNames.filter((name) => names.filter(isSet).includes(name))),
  minimumBits: bounded(policyBounds.bits),
};

/** The policies as the server states them; null where it states none, or nothing that can be read. */
export const passwordPolicies = z
  .object({
    organisation: z.object(policyShape).nullish().catch(null),
    vaults: z
      .array(z.object({ vaultId: z.string().min(1).max(64), ...policyShape }))
      .max(10_000)
      .catch([]),
  })
  .nullish()
  .catch(null)
  .transform((stated) => stated ?? null);
export type StatedPasswordPolicies = NonNullable<z.output<typeof passwordPolicies>>;
