/**
 * Roles in the organisation: the two built-in ones, and those that it makes itself out of
 * permissions. Nobody gives or takes what goes beyond their own role.
 */
import { z } from 'zod';
import { covers, permissionsOf, rolesOf } from '../../access/permissions.ts';
import type { Caller } from '../../access/rights.ts';
import type { RoleCode } from '../../access/vocabulary.ts';
import { permissions, roleId } from '../../access/vocabulary.ts';
import { newId } from '../../storage/ids.ts';
import type { User } from '../../storage/people.ts';
import type { Role } from '../../storage/roles.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { ApiError, forbidden, invalid, notFound } from '../errors.ts';
import { createdId, doneAnswer, idParams, objectId, shortText } from '../schemas.ts';

const permissionList = z.array(z.enum(permissions)).max(permissions.length);
const roleSchema = z.object({
  ...{ id: objectId, code: z.string(), name: z.string(), isDefault: z.boolean() },
  permissions: z.array(z.string()),
});
const roleBody = z.object({ name: shortText.min(1).optional(), permissions: permissionList.optional() });

/** What of an account a role sets. */
export interface Standing {
  role: RoleCode;
  roleId: string | null;
}

/** A role that the caller may give, by id; the usual one without an id. */
export async function givenRole(
  context: Pick<Context, 'storage'>,
  caller: Caller,
  userRoleId: string | null | undefined,
): Promise<Standing> {
  const roles = await rolesOf(context.storage, caller.organisationId);
  const role = roles.find(({ id }) => id === (userRoleId ?? roleId('user')));
  if (!role) throw invalid('notFound', 'userRoleId', 'There is no such role.');
  // Administrators hold the keys of company vaults: no set of permissions amounts to that.
  if (role.code === 'administrator' && caller.role !== 'administrator') throw forbidden('administrator');
  if (!covers(caller.permissions, role.permissions)) throw forbidden('roles:manage');
  return { role: role.code, roleId: role.code === 'custom' ? role.id : null };
}

/** Refuses to touch the account of somebody who may do more than the caller, or of the owner. */
export async function requireBelow(context: Pick<Context, 'storage'>, caller: Caller, user: User) {
  if (user.isOwner) throw forbidden('owner');
  if (user.role === 'administrator' && caller.role !== 'administrator') throw forbidden('administrator');
  if (!covers(caller.permissions, await permissionsOf(context.storage, user))) {
    throw forbidden('roles:manage');
  }
}

async function ownRole(context: Context, caller: Caller, id: string): Promise<Role> {
  const role = await context.storage.roles.find(caller.organisationId, id);
  if (!role) throw notFound();
  if (!covers(caller.permissions, role.permissions)) throw forbidden('roles:manage');
  return role;
}

/** Registers the endpoints of this file. */
export function roleRoutes(app: Api, context: Context): void {
  app.get(
    '/user-roles',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'Roles in the organisation, with what each lets people do',
        response: { 200: z.object({ items: z.array(roleSchema), permissions: z.array(z.string()) }) },
      },
    },
    async (request) => {
      const roles = await rolesOf(context.storage, callerOf(request).organisationId);
      const items = roles.map((role) => {
        const { id, code, name, isDefault } = role;
        return { id, code, name, isDefault, permissions: [...role.permissions] };
      });
      return { items, permissions: [...permissions] };
    },
  );

  app.post(
    '/user-roles',
    {
      config: { needs: 'roles:manage', logs: 'userRole_created' },
      schema: {
        summary: 'Make a role (own addition)',
        body: roleBody.required({ name: true, permissions: true }),
        response: { 200: createdId },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { name, permissions: wanted } = request.body;
      if (!covers(caller.permissions, wanted)) throw forbidden('roles:manage');
      const role = { id: newId(context.clock()), organisationId: caller.organisationId, name };
      await context.storage.roles.insert({ ...role, permissions: wanted }, unixSeconds(context));
      return { id: role.id };
    },
  );

  app.post(
    '/user-roles/:id',
    {
      config: { needs: 'roles:manage', logs: 'userRole_updated' },
      schema: {
        summary: 'Change a role (own addition)',
        ...{ params: idParams, body: roleBody, response: { 200: createdId } },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const role = await ownRole(context, caller, request.params.id);
      const { name = role.name, permissions: wanted = role.permissions } = request.body;
      if (!covers(caller.permissions, wanted)) throw forbidden('roles:manage');
      await context.storage.roles.update({ ...role, name, permissions: wanted });
      return { id: role.id };
    },
  );

  app.delete(
    '/user-roles/:id',
    {
      config: { needs: 'roles:manage', logs: 'userRole_deleted' },
      schema: {
        summary: 'Delete a role that nobody has (own addition)',
        ...{ params: idParams, response: { 200: doneAnswer } },
      },
    },
    async (request) => {
      const role = await ownRole(context, callerOf(request), request.params.id);
      if (await context.storage.roles.isHeld(role.id)) {
        throw new ApiError(409, 'inUse', 'Somebody has this role.');
      }
      await context.storage.roles.remove(role.id);
      return { success: true as const };
    },
  );
}
