/** What becomes of keys, requests and received records when people join or leave a group. */
import type { Repositories } from '../storage/storage.ts';
import type { Cause, RaisedRequest } from './entitlement.ts';
import { settleKeys } from './entitlement.ts';

export type MembershipChange = 'addMembers' | 'removeMembers';

/** Takes back what people have received as members of a group. */
export async function dropSent(
  storage: Repositories,
  groupId: string,
  userIds: readonly string[],
): Promise<void> {
  for (const { id } of await storage.inbox.throughGroup(groupId, userIds)) await storage.inbox.remove(id);
}

/**
 * Changes who is in a group; requests for keys are raised, and keys nobody may keep are dropped.
 * Answers whose membership changed and the requests. To be called in a transaction.
 */
export async function changeMembership(
  storage: Repositories,
  groupId: string,
  userIds: readonly string[],
  change: MembershipChange,
  cause: Cause,
): Promise<{ changed: string[]; raised: RaisedRequest[] }> {
  const former = new Set(await storage.groups.memberIds(groupId));
  const changed = userIds.filter((userId) => former.has(userId) === (change === 'removeMembers'));
  await storage.groups[change](groupId, changed);
  if (change === 'removeMembers') await dropSent(storage, groupId, changed);
  const vaultIds = await storage.access.vaultIdsOfGroup(groupId);
  return { changed, raised: await settleKeys(storage, vaultIds, changed, cause) };
}
