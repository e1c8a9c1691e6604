/** Vault types with their rules and administrators (API description, "Vaults"). */
import { z } from 'zod';
import type { RemoteClient } from '../client.ts';
import { listOf, serverId, shortText } from '../shapes.ts';
import { createdId } from '../writing.ts';
import { administer } from './refusals.ts';

const rules = z.object({
  creation: z.enum(['everyone', 'administrators', 'nobody']),
  creatorAccess: z.enum(['write', 'full', 'admin']),
});
const type = z.object({ id: serverId, code: shortText, name: shortText, rules });
export type RemoteRuledVaultType = z.output<typeof type>;
const types = listOf(type, 1000);

/** The types with their rules; for servers that announce `vaultTypes`. */
export async function listRuledVaultTypes(client: RemoteClient): Promise<RemoteRuledVaultType[]> {
  return (await administer(client, types, { method: 'GET', path: '/vault-types/all' })).items;
}

const pathOf = (typeId: string, more = ''): string => `/vault-types/${serverId.parse(typeId)}${more}`;
const administrators = listOf(
  z.object({ id: serverId, publicKey: z.string().max(16_384).nullish() }),
  10_000,
);

/** Who administers every vault of a type: ids, and whether each has made a key pair. */
export async function listTypeAdministrators(
  client: RemoteClient,
  typeId: string,
): Promise<{ id: string; hasKeys: boolean }[]> {
  const request = { method: 'GET', path: pathOf(typeId, '/administrators') } as const;
  const { items } = await administer(client, administrators, request);
  return items.map(({ id, publicKey }) => ({ id, hasKeys: Boolean(publicKey) }));
}

export interface VaultTypeContent {
  readonly name: string;
  readonly creation: 'everyone' | 'administrators' | 'nobody';
  readonly creatorAccess: 'write' | 'full' | 'admin';
  readonly administratorIds: readonly string[] | null;
}

function bodyOf({ name, creation, creatorAccess, administratorIds }: VaultTypeContent) {
  return {
    ...{ name, rules: { creation, creatorAccess } },
    ...(administratorIds === null ? {} : { administratorIds: [...administratorIds] }),
  };
}

export async function createVaultType(client: RemoteClient, content: VaultTypeContent): Promise<string> {
  const request = { method: 'POST', path: '/vault-types', body: bodyOf(content) } as const;
  return (await administer(client, createdId, request)).id;
}

export function changeVaultType(
  client: RemoteClient,
  typeId: string,
  content: VaultTypeContent,
): Promise<unknown> {
  const request = { method: 'POST', path: pathOf(typeId), body: bodyOf(content) } as const;
  return administer(client, z.unknown(), request);
}

/** @throws StrongroomError `stillInUse` while there are vaults of the type */
export function deleteVaultType(client: RemoteClient, typeId: string): Promise<unknown> {
  return administer(client, z.unknown(), { method: 'DELETE', path: pathOf(typeId) });
}
