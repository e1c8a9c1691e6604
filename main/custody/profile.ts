/**
 * The profile of one account on this device: which server, which person, how its device key
 * is wrapped. Nothing in it is secret; it stands beside the encrypted mirror as plain JSON.
 */
import { z } from 'zod';
import { keySlot } from './keyslot.ts';

const instant = z.number().int().nonnegative();

const trust = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('system') }),
  z.strictObject({
    kind: z.literal('pinned'),
    /** SHA-256 of the certificate, upper-case hex pairs joined by colons. */
    fingerprint: z.string().min(1).max(128),
    certificatePem: z.string().min(1).max(65_536),
  }),
]);

export const profileId = z.string().regex(/^[0-9a-f]{32}$/);

export const profile = z.strictObject({
  version: z.literal(1),
  id: profileId,
  server: z.strictObject({ origin: z.url().max(2048), trust }),
  account: z.strictObject({
    userId: z.string().min(1).max(64),
    login: z.string().max(256),
    fullName: z.string().max(1024),
  }),
  /** Client-side encryption as pinned at enrolment. */
  mode: z.enum(['client', 'none']),
  slots: z.array(keySlot).min(1).max(8),
  lastSyncedAt: z.nullable(instant),
  createdAt: instant,
});
export type Profile = z.infer<typeof profile>;

/** What an enrolment decides; the rest of a profile is made here. */
export type NewProfile = Pick<Profile, 'server' | 'account' | 'mode' | 'slots'>;

/** What may change later; the rest is what the account was enrolled as. */
export type ProfileChange = Partial<Pick<Profile, 'slots' | 'lastSyncedAt'>>;

/** A profile in the list of accounts; `profile` is null when its file cannot be understood. */
export interface ProfileSummary {
  readonly id: string;
  readonly profile: Profile | null;
}
