/**
 * What becomes of a person's access when their account goes, or their keys do, and which vaults
 * nobody can open afterwards.
 */
import { newId } from '../storage/ids.ts';
import type { Repositories } from '../storage/storage.ts';
import type { Cause, RaisedRequest } from './entitlement.ts';
import { settleKeys } from './entitlement.ts';

/** A vault whose key was wrapped for one person alone. */
export interface LostVault {
  id: string;
  name: string;
}

/** The vaults of which nobody but this person has the key. */
export async function heldAlone(storage: Repositories, userId: string): Promise<LostVault[]> {
  const lost: LostVault[] = [];
  for (const id of await storage.vaultKeys.vaultIdsOf(userId)) {
    if ((await storage.vaultKeys.holders(id)).size > 1) continue;
    const vault = await storage.vaults.find(id);
    if (vault) lost.push({ id, name: vault.name });
  }
  return lost;
}

/** Takes all access from somebody whose account goes. To be called in the transaction of that. */
export async function dropAccess(storage: Repositories, userId: string, cause: Cause): Promise<void> {
  const held = await storage.vaultKeys.vaultIdsOf(userId);
  for (const { vaultId, folderId } of await storage.access.ofUser(userId)) {
    const entry = { id: newId(cause.at * 1000), vaultId, folderId, userId, groupId: null };
    await storage.access.set(entry, null);
  }
  for (const groupId of await storage.groups.groupIdsOf(userId)) {
    await storage.groups.removeMembers(groupId, [userId]);
  }
  for (const typeId of await storage.vaultTypes.administeredBy(userId)) {
    await storage.vaultTypes.setAdministrator(typeId, userId, false);
  }
  const requested = await storage.requests.vaultIdsOf(userId);
  await settleKeys(storage, [...new Set([...held, ...requested])], [userId], cause);
  await dropReceived(storage, userId);
}

/** Removes what was sent to somebody: record keys wrapped for a key pair that is gone. */
async function dropReceived(storage: Repositories, userId: string): Promise<void> {
  for (const { id } of await storage.inbox.receivedBy(userId)) await storage.inbox.remove(id);
}

/**
 * Drops all that was wrapped for somebody's key pair, and raises the requests anew by which they
 * come back. To be called after the pair has gone, in the transaction of that.
 */
export async function dropWrapped(
  storage: Repositories,
  userId: string,
  cause: Cause,
): Promise<RaisedRequest[]> {
  const held = await storage.vaultKeys.vaultIdsOf(userId);
  for (const vaultId of held) await storage.vaultKeys.remove(vaultId, userId);
  await dropReceived(storage, userId);
  return settleKeys(storage, held, [userId], cause);
}
