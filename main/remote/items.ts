/**
 * Records as servers list and deliver them (Passwork 7 protocol, "Item", "Shortcut", "Inbox
 * entry" and "Base, headers, envelope" for batches).
 *
 * A listing may carry whole records or leave their secret parts out; which of the two it is
 * can be told from the row itself.
 */
import { z } from 'zod';
import { StrongroomError } from '../../contract/index.ts';
import { apiPath } from './address.ts';
import type { RemoteClient } from './client.ts';
import { refusalOf } from './refusal.ts';
import {
  flag,
  listOf,
  longText,
  optionalId,
  readRows,
  readShape,
  serverId,
  shortText,
  unixSeconds,
  wireValue,
} from './shapes.ts';
import { shortUser } from './users.ts';

/** Largest batch that servers of this protocol are sent. */
export const batchLimit = 25;

const customField = z.looseObject({
  name: z.string().max(1_048_576),
  value: z.string().max(8_388_608),
  type: z.string().max(1_048_576),
});

const attachment = z.object({
  id: serverId,
  name: shortText,
  encryptedKey: wireValue,
  hash: z.string().max(256).nullish().catch(null),
});

/** The parts that a short listing leaves out. */
const secretMembers = {
  passwordEncrypted: wireValue,
  keyEncrypted: wireValue,
  vaultMasterKeyEncrypted: wireValue,
  customs: z
    .array(customField)
    .max(1000)
    .nullish()
    .transform((fields) => fields ?? []),
  attachments: z
    .array(attachment)
    .max(1000)
    .refine((files) => new Set(files.map(({ id }) => id)).size === files.length)
    .nullish()
    .transform((files) => files ?? []),
};

const plainMembers = {
  id: serverId,
  vaultId: optionalId,
  folderId: optionalId,
  name: shortText,
  login: shortText,
  url: longText,
  urls: z
    .array(z.string().max(65_536))
    .max(1000)
    .nullish()
    .transform((urls) => urls ?? []),
  description: longText,
  tags: z
    .array(z.string().max(1024))
    .max(1000)
    .nullish()
    .transform((tags) => tags ?? []),
  color: z
    .number()
    .int()
    .nullish()
    .catch(0)
    .transform((color) => color ?? 0),
  isFavorite: flag,
  isDeleted: flag,
  /** In the bin: the server's name of the entry and when it came there (feature `bin`). */
  binItemId: optionalId.catch(null),
  deletedAt: unixSeconds,
  revision: z
    .number()
    .int()
    .nonnegative()
    .nullish()
    .catch(null)
    .transform((revision) => revision ?? null),
  updatedAt: unixSeconds,
};

export const fullItem = z.object({ ...plainMembers, ...secretMembers });
/** A record as a single answer carries it. */
export type RemoteItem = z.output<typeof fullItem>;

const anyItem = z.object({ ...plainMembers, ...secretMembers }).extend({ whole: z.boolean() });
/** A row of a listing; `whole` says whether its secret parts came along. */
export type RemoteItemRow = z.output<typeof anyItem>;

const itemRow = z.preprocess(markWhole, anyItem);

function markWhole(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row;
  return { ...row, whole: 'passwordEncrypted' in row || 'keyEncrypted' in row || 'customs' in row };
}

/** A list of records before its rows are read, which takes a moment where they are many. */
const rawList = listOf(z.unknown(), 200_000);

const shortcutPart = z.object({
  id: serverId,
  keyEncrypted: wireValue,
  itemId: serverId,
  vaultId: optionalId,
  folderId: optionalId,
});
export const shortcutItem = z.object({ ...plainMembers, ...secretMembers, shortcut: shortcutPart });
export type RemoteShortcut = z.output<typeof shortcutItem>;

const inboxPart = z.object({
  id: serverId,
  keyEncrypted: wireValue,
  access: shortText,
  isViewed: flag,
  sender: shortUser.nullish().catch(null),
});
export const inboxItem = z.object({ ...plainMembers, ...secretMembers, inbox: inboxPart });
export type RemoteInboxItem = z.output<typeof inboxItem>;

/** Where a page of a listing starts and how long it is; without it a server gives everything. */
export interface PageWish {
  readonly limit: number;
  readonly offset: number;
}

export interface Listing<Row> {
  readonly rows: readonly Row[];
  /** Length of the whole list, where the server tells it. */
  readonly total: number | null;
}

/** Records of one vault, all folders. */
export function listItems(
  client: RemoteClient,
  vaultId: string,
  page: PageWish | null,
  signal?: AbortSignal,
): Promise<Listing<RemoteItemRow>> {
  return readList(client, itemRow, '/items', { vaultId, ...page }, signal);
}

/** Shortcuts that live in one vault (an addition of our server, feature `shortcutList`). */
export function listShortcuts(
  client: RemoteClient,
  vaultId: string,
  page: PageWish | null,
  signal?: AbortSignal,
): Promise<Listing<RemoteShortcut>> {
  return readList(client, shortcutItem, '/shortcuts', { vaultId, ...page }, signal);
}

/** Everything sent to this user (an addition of our server, feature `inboxList`). */
export function listInbox(
  client: RemoteClient,
  page: PageWish | null,
  signal?: AbortSignal,
): Promise<Listing<RemoteInboxItem>> {
  return readList(client, inboxItem, '/inbox-items', { ...page }, signal);
}

/**
 * One inbox entry as it stands; the server takes it for seen by this.
 * @throws StrongroomError `notFound`, `forbidden`, `badAnswer`, network codes
 */
export function readInboxItem(
  client: RemoteClient,
  id: string,
  signal?: AbortSignal,
): Promise<RemoteInboxItem> {
  return client.call(inboxItem, { method: 'GET', path: `/inbox-items/${serverId.parse(id)}`, signal });
}

/** Fetches one inbox entry, by which the server takes it for seen; what it says is left to the next pull. */
export async function viewInboxItem(client: RemoteClient, id: string): Promise<void> {
  const path = `/inbox-items/${encodeURIComponent(id)}`;
  await client.call(z.unknown(), { method: 'GET', path });
}

async function readList<Row>(
  client: RemoteClient,
  shape: z.ZodType<Row>,
  path: string,
  query: Record<string, string | number>,
  signal: AbortSignal | undefined,
): Promise<Listing<Row>> {
  const { items, total } = await client.call(rawList, { method: 'GET', path, query, signal });
  return { rows: await readRows(shape, items, 'items'), total: total ?? null };
}

const batchAnswer = z.object({
  responses: z.array(z.object({ statusCode: z.number().int(), body: z.unknown() })).max(batchLimit),
});

/**
 * Fetches whole records, at most 25 at once; null stands for one that is gone or closed to us
 * by now. The order is that of `ids`.
 */
export async function batchItems(
  client: RemoteClient,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<(RemoteItem | null)[]> {
  const requests = ids.map((id) => ({
    method: 'GET',
    relativeUrl: `${apiPath}/items/${serverId.parse(id)}`,
  }));
  const { responses } = await client.call(batchAnswer, {
    method: 'POST',
    path: '/batch',
    body: { requests },
    signal,
  });
  if (responses.length !== ids.length) throw new StrongroomError('badAnswer', { reason: 'batchLength' });
  return responses.map(({ statusCode, body }, index) => {
    if (statusCode === 404 || statusCode === 403) return null;
    if (statusCode !== 200) throw refusalOf({ status: statusCode, json: null, errorCodes: [] });
    const item = readShape(fullItem, body);
    if (item.id !== ids[index]) throw new StrongroomError('badAnswer', { reason: 'batchOrder' });
    return item;
  });
}
