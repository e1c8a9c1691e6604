/** Roles in the organisation and what each allows (API description, "Permissions and roles"). */
import { z } from 'zod';
import type { RemoteClient } from '../client.ts';
import { flag, serverId, shortText } from '../shapes.ts';
import { createdId } from '../writing.ts';
import { administer } from './refusals.ts';

const permissions = z.array(z.string().max(64)).max(200).catch([]);
const role = z.object({ id: serverId, code: shortText, name: shortText, isDefault: flag, permissions });
export type RemoteRole = z.output<typeof role>;
const roles = z.object({ items: z.array(role).max(1000), permissions });

/** Every role, and every permission that this server knows. */
export function listRoles(client: RemoteClient): Promise<z.output<typeof roles>> {
  return administer(client, roles, { method: 'GET', path: '/user-roles' });
}

export interface RoleContent {
  readonly name: string;
  readonly permissions: readonly string[];
}

export async function createRole(client: RemoteClient, { name, permissions }: RoleContent): Promise<string> {
  const body = { name, permissions: [...permissions] };
  return (await administer(client, createdId, { method: 'POST', path: '/user-roles', body })).id;
}

export function changeRole(
  client: RemoteClient,
  roleId: string,
  { name, permissions }: RoleContent,
): Promise<unknown> {
  const path = `/user-roles/${serverId.parse(roleId)}`;
  const body = { name, permissions: [...permissions] };
  return administer(client, z.unknown(), { method: 'POST', path, body });
}

/** @throws StrongroomError `stillInUse` while somebody has the role */
export function deleteRole(client: RemoteClient, roleId: string): Promise<unknown> {
  const path = `/user-roles/${serverId.parse(roleId)}`;
  return administer(client, z.unknown(), { method: 'DELETE', path });
}
