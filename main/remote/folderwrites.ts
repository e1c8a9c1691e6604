/**
 * Creating, renaming, moving and deleting folders (Passwork 7 protocol, "Endpoints"; moving is an
 * addition of our server, feature `folderMove`).
 */
import { z } from 'zod';
import type { RemoteClient } from './client.ts';
import { serverId } from './shapes.ts';
import { binItem, createdId, keyHeader, type Sending } from './writing.ts';

export interface NewFolder {
  readonly vaultId: string;
  readonly parentFolderId: string | null;
  readonly name: string;
}

/** Gives the new folder's id. @throws StrongroomError `forbidden`, `notFound`, `badAnswer`, network codes */
export async function createFolder(
  client: RemoteClient,
  { vaultId, parentFolderId, name }: NewFolder,
  sending: Sending,
): Promise<string> {
  const body = { vaultId, name, ...(parentFolderId === null ? {} : { parentFolderId }) };
  const { signal } = sending;
  const request = { method: 'POST', path: '/folders', body, headers: keyHeader(sending), signal } as const;
  return (await client.call(createdId, request)).id;
}

/**
 * Renaming is a POST. `expectedName` is what the folder is called as far as is known here, where the
 * server compares it (feature `folderNameCheck`); null where it does not.
 * @throws StrongroomError as `createFolder`; `changedMeanwhile` where it has another name
 */
export function renameFolder(
  client: RemoteClient,
  folderId: string,
  { name, expectedName }: { readonly name: string; readonly expectedName: string | null },
  sending: Sending,
): Promise<unknown> {
  const path = `/folders/${serverId.parse(folderId)}`;
  const { signal } = sending;
  return client.call(z.unknown(), {
    method: 'POST',
    path,
    body: expectedName === null ? { name } : { name, expectedName },
    headers: keyHeader(sending),
    signal,
  });
}

/** Within its vault; null is the vault itself. @throws StrongroomError as `createFolder` */
export function moveFolder(
  client: RemoteClient,
  folderId: string,
  parentFolderId: string | null,
  sending: Sending,
): Promise<unknown> {
  const path = `/folders/${serverId.parse(folderId)}/move`;
  const { signal } = sending;
  const body = { parentFolderId };
  return client.call(z.unknown(), { method: 'POST', path, body, headers: keyHeader(sending), signal });
}

/** To the bin with everything in it; gives the name of its entry there. */
export async function deleteFolder(
  client: RemoteClient,
  folderId: string,
  sending: Sending,
): Promise<string> {
  const path = `/folders/${serverId.parse(folderId)}`;
  const { signal } = sending;
  const request = { method: 'DELETE', path, headers: keyHeader(sending), signal } as const;
  return (await client.call(binItem, request)).binItemId;
}
