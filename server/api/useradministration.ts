/** Creating, changing, blocking and deleting accounts. */
import { z } from 'zod';
import type { Caller } from '../access/rights.ts';
import { roles, roleWithId } from '../access/vocabulary.ts';
import type { User } from '../storage/people.ts';
import { accountBody, newAccount, storeAccount } from './accounts.ts';
import type { Api, Context } from './context.ts';
import { callerOf, unixSeconds } from './context.ts';
import { forbidden, invalid } from './errors.ts';
import { createdId, doneAnswer, idParams, objectId, shortText } from './schemas.ts';
import { colleague } from './users.ts';

const createBody = z.object({
  ...accountBody,
  userRoleId: objectId.nullish(),
  userGroupIds: z.array(objectId).max(1_000).nullish(),
});

async function createUser(
  context: Context,
  caller: Caller,
  body: z.output<typeof createBody>,
): Promise<string> {
  const role = body.userRoleId ? roleWithId(body.userRoleId) : roles.find((each) => each.isDefault);
  if (!role) throw invalid('notFound', 'userRoleId', 'There is no such role.');
  const { organisationId, clientSideEncryption } = caller;
  const groups = new Set((await context.storage.groups.list(organisationId)).map((group) => group.id));
  const groupIds = body.userGroupIds ?? [];
  if (!groupIds.every((id) => groups.has(id))) {
    throw invalid('notFound', 'userGroupIds', 'There is no such group.');
  }
  const organisation = { id: organisationId, clientSideEncryption };
  const user = await newAccount(context, organisation, body, {
    ...{ role: role.code, roleId: null, isOwner: false },
  });
  await context.storage.transaction(async (storage) => {
    await storeAccount(storage, user, unixSeconds(context));
    for (const groupId of groupIds) await storage.groups.addMembers(groupId, [user.id]);
  });
  return user.id;
}

/** Registers the endpoints of this file. */
export function userAdministrationRoutes(app: Api, context: Context): void {
  const manageable = async (organisationId: string, userId: string): Promise<User> => {
    const user = await colleague(context, organisationId, userId);
    if (user.isOwner) throw forbidden('owner');
    return user;
  };

  app.post(
    '/users',
    {
      config: { needs: 'users:manage', logs: 'user_created' },
      schema: { summary: 'Create an account', body: createBody, response: { 200: createdId } },
    },
    async (request) => {
      return { id: await createUser(context, callerOf(request), request.body) };
    },
  );

  app.patch(
    '/users/:id',
    {
      config: { needs: 'users:manage', logs: 'user_updated' },
      schema: {
        summary: 'Change an account',
        params: idParams,
        body: z.object({
          email: shortText.optional(),
          fullName: shortText.optional(),
          userRoleId: objectId.optional(),
        }),
        response: { 200: createdId },
      },
    },
    async (request) => {
      const user = await manageable(callerOf(request).organisationId, request.params.id);
      const { email, fullName, userRoleId } = request.body;
      const role = userRoleId === undefined ? undefined : roleWithId(userRoleId);
      if (userRoleId !== undefined && !role)
        throw invalid('notFound', 'userRoleId', 'There is no such role.');
      await context.storage.users.update({
        ...user,
        email: email ?? user.email,
        fullName: fullName ?? user.fullName,
        role: role?.code ?? user.role,
      });
      return { id: user.id };
    },
  );

  const states = [
    { method: 'POST', url: '/users/:id/block', summary: 'Block an account', change: { isBlocked: true } },
    {
      method: 'POST',
      url: '/users/:id/unblock',
      summary: 'Unblock an account',
      change: { isBlocked: false },
    },
    { method: 'DELETE', url: '/users/:id', summary: 'Delete an account', change: { isDeleted: true } },
  ] as const;
  for (const { method, url, summary, change } of states) {
    app.route({
      method,
      url,
      config: { needs: 'users:manage', logs: 'noted' },
      schema: { summary, params: idParams, response: { 200: doneAnswer } },
      handler: async (request) => {
        const user = await manageable(callerOf(request).organisationId, request.params.id);
        await context.storage.users.update({ ...user, ...change });
        await context.sessions.endAllOf(user.id);
        return { success: true as const };
      },
    });
  }
}
