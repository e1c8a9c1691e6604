/** People of the organisation as their colleagues see them, the caller's keys, roles. */
import { z } from 'zod';
import { roleId } from '../../access/vocabulary.ts';
import { newMasterKeyOptions } from '../../identity/masterkey.ts';
import type { DirectoryEntry } from '../../storage/directory.ts';
import type { User } from '../../storage/people.ts';
import type { Api, Context } from '../context.ts';
import { callerOf } from '../context.ts';
import { publicKeyFingerprint } from '../../identity/publickeys.ts';
import { keysCount } from './userkeys.ts';
import { groupOf } from './groups.ts';
import { notFound } from '../errors.ts';
import { idParams, objectId, pageOf, pageQuery, queryFlag, saysYes, shortUser } from '../schemas.ts';

const listedUser = z.object({
  ...shortUser.shape,
  email: z.string(),
  isBlocked: z.boolean(),
  userRoleId: objectId,
  hasKeys: z.boolean(),
});
const wholeUser = z.object({ ...listedUser.shape, userGroupIds: z.array(objectId) });

const listQuery = z.object({
  ...pageQuery.shape,
  search: z.string().max(1_000).optional(),
  username: z.string().max(1_000).optional(),
  email: z.string().max(1_000).optional(),
  userRoleId: objectId.optional(),
  userGroupId: objectId.optional(),
  isBlocked: queryFlag.optional(),
});

/** A person in short, as other objects name them. */
export function shortUserAnswer(user: Pick<User, 'id' | 'login' | 'fullName' | 'isDeleted'>) {
  const { id, login, fullName, isDeleted } = user;
  return { id, login, fullName, hasAvatar: false, isDeleted };
}

/** The id of a person's role, built-in or the organisation's own. */
export function userRoleIdOf(user: Pick<User, 'role' | 'roleId'>): string {
  return user.roleId ?? (user.role === 'custom' ? roleId('user') : roleId(user.role));
}

function listedUserAnswer(user: DirectoryEntry) {
  return {
    ...shortUserAnswer(user),
    email: user.email,
    isBlocked: user.isBlocked,
    userRoleId: userRoleIdOf(user),
    hasKeys: user.hasKeys,
  };
}

/** Somebody of the caller's organisation who has not been deleted. */
export async function colleague(context: Context, organisationId: string, userId: string): Promise<User> {
  const user = await context.storage.users.find(userId);
  if (!user || user.organisationId !== organisationId || user.isDeleted) throw notFound();
  return user;
}

function matches(user: DirectoryEntry, query: z.output<typeof listQuery>): boolean {
  const fold = (text: string) => text.toLocaleLowerCase();
  if (query.username !== undefined && fold(user.login) !== fold(query.username)) return false;
  if (query.email !== undefined && fold(user.email) !== fold(query.email)) return false;
  if (query.userRoleId !== undefined && userRoleIdOf(user) !== query.userRoleId) return false;
  if (query.isBlocked !== undefined && user.isBlocked !== saysYes(query.isBlocked)) return false;
  if (query.search === undefined) return true;
  const wanted = fold(query.search);
  return [user.login, user.fullName, user.email].some((text) => fold(text).includes(wanted));
}

