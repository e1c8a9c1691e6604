/**
 * Invitations (own addition): somebody gets a code, and makes their account with it on their own
 * device: login, password and, with client-side encryption, the master password and the key pair,
 * of which nothing is ever known to whoever invited them.
 */
import { z } from 'zod';
import { permissionsOf } from '../../access/permissions.ts';
import { formatMasterKeyOptions, newMasterKeyOptions } from '../../identity/masterkey.ts';
import { newCode } from '../../identity/codes.ts';
import { failureThrottle } from '../../identity/throttle.ts';
import { defaultLoginAttempts } from '../../options.ts';
import { newId } from '../../storage/ids.ts';
import type { Invite } from '../../storage/invites.ts';
import type { Organisation } from '../../storage/people.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { ApiError, forbidden, notFound } from '../errors.ts';
import { createdId, doneAnswer, idParams, objectId, shortText } from '../schemas.ts';
import { accountBody, newAccount } from './accounts.ts';
import { requireGroups, storeMember } from './administration.ts';
import { givenRole } from './roles.ts';
import { userRoleIdOf } from './users.ts';

const longestLife = 30 * 86_400;
const usualLife = 7 * 86_400;

const inviteBody = z.object({
  email: shortText.default(''),
  fullName: shortText.default(''),
  userRoleId: objectId.nullish(),
  userGroupIds: z.array(objectId).max(1_000).default([]),
  /** How long the code is good, in seconds. */
  life: z.number().int().min(60).max(longestLife).default(usualLife),
});
const inviteSchema = z.object({
  ...{ id: objectId, email: z.string(), fullName: z.string(), userRoleId: objectId },
  ...{ userGroupIds: z.array(objectId), creatorId: objectId, createdAt: z.number(), expiresAt: z.number() },
});
const code = z.string().min(1).max(100);

