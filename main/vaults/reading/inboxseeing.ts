/**
 * Having seen an entry of the inbox. It counts here at once; the server learns it by the very
 * request that fetches the entry (Passwork 7 protocol, inbox entries: `isViewed`).
 */
import type { StoredRecord } from '../../mirror/index.ts';
import { viewInboxItem } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

/** Marks an unread entry as read; a server out of reach learns nothing, and nobody waits for it. */
export function seeInboxEntry(account: OpenAccount, record: StoredRecord): void {
  if (record.kind !== 'inbox' || !record.unread) return;
  account.mirror.records.setSeen(record.id);
  account.learned();
  const { phase } = account.synchroniser.status();
  if (phase === 'idle' || phase === 'running') account.aside(viewInboxItem(account.client, record.serverId));
}
