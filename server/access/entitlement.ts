/**
 * Keys follow people: whoever may enter a vault needs its key, and whoever may not must not keep it.
 *
 * The server cannot wrap a key. When somebody comes to a vault without one (a group was given
 * access, a person joined a group, a key pair was reset) it raises a request for those who
 * administer the vault, and never answers it by itself. When somebody has nothing left there, their
 * wrapped key and request go in the same transaction as the access.
 */
import type { RequestReason } from '../storage/administrationtables.ts';
import { newId } from '../storage/ids.ts';
import type { Repositories } from '../storage/storage.ts';
import type { Vault } from '../storage/vaults.ts';
import { compareLevels } from './levels.ts';
import { administersByType, levelOn } from './rights.ts';

/** What a change of access came from, and who made it. */
export interface Cause {
  reason: RequestReason;
  requesterId: string;
  groupId: string | null;
  /** Unix seconds. */
  at: number;
  clientSideEncryption: boolean;
  /** Raises a request that was declined before once more: somebody was let in anew. */
  renews: boolean;
}

/** Somebody for whom a request was raised, and the vault. */
export interface RaisedRequest {
  requestId: string;
  vaultId: string;
  userId: string;
}

/**
 * Whether the entries of some place or the vault's type give a person anything in a vault. Who is shut
 * out of a place by name has nothing there, whatever their groups have.
 */
export async function isEntitled(
  storage: Pick<Repositories, 'users' | 'groups' | 'access' | 'vaultTypes'>,
  vault: Pick<Vault, 'id' | 'type' | 'customTypeId'>,
  userId: string,
): Promise<boolean> {
  const user = await storage.users.find(userId);
  if (!user || user.isDeleted) return false;
  const typeIds = await storage.vaultTypes.administeredBy(userId);
  if (administersByType(vault, user.role, typeIds)) return true;
  const groupIds = await storage.groups.groupIdsOf(userId);
  const entries = await storage.access.concerning(userId, groupIds, [vault.id]);
  const places = Map.groupBy(entries, (entry) => entry.folderId);
  return [...places.values()].some((of) => compareLevels(levelOn(of) ?? 'forbidden', 'read') >= 0);
}

async function settleOne(
  storage: Repositories,
  vault: Pick<Vault, 'id' | 'type' | 'customTypeId'>,
  userId: string,
  cause: Cause,
): Promise<RaisedRequest | null> {
  const held = (await storage.vaultKeys.of(userId, [vault.id])).has(vault.id);
  if (!(await isEntitled(storage, vault, userId))) {
    if (held) await storage.vaultKeys.remove(vault.id, userId);
    await storage.requests.remove(vault.id, userId);
    return null;
  }
  if (!cause.clientSideEncryption) return null;
  const former = await storage.requests.of(vault.id, userId);
  if (held) {
    if (former) await storage.requests.remove(vault.id, userId);
    return null;
  }
  if (former?.state === 'pending' || (former && !cause.renews)) return null;
  const request = {
    ...{ id: newId(cause.at * 1000), vaultId: vault.id, userId, groupId: cause.groupId },
    ...{ requesterId: cause.requesterId, reason: cause.reason, createdAt: cause.at },
    state: 'pending' as const,
  };
  await storage.requests.raise(request);
  return { requestId: request.id, vaultId: vault.id, userId };
}

/**
 * Brings keys and requests of some people into line with their access to some vaults, and answers
 * the requests that this raised. To be called after the change, in its transaction.
 */
export async function settleKeys(
  storage: Repositories,
  vaultIds: readonly string[],
  userIds: readonly string[],
  cause: Cause,
): Promise<RaisedRequest[]> {
  const raised: RaisedRequest[] = [];
  for (const vaultId of vaultIds) {
    const vault = (await storage.vaults.find(vaultId)) ?? (await storage.vaults.findDeleted(vaultId));
    if (!vault) continue;
    for (const userId of userIds) {
      const request = await settleOne(storage, vault, userId, cause);
      if (request) raised.push(request);
    }
  }
  return raised;
}
