/** Passes what the system says about sleep and the screen lock on to whoever decides about locking. */
import { powerMonitor } from 'electron';

export interface PowerListener {
  readonly onSleep: () => void;
  readonly onScreenLock: () => void;
}

export function watchPower(listener: PowerListener): void {
  powerMonitor.on('suspend', listener.onSleep);
  powerMonitor.on('lock-screen', listener.onScreenLock);
}

/** Seconds since the last input anywhere on the computer. */
export function systemIdleSeconds(): number {
  return powerMonitor.getSystemIdleTime();
}