function keyRoutes(app: Api, context: Context): void {
  app.get(
    '/users/master-key/options',
    {
      config: { needs: 'session' },
      schema: {
        summary: "Options of the caller's master key",
        response: { 200: z.object({ masterKeyOptions: z.string() }) },
      },
    },
    async (request) => {
      const user = await colleague(context, callerOf(request).organisationId, callerOf(request).userId);
      return { masterKeyOptions: user.masterKeyOptions };
    },
  );

  app.get(
    '/users/master-key/new-options',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'Options for a new master key, with a fresh salt',
        response: {
          200: z.object({ salt: z.string(), iterations: z.number(), bytes: z.number(), digest: z.string() }),
        },
      },
    },
    async () => newMasterKeyOptions(),
  );

  app.get(
    '/users/keys',
    {
      config: { needs: 'session' },
      schema: {
        summary: "The caller's RSA pair, the private half encrypted",
        response: {
          200: z.object({
            id: objectId,
            keys: z.object({ public: z.string(), privateEncrypted: z.string() }).nullable(),
          }),
        },
      },
    },
    async (request) => {
      const user = await colleague(context, callerOf(request).organisationId, callerOf(request).userId);
      // Keys outlive a turning off, for the day on which it is turned on again.
      return { id: user.id, keys: (await keysCount(context.storage, callerOf(request))) ? user.keys : null };
    },
  );

  app.get(
    '/users/:id/public-key',
    {
      config: { needs: 'session' },
      schema: {
        summary: "Somebody's public key",
        params: idParams,
        response: {
          200: z.object({
            publicKey: z.string().nullable(),
            fingerprint: z.string().nullable(),
            /** When the pair was made, where this server has seen it come; Unix seconds. */
            madeAt: z.number().nullable(),
            /** The last reset of the master password, which explains another key. */
            reset: z.object({ at: z.number(), by: shortUser.nullable() }).nullable(),
          }),
        },
      },
    },
    async (request) => {
      const user = await colleague(context, callerOf(request).organisationId, request.params.id);
      const publicKey = user.keys?.public ?? null;
      const { keysMadeAt: madeAt = null, keysReset = null } = user;
      const by = keysReset && (await context.storage.users.find(keysReset.by));
      return {
        ...{ publicKey, fingerprint: publicKey === null ? null : publicKeyFingerprint(publicKey), madeAt },
        reset: keysReset && { at: keysReset.at, by: by ? shortUserAnswer(by) : null },
      };
    },
  );
}

function directoryRoutes(app: Api, context: Context): void {
  app.get(
    '/users',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'People of the organisation',
        querystring: listQuery,
        response: { 200: z.object({ items: z.array(listedUser), total: z.number() }) },
      },
    },
    async (request) => {
      const users = await context.storage.directory.list(callerOf(request).organisationId);
      const { userGroupId } = request.query;
      const members =
        userGroupId === undefined
          ? null
          : new Set(
              (await groupOf(context, callerOf(request).organisationId, userGroupId)) &&
                (await context.storage.groups.memberIds(userGroupId)),
            );
      const found = users.filter((user) => matches(user, request.query) && (members?.has(user.id) ?? true));
      return { items: pageOf(found, request.query).map(listedUserAnswer), total: found.length };
    },
  );

  app.get(
    '/users/info',
    {
      config: { needs: 'session', awaitsSecondFactor: true },
      schema: {
        summary: 'The caller',
        response: {
          200: z.object({
            ...wholeUser.shape,
            userRoleCode: z.string(),
            isOwner: z.boolean(),
            permissions: z.array(z.string()),
            isTwoFactorAuthEnabled: z.boolean(),
            isClientSideEncryptionEnabled: z.boolean(),
            organisation: z.object({ id: objectId, name: z.string() }),
          }),
        },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const user = await colleague(context, caller.organisationId, caller.userId);
      const organisation = await context.storage.organisations.find(caller.organisationId);
      return {
        ...listedUserAnswer({ ...user, hasKeys: user.keys !== null }),
        userGroupIds: await context.storage.groups.groupIdsOf(user.id),
        userRoleCode: user.role,
        isOwner: user.isOwner,
        permissions: [...caller.permissions],
        isTwoFactorAuthEnabled: user.twoFactor?.isEnabled === true,
        isClientSideEncryptionEnabled: caller.clientSideEncryption,
        organisation: { id: caller.organisationId, name: organisation?.name ?? '' },
      };
    },
  );

  app.get(
    '/users/:id',
    {
      config: { needs: 'session' },
      schema: { summary: 'One person', params: idParams, response: { 200: wholeUser } },
    },
    async (request) => {
      const user = await colleague(context, callerOf(request).organisationId, request.params.id);
      return {
        ...listedUserAnswer({ ...user, hasKeys: user.keys !== null }),
        userGroupIds: await context.storage.groups.groupIdsOf(user.id),
      };
    },
  );
}

/** Registers the endpoints of this file. */
export function userRoutes(app: Api, context: Context): void {
  keyRoutes(app, context);
  directoryRoutes(app, context);
}
