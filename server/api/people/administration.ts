/** Creating, changing, blocking and deleting accounts. */
import { z } from 'zod';
import type { Cause } from '../../access/entitlement.ts';
import { settleKeys } from '../../access/entitlement.ts';
import { dropAccess, heldAlone } from '../../access/departure.ts';
import type { Caller } from '../../access/rights.ts';
import { hashPassword, passwordIterations } from '../../identity/passwords.ts';
import type { User } from '../../storage/people.ts';
import type { Repositories } from '../../storage/storage.ts';
import { shortestPassword } from '../application.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { requireOwnPassword } from '../directoryfaults.ts';
import { ApiError, invalid } from '../errors.ts';
import { createdId, doneAnswer, idParams, objectId, shortText } from '../schemas.ts';
import { accountKey } from '../sessions.ts';
import { notesOfRequests } from '../vaults/access.ts';
import { accountBody, newAccount, storeAccount } from './accounts.ts';
import { givenRole, requireBelow } from './roles.ts';
import type { Standing } from './roles.ts';
import { colleague } from './users.ts';

const createBody = z.object({
  ...accountBody,
  userRoleId: objectId.nullish(),
  userGroupIds: z.array(objectId).max(1_000).nullish(),
});

const changeBody = z.object({
  email: shortText.optional(),
  fullName: shortText.optional(),
  userRoleId: objectId.optional(),
});

/** Refuses groups that the organisation does not have. */
export async function requireGroups(
  context: Pick<Context, 'storage'>,
  organisationId: string,
  groupIds: readonly string[],
): Promise<void> {
  const known = new Set((await context.storage.groups.list(organisationId)).map((group) => group.id));
  if (!groupIds.every((id) => known.has(id))) {
    throw invalid('notFound', 'userGroupIds', 'There is no such group.');
  }
}

/** What a change of somebody's standing is the cause of. */
function causeOf(context: Context, caller: Caller, reason: Cause['reason']): Cause {
  return {
    ...{ reason, requesterId: caller.userId, groupId: null, at: unixSeconds(context) },
    ...{ clientSideEncryption: caller.clientSideEncryption, renews: true },
  };
}

/** The company vaults of an organisation: its administrators get into all of them. */
async function companyVaults(storage: Repositories, organisationId: string): Promise<string[]> {
  const vaults = await storage.vaults.list(organisationId);
  return vaults.filter(({ type }) => type === 'company').map(({ id }) => id);
}

/** Stores a new account with its groups, and raises the requests that come with both. */
export async function storeMember(
  context: Context,
  caller: Pick<Caller, 'userId' | 'clientSideEncryption'>,
  user: User,
  groupIds: readonly string[],
) {
  return context.storage.transaction(async (storage) => {
    await storeAccount(storage, user, unixSeconds(context));
    const cause = {
      ...{ requesterId: caller.userId, at: unixSeconds(context), renews: true },
      clientSideEncryption: caller.clientSideEncryption,
    };
    const raised = [];
    for (const groupId of groupIds) {
      await storage.groups.addMembers(groupId, [user.id]);
      const vaultIds = await storage.access.vaultIdsOfGroup(groupId);
      const joining: Cause = { ...cause, reason: 'group', groupId };
      raised.push(...(await settleKeys(storage, vaultIds, [user.id], joining)));
    }
    if (user.role === 'administrator') {
      const vaultIds = await companyVaults(storage, user.organisationId);
      const byRole: Cause = { ...cause, reason: 'type', groupId: null };
      raised.push(...(await settleKeys(storage, vaultIds, [user.id], byRole)));
    }
    return notesOfRequests(raised);
  });
}

function creatingRoute(app: Api, context: Context): void {
  app.post(
    '/users',
    {
      config: { needs: 'users:manage', logs: 'user_created' },
      schema: { summary: 'Create an account', body: createBody, response: { 200: createdId } },
    },
    async (request) => {
      const caller = callerOf(request);
      const { body } = request;
      const standing = await givenRole(context, caller, body.userRoleId);
      const groupIds = body.userGroupIds ?? [];
      await requireGroups(context, caller.organisationId, groupIds);
      const { organisationId: id, clientSideEncryption } = caller;
      const user = await newAccount(context, { id, clientSideEncryption }, body, {
        ...{ ...standing, isOwner: false },
      });
      request.activityNotes.push(...(await storeMember(context, caller, user, groupIds)));
      return { id: user.id };
    },
  );
}

