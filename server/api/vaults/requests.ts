/**
 * The queue of access requests (own addition): who may enter a vault and still lacks its key.
 *
 * Confirming wraps the vault key for the person, which only a client can do, and which only a
 * person may decide: nothing here is ever confirmed by itself. A confirmation names the public key
 * that it was wrapped for, and is refused when the person has another one by then.
 */
import { z } from 'zod';
import type { Caller, VaultAccess } from '../../access/rights.ts';
import { isEntitled } from '../../access/entitlement.ts';
import { rightsAt } from '../../access/levels.ts';
import type { AccessRequest } from '../../storage/requests.ts';
import type { Api, Context } from '../context.ts';
import { callerOf } from '../context.ts';
import { ApiError, notFound } from '../errors.ts';
import type { GuardedRequest } from '../guard.ts';
import { guardedByConstruction, guardPlace } from '../guard.ts';
import { publicKeyFingerprint } from '../../identity/publickeys.ts';
import { requireFingerprint } from '../publickeys.ts';
import { doneAnswer, idParams, objectId, pageOf, pageQuery, shortUser } from '../schemas.ts';
import { shortUserAnswer } from '../people/users.ts';
import { requireWrappedKeys } from './creation.ts';

const requestSchema = z.object({
  id: objectId,
  vault: z.object({ id: objectId, name: z.string() }),
  user: shortUser,
  /** Of the public key that the person has now; null before they have made one. */
  publicKeyFingerprint: z.string().nullable(),
  group: z.object({ id: objectId, name: z.string() }).nullable(),
  requester: shortUser.nullable(),
  reason: z.enum(['group', 'person', 'type', 'reset', 'rekey']),
  state: z.enum(['pending', 'declined']),
  createdAt: z.number(),
});

const listQuery = z.object({
  ...pageQuery.shape,
  vaultId: objectId.optional(),
  userId: objectId.optional(),
  reason: requestSchema.shape.reason.optional(),
  state: requestSchema.shape.state.default('pending'),
});

const confirmBody = z.object({
  masterKeyEncrypted: z.string().max(10_000),
  publicKeyFingerprint: z.string().regex(/^[0-9a-f]{64}$/, 'Must be a SHA-256 in hexadecimal.'),
});

async function answersOf(
  context: Context,
  caller: Caller,
  accesses: ReadonlyMap<string, VaultAccess>,
  requests: readonly AccessRequest[],
) {
  const { users, groups } = context.storage;
  const people = await users.findMany(requests.flatMap(({ userId, requesterId }) => [userId, requesterId]));
  const names = new Map((await groups.list(caller.organisationId)).map(({ id, name }) => [id, name]));
  return requests.flatMap((request) => {
    const user = people.get(request.userId);
    const vault = accesses.get(request.vaultId)?.vault;
    if (!user || !vault) return [];
    const requester = people.get(request.requesterId);
    const { id, groupId, reason, state, createdAt } = request;
    const groupName = groupId === null ? undefined : names.get(groupId);
    return [
      {
        ...{ id, reason, state, createdAt, vault: { id: vault.id, name: vault.name } },
        user: shortUserAnswer(user),
        publicKeyFingerprint: user.keys && publicKeyFingerprint(user.keys.public),
        group: groupId !== null && groupName !== undefined ? { id: groupId, name: groupName } : null,
        requester: requester ? shortUserAnswer(requester) : null,
      },
    ];
  });
}

/** A request whose vault the caller administers. */
async function guardRequest(context: Context, request: GuardedRequest, id: string): Promise<AccessRequest> {
  const found = await context.storage.requests.find(id);
  if (!found) throw notFound();
  await guardPlace(context.rights, request, found.vaultId);
  return found;
}

function listRoute(app: Api, context: Context): void {
  app.get(
    '/access-requests',
    {
      config: { needs: 'directory:access:manage' },
      schema: {
        summary: 'Who waits for the key of a vault that the caller administers (own addition)',
        querystring: listQuery,
        response: { 200: z.object({ items: z.array(requestSchema), total: z.number() }) },
      },
    },
    async (request) => {
      const { vaultId, userId, reason, state } = request.query;
      const caller = callerOf(request);
      if (vaultId !== undefined) await guardPlace(context.rights, request, vaultId);
      guardedByConstruction(request);
      const open = await context.rights.toAllVaults(caller);
      const managed = open.filter(
        (access) =>
          (vaultId === undefined || access.vault.id === vaultId) &&
          rightsAt(access.levelAt(null)).has('directory:access:manage'),
      );
      const accesses = new Map(managed.map((access) => [access.vault.id, access]));
      const all = await context.storage.requests.inVaults([...accesses.keys()]);
      const found = all.filter(
        (each) =>
          each.state === state &&
          (userId === undefined || each.userId === userId) &&
          (reason === undefined || each.reason === reason),
      );
      const items = await answersOf(context, caller, accesses, pageOf(found, request.query));
      return { items, total: found.length };
    },
  );
}

/** Registers the endpoints of this file. */
export function accessRequestRoutes(app: Api, context: Context): void {
  listRoute(app, context);

  app.post(
    '/access-requests/:id/confirm',
    {
      config: { needs: 'directory:access:manage', logs: 'request_confirmed' },
      schema: {
        summary: 'Give somebody the vault key that they wait for (own addition)',
        params: idParams,
        body: confirmBody,
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { masterKeyEncrypted, publicKeyFingerprint: fingerprint } = request.body;
      requireWrappedKeys([masterKeyEncrypted]);
      await context.storage.whole(async () => {
        const { vaultId, userId } = await guardRequest(context, request, request.params.id);
        const { storage } = context;
        const vault = await storage.vaults.find(vaultId);
        if (!vault || !(await isEntitled(storage, vault, userId))) {
          throw new ApiError(409, 'notEntitled', 'The person may not enter the vault any more.');
        }
        await requireFingerprint(storage, userId, fingerprint);
        await storage.vaultKeys.set(vaultId, userId, masterKeyEncrypted);
        await storage.requests.remove(vaultId, userId);
      });
      return { success: true as const };
    },
  );

  app.post(
    '/access-requests/:id/decline',
    {
      config: { needs: 'directory:access:manage', logs: 'request_denied' },
      schema: {
        summary: 'Leave somebody without the vault key (own addition)',
        params: idParams,
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { id } = await guardRequest(context, request, request.params.id);
      await context.storage.requests.decline(id);
      return { success: true as const };
    },
  );
}