function managingRoutes(app: Api, context: Context): void {
  app.get(
    '/user-invites',
    {
      config: { needs: 'users:manage' },
      schema: {
        summary: 'Invitations that have not been used (own addition)',
        response: { 200: z.object({ items: z.array(inviteSchema) }) },
      },
    },
    async (request) => {
      const invites = await context.storage.invites.list(callerOf(request).organisationId);
      const items = invites.map(({ organisationId: _own, ...invite }) => invite);
      return { items };
    },
  );

  app.post(
    '/user-invites',
    {
      config: { needs: 'users:manage', logs: 'userInvite_created', keepsNoAnswer: true },
      schema: {
        summary: 'Invite somebody; the code is told this once (own addition)',
        body: inviteBody,
        response: { 200: z.object({ id: objectId, code: z.string(), expiresAt: z.number() }) },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { email, fullName, userRoleId, userGroupIds, life } = request.body;
      const standing = await givenRole(context, caller, userRoleId);
      await requireGroups(context, caller.organisationId, userGroupIds);
      const now = unixSeconds(context);
      const invite = {
        ...{ id: newId(context.clock()), organisationId: caller.organisationId, creatorId: caller.userId },
        ...{ createdAt: now, expiresAt: now + life, email, fullName, userGroupIds },
        userRoleId: userRoleIdOf(standing),
      };
      const secret = newCode();
      await context.storage.invites.insert(invite, secret);
      return { id: invite.id, code: secret, expiresAt: invite.expiresAt };
    },
  );

  app.delete(
    '/user-invites/:id',
    {
      config: { needs: 'users:manage', logs: 'userInvite_deleted' },
      schema: {
        summary: 'Take an invitation back (own addition)',
        ...{ params: idParams, response: { 200: doneAnswer } },
      },
    },
    async (request) => {
      const invites = await context.storage.invites.list(callerOf(request).organisationId);
      if (!invites.some(({ id }) => id === request.params.id)) throw notFound();
      await context.storage.invites.remove(request.params.id);
      return { success: true as const };
    },
  );
}

/** The invitation of a code that is good, and its organisation; counts wrong codes by address. */
function codeCheck(context: Context) {
  const throttle = failureThrottle(context.clock, context.options.loginAttempts ?? defaultLoginAttempts);
  return async (address: string, sent: string): Promise<{ invite: Invite; organisation: Organisation }> => {
    if (throttle.secondsToWait(address) > 0) {
      throw new ApiError(429, 'tooManyAttempts', 'Too many attempts. Wait and try again.');
    }
    throttle.attempt(address);
    const invite = await context.storage.invites.findByCode(sent);
    const isGood = invite !== undefined && invite.expiresAt > unixSeconds(context);
    const organisation = isGood ? await context.storage.organisations.find(invite.organisationId) : undefined;
    if (!invite || !organisation) throw new ApiError(403, 'inviteInvalid', 'The code is not good.');
    throttle.success(address);
    return { invite, organisation };
  };
}

/** Whoever invited must still be able to give what the invitation gives. */
async function standingOf(context: Context, invite: Invite, organisation: Organisation) {
  const inviter = await context.storage.users.find(invite.creatorId);
  const permissions = inviter && (await permissionsOf(context.storage, inviter));
  const isUsable = inviter && !inviter.isBlocked && !inviter.isDeleted;
  if (!isUsable || !permissions?.has('users:manage')) throw forbidden('users:manage');
  const caller = {
    ...{ userId: inviter.id, login: inviter.login, organisationId: organisation.id, permissions },
    ...{ role: inviter.role, isOwner: inviter.isOwner, sessionId: '' },
    clientSideEncryption: organisation.clientSideEncryption,
  };
  return { caller, standing: await givenRole(context, caller, invite.userRoleId) };
}

/** Registers the endpoints of this file. */
export function inviteRoutes(app: Api, context: Context): void {
  const check = codeCheck(context);
  managingRoutes(app, context);

  app.post(
    '/user-invites/open',
    {
      config: { needs: 'nothing', logs: 'nothing' },
      schema: {
        summary: 'What an invitation is to, and the options for a new master key (own addition)',
        body: z.object({ code }),
        response: {
          200: z.object({
            ...{ organisation: z.object({ id: objectId, name: z.string() }), expiresAt: z.number() },
            ...{ email: z.string(), fullName: z.string(), isClientSideEncryptionEnabled: z.boolean() },
            masterKeyOptions: z.string(),
          }),
        },
      },
    },
    async (request) => {
      const { invite, organisation } = await check(request.ip, request.body.code);
      const { id, name, clientSideEncryption } = organisation;
      return {
        ...{ organisation: { id, name }, expiresAt: invite.expiresAt, email: invite.email },
        ...{ fullName: invite.fullName, isClientSideEncryptionEnabled: clientSideEncryption },
        masterKeyOptions: formatMasterKeyOptions(newMasterKeyOptions()),
      };
    },
  );

  app.post(
    '/user-invites/accept',
    {
      config: { needs: 'nothing', logs: 'noted' },
      schema: {
        summary: 'Make an account with an invitation (own addition)',
        body: z.object({ ...accountBody, code }),
        response: { 200: createdId },
      },
    },
    async (request) => {
      const { invite, organisation } = await check(request.ip, request.body.code);
      const { caller, standing } = await standingOf(context, invite, organisation);
      const sent = {
        ...request.body,
        email: request.body.email || invite.email,
        fullName: request.body.fullName || invite.fullName,
      };
      const user = await newAccount(context, organisation, sent, { ...standing, isOwner: false });
      if (!(await context.storage.invites.remove(invite.id))) {
        throw new ApiError(403, 'inviteInvalid', 'The code is not good.');
      }
      const groups = new Set((await context.storage.groups.list(organisation.id)).map(({ id }) => id));
      const groupIds = invite.userGroupIds.filter((id) => groups.has(id));
      const notes = await storeMember(context, caller, user, groupIds);
      const by = { actorId: user.id, organisationId: organisation.id };
      request.activityNotes.push({ event: 'user_registered', objectId: user.id, by });
      request.activityNotes.push(...notes.map((note) => ({ ...note, by })));
      return { id: user.id };
    },
  );
}
