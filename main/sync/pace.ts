/**
 * Work in portions small enough that the window's messages are never kept waiting.
 *
 * The mirror is written on the thread that also answers the window. How much fits into one
 * portion depends on the machine and on the rows, so it is measured and adapted as it goes.
 */
import { StrongroomError } from '../../contract/index.ts';
import type { Upkeep } from '../mirror/index.ts';
import { ownTurn } from '../remote/index.ts';

/**
 * Aim of one portion; a quarter of a frame, since a row can cost more than the last ones, and an
 * answer of the server may be parsed in the same turn.
 */
const aimMs = 4;
const largestPortion = 100;
/** How much of the cost that was met last is still expected of the next portion. */
const costKept = 0.8;

/** Portions after which what writing owes is paid, in turns of its own. */
const portionsPerUpkeep = 8;

export class Pace {
  readonly #upkeep: Pick<Upkeep, 'mergeSome' | 'relief'> | null;
  #portion = 4;
  /** Milliseconds that one element costs, when in doubt too many. */
  #cost = aimMs / 4;
  #portions = 0;

  /** With the upkeep of the mirror that is written to. */
  constructor(upkeep: Pick<Upkeep, 'mergeSome' | 'relief'> | null = null) {
    this.#upkeep = upkeep;
  }

  /**
   * Gives `elements` to `work` in portions, with a turn of the event loop between them.
   * @throws StrongroomError `cancelled` between two portions.
   */
  async work<T>(
    elements: readonly T[],
    signal: AbortSignal,
    work: (portion: readonly T[]) => void,
  ): Promise<void> {
    for (let at = 0; at < elements.length;) {
      const portion = elements.slice(at, at + this.#portion);
      const start = performance.now();
      work(portion);
      this.#adapt(portion.length, performance.now() - start);
      at += portion.length;
      await breathe(signal);
      this.#portions += 1;
      if (this.#portions % portionsPerUpkeep === 0) await this.rest(signal);
    }
  }

  /**
   * Pays what the mirror is owed for what was written to it, in turns of the event loop.
   * @throws StrongroomError `cancelled`.
   */
  async rest(signal: AbortSignal): Promise<void> {
    while (this.#upkeep?.mergeSome() === true) await breathe(signal);
    await this.#upkeep?.relief();
    if (signal.aborted) throw new StrongroomError('cancelled');
  }

  #adapt(done: number, elapsedMs: number): void {
    // A portion that was cheap does not yet promise a cheap next one.
    this.#cost = Math.max(elapsedMs / done, this.#cost * costKept);
    const fitting = Math.floor(aimMs / Math.max(this.#cost, 0.001));
    this.#portion = Math.max(1, Math.min(fitting, this.#portion * 2, largestPortion));
  }
}

/** Lets everything else that waits go first. @throws StrongroomError `cancelled`. */
export async function breathe(signal: AbortSignal): Promise<void> {
  await ownTurn();
  if (signal.aborted) throw new StrongroomError('cancelled');
}

/** Runs `task` over all elements, at most `width` at a time; the first failure ends it. */
export async function sideBySide<T>(
  elements: Iterable<T>,
  width: number,
  task: (element: T) => Promise<void>,
): Promise<void> {
  const rest = elements[Symbol.iterator]();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let next = rest.next(); next.done !== true && !failed; next = rest.next()) {
      try {
        await task(next.value);
      } catch (failure) {
        failed = true;
        throw failure;
      }
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}
