/**
 * In which order what waits goes out: what has failed least first, and else as it was changed.
 *
 * Weeks without a network leave thousands of changes. Reading and judging them all at the start
 * would hold the thread for a tenth of a second, so the order is made of numbers alone, in several
 * turns, and each operation is read when its turn comes. By then it may have been sent, changed or
 * given up; what its number stands for is therefore asked again.
 */
import type { Mirror, OutboxHead } from '../../mirror/index.ts';
import { breathe } from '../pace.ts';

/** Heads read in one turn of the event loop: less than 2 ms. */
const readAtOnce = 500;

/**
 * Numbers (`seq`) of the operations that could go out now, in the order in which they should.
 * @throws StrongroomError `cancelled`
 */
export async function sendingOrder(mirror: Mirror, signal: AbortSignal): Promise<number[]> {
  const heads: OutboxHead[] = [];
  for (;;) {
    const read = mirror.outbox.headsAfter(heads.at(-1)?.seq ?? 0, readAtOnce);
    heads.push(...read);
    if (read.length < readAtOnce) break;
    await breathe(signal);
  }
  return heads
    .sort((one, other) => one.attempts - other.attempts || one.seq - other.seq)
    .map(({ seq }) => seq);
}
