/** What ends when the record key of a record does: everything by which it was given on. */
import type { Repositories } from '../storage/storage.ts';

/**
 * Ends the shortcuts, inbox entries and links to some records: each carries the record key wrapped
 * for its own reader, and that key opens nothing any more. To be called in a transaction.
 */
export async function endShares(
  storage: Pick<Repositories, 'shortcuts' | 'inbox' | 'links'>,
  itemIds: readonly string[],
): Promise<void> {
  if (itemIds.length === 0) return;
  await storage.shortcuts.removeTo(itemIds);
  await storage.inbox.removeOf(itemIds);
  await storage.links.removeOf(itemIds);
}
