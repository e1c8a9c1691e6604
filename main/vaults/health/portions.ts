/**
 * Work over tens of thousands of passwords in stretches of a few milliseconds: the thread that does it
 * answers the window as well.
 */
import { ownTurn } from '../../remote/index.ts';

/** Longest stretch between two turns of the event loop. */
const stretchMs = 4;
/** So many steps of the cheap kind go by between two looks at the clock. */
const stepsPerLook = 256;

export class Portions {
  readonly #mayGoOn: () => void;
  #until = performance.now() + stretchMs;
  #steps = 0;

  /** `mayGoOn` is called after each turn and throws if the work is to end there. */
  constructor(mayGoOn: () => void) {
    this.#mayGoOn = mayGoOn;
  }

  /** Whether a turn is due; to be asked after each piece that takes a good part of a millisecond. */
  get due(): boolean {
    return performance.now() >= this.#until;
  }

  /** The same for steps of microseconds: the clock is looked at once in a while only. */
  get stepDue(): boolean {
    this.#steps += 1;
    return this.#steps % stepsPerLook === 0 && this.due;
  }

  /** Lets everybody else have a turn. Throws what `mayGoOn` throws. */
  async turn(): Promise<void> {
    await ownTurn();
    this.#mayGoOn();
    this.#until = performance.now() + stretchMs;
  }
}

/** So many are sorted in one go before they are merged. */
const sortedAtOnce = 512;

/** A sorted copy, as `toSorted` gives it (equal ones keep their order). Throws what `portions.turn` throws. */
export async function sortedInPortions<T>(
  list: readonly T[],
  compare: (one: T, other: T) => number,
  portions: Portions,
): Promise<T[]> {
  let runs: T[][] = [];
  for (let at = 0; at < list.length; at += sortedAtOnce) {
    if (portions.due) await portions.turn();
    runs.push(list.slice(at, at + sortedAtOnce).sort(compare));
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(await mergedInPortions(runs[at] ?? [], runs[at + 1] ?? [], compare, portions));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function mergedInPortions<T>(
  one: readonly T[],
  other: readonly T[],
  compare: (one: T, other: T) => number,
  portions: Portions,
): Promise<T[]> {
  const merged: T[] = [];
  let [left, right] = [0, 0];
  while (left < one.length || right < other.length) {
    if (portions.stepDue) await portions.turn();
    const [first, second] = [one[left], other[right]];
    if (second === undefined || (first !== undefined && compare(first, second) <= 0)) {
      if (first !== undefined) merged.push(first);
      left += 1;
    } else {
      merged.push(second);
      right += 1;
    }
  }
  return merged;
}
