/** Invitations that have not been used (API description, "People"). */
import { z } from 'zod';
import type { RemoteClient } from '../client.ts';
import { listOf, serverId, shortText, unixSeconds } from '../shapes.ts';
import { administer } from './refusals.ts';

const invite = z.object({
  id: serverId,
  email: shortText,
  fullName: shortText,
  userRoleId: serverId,
  userGroupIds: z.array(serverId).max(1000).catch([]),
  creatorId: serverId,
  createdAt: unixSeconds,
  expiresAt: unixSeconds,
});
/** Times in Unix milliseconds. */
export type RemoteInvite = z.output<typeof invite>;
const invites = listOf(invite, 20_000);

export async function listInvites(client: RemoteClient): Promise<RemoteInvite[]> {
  return (await administer(client, invites, { method: 'GET', path: '/user-invites' })).items;
}

export interface NewInvite {
  readonly email: string;
  readonly fullName: string;
  readonly roleId: string | null;
  readonly groupIds: readonly string[];
  /** How long the code is good, in seconds. */
  readonly life: number;
}

const made = z.object({ id: serverId, code: z.string().min(8).max(200), expiresAt: unixSeconds });

/** The code is told this once. @throws StrongroomError `forbidden`, network codes */
export function createInvite(client: RemoteClient, wanted: NewInvite): Promise<z.output<typeof made>> {
  const { email, fullName, roleId, groupIds, life } = wanted;
  const body = { email, fullName, userRoleId: roleId, userGroupIds: [...groupIds], life };
  return administer(client, made, { method: 'POST', path: '/user-invites', body });
}

export function withdrawInvite(client: RemoteClient, inviteId: string): Promise<unknown> {
  const path = `/user-invites/${serverId.parse(inviteId)}`;
  return administer(client, z.unknown(), { method: 'DELETE', path });
}
