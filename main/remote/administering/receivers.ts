/**
 * People and groups that something can be given to. Searching by a part of a name or log-in, groups,
 * and the members of one are as our server has them (Passwork 7 protocol, "Users and groups").
 */
import { z } from 'zod';
import type { RemoteClient } from '../client.ts';
import { flag, listOf, serverId, shortText } from '../shapes.ts';

const person = z.object({
  id: serverId,
  login: shortText,
  fullName: shortText,
  isBlocked: flag,
  isDeleted: flag,
});
export type RemotePerson = z.output<typeof person>;
const people = listOf(person, 1000);

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
export type RemoteNamedGroup = z.output<typeof group>;
const groups = listOf(group, 1000);

export interface ReceiverSearch {
  readonly query: string;
  readonly offset: number;
  readonly limit: number;
}

/** One page of people whose name, log-in or address holds the query; of a group where one is named. */
export async function searchPeople(
  client: RemoteClient,
  { query, groupId, offset, limit }: ReceiverSearch & { readonly groupId: string | null },
): Promise<{ readonly total: number; readonly people: readonly RemotePerson[] }> {
  const search = query === '' ? {} : { search: query };
  const of = groupId === null ? {} : { userGroupId: serverId.parse(groupId) };
  const asked = { method: 'GET', path: '/users', query: { ...search, ...of, offset, limit } } as const;
  const { items, total } = await client.call(people, asked);
  return { total: total ?? items.length, people: items };
}

/** One page of groups whose name holds the query. */
export async function searchGroups(
  client: RemoteClient,
  { query, offset, limit }: ReceiverSearch,
): Promise<{ readonly total: number; readonly groups: readonly RemoteNamedGroup[] }> {
  const search = query === '' ? {} : { search: query };
  const asked = { method: 'GET', path: '/user-groups', query: { ...search, offset, limit } } as const;
  const { items, total } = await client.call(groups, asked);
  return { total: total ?? items.length, groups: items };
}
