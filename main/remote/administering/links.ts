/**
 * External links (Passwork 7 protocol, "External link"; listing and ending them are additions of our
 * server, feature `linkList`). The code of a link never comes here: only its hash, the code under the
 * record's key, and data that was encrypted under it.
 */
import { z } from 'zod';
import { StrongroomError } from '../../../contract/index.ts';
import type { LinkItemData } from '../../keychain/index.ts';
import { isLoopbackHost } from '../address.ts';
import type { RemoteClient } from '../client.ts';
import { flag, listOf, serverId, shortText, unixSeconds, wireValue } from '../shapes.ts';
import { shortUser } from '../users.ts';
import { share } from './sharingrefusals.ts';

const tokenPath = /\/g\/p\/[A-Za-z0-9]{25}$/;

/**
 * An address as servers of the protocol give it: nothing in it but where the link is opened. Without
 * TLS somebody on the way could put another page there, which would read the code.
 */
function isLinkAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, pathname } = new URL(text);
  const isBare = username === '' && password === '' && !/[#?\s]/.test(text);
  const isSecure = protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
  return isSecure && isBare && tokenPath.test(pathname);
}

const address = z.string().max(2048).refine(isLinkAddress);
const kind = z.enum(['single_use', 'reusable']);

const link = z.object({
  id: serverId,
  itemId: serverId,
  itemName: shortText,
  url: address,
  type: kind,
  views: z.number().int().nonnegative().catch(0),
  createdAt: unixSeconds,
  expiresAt: unixSeconds,
  openedAt: unixSeconds,
  isAlive: flag,
  creator: shortUser
    .nullish()
    .catch(null)
    .transform((user) => user ?? null),
  keyEncrypted: wireValue,
  keyHash: wireValue,
});
/** A link as its maker sees it. Times in Unix milliseconds. */
export type RemoteLink = z.output<typeof link>;
const links = listOf(link, 50_000);

export interface NewLink {
  readonly itemId: string;
  readonly itemData: LinkItemData;
  /** Both null without client-side encryption. */
  readonly keyHash: string | null;
  readonly keyEncrypted: string | null;
  readonly type: 'single_use' | 'reusable';
  readonly expirationTime: '1 hour' | '1 week' | '1 month' | 'unlimited';
}

/** Older servers of the protocol answer no id. */
const created = z.object({ id: serverId.nullish().catch(null), url: address });

/** Makes a link. @throws StrongroomError as `share` */
export async function createLink(
  client: RemoteClient,
  { keyHash, keyEncrypted, ...rest }: NewLink,
): Promise<{ readonly id: string | null; readonly url: string }> {
  const key = keyHash === null ? {} : { keyHash, keyEncrypted };
  const { id, url } = await share(client, created, {
    method: 'POST',
    path: '/links',
    body: { ...rest, ...key },
  });
  return { id: id ?? null, url };
}

/** The caller's own links, or with an id those to a record. @throws StrongroomError `forbidden`, `notFound`, network codes */
export async function listLinks(client: RemoteClient, itemId: string | null): Promise<readonly RemoteLink[]> {
  const path = itemId === null ? '/links' : `/items/${serverId.parse(itemId)}/links`;
  return (await client.call(links, { method: 'GET', path })).items;
}

/** Ends a link; one that is gone is ended already. @throws StrongroomError `forbidden`, network codes */
export async function endLink(client: RemoteClient, id: string): Promise<void> {
  try {
    await client.call(z.unknown(), { method: 'DELETE', path: `/links/${serverId.parse(id)}` });
  } catch (error) {
    if (!(error instanceof StrongroomError && error.code === 'notFound')) throw error;
  }
}
