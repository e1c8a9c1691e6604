/**
 * The one key that is asked of the whole system. Another program may have it already, which the
 * settings then say; the key that worked before stays let go, as the person chose another.
 */
import { globalShortcut } from 'electron';
import type { ShortcutState } from '../../contract/quickaccess.ts';

export class QuickKey {
  readonly #press: () => void;
  #key: string | null = null;
  #state: ShortcutState = 'off';

  constructor(press: () => void) {
    this.#press = press;
  }

  state(): ShortcutState {
    return this.#state;
  }

  /** Asks the system for the key, and gives the former one back; null for none. */
  bind(key: string | null): void {
    // A key that was taken is asked for again: whoever had it may have gone.
    if (key === this.#key && this.#state === 'ready') return;
    this.release();
    this.#key = key;
    if (key !== null) this.#state = globalShortcut.register(key, this.#press) ? 'ready' : 'taken';
  }

  release(): void {
    if (this.#key !== null && this.#state === 'ready') globalShortcut.unregister(this.#key);
    this.#key = null;
    this.#state = 'off';
  }
}
