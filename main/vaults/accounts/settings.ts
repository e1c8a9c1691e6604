/**
 * The settings of this device, with whoever must know of a change told at once.
 *
 * They are read and changed before anything is unlocked, since theme and language are among them.
 * What protects the vaults is another matter: whoever stands before a locked window must not be
 * able to arrange that it stays open after its owner has come back.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { SettingsView } from '../../../contract/settings.ts';
import type { SettingsChange, SettingsStore } from '../../custody/index.ts';

export interface SettingsOptions {
  readonly store: SettingsStore;
  readonly isUnlocked: () => boolean;
  readonly onChange: (settings: SettingsView) => void;
}

export class Settings {
  readonly #options: SettingsOptions;

  constructor(options: SettingsOptions) {
    this.#options = options;
  }

  read(): SettingsView {
    return this.#options.store.read();
  }

  /**
   * Writes the given members and answers with the whole. Throws disk codes, and `locked` for a
   * change that loosens a protection while nothing is unlocked.
   */
  update(change: SettingsChange): SettingsView {
    const { store, isUnlocked, onChange } = this.#options;
    if (!isUnlocked() && loosens(store.read(), change)) throw new StrongroomError('locked');
    const settings = store.update(change);
    onChange(settings);
    return settings;
  }
}

const switches = ['lockOnSleep', 'lockOnScreenLock', 'lockOnMinimise', 'contentProtection'] as const;
const times = ['lockAfterIdleMinutes', 'clearClipboardAfterSeconds', 'hideRevealedAfterSeconds'] as const;

function loosens(now: SettingsView, change: SettingsChange): boolean {
  return (
    (!now.namesInNotifications && change.namesInNotifications === true) ||
    (change.leakLookupServer !== undefined &&
      change.leakLookupServer !== null &&
      change.leakLookupServer !== now.leakLookupServer) ||
    switches.some((name) => now[name] && change[name] === false) ||
    times.some((name) => lasting(change[name] ?? now[name]) > lasting(now[name]))
  );
}

/** 0 stands for never. */
function lasting(time: number): number {
  return time === 0 ? Infinity : time;
}
