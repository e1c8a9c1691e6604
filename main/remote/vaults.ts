/** Vaults, their types and their folders (Passwork 7 protocol, "Vault", "Vault type / Folder"). */
import { z } from 'zod';
import { StrongroomError } from '../../contract/index.ts';
import type { RemoteClient } from './client.ts';
import { listOf, optionalId, serverId, shortText, wireValue } from './shapes.ts';

export const vault = z.object({
  id: serverId,
  name: shortText,
  typeId: optionalId,
  permissions: z
    .array(z.string().max(128))
    .max(500)
    .nullish()
    .transform((codes) => codes ?? []),
  masterKeyEncrypted: wireValue,
  masterKeyHash: wireValue,
  salt: wireValue,
  directoryAccess: z.object({ access: shortText }).nullish().catch(null),
  /** False once the user has put the vault out of their sight. */
  isVisible: z
    .boolean()
    .nullish()
    .catch(null)
    .transform((visible) => visible !== false),
});
export type RemoteVault = z.output<typeof vault>;

const vaultType = z.object({ id: serverId, code: shortText, name: shortText });
export type RemoteVaultType = z.output<typeof vaultType>;

export const folder = z.object({
  id: serverId,
  name: shortText,
  vaultId: serverId,
  parentFolderId: optionalId,
  color: z
    .number()
    .int()
    .nullish()
    .catch(0)
    .transform((color) => color ?? 0),
});
export type RemoteFolder = z.output<typeof folder>;

const vaults = listOf(vault, 20_000);
const vaultTypes = listOf(vaultType, 1000);
const folders = listOf(folder, 200_000);

/** Every vault this user sees. */
export async function listVaults(client: RemoteClient, signal?: AbortSignal): Promise<RemoteVault[]> {
  return (await client.call(vaults, { method: 'GET', path: '/vaults', signal })).items;
}

/** The vault types; an older server that has none gives an empty list. */
export async function listVaultTypes(client: RemoteClient, signal?: AbortSignal): Promise<RemoteVaultType[]> {
  try {
    return (await client.call(vaultTypes, { method: 'GET', path: '/vault-types/all', signal })).items;
  } catch (cause) {
    const absent =
      cause instanceof StrongroomError && (cause.code === 'notFound' || cause.code === 'forbidden');
    if (absent) return [];
    throw cause;
  }
}

/** Every folder of one vault, as a flat list. */
export async function listFolders(
  client: RemoteClient,
  vaultId: string,
  signal?: AbortSignal,
): Promise<RemoteFolder[]> {
  return (await client.call(folders, { method: 'GET', path: '/folders', query: { vaultId }, signal })).items;
}

/** One folder. @throws StrongroomError `forbidden`, `notFound`, `badAnswer`, network codes */
export function readFolder(
  client: RemoteClient,
  folderId: string,
  signal?: AbortSignal,
): Promise<RemoteFolder> {
  return client.call(folder, { method: 'GET', path: `/folders/${serverId.parse(folderId)}`, signal });
}
