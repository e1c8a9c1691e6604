/** When a sync begins by itself, on a clock of the test's own. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Scheduler, type Timers } from './scheduler.ts';

class Clock implements Timers {
  at = 1_000_000;
  spread = 1;
  timers: { at: number; call: () => void }[] = [];

  now(): number {
    return this.at;
  }

  random(): number {
    return this.spread;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.at + ms, call };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  pass(ms: number): void {
    const until = this.at + ms;
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.at = next.at;
      this.timers = this.timers.filter((each) => each !== next);
      next.call();
    }
    this.at = until;
  }
}

let clock: Clock;
let syncs: number[];
let scheduler: Scheduler;
beforeEach(() => {
  clock = new Clock();
  syncs = [];
  scheduler = new Scheduler(
    clock,
    () => {
      syncs.push(clock.at);
      scheduler.began();
    },
    () => undefined,
  );
});
const done = (): void => scheduler.settled({ kind: 'done' });
const failed = (retryAfterMs: number | null = null): void =>
  scheduler.settled({ kind: 'failed', retryAfterMs });

describe('while a window is visible', () => {
  it('a sync begins at once and then every minute', () => {
    scheduler.shown();
    done();
    expect(scheduler.nextTryAt).toBe(clock.at + 60_000);
    clock.pass(59_999);
    expect(syncs).toHaveLength(1);
    clock.pass(1);
    expect(syncs).toHaveLength(2);
  });

  it('edits wait a second for the next one, five at most', () => {
    scheduler.shown();
    done();
    const start = clock.at;
    for (let at = 0; at < 12; at += 1) {
      scheduler.edited();
      clock.pass(500);
    }
    expect(syncs[1]).toBe(start + 5000);
  });

  it('an edit during a sync goes out after it', () => {
    scheduler.shown();
    scheduler.edited();
    done();
    clock.pass(1000);
    expect(syncs).toHaveLength(2);
  });
});

describe('nothing visible', () => {
  it('runs no timer, and sends what waited for its moment', () => {
    scheduler.shown();
    done();
    scheduler.edited();
    scheduler.hidden();
    expect(syncs).toHaveLength(2);
    done();
    expect([clock.timers, scheduler.nextTryAt]).toEqual([[], null]);
    failed();
    expect(clock.timers).toEqual([]);
  });

  it('nor after the end', () => {
    scheduler.shown();
    done();
    scheduler.end();
    scheduler.edited();
    scheduler.shown();
    expect([clock.timers, syncs.length]).toEqual([[], 1]);
  });
});

describe('after a failure', () => {
  it('the next attempt is put off twice as far each time, ten minutes at most', () => {
    scheduler.shown();
    const waits: number[] = [];
    for (let at = 0; at < 12; at += 1) {
      failed();
      const due = scheduler.nextTryAt ?? 0;
      waits.push(due - clock.at);
      clock.pass(due - clock.at);
    }
    expect(waits.slice(0, 4)).toEqual([2000, 4000, 8000, 16_000]);
    expect(waits.slice(-2)).toEqual([600_000, 600_000]);
  });

  it('it is spread at random', () => {
    clock.spread = 0.25;
    scheduler.shown();
    failed();
    expect(scheduler.nextTryAt).toBe(clock.at + 500);
  });

  it('a server that names a time is taken at its word, within reason', () => {
    scheduler.shown();
    failed(30_000);
    expect(scheduler.nextTryAt).toBe(clock.at + 30_000);
    clock.pass(30_000);
    failed(10 * 24 * 3_600_000);
    expect(scheduler.nextTryAt).toBe(clock.at + 3_600_000);
  });

  it('neither focus nor edits come before that, a person or the network does', () => {
    scheduler.shown();
    failed(30_000);
    scheduler.edited();
    scheduler.shown();
    clock.pass(29_000);
    expect(syncs).toHaveLength(1);
    scheduler.reconnected();
    expect(syncs).toHaveLength(2);
    failed(30_000);
    scheduler.wanted();
    expect(syncs).toHaveLength(3);
    failed();
    expect(scheduler.nextTryAt).toBe(clock.at + 2000);
  });

  it('that needs a person, nothing is tried until somebody looks', () => {
    scheduler.shown();
    scheduler.settled({ kind: 'stopped' });
    scheduler.edited();
    expect([clock.timers, scheduler.nextTryAt]).toEqual([[], null]);
    scheduler.shown();
    expect(syncs).toHaveLength(2);
  });
});
