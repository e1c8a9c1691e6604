/**
 * The record key of what was sent to this user (Passwork 7 protocol, "Inbox entry").
 *
 * It is wrapped with a public key, which anybody can do, so nothing tells who wrapped it. It was drawn
 * with the record and goes with it for good: a later delivery may wrap the same key once more, and one
 * that brings another key would have the receiver seal what they type for whoever made that key.
 */
import { sameKey, wipe } from '../../keychain/index.ts';
import type { StoredRecord } from '../../mirror/index.ts';
import type { VaultKeys } from './vaultkeys.ts';

/**
 * Whether a delivery has another record key than the one known here, or one that does not open. False
 * where the known one does not open: then nothing was ever read or typed under it.
 */
export function hasAnotherKey(
  vaultKeys: Pick<VaultKeys, 'recordKeyOf'> | null,
  known: StoredRecord,
  delivered: StoredRecord,
): boolean {
  if (vaultKeys === null || known.kind !== 'inbox' || known.keyWrapped === delivered.keyWrapped) return false;
  const before = vaultKeys.recordKeyOf(known);
  if (before === null) return false;
  const now = vaultKeys.recordKeyOf(delivered);
  try {
    return now === null || !sameKey(before, now);
  } finally {
    wipe(before);
    if (now !== null) wipe(now);
  }
}
