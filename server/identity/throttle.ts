/**
 * Bounds on how often one may try: failed log-ins by login and address and by login alone, and
 * requests by address. Kept in memory on purpose: a restart forgives, and nothing about who tried
 * what is written down.
 */
import type { Clock } from '../clock.ts';

/** How many failures are allowed within how many seconds. */
export interface AttemptLimit {
  attempts: number;
  windowSeconds: number;
}

const rememberedKeys = 50_000;

/** Forgets the oldest entries of a map that has grown past its bound. */
function bound<Value>(map: Map<string, Value>): void {
  for (const key of map.keys()) {
    if (map.size <= rememberedKeys) return;
    map.delete(key);
  }
}

/** Counts failures by key. */
export function failureThrottle(clock: Clock, limit: AttemptLimit) {
  const failures = new Map<string, { count: number; since: number }>();
  const windowMs = limit.windowSeconds * 1000;

  return {
    /** Seconds until the key may try again; 0 when it may try now. */
    secondsToWait(key: string): number {
      const entry = failures.get(key);
      if (!entry || entry.count < limit.attempts) return 0;
      return Math.max(0, Math.ceil((entry.since + windowMs - clock()) / 1000));
    },
    /** Counts an attempt before it is judged, so that parallel guesses count as well. */
    attempt(key: string): void {
      const entry = failures.get(key);
      const fresh = !entry || clock() - entry.since >= windowMs;
      failures.delete(key);
      failures.set(key, fresh ? { count: 1, since: clock() } : { ...entry, count: entry.count + 1 });
      bound(failures);
    },
    success(key: string): void {
      failures.delete(key);
    },
  };
}

export type FailureThrottle = ReturnType<typeof failureThrottle>;

/** A steady rate with a burst, by address. */
export interface RequestRate {
  perSecond: number;
  burst: number;
}

/** Answers whether a request from an address may be served now. */
export function requestThrottle(clock: Clock, rate: RequestRate) {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (address: string): boolean => {
    const now = clock();
    const bucket = buckets.get(address) ?? { tokens: rate.burst, at: now };
    const refill = (Math.max(0, now - bucket.at) / 1000) * rate.perSecond;
    const tokens = Math.min(rate.burst, bucket.tokens + refill);
    buckets.delete(address);
    buckets.set(address, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    bound(buckets);
    return tokens >= 1;
  };
}
