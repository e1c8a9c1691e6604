/**
 * When to lock by rule: after time without input, when the machine sleeps, when its screen
 * is locked, when the window is minimised.
 *
 * The system is not asked every second. One timer is armed for the earliest moment at which
 * the idle time can be reached; if there was input meanwhile, it is armed again for the rest.
 * While locked there is no timer at all.
 */
import type { LockReason } from '../../contract/session.ts';
import type { SettingsView } from '../../contract/settings.ts';

export type LockSettings = Pick<
  SettingsView,
  'lockAfterIdleMinutes' | 'lockOnSleep' | 'lockOnScreenLock' | 'lockOnMinimise'
>;

/** Runs `action` once after `delay` milliseconds; the returned function calls it off. */
export type Schedule = (action: () => void, delay: number) => () => void;

export interface LockRulesOptions {
  readonly settings: LockSettings;
  readonly lock: (reason: LockReason) => void;
  /** Seconds since the last input anywhere on the computer. */
  readonly idleSeconds: () => number;
  readonly schedule?: Schedule;
}

/** Timers of the runtime can be off by a little, and the system counts whole seconds. */
const leastDelay = 1000;

export class LockRules {
  readonly #lock: (reason: LockReason) => void;
  readonly #idleSeconds: () => number;
  readonly #schedule: Schedule;
  #settings: LockSettings;
  #unlocked = false;
  #callOff: (() => void) | null = null;

  constructor(options: LockRulesOptions) {
    this.#settings = options.settings;
    this.#lock = options.lock;
    this.#idleSeconds = options.idleSeconds;
    this.#schedule = options.schedule ?? afterDelay;
  }

  /** Tells whether anything is unlocked now; the rules rest while nothing is. */
  unlocked(isUnlocked: boolean): void {
    if (isUnlocked === this.#unlocked) return;
    this.#unlocked = isUnlocked;
    this.#arm();
  }

  /** Takes over changed settings, which count from the last input on. */
  update(settings: LockSettings): void {
    this.#settings = settings;
    this.#arm();
  }

  slept(): void {
    if (this.#settings.lockOnSleep) this.#lockNow('sleep');
  }

  screenLocked(): void {
    if (this.#settings.lockOnScreenLock) this.#lockNow('screenLock');
  }

  minimised(): void {
    if (this.#settings.lockOnMinimise) this.#lockNow('minimise');
  }

  /** Ends the timer; nothing locks by rule any more. */
  dispose(): void {
    this.#unlocked = false;
    this.#disarm();
  }

  #lockNow(reason: LockReason): void {
    if (!this.#unlocked) return;
    this.#unlocked = false;
    this.#disarm();
    this.#lock(reason);
  }

  #arm(): void {
    this.#disarm();
    const limit = this.#settings.lockAfterIdleMinutes * 60;
    if (!this.#unlocked || limit === 0) return;
    const left = (limit - this.#idleSeconds()) * 1000;
    this.#callOff = this.#schedule(
      () => {
        this.#check();
      },
      Math.max(left, leastDelay),
    );
  }

  #check(): void {
    this.#callOff = null;
    if (this.#idleSeconds() >= this.#settings.lockAfterIdleMinutes * 60) this.#lockNow('idle');
    else this.#arm();
  }

  #disarm(): void {
    this.#callOff?.();
    this.#callOff = null;
  }
}

function afterDelay(action: () => void, delay: number): () => void {
  const timer = setTimeout(action, delay);
  return () => {
    clearTimeout(timer);
  };
}
