/**
 * The health of the passwords in this copy. Judged on this device; what crosses are counts, names of
 * records and why, never a password.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';
import { errorCodes } from './errors.ts';

/** Worst first. */
export const findings = ['breached', 'weak', 'reused', 'sameAsLogin', 'old', 'totpMissing'] as const;
export const finding = z.enum(findings);
export type Finding = (typeof findings)[number];

/**
 * What makes a password easy to guess; of several, the one that most of it is made of. The order is
 * part of the storage format.
 */
export const weaknessReasons = [
  'none',
  'common',
  'name',
  'word',
  'own',
  'keyboard',
  'repeat',
  'sequence',
  'date',
  'short',
] as const;
export type WeaknessReason = (typeof weaknessReasons)[number];

export const healthStages = ['judging', 'asking'] as const;

/** How far a run has come: judging in records, asking in passwords. */
export const healthProgress = z.strictObject({
  stage: z.enum(healthStages),
  done: z.number().int(),
  total: z.number().int(),
});
export type HealthProgress = z.infer<typeof healthProgress>;

const counts = z.record(finding, z.number().int());

export const healthOverview = z.strictObject({
  /** Null while nothing runs. */
  running: z.nullable(healthProgress),
  /** Records whose password is known; 0 before the first run. */
  judged: z.number().int(),
  /** Records that are new or changed since. */
  unjudged: z.number().int(),
  counts,
  /** Passwords that the lookup service has been asked about, and when last; null if it never was. */
  asked: z.number().int(),
  askedAt: z.nullable(instant),
  /** How the last run ended, if it did not go well. */
  failure: z.nullable(z.enum(errorCodes)),
});
export type HealthOverview = z.infer<typeof healthOverview>;

export const healthFacts = z.strictObject({
  findings: z.array(finding),
  /** 0: guessed at once, 4: out of reach. */
  score: z.number().int().min(0).max(4),
  reason: z.enum(weaknessReasons),
  /** Other records with the same password. */
  others: z.number().int(),
  /** Since when the password is what it is, as far as is known. */
  since: instant,
  /** How often it stands in leaked lists; null if nobody asked. */
  leaks: z.nullable(z.number().int()),
  /** The site that offers one-time codes which are not set up here. */
  totpSite: z.nullable(z.string()),
});
export type HealthFacts = z.infer<typeof healthFacts>;

export const healthRow = z.strictObject({
  id: idText,
  name: z.string(),
  login: z.string(),
  vaultName: z.string(),
  facts: healthFacts,
});
export type HealthRow = z.infer<typeof healthRow>;

export const health = {
  overview: channel(nothing, healthOverview),
  page: channel(
    z.strictObject({
      finding,
      offset: z.number().int().nonnegative(),
      limit: z.number().int().min(1).max(200),
    }),
    z.strictObject({ total: z.number().int(), rows: z.array(healthRow) }),
  ),
  /** Null as long as the record was not looked at. */
  ofRecord: channel(z.strictObject({ recordId: idText }), z.strictObject({ facts: z.nullable(healthFacts) })),
  /** Begins a run, unless one runs already. */
  start: channel(nothing, nothing),
  cancel: channel(nothing, nothing),
};
