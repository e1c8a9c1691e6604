import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockRules, type LockSettings } from './lockrules.ts';

const allOn: LockSettings = {
  lockAfterIdleMinutes: 5,
  lockOnSleep: true,
  lockOnScreenLock: true,
  lockOnMinimise: true,
};

/** A machine whose clock, input and timers are moved by hand. */
class Machine {
  readonly locks: string[] = [];
  now = 0;
  lastInput = 0;
  timer: { at: number; action: () => void } | null = null;
  armed = 0;
  readonly rules: LockRules;

  constructor(settings: LockSettings) {
    this.rules = new LockRules({
      settings,
      lock: (reason) => {
        this.locks.push(reason);
        this.rules.unlocked(false);
      },
      idleSeconds: () => Math.floor((this.now - this.lastInput) / 1000),
      schedule: (action, delay) => {
        expect(this.timer).toBeNull();
        this.armed += 1;
        this.timer = { at: this.now + delay, action };
        return () => {
          this.timer = null;
        };
      },
    });
  }

  /** Lets time pass, with the timers that fall due in it. */
  pass(seconds: number): void {
    const end = this.now + seconds * 1000;
    while (this.timer !== null && this.timer.at <= end) {
      const { at, action } = this.timer;
      this.now = at;
      this.timer = null;
      action();
    }
    this.now = end;
  }

  input(): void {
    this.lastInput = this.now;
  }
}

describe('the rules of locking', () => {
  it('lock after the idle time with a single timer', () => {
    const machine = new Machine(allOn);
    machine.rules.unlocked(true);
    machine.pass(299);
    expect(machine.locks).toEqual([]);
    machine.pass(1);
    expect(machine.locks).toEqual(['idle']);
    expect(machine.armed).toBe(1);
    expect(machine.timer).toBeNull();
  });

  it('arm again for the rest only when there was input', () => {
    const machine = new Machine(allOn);
    machine.rules.unlocked(true);
    machine.pass(200);
    machine.input();
    machine.pass(299);
    expect(machine.locks).toEqual([]);
    expect(machine.armed).toBe(2);
    machine.pass(1);
    expect(machine.locks).toEqual(['idle']);
  });

  it.each([
    ['slept', 'sleep', 'lockOnSleep'],
    ['screenLocked', 'screenLock', 'lockOnScreenLock'],
    ['minimised', 'minimise', 'lockOnMinimise'],
  ] as const)('lock when the machine %s, if the setting says so', (event, reason, setting) => {
    const machine = new Machine(allOn);
    machine.rules[event]();
    expect(machine.locks).toEqual([]);
    machine.rules.unlocked(true);
    machine.rules[event]();
    machine.rules[event]();
    expect(machine.locks).toEqual([reason]);
    expect(machine.timer).toBeNull();

    const unwilling = new Machine({ ...allOn, [setting]: false });
    unwilling.rules.unlocked(true);
    unwilling.rules[event]();
    expect(unwilling.locks).toEqual([]);
  });

  it('have no timer while locked, when never is set, and after the end', () => {
    const machine = new Machine(allOn);
    expect(machine.timer).toBeNull();
    machine.rules.unlocked(true);
    expect(machine.timer).not.toBeNull();
    machine.rules.unlocked(false);
    expect(machine.timer).toBeNull();
    machine.rules.unlocked(true);
    machine.rules.update({ ...allOn, lockAfterIdleMinutes: 0 });
    expect(machine.timer).toBeNull();
    machine.rules.update(allOn);
    expect(machine.timer).not.toBeNull();
    machine.rules.dispose();
    expect(machine.timer).toBeNull();
    machine.rules.slept();
    expect(machine.locks).toEqual([]);
  });

  it('take a shorter idle time over at once', () => {
    const machine = new Machine({ ...allOn, lockAfterIdleMinutes: 60 });
    machine.rules.unlocked(true);
    machine.pass(600);
    machine.rules.update({ ...allOn, lockAfterIdleMinutes: 5 });
    machine.pass(1);
    expect(machine.locks).toEqual(['idle']);
  });

  it('never lock early and never stay open longer than the idle time, whatever happens', () => {
    const step = fc.record({ seconds: fc.integer({ min: 0, max: 400 }), input: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const machine = new Machine(allOn);
        machine.rules.unlocked(true);
        for (const { seconds, input } of steps) {
          const idleBefore = (machine.now - machine.lastInput) / 1000;
          machine.pass(seconds);
          const shouldLock = idleBefore + seconds >= 300;
          expect(machine.locks.length > 0).toBe(shouldLock);
          if (shouldLock) return;
          if (input) machine.input();
        }
      }),
    );
  });
});
