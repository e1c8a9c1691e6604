/**
 * Adding a file to a record (Passwork 7 protocol, "Endpoints": PATCH of an item).
 *
 * Whether a server replaces or merges the list of attachments is not published, so the files
 * that are there already are sent along by id: both kinds of server then end with the same list.
 */
import { z } from 'zod';
import type { RemoteClient } from './client.ts';
import { serverId } from './shapes.ts';

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
