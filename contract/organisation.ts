/** What holds for the whole organisation: work without contact, rules about passwords, how long the log is kept. */
import { z } from 'zod';
import { channel, nothing } from './channel.ts';
import { demandedSets } from './generator.ts';

export const offlineDays = { least: 1, most: 365 } as const;
export const offlineRule = z.strictObject({
  allowed: z.boolean(),
  /** For how long a device may do without the server. */
  days: z.number().int().min(offlineDays.least).max(offlineDays.most),
});
export type OfflineRule = z.infer<typeof offlineRule>;

export const passwordDemandBounds = { length: 128, bits: 512 } as const;
export const passwordDemand = z.strictObject({
  /** 0 demands nothing. */
  minimumLength: z.number().int().min(0).max(passwordDemandBounds.length),
  requiredSets: z.array(z.enum(demandedSets)).max(demandedSets.length),
  minimumBits: z.number().int().min(0).max(passwordDemandBounds.bits),
});
export type PasswordDemand = z.infer<typeof passwordDemand>;

export const activityDays = { least: 30, most: 3650 } as const;
export const activityRetention = z.strictObject({
  /** For how many days entries of the activity log are kept; null for good. */
  days: z.nullable(z.number().int().min(activityDays.least).max(activityDays.most)),
});
export type ActivityRetention = z.infer<typeof activityRetention>;

export const organisationRules = z.strictObject({
  /** Null where the server does not offer to set it. */
  offline: z.nullable(offlineRule),
  passwords: z.nullable(passwordDemand),
  activity: z.nullable(activityRetention),
});
export type OrganisationRules = z.infer<typeof organisationRules>;

export const organisation = {
  /** The rules as the server states them now. */
  read: channel(nothing, organisationRules),
  setOffline: channel(offlineRule, nothing),
  setPasswords: channel(passwordDemand, nothing),
  /** What is older than that is dropped by the server, and not to be had back. */
  setActivity: channel(activityRetention, nothing),
};
