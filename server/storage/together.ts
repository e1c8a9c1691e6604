/**
 * Many small writes as one transaction: what arrives while one commit is under way goes into the
 * next. Each caller waits for the commit that has its own, so that waiting for the disk is shared
 * and nobody is told of a write that is not kept.
 */
import { setImmediate } from 'node:timers/promises';

interface Waiting<Entry> {
  readonly entries: readonly Entry[];
  readonly kept: () => void;
  readonly failed: (error: unknown) => void;
}

/** So many entries at most go into one commit, so that none of its callers waits long. */
const mostTogether = 500;

/**
 * Makes one write of many. The answer keeps entries in the order of the calls, resolves once they
 * are kept for good, and rejects with what `write` rejected with; no entry is kept then.
 */
export function writtenTogether<Entry>(
  write: (entries: Entry[]) => Promise<void>,
): (entries: readonly Entry[]) => Promise<void> {
  const queue: Waiting<Entry>[] = [];
  let isWriting = false;

  const nextPortion = (): Waiting<Entry>[] => {
    let count = 0;
    const fitting = queue.findIndex(({ entries }) => (count += entries.length) > mostTogether);
    // One call with more than that goes alone.
    return queue.splice(0, fitting === -1 ? queue.length : Math.max(1, fitting));
  };

  const work = async (): Promise<void> => {
    if (isWriting) return;
    isWriting = true;
    try {
      while (queue.length > 0) {
        // With SQLite a commit ends before anything else is heard: first comes what has arrived by now.
        await setImmediate();
        const portion = nextPortion();
        await write(portion.flatMap(({ entries }) => entries)).then(
          () => portion.forEach(({ kept }) => kept()),
          (error: unknown) => portion.forEach(({ failed }) => failed(error)),
        );
      }
    } finally {
      isWriting = false;
    }
  };

  return (entries) =>
    new Promise((kept, failed) => {
      queue.push({ entries, kept, failed });
      void work();
    });
}
