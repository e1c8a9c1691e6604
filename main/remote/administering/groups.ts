/** User groups. As on real servers an update is a POST (Passwork 7 protocol, "Endpoints"). */
import { z } from 'zod';
import type { RemoteClient } from '../client.ts';
import { listOf, serverId, shortText } from '../shapes.ts';
import { createdId } from '../writing.ts';
import { accessLevel } from './people.ts';
import { administer } from './refusals.ts';

const group = z.object({
  id: serverId,
  name: shortText,
  memberCount: z
    .number()
    .int()
    .nonnegative()
    .nullish()
    .catch(null)
    .transform((count) => count ?? null),
});
export type RemoteGroup = z.output<typeof group>;

/** The longest page that is asked for. */
export const groupsPage = 1000;
const groups = listOf(group, groupsPage);

export async function listGroups(
  client: RemoteClient,
  { search, offset, limit }: { readonly search: string; readonly offset: number; readonly limit: number },
): Promise<{ items: RemoteGroup[]; total: number }> {
  const query = { offset, limit, ...(search === '' ? {} : { search }) };
  const { items, total } = await administer(client, groups, { method: 'GET', path: '/user-groups', query });
  return { items, total: total ?? offset + items.length };
}

const pathOf = (groupId: string, deed = ''): string => `/user-groups/${serverId.parse(groupId)}${deed}`;

const whole = z.object({ id: serverId, name: shortText, userIds: z.array(serverId).max(200_000) });

export function readGroup(client: RemoteClient, groupId: string): Promise<z.output<typeof whole>> {
  return administer(client, whole, { method: 'GET', path: pathOf(groupId) });
}

export async function createGroup(client: RemoteClient, name: string): Promise<string> {
  const request = { method: 'POST', path: '/user-groups', body: { name } } as const;
  return (await administer(client, createdId, request)).id;
}

export function renameGroup(client: RemoteClient, groupId: string, name: string): Promise<unknown> {
  return administer(client, z.unknown(), { method: 'POST', path: pathOf(groupId), body: { name } });
}

export function deleteGroup(client: RemoteClient, groupId: string): Promise<unknown> {
  return administer(client, z.unknown(), { method: 'DELETE', path: pathOf(groupId) });
}

export function changeMembers(
  client: RemoteClient,
  groupId: string,
  change: 'add-users' | 'remove-users',
  userIds: readonly string[],
): Promise<unknown> {
  const path = pathOf(groupId, `/${change}`);
  return administer(client, z.unknown(), { method: 'POST', path, body: { userIds: [...userIds] } });
}

const reach = z.object({
  items: z
    .array(
      z.object({
        vault: z.object({ id: serverId, name: shortText }),
        folderId: serverId.nullable(),
        access: accessLevel,
      }),
    )
    .max(50_000),
  hiddenCount: z.number().int().nonnegative().catch(0),
});
export type RemoteGroupReach = z.output<typeof reach>;

/** Where a group is named, as far as the caller may see it. */
export function readGroupReach(client: RemoteClient, groupId: string): Promise<RemoteGroupReach> {
  return administer(client, reach, { method: 'GET', path: pathOf(groupId, '/vaults') });
}
