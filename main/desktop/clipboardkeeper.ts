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
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ClipboardKeeperOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Writes a value and arms its removal. Resolves, once it is there, with when it will go. */
  write(text: string): Promise<{ clearsAt: number; totalMs: number }> {
    return this.#inTurn(() => this.#write(text));
  }

  /** Clears the clipboard if it still holds what was written here. Safe to call at any time. */
  clear(): Promise<void> {
    return this.#inTurn(() => this.#clear());
  }

  /**
   * The system's clipboard answers later, so writing and clearing wait for each other: a lock in
   * the middle of a write must find the value there, or it would stay for good.
   */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    // Whoever asked for this one hears of its failure; the next one only waits for its end.
    this.#last = Promise.allSettled([done]);
    return done;
  }

  async #write(text: string): Promise<{ clearsAt: number; totalMs: number }> {
    // Before the write: one that fails half-way may have left the value there.
    this.#ours = digest(text);
    await this.#options.clipboard.writeText(text);
    const totalMs = this.#options.clearAfterMs();
    const state = { clearsAt: this.#now() + totalMs, totalMs };
    this.#disarm();
    const timer = setTimeout(() => {
      // A value that was written while this clearing waited has its own time.
      this.#inTurn(() => (this.#timer === timer ? this.#clear() : Promise.resolve())).catch(
        this.#options.onFault,
      );
    }, totalMs);
    this.#timer = timer.unref();
    this.#options.onChange(state);
    return state;
  }

  async #clear(): Promise<void> {
    this.#disarm();
    if (this.#ours === null) return;
    if (digest(await this.#options.clipboard.readText()) === this.#ours) this.#options.clipboard.clear();
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
