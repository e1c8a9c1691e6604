/** How fast a queue goes: bytes dealt with over the last seconds. */

/** Long enough that one large file does not look like a standstill, in milliseconds. */
const windowMs = 5000;

/** Before this nothing can be said, in milliseconds. */
const leastMs = 300;

interface Mark {
  readonly at: number;
  readonly done: number;
}

export class QueuePace {
  readonly #now: () => number;
  #marks: Mark[];

  /** `now` in milliseconds, from anywhere. */
  constructor(now: () => number) {
    this.#now = now;
    this.#marks = [];
  }

  /** The work begins anew; `done` bytes are dealt with already. */
  begin(done: number): void {
    this.#marks = [{ at: this.#now(), done }];
  }

  /** So many bytes are dealt with by now. */
  note(done: number): void {
    const at = this.#now();
    this.#marks.push({ at, done });
    // The newest mark before the window stays: the pace is told from there.
    while (this.#marks.length > 2 && at - (this.#marks[1]?.at ?? at) > windowMs) this.#marks.shift();
  }

  /** Null while it is too early to tell. */
  bytesPerSecond(): number | null {
    const [first] = this.#marks;
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined) return null;
    const passed = this.#now() - first.at;
    return passed < leastMs ? null : Math.max(0, Math.round(((last.done - first.done) * 1000) / passed));
  }
}
