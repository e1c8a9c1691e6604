/**
 * `powerMonitor`: its events come from a test; idle time is measured from the last input
 * in any page until a test sets it.
 */
import { EventEmitter } from 'node:events';
import type { StandInFor } from './shape.ts';

class StandInPowerMonitor
  extends EventEmitter
  implements
    StandInFor<
      Electron.PowerMonitor,
      'getSystemIdleTime' | 'getSystemIdleState' | 'isOnBatteryPower' | 'onBatteryPower'
    >
{
  onBatteryPower = false;
  private lastInput = Date.now();
  private idleSeconds: number | undefined;

  getSystemIdleTime(): number {
    return this.idleSeconds ?? Math.floor((Date.now() - this.lastInput) / 1000);
  }

  getSystemIdleState(threshold: number): 'active' | 'idle' | 'locked' | 'unknown' {
    return this.getSystemIdleTime() >= threshold ? 'idle' : 'active';
  }

  isOnBatteryPower(): boolean {
    return this.onBatteryPower;
  }

  /** The stand-in's own: a person touched a page. */
  noteInput(): void {
    this.lastInput = Date.now();
  }

  /** The test's own: what `getSystemIdleTime` says from now on. */
  setIdleSeconds(seconds: number): void {
    this.idleSeconds = seconds;
  }
}

export const powerMonitor = new StandInPowerMonitor();
