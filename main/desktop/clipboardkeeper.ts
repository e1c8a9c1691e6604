/**
 * Puts values on the clipboard and takes them off again: after a while, at lock and at quit,
 * and only while they are still ours, so that nothing a person copied since is lost.
 */
import { createHmac, randomBytes } from 'node:crypto';

/** The part of Electron's clipboard that is used. */
export interface SystemClipboard {
  readText: () => string;
  writeText: (text: string) => void;
  clear: () => void;
}

export interface ClipboardState {
  /** Unix milliseconds, or null when nothing of ours is on the clipboard. */
  readonly clearsAt: number | null;
  readonly totalMs: number;
}

export interface ClipboardKeeperOptions {
  readonly clipboard: SystemClipboard;
  readonly clearAfterMs: () => number;
  readonly onChange: (state: ClipboardState) => void;
  readonly now?: () => number;
}

export class ClipboardKeeper {
  readonly #options: ClipboardKeeperOptions;
  readonly #now: () => number;
  /** Digest of what was written last; the value itself is not kept. */
  #ours: string | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ClipboardKeeperOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Writes a value and arms its removal. Returns when that will be. */
  write(text: string): { clearsAt: number; totalMs: number } {
    this.#options.clipboard.writeText(text);
    this.#ours = digest(text);
    const totalMs = this.#options.clearAfterMs();
    const state = { clearsAt: this.#now() + totalMs, totalMs };
    this.#disarm();
    this.#timer = setTimeout(() => {
      this.clear();
    }, totalMs);
    this.#timer.unref();
    this.#options.onChange(state);
    return state;
  }

  /** Clears the clipboard if it still holds what was written here. Safe to call at any time. */
  clear(): void {
    this.#disarm();
    if (this.#ours === null) return;
    if (digest(this.#options.clipboard.readText()) === this.#ours) this.#options.clipboard.clear();
    this.#ours = null;
    this.#options.onChange({ clearsAt: null, totalMs: 0 });
  }

  #disarm(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** Keyed by this process alone, so that the digest in memory cannot be tried against guesses elsewhere. */
const digestKey = randomBytes(32);

function digest(text: string): string {
  return createHmac('sha256', digestKey).update(text).digest('hex');
}
