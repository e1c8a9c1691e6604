/** What is known of one password, and how a stretch of it is written and sealed. */
import { createHmac } from 'node:crypto';
import { weaknessReasons, type WeaknessReason } from '../../../contract/health.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { openValue, sealValue } from '../../custody/index.ts';
import type { LockedBytes } from '../../custody/index.ts';

export interface Fact {
  /** Equal for equal passwords on this device and telling nothing else; empty for no password. */
  readonly mark: string;
  readonly score: number;
  readonly guessesLog10: number;
  readonly reason: WeaknessReason;
  readonly sameAsLogin: boolean;
  /** Earliest moment at which the password is known to have been this one. */
  readonly since: number;
  /** The site that offers one-time codes, if none is set up in the record. */
  readonly totpSite: string | null;
  /** How often it stands in leaked lists, and when the lists were asked. */
  readonly leaks: number | null;
  readonly askedAt: number | null;
}

/** Facts by row. */
export type Facts = Map<number, Fact>;

type Written = readonly [
  ...[row: number, mark: string, score: number, guesses: number, reason: number, same: 0 | 1],
  ...[since: number, totpSite: string | null, leaks: number | null, askedAt: number | null],
];

const contextOf = (block: number): string => `health:1:${String(block)}`;

export function sealFacts(key: LockedBytes, block: number, facts: Facts): Buffer {
  const written = [...facts].map(([row, fact]): Written => [
    ...([row, fact.mark, fact.score, fact.guessesLog10] as const),
    ...([weaknessReasons.indexOf(fact.reason), fact.sameAsLogin ? 1 : 0] as const),
    ...([fact.since, fact.totpSite, fact.leaks, fact.askedAt] as const),
  ]);
  return sealValue(key, Buffer.from(JSON.stringify(written), 'utf8'), contextOf(block));
}

/** Null for what an earlier version wrote, or nobody of ours: it is worked out again. */
export function openFacts(key: LockedBytes, block: number, sealed: Buffer): Facts | null {
  try {
    const text = openValue(key, sealed, contextOf(block)).toString('utf8');
    // The seal vouches for the shape: nobody else has the key.
    return new Map((JSON.parse(text) as Written[]).map((written) => [written[0], factOf(written)]));
  } catch (error) {
    if (error instanceof StrongroomError && error.code === 'tampered') return null;
    throw error;
  }
}

function factOf([, mark, score, guessesLog10, reason, same, since, totpSite, leaks, askedAt]: Written): Fact {
  const named = weaknessReasons[reason] ?? 'none';
  return {
    ...{ mark, score, guessesLog10, reason: named, sameAsLogin: same === 1 },
    ...{ since, totpSite, leaks, askedAt },
  };
}

/** The mark of a password under the key of this profile; 16 bytes as base64url. */
export function markOf(key: LockedBytes, password: Uint8Array): string {
  if (password.length === 0) return '';
  const mac = createHmac('sha256', key.bytes).update('password mark\0').update(password).digest();
  return mac.subarray(0, 16).toString('base64url');
}
