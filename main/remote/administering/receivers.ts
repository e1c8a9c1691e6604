/**
 * People that something can be given to. Searching by a part of a name or log-in, and the members of a
 * group, are as our server has them (Passwork 7 protocol, "Users and groups").
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
