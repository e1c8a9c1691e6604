/**
 * The windows that are open, known to `app` and to `BrowserWindow` without either knowing
 * the other.
 */
import { EventEmitter } from 'node:events';

/** What `app` must be able to do with a window. */
export interface ListedWindow {
  readonly id: number;
  close: () => void;
  destroy: () => void;
  isDestroyed: () => boolean;
}

/** Emits `empty` when the last window has closed. */
class WindowList<W extends ListedWindow> extends EventEmitter {
  private readonly windows = new Map<number, W>();

  add(window: W): void {
    this.windows.set(window.id, window);
  }

  remove(window: W): void {
    if (this.windows.delete(window.id) && this.windows.size === 0) this.emit('empty');
  }

  all(): W[] {
    return [...this.windows.values()];
  }
}

export const windowList = new WindowList<ListedWindow>();
