/**
 * Adding files to a record and taking them away.
 *
 * Our server has endpoints for one file (feature `attachmentWrites`). On any other it is a change
 * of the record (Passwork 7 protocol, "Endpoints": PATCH of an item), and whether such a server
 * replaces or merges the list of attachments is not published: the files that stay are sent along
 * by id, so both kinds end with the same list when one is added.
 */
import { z } from 'zod';
import type { RemoteClient } from './client.ts';
import { serverId } from './shapes.ts';
import { createdId, keyHeader, written, type Sending, type Written } from './writing.ts';

export interface KeptAttachment {
  readonly id: string;
  readonly name: string;
  readonly encryptedKey: string;
}

export interface NewAttachment {
  readonly name: string;
  readonly encryptedKey: string;
  readonly encryptedData: string;
  readonly hash: string;
}

const attached = createdId.and(written);

/** Adds one file (feature `attachmentWrites`). @throws StrongroomError `forbidden`, `notFound`, network codes */
export function attachFile(
  client: RemoteClient,
  itemId: string,
  { name, encryptedKey, encryptedData, hash }: NewAttachment,
  sending: Sending,
): Promise<Written & { readonly id: string }> {
  const path = `/items/${serverId.parse(itemId)}/attachments`;
  const body = { name, encryptedKey, encryptedData, hash };
  const { signal } = sending;
  return client.call(attached, { method: 'POST', path, body, headers: keyHeader(sending), signal });
}

/** Takes one file away (feature `attachmentWrites`). @throws StrongroomError as `attachFile` */
export function detachFile(
  client: RemoteClient,
  itemId: string,
  attachmentId: string,
  sending: Sending,
): Promise<Written> {
  const path = `/items/${serverId.parse(itemId)}/attachments/${serverId.parse(attachmentId)}`;
  const { signal } = sending;
  return client.call(written, { method: 'DELETE', path, headers: keyHeader(sending), signal });
}

/** Gives one file another name (feature `attachmentRename`). @throws StrongroomError as `attachFile` */
export function renameFile(
  client: RemoteClient,
  itemId: string,
  attachmentId: string,
  name: string,
  sending: Sending,
): Promise<Written> {
  const path = `/items/${serverId.parse(itemId)}/attachments/${serverId.parse(attachmentId)}`;
  const { signal } = sending;
  return client.call(written, { method: 'PATCH', path, body: { name }, headers: keyHeader(sending), signal });
}

export interface AttachmentList {
  readonly itemId: string;
  readonly vaultId: string | null;
  readonly kept: readonly KeptAttachment[];
  readonly added: readonly NewAttachment[];
  readonly revision?: number;
}

/** Sends the whole list, for servers without endpoints for one file. */
export async function replaceAttachments(
  client: RemoteClient,
  { itemId, vaultId, kept, added, revision }: AttachmentList,
  sending: Sending,
): Promise<void> {
  const body = {
    ...(vaultId === null ? {} : { vaultId }),
    attachments: [...kept, ...added],
    ...(revision === undefined ? {} : { revision }),
  };
  const path = `/items/${serverId.parse(itemId)}`;
  const { signal } = sending;
  await client.call(z.unknown(), { method: 'PATCH', path, body, headers: keyHeader(sending), signal });
}

export interface AttachRequest {
  readonly itemId: string;
  readonly vaultId: string;
  readonly kept: readonly KeptAttachment[];
  readonly added: NewAttachment;
  readonly signal?: AbortSignal;
}

/** Throws `forbidden`, `notFound`, `unreachable` and what else a server refuses. */
export async function addAttachment(client: RemoteClient, request: AttachRequest): Promise<void> {
  const { itemId, vaultId, kept, added, signal } = request;
  await client.call(z.unknown(), {
    method: 'PATCH',
    path: `/items/${serverId.parse(itemId)}`,
    body: { vaultId, attachments: [...kept, added] },
    signal,
  });
}
