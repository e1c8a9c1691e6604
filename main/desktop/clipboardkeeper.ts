/**
 * Puts values on the clipboard and takes them off again: after a while, at lock and at quit,
 * and only while they are still ours, so that nothing a person copied since is lost.
 */
import { createHmac, randomBytes } from 'node:crypto';

/** The part of Electron's clipboard that is used. */
export interface SystemClipboard {
  readText: () => Promise<string>;
  writeText: (text: string) => Promise<void>;
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
  /** Told when the clipboard could not be cleared in time. */
  readonly onFault: (error: unknown) => void;
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

  /** Writes a value and arms its removal. Resolves, once it is there, with when it will go. */
  async write(text: string): Promise<{ clearsAt: number; totalMs: number }> {
    // Set before the write, so that a lock in the middle of it still takes the value away.
    this.#ours = digest(text);
    await this.#options.clipboard.writeText(text);
    const totalMs = this.#options.clearAfterMs();
    const state = { clearsAt: this.#now() + totalMs, totalMs };
    this.#disarm();
    this.#timer = setTimeout(() => {
      this.clear().catch(this.#options.onFault);
    }, totalMs);
    this.#timer.unref();
    this.#options.onChange(state);
    return state;
  }

  /** Clears the clipboard if it still holds what was written here. Safe to call at any time. */
  async clear(): Promise<void> {
    this.#disarm();
    const ours = this.#ours;
    if (ours === null) return;
    const now = digest(await this.#options.clipboard.readText());
    // A value written while the clipboard was being read has its own time.
    if (this.#ours !== ours) return;
    if (now === ours) this.#options.clipboard.clear();
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
