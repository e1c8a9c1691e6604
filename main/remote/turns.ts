/**
 * Turns of the event loop for pieces of work that hold the thread for some milliseconds.
 *
 * What several parts of a sync do side by side (one parses an answer, another writes the last
 * one) must not add up to one long turn: whoever waits here gets a turn in which nobody else
 * who waited here runs.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

let last: Promise<void> = Promise.resolve();

/** Resolves in a turn that is nobody else's, in the order of asking. */
export function ownTurn(): Promise<void> {
  last = last.then(() => nextTurn());
  return last;
}
