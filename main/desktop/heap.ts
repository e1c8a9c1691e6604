/**
 * How V8 keeps the main process's objects.
 *
 * V8 moves objects that come from one place in the code straight to the old generation once it
 * has seen most of them survive. The objects made while reading an answer of the server look
 * like that, but live for milliseconds only; and old objects, dead or not, keep the young texts
 * they point to alive until the next large collection. Each small collection then copies nearly
 * everything that was received: 10 to 25 ms instead of 1 during a first sync of 50,000 records.
 */
import { setFlagsFromString } from 'node:v8';

/** Lets every object begin young. To be called before anything else is done. */
export function keepObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
