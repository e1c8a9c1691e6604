/**
 * Sending records to inboxes (additions of our server, features `inboxSend`, `inboxGroups`,
 * `inboxManage`; the entries themselves are of the Passwork 7 protocol, "Inbox entry").
 */
import { z } from 'zod';
import type { RemoteClient } from '../client.ts';
import { flag, listOf, optionalId, serverId, shortText, unixSeconds } from '../shapes.ts';
import { shortUser } from '../users.ts';
import { createdId } from '../writing.ts';
import { share } from './sharingrefusals.ts';

export type InboxAccess = 'read' | 'write';

/** A record key for one receiver; both null without client-side encryption. */
export interface SentKey {
  readonly keyEncrypted: string | null;
  /** Of the public key that it was wrapped for: the server refuses it if that is not theirs any more. */
  readonly publicKeyFingerprint: string | null;
}

const maybeUser = shortUser
  .nullish()
  .catch(null)
  .transform((user) => user ?? null);

const sentEntry = z.object({
  id: serverId,
  itemId: serverId,
  itemName: shortText,
  access: z.enum(['read', 'write']).catch('read'),
  receiver: maybeUser,
  sender: maybeUser,
  groupId: optionalId.catch(null),
  isViewed: flag,
  createdAt: unixSeconds,
});
/** An entry in somebody's inbox, as its sender sees it. Time in Unix milliseconds. */
export type RemoteSentEntry = z.output<typeof sentEntry>;

const sentEntries = listOf(sentEntry, 50_000);
const groupAnswer = z.object({ ids: z.array(serverId).max(10_000), leftOut: z.array(serverId).max(10_000) });

const wire = ({ keyEncrypted, publicKeyFingerprint }: SentKey): Readonly<Record<string, string>> => ({
  ...(keyEncrypted === null ? {} : { keyEncrypted }),
  ...(publicKeyFingerprint === null ? {} : { publicKeyFingerprint }),
});

/** Sends a record to a person. @throws StrongroomError as `share` */
export async function sendToPerson(
  client: RemoteClient,
  { itemId, userId, access, key }: SendToPerson,
): Promise<string> {
  const body = { itemId, userId, access, ...wire(key) };
  return (await share(client, createdId, { method: 'POST', path: '/inbox-items', body })).id;
}

export interface SendToPerson {
  readonly itemId: string;
  readonly userId: string;
  readonly access: InboxAccess;
  readonly key: SentKey;
}

/**
 * Sends a record to the members of a group for whom there is a key; gives how many got it. Without
 * client-side encryption the server takes every member. @throws StrongroomError as `sendToPerson`
 */
export async function sendToGroup(
  client: RemoteClient,
  { itemId, groupId, access, keys }: SendToGroup,
): Promise<{ readonly sent: number; readonly leftOut: readonly string[] }> {
  const wired = Object.fromEntries([...keys].map(([userId, key]) => [userId, wire(key)]));
  const body = { itemId, groupId, access, keys: wired };
  const answer = await share(client, groupAnswer, { method: 'POST', path: '/inbox-items/group', body });
  return { sent: answer.ids.length, leftOut: answer.leftOut };
}

export interface SendToGroup {
  readonly itemId: string;
  readonly groupId: string;
  readonly access: InboxAccess;
  readonly keys: ReadonlyMap<string, SentKey>;
}

/** Everything that the caller has sent. */
export async function listSent(client: RemoteClient): Promise<readonly RemoteSentEntry[]> {
  return (await client.call(sentEntries, { method: 'GET', path: '/inbox-items/sent' })).items;
}

/** Who has a record. @throws StrongroomError `forbidden`, `notFound`, network codes */
export async function listReceivers(
  client: RemoteClient,
  itemId: string,
): Promise<readonly RemoteSentEntry[]> {
  const path = `/items/${serverId.parse(itemId)}/inbox-items`;
  return (await client.call(sentEntries, { method: 'GET', path })).items;
}

/** Gives a receiver another access. @throws StrongroomError `forbidden`, `notFound`, network codes */
export async function setSentAccess(client: RemoteClient, id: string, access: InboxAccess): Promise<void> {
  const path = `/inbox-items/${serverId.parse(id)}/access`;
  await client.call(z.unknown(), { method: 'POST', path, body: { access } });
}

/** Takes an entry out of its receiver's inbox. @throws StrongroomError as `setSentAccess` */
export async function takeBack(client: RemoteClient, id: string): Promise<void> {
  await client.call(z.unknown(), { method: 'DELETE', path: `/inbox-items/${serverId.parse(id)}` });
}
