/** What roles let people do in the organisation; the built-in ones and those of its own. */
import type { User } from '../storage/people.ts';
import type { Repositories } from '../storage/storage.ts';
import type { Permission } from './vocabulary.ts';
import { permissions, roles } from './vocabulary.ts';

const everything: ReadonlySet<Permission> = new Set(permissions);
const nothing: ReadonlySet<Permission> = new Set();

/** A role as it is shown, built-in or the organisation's own. */
export interface AnyRole {
  id: string;
  code: 'administrator' | 'user' | 'custom';
  name: string;
  isDefault: boolean;
  permissions: readonly Permission[];
}

/** Every role of an organisation. */
export async function rolesOf(
  storage: Pick<Repositories, 'roles'>,
  organisationId: string,
): Promise<AnyRole[]> {
  const own = await storage.roles.list(organisationId);
  const builtIn = roles.map((role) => ({
    ...role,
    permissions: role.code === 'administrator' ? [...everything] : [],
  }));
  return [...builtIn, ...own.map((role) => ({ ...role, code: 'custom' as const, isDefault: false }))];
}

/** What a person's role lets them do. A role that is gone lets them do nothing. */
export async function permissionsOf(
  storage: Pick<Repositories, 'roles'>,
  user: Pick<User, 'role' | 'roleId' | 'organisationId'>,
): Promise<ReadonlySet<Permission>> {
  if (user.role === 'administrator') return everything;
  if (user.role === 'user' || user.roleId === null) return nothing;
  const role = await storage.roles.find(user.organisationId, user.roleId);
  return new Set(role?.permissions ?? []);
}

/** True when everything that some may do the others may do as well. */
export function covers(one: ReadonlySet<Permission>, other: Iterable<Permission>): boolean {
  return [...other].every((permission) => one.has(permission));
}