/** Gives somebody another role; whoever becomes or ceases to be an administrator gains or loses keys. */
async function changeRole(context: Context, caller: Caller, user: User, standing: Standing) {
  return context.storage.transaction(async (storage) => {
    await storage.users.update({ ...user, ...standing });
    const concerns = (user.role === 'administrator') !== (standing.role === 'administrator');
    const vaultIds = concerns ? await companyVaults(storage, user.organisationId) : [];
    return notesOfRequests(await settleKeys(storage, vaultIds, [user.id], causeOf(context, caller, 'type')));
  });
}

function changingRoutes(app: Api, context: Context): void {
  app.patch(
    '/users/:id',
    {
      config: { needs: 'users:manage', logs: 'user_updated' },
      schema: {
        summary: 'Change an account',
        ...{ params: idParams, body: changeBody, response: { 200: createdId } },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const user = await colleague(context, caller.organisationId, request.params.id);
      await requireBelow(context, caller, user);
      const { email = user.email, fullName = user.fullName, userRoleId } = request.body;
      const described = { ...user, email, fullName };
      if (userRoleId === undefined) await context.storage.users.update(described);
      else {
        const standing = await givenRole(context, caller, userRoleId);
        const notes = await changeRole(context, caller, described, standing);
        request.activityNotes.push({ event: 'user_role_changed', objectId: user.id }, ...notes);
      }
      return { id: user.id };
    },
  );

  app.post(
    '/users/:id/password',
    {
      config: { needs: 'users:manage', logs: 'user_password_reset' },
      schema: {
        summary: 'Give somebody another log-in password, and end their sessions (own addition)',
        params: idParams,
        body: z.object({ password: z.string().min(shortestPassword).max(1_000) }),
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const user = await colleague(context, caller.organisationId, request.params.id);
      await requireBelow(context, caller, user);
      await requireOwnPassword(context, user);
      const iterations = context.options.passwordIterations ?? passwordIterations;
      const passwordHash = await hashPassword(request.body.password, iterations);
      await context.storage.users.update({ ...user, passwordHash });
      await context.sessions.endAllOf(user.id);
      return { success: true as const };
    },
  );
}

const goneAnswer = z.object({
  ...doneAnswer.shape,
  /** Vaults that nobody has the key of any more. */
  lostVaults: z.array(z.object({ id: objectId, name: z.string() })),
});

function unlockingRoute(app: Api, context: Context): void {
  app.post(
    '/users/:id/unlock',
    {
      config: { needs: 'users:manage', logs: 'user_unblocked' },
      schema: {
        summary: 'Let somebody log in again who was locked out by failed attempts (own addition)',
        ...{ params: idParams, response: { 200: doneAnswer } },
      },
    },
    async (request) => {
      const user = await colleague(context, callerOf(request).organisationId, request.params.id);
      context.lockout.success(accountKey(context, user.login));
      return { success: true as const };
    },
  );
}

function endingRoutes(app: Api, context: Context): void {
  const manageable = async (caller: Caller, userId: string): Promise<User> => {
    const user = await colleague(context, caller.organisationId, userId);
    await requireBelow(context, caller, user);
    if (user.id === caller.userId) throw new ApiError(409, 'yourself', 'Somebody else has to do this.');
    return user;
  };

  const states = [
    { what: 'block', summary: 'Block an account', isBlocked: true, logs: 'user_blocked' },
    { what: 'unblock', summary: 'Unblock an account', isBlocked: false, logs: 'user_unblocked' },
  ] as const;
  for (const { what, summary, isBlocked, logs } of states) {
    app.post(
      `/users/:id/${what}`,
      {
        config: { needs: 'users:manage', logs },
        schema: { summary, params: idParams, response: { 200: doneAnswer } },
      },
      async (request) => {
        const user = await manageable(callerOf(request), request.params.id);
        await context.storage.users.update({ ...user, isBlocked });
        await context.sessions.endAllOf(user.id);
        return { success: true as const };
      },
    );
  }

  app.delete(
    '/users/:id',
    {
      config: { needs: 'users:manage', logs: 'user_deleted' },
      schema: {
        summary: 'Delete an account with all its access',
        ...{ params: idParams, response: { 200: goneAnswer } },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const user = await manageable(caller, request.params.id);
      const lostVaults = await context.storage.transaction(async (storage) => {
        const lost = await heldAlone(storage, user.id);
        await storage.users.update({ ...user, isDeleted: true });
        await dropAccess(storage, user.id, causeOf(context, caller, 'person'));
        return lost;
      });
      await context.sessions.endAllOf(user.id);
      return { success: true as const, lostVaults };
    },
  );
}

/** Registers the endpoints of this file. */
export function userAdministrationRoutes(app: Api, context: Context): void {
  creatingRoute(app, context);
  changingRoutes(app, context);
  endingRoutes(app, context);
  unlockingRoute(app, context);
}
