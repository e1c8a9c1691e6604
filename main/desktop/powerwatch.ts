/** Passes what the system says about sleep, the screen lock and waking up on to whoever decides about locking and syncing. */
import { powerMonitor } from 'electron';

export interface PowerListener {
  readonly onSleep: () => void;
  readonly onScreenLock: () => void;
  readonly onWake: () => void;
}

export function watchPower(listener: PowerListener): void {
  powerMonitor.on('suspend', listener.onSleep);
  powerMonitor.on('lock-screen', listener.onScreenLock);
  powerMonitor.on('resume', listener.onWake);
}

/** Seconds since the last input anywhere on the computer. */
export function systemIdleSeconds(): number {
  return powerMonitor.getSystemIdleTime();
}
