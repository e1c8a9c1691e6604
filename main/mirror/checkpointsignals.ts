/**
 * The memory that the main thread and the checkpoint thread share: one number that says how far
 * the thread is, one that says what it is wanted for, and the page key on its way over.
 *
 * A message would copy the key to where nobody can wipe it, and the end of the thread has to be
 * waited for without the event loop, because closing a mirror is one synchronous step.
 */
const stateAt = 0;
const wishAt = 1;
const numbers = 2;
const keyStart = numbers * Int32Array.BYTES_PER_ELEMENT;
const keyBytes = 32;

/** `waiting`: the thread has not begun. `open`: it may hold the file open. `ended`: it does not any more. */
const states = { waiting: 0, open: 1, ended: 2 } as const;
const wishes = { none: 0, checkpoint: 1, end: 2 } as const;

export class CheckpointSignals {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Int32Array<SharedArrayBuffer>;
  readonly #key: Uint8Array<SharedArrayBuffer>;

  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(keyStart + keyBytes);
    this.#numbers = new Int32Array(this.memory, 0, numbers);
    this.#key = new Uint8Array(this.memory, keyStart, keyBytes);
  }

  /** Main thread: lays the key out for the thread. */
  layOut(pageKey: Uint8Array): void {
    this.#key.set(pageKey);
  }

  /** Either side: nobody needs the key any more. */
  wipeKey(): void {
    this.#key.fill(0);
  }

  /** Main thread: a checkpoint is wanted; one that is wanted already is done once. */
  wantCheckpoint(): void {
    Atomics.compareExchange(this.#numbers, wishAt, wishes.none, wishes.checkpoint);
    Atomics.notify(this.#numbers, wishAt);
  }

  /**
   * Main thread: ends the thread and waits until it has let go of the file, which takes one
   * checkpoint at most. A thread that has not begun yet never opens it. False after `limitMs`.
   */
  end(limitMs: number): boolean {
    Atomics.store(this.#numbers, wishAt, wishes.end);
    Atomics.notify(this.#numbers, wishAt);
    const state = Atomics.compareExchange(this.#numbers, stateAt, states.waiting, states.ended);
    return (
      state !== states.open || Atomics.wait(this.#numbers, stateAt, states.open, limitMs) !== 'timed-out'
    );
  }

  /** Thread: takes the key; null if the mirror was closed before. The caller wipes it. */
  begin(): Buffer | null {
    const state = Atomics.compareExchange(this.#numbers, stateAt, states.waiting, states.open);
    const key = state === states.waiting ? Buffer.from(this.#key) : null;
    this.wipeKey();
    return key;
  }

  /** Thread: sleeps until something is wanted; false when that is its end. */
  nextWish(): boolean {
    Atomics.wait(this.#numbers, wishAt, wishes.none);
    const wish = Atomics.compareExchange(this.#numbers, wishAt, wishes.checkpoint, wishes.none);
    return wish === wishes.checkpoint;
  }

  /** Thread: the file is let go of. */
  ended(): void {
    Atomics.store(this.#numbers, stateAt, states.ended);
    Atomics.notify(this.#numbers, stateAt);
  }
}
