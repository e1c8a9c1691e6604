/**
 * When to sync by itself.
 *
 * While a window of the unlocked account is visible: at once when it opens, comes into view or
 * the network returns, shortly after edits, and every minute. While nothing is visible no timer
 * runs; edits that wait for their moment then go out at once. After a failure the next attempt
 * is put off, twice as far each time and spread at random, so that many devices do not come back
 * at the same moment; a server that names a time is taken at its word. A person's wish goes
 * before everything.
 */

/** The clock and timers that scheduling goes by. */
export interface Timers {
  /** Unix milliseconds. */
  now(): number;
  /** Calls once after `ms`; the returned function ends that. */
  after(ms: number, call: () => void): () => void;
  /** Evenly from 0 up to 1. */
  random(): number;
}

export const systemTimers: Timers = {
  now: Date.now,
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

/**
 * How a sync ended. `failed` comes back by itself, `stopped` needs a person. `retryAfterMs` is
 * what the server asked for.
 */
export type SyncEnd =
  { readonly kind: 'done' | 'stopped' } | { readonly kind: 'failed'; readonly retryAfterMs: number | null };

const everyMs = 60_000;
const editRestMs = 1000;
const editLimitMs = 5000;
const firstWaitMs = 2000;
const longestWaitMs = 600_000;
/** A server cannot put its clients to sleep for longer than this. */
const longestAskedMs = 60 * 60_000;

export class Scheduler {
  readonly #timers: Timers;
  readonly #sync: () => void;
  readonly #planned: () => void;
  #visible = false;
  #ended = false;
  #running = false;
  #again = false;
  #failures = 0;
  #stopped = false;
  #earliest = 0;
  #editedSince: number | null = null;
  /** When the next one is due without any cause, counted from the end of the last. */
  #regularAt: number | null = null;
  #plan: { readonly at: number; readonly cancel: () => void } | null = null;

  /** `sync` starts a sync; `planned` hears that `nextTryAt` has changed. */
  constructor(timers: Timers, sync: () => void, planned: () => void) {
    this.#timers = timers;
    this.#sync = sync;
    this.#planned = planned;
  }

  /** When the next attempt is due by itself (Unix milliseconds); null when none is planned. */
  get nextTryAt(): number | null {
    return this.#plan?.at ?? null;
  }

  /** The account was unlocked, a window came into view or into focus. */
  shown(): void {
    this.#visible = true;
    this.#stopped = false;
    this.#due();
  }

  /** No window is visible any more: no timer runs from here on. */
  hidden(): void {
    this.#visible = false;
    this.#clear();
    if (this.#editedSince !== null) this.#due();
  }

  /** The network is there again, or the machine woke up: what failed for want of it may work now. */
  reconnected(): void {
    this.#failures = 0;
    this.#earliest = 0;
    if (this.#visible) this.#due();
  }

  /** Something waits to be sent. */
  edited(): void {
    this.#editedSince ??= this.#timers.now();
    if (this.#visible) this.#arrange();
  }

  /** A person wants it now. */
  wanted(): void {
    this.#failures = 0;
    this.#earliest = 0;
    this.#stopped = false;
    this.#start();
  }

  /** A sync has begun, whoever wanted it. */
  began(): void {
    this.#running = true;
    this.#regularAt = null;
    this.#editedSince = null;
    this.#clear();
  }

  /** The running sync has ended. */
  settled(end: SyncEnd): void {
    this.#running = false;
    this.#stopped = end.kind === 'stopped';
    if (end.kind === 'failed') this.#putOff(end.retryAfterMs);
    else {
      this.#failures = 0;
      this.#earliest = 0;
    }
    if (this.#again && end.kind === 'done') this.edited();
    this.#again = false;
    if (this.#visible) this.#arrange();
  }

  /** Ends everything, at lock. */
  end(): void {
    this.#ended = true;
    this.#clear();
  }

  #putOff(askedMs: number | null): void {
    const ceiling = Math.min(firstWaitMs * 2 ** Math.min(this.#failures, 20), longestWaitMs);
    this.#failures += 1;
    const spread = Math.round(this.#timers.random() * ceiling);
    const asked = Math.min(askedMs ?? 0, longestAskedMs);
    this.#earliest = this.#timers.now() + Math.max(spread, asked);
  }

  /** As soon as may be. */
  #due(): void {
    if (this.#timers.now() >= this.#earliest) this.#start();
    else if (this.#visible) this.#arrange();
  }

  #start(): void {
    if (this.#ended) return;
    if (this.#running) {
      this.#again ||= this.#editedSince !== null;
      return;
    }
    this.#clear();
    this.#sync();
  }

  /** Plans the next attempt: the earliest of what is wanted, not before the server is spared. */
  #arrange(): void {
    if (this.#ended || this.#running || this.#stopped) {
      this.#again ||= this.#running && this.#editedSince !== null;
      return;
    }
    const now = this.#timers.now();
    this.#regularAt ??= now + everyMs;
    const regular = this.#failures > 0 ? this.#earliest : this.#regularAt;
    const since = this.#editedSince;
    const forEdits = since === null ? regular : Math.min(now + editRestMs, since + editLimitMs);
    const at = Math.max(Math.min(regular, forEdits), this.#earliest, now);
    this.#plan?.cancel();
    this.#plan = { at, cancel: this.#timers.after(at - now, () => this.#start()) };
    this.#planned();
  }

  #clear(): void {
    if (this.#plan === null) return;
    this.#plan.cancel();
    this.#plan = null;
    this.#planned();
  }
}
