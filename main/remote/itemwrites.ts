/**
 * Creating, changing and deleting records (Passwork 7 protocol, "Endpoints"; moving is a change
 * of `vaultId` and `folderId`). Revision preconditions and favourites are additions of our server
 * (features `revisionPreconditions`, `favorites`).
 */
import { z } from 'zod';
import type { RemoteClient } from './client.ts';
import { fullItem, type RemoteItem } from './items.ts';
import { serverId } from './shapes.ts';
import { binItem, createdId, keyHeader, written, type Sending, type Written } from './writing.ts';

/** A custom field in wire form. */
export interface SentCustomField {
  readonly name: string;
  readonly value: string;
  readonly type: string;
}

/** Fields of a record in wire form; absent ones stay as they are. */
export interface SentFields {
  readonly name?: string;
  readonly login?: string;
  readonly urls?: readonly string[];
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly color?: number;
  readonly passwordEncrypted?: string | null;
  readonly customs?: readonly SentCustomField[];
}

/** A place by the server's ids. */
export interface SentPlace {
  readonly vaultId: string;
  readonly folderId: string | null;
}

export interface NewItem extends SentPlace {
  /** Null without client-side encryption. */
  readonly keyEncrypted: string | null;
  readonly fields: SentFields;
  /** Check value of the vault key that the record key is under, where the server compares it. */
  readonly vaultMasterKeyHash?: string;
}

const createdItem = createdId.and(written);

/** @throws StrongroomError `forbidden`, `notFound`, `badAnswer`, network codes */
export function createItem(
  client: RemoteClient,
  { vaultId, folderId, keyEncrypted, fields, ...check }: NewItem,
  sending: Sending,
): Promise<Written & { readonly id: string }> {
  const key = keyEncrypted === null ? {} : { keyEncrypted };
  const body = { vaultId, ...(folderId === null ? {} : { folderId }), ...key, ...bodyOf(fields), ...check };
  const { signal } = sending;
  return client.call(createdItem, {
    method: 'POST',
    path: '/items',
    body,
    headers: keyHeader(sending),
    signal,
  });
}

export interface ItemChange {
  /** The vault in which the record lies, or to which it goes; null for an inbox entry's record. */
  readonly vaultId: string | null;
  /** The folder to move it to; null is the vault itself. */
  readonly folderId?: string | null;
  /** The record key under another vault's key. */
  readonly keyEncrypted?: string;
  readonly fields?: SentFields;
  /** Check value of the vault key that `keyEncrypted` is under, where the server compares it. */
  readonly vaultMasterKeyHash?: string;
  /** For servers without an endpoint of their own for it. */
  readonly isFavorite?: boolean;
  /** The revision that the change was made on, where the server compares it. */
  readonly revision?: number;
}

/** @throws StrongroomError `changedMeanwhile`, `forbidden`, `notFound`, `badAnswer`, network codes */
export function changeItem(
  client: RemoteClient,
  itemId: string,
  { vaultId, fields = {}, ...rest }: ItemChange,
  sending: Sending,
): Promise<Written> {
  const body = { ...(vaultId === null ? {} : { vaultId }), ...bodyOf(fields), ...rest };
  const path = `/items/${serverId.parse(itemId)}`;
  const { signal } = sending;
  return client.call(answered(written), { method: 'PATCH', path, body, headers: keyHeader(sending), signal });
}

/**
 * Moves a record to the bin and gives the name of its entry there.
 * @throws StrongroomError as `changeItem`
 */
export async function deleteItem(
  client: RemoteClient,
  itemId: string,
  expected: number | null,
  sending: Sending,
): Promise<string> {
  const path = `/items/${serverId.parse(itemId)}`;
  const query = expected === null ? {} : { revision: expected };
  const { signal } = sending;
  const request = { method: 'DELETE', path, query, headers: keyHeader(sending), signal } as const;
  return (await client.call(binItem, request)).binItemId;
}

/** Puts a record among the caller's favourites, or takes it out (feature `favorites`). */
export async function setFavorite(
  client: RemoteClient,
  itemId: string,
  isFavorite: boolean,
  sending: Sending,
): Promise<void> {
  const path = `/items/${serverId.parse(itemId)}/favorite`;
  const { signal } = sending;
  await client.call(z.unknown(), {
    method: 'POST',
    path,
    body: { isFavorite },
    headers: keyHeader(sending),
    signal,
  });
}

/** One record as it stands. @throws StrongroomError `notFound`, `forbidden`, `badAnswer`, network codes */
export function readItem(client: RemoteClient, itemId: string, signal?: AbortSignal): Promise<RemoteItem> {
  return client.call(fullItem, { method: 'GET', path: `/items/${serverId.parse(itemId)}`, signal });
}

/** Servers of different age know one `url` or a list `urls`: both are sent. */
function bodyOf({ urls, ...fields }: SentFields): Readonly<Record<string, unknown>> {
  return urls === undefined ? { ...fields } : { ...fields, url: urls[0] ?? '', urls };
}

/** A server that answers a change with nothing has carried it out all the same. */
function answered<S extends z.ZodType>(shape: S) {
  return z.preprocess((json) => json ?? {}, shape);
}
