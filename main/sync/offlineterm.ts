/**
 * How long this copy may be opened without contact.
 *
 * The server says whether work without contact is allowed, and for how many days; where it says
 * nothing it is allowed for 30. What it says is kept at each contact. Days count from the last
 * contact by this device's clock, and the latest time ever seen is remembered: a clock that is
 * set back afterwards does not prolong the term. A clock that ran ahead for a while may end the
 * term early; the next contact sets everything right.
 */
import { z } from 'zod';
import type { Mirror } from '../mirror/index.ts';

/** What the server allows. */
export interface OfflinePolicy {
  readonly allowed: boolean;
  readonly days: number;
}

export const usualPolicy: OfflinePolicy = { allowed: true, days: 30 };

export interface OfflineTerm extends OfflinePolicy {
  /** Unix milliseconds; null before the first contact, when there is nothing to seal yet. */
  readonly until: number | null;
  /** The copy stays sealed until the next contact. */
  readonly isOver: boolean;
}

const policyKey = 'offlinePolicy';
const contactKey = 'lastContactAt';
const clockKey = 'latestClock';
const dayMs = 24 * 60 * 60 * 1000;
/** The clock is noted at this step, so that asking for the term seldom writes. */
const clockStepMs = 60 * 1000;

const policy = z.object({ allowed: z.boolean(), days: z.number().int().min(1).max(365) });

/** Notes a contact in which the server proved to be the pinned one. Null: it says nothing of a policy. */
export function noteContact(mirror: Mirror, now: number, stated: OfflinePolicy | null): void {
  mirror.transaction(() => {
    mirror.syncState.set(policyKey, JSON.stringify(stated ?? usualPolicy));
    mirror.syncState.set(contactKey, String(now));
    mirror.syncState.set(clockKey, String(now));
  });
}

/** The term at `now` (Unix milliseconds), which is noted as seen. */
export function offlineTerm(mirror: Mirror, now: number): OfflineTerm {
  const { allowed, days } = policyOf(mirror);
  const contact = numberOf(mirror, contactKey) ?? numberOf(mirror, 'lastSyncedAt');
  if (contact === null) return { allowed, days, until: null, isOver: false };
  const latest = Math.max(now, numberOf(mirror, clockKey) ?? 0);
  if (latest - (numberOf(mirror, clockKey) ?? 0) >= clockStepMs)
    mirror.syncState.set(clockKey, String(latest));
  const until = allowed ? contact + days * dayMs : contact;
  return { allowed, days, until, isOver: latest >= until };
}

function policyOf(mirror: Mirror): OfflinePolicy {
  const text = mirror.syncState.get(policyKey);
  const read = text === null ? null : policy.safeParse(JSON.parse(text));
  return read?.success === true ? read.data : usualPolicy;
}

function numberOf(mirror: Mirror, key: string): number | null {
  const text = mirror.syncState.get(key);
  return text === null ? null : Number(text);
}
