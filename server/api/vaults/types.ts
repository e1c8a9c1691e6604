/** Vault types: what is built in, what an organisation makes of its own, and a vault's change of type. */
import { z } from 'zod';
import type { Caller } from '../../access/rights.ts';
import { settleKeys } from '../../access/entitlement.ts';
import type { AnyVaultType } from '../../access/vaulttypes.ts';
import { mayCreate, typeAdministrators, vaultTypesOf } from '../../access/vaulttypes.ts';
import { newId } from '../../storage/ids.ts';
import type { Repositories } from '../../storage/storage.ts';
import { usualVaultTypeRules } from '../../storage/vaulttypes.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { ApiError, forbidden, invalid, notFound } from '../errors.ts';
import { guardPlace } from '../guard.ts';
import { createdId, doneAnswer, idParams, objectId, shortText } from '../schemas.ts';
import { requireWrappedKeys } from './creation.ts';

const rulesSchema = z.object({
  creation: z.enum(['everyone', 'administrators', 'nobody']),
  creatorAccess: z.enum(['write', 'full', 'admin']),
});
const typeSchema = z.object({
  ...{ id: objectId, code: z.string(), name: z.string(), rules: rulesSchema, mayCreate: z.boolean() },
});
const typeBody = z.object({
  name: shortText.min(1).optional(),
  rules: rulesSchema.optional(),
  administratorIds: z.array(objectId).max(1_000).optional(),
});
type TypeBody = z.output<typeof typeBody>;

async function typeOf(context: Context, caller: Caller, id: string): Promise<AnyVaultType> {
  const types = await vaultTypesOf(context.storage, caller.organisationId);
  const type = types.find((each) => each.id === id);
  if (!type) throw notFound();
  return type;
}

/** Makes some people and nobody else administrators of a type; their keys and requests follow. */
async function setAdministrators(
  context: Context,
  storage: Repositories,
  caller: Caller,
  typeId: string,
  userIds: readonly string[],
): Promise<void> {
  const people = await storage.users.findMany(userIds);
  const isColleague = (id: string) => {
    const user = people.get(id);
    return user?.organisationId === caller.organisationId && !user.isDeleted;
  };
  if (!userIds.every(isColleague)) throw invalid('notFound', 'administratorIds', 'There is no such user.');
  const former = new Set(await storage.vaultTypes.administrators(typeId));
  const wanted = new Set(userIds);
  const changed = [...new Set([...wanted, ...former])].filter((id) => wanted.has(id) !== former.has(id));
  for (const userId of changed) {
    await storage.vaultTypes.setAdministrator(typeId, userId, wanted.has(userId));
  }
  await settleKeys(storage, await storage.vaultTypes.vaultIdsOf(typeId), changed, {
    ...{ reason: 'type', requesterId: caller.userId, groupId: null, at: unixSeconds(context) },
    ...{ clientSideEncryption: caller.clientSideEncryption, renews: true },
  });
}

function readingRoutes(app: Api, context: Context): void {
  app.get(
    '/vault-types/all',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'Types that a vault can have, with the rules for creating one',
        response: { 200: z.object({ items: z.array(typeSchema) }) },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const administered = await context.storage.vaultTypes.administeredBy(caller.userId);
      const types = await vaultTypesOf(context.storage, caller.organisationId);
      const items = types.map((type) => ({
        ...{ id: type.id, code: type.code, name: type.name, rules: type.rules },
        mayCreate: mayCreate(caller, type, administered.has(type.id) ? [caller.userId] : []),
      }));
      return { items };
    },
  );

  app.get(
    '/vault-types/:id/administrators',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'Who must be given the key of a new vault of the type',
        params: idParams,
        response: {
          200: z.object({ items: z.array(z.object({ id: objectId, publicKey: z.string().nullable() })) }),
        },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const type = await typeOf(context, caller, request.params.id);
      const administrators = await typeAdministrators(context.storage, caller, type);
      return { items: administrators.map((user) => ({ id: user.id, publicKey: user.keys?.public ?? null })) };
    },
  );
}

async function changeType(context: Context, caller: Caller, type: AnyVaultType, body: TypeBody) {
  const { organisationId } = caller;
  if (type.code !== 'custom' && body.administratorIds) {
    throw invalid('builtInType', 'administratorIds', 'A built-in type has its own administrators.');
  }
  if (type.code === 'privateShared' && body.rules && body.rules.creatorAccess !== 'admin') {
    throw invalid('lastAdministrator', 'rules', 'A user vault must have an administrator.');
  }
  await context.storage.transaction(async (storage) => {
    const { name = type.name, rules = type.rules } = body;
    await storage.vaultTypes.set({ id: type.id, organisationId, name, rules }, unixSeconds(context));
    if (body.administratorIds) {
      await setAdministrators(context, storage, caller, type.id, body.administratorIds);
    }
  });
}

function managingRoutes(app: Api, context: Context): void {
  app.post(
    '/vault-types',
    {
      config: { needs: 'vaultTypes:manage', logs: 'vaultType_created' },
      schema: {
        summary: 'Make a vault type with administrators of its own (own addition)',
        body: typeBody.required({ name: true }),
        response: { 200: createdId },
      },
    },
    async (request) => {
      const id = newId(context.clock());
      const type = { id, code: 'custom' as const, name: request.body.name, rules: usualVaultTypeRules };
      await changeType(context, callerOf(request), type, request.body);
      return { id };
    },
  );

  app.post(
    '/vault-types/:id',
    {
      config: { needs: 'vaultTypes:manage', logs: 'vaultType_updated' },
      schema: {
        summary: 'Change name, rules or administrators of a vault type (own addition)',
        params: idParams,
        body: typeBody,
        response: { 200: createdId },
      },
    },
    async (request) => {
      const type = await typeOf(context, callerOf(request), request.params.id);
      await changeType(context, callerOf(request), type, request.body);
      return { id: type.id };
    },
  );

  app.delete(
    '/vault-types/:id',
    {
      config: { needs: 'vaultTypes:manage', logs: 'vaultType_deleted' },
      schema: {
        summary: 'Delete a vault type of which there is no vault (own addition)',
        params: idParams,
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const type = await typeOf(context, caller, request.params.id);
      if (type.code !== 'custom') throw new ApiError(409, 'builtInType', 'A built-in type stays.');
      if ((await context.storage.vaultTypes.vaultIdsOf(type.id)).length > 0) {
        throw new ApiError(409, 'inUse', 'There are vaults of this type.');
      }
      await context.storage.vaultTypes.remove(caller.organisationId, type.id);
      return { success: true as const };
    },
  );
}

const changeTypeBody = z.object({
  typeId: objectId,
  /** The vault key wrapped for those administrators of the type who have none yet, by user id. */
  keys: z.record(objectId, z.string().max(10_000)).optional(),
});

/** Registers the endpoints of this file. */
export function vaultTypeRoutes(app: Api, context: Context): void {
  readingRoutes(app, context);
  managingRoutes(app, context);

  app.post(
    '/vaults/:id/type',
    {
      config: { needs: 'directory:access:manage', logs: 'vault_type_changed' },
      schema: {
        summary: 'Give a vault another type (own addition)',
        params: idParams,
        body: changeTypeBody,
        response: { 200: createdId },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { vault } = await guardPlace(context.rights, request, request.params.id);
      const type = await typeOf(context, caller, request.body.typeId);
      const administered = await context.storage.vaultTypes.administrators(type.id);
      if (!mayCreate(caller, type, administered)) throw forbidden('vaultTypes:manage');
      await retype(context, caller, vault.id, type, request.body.keys ?? {});
      return { id: vault.id };
    },
  );
}

async function retype(
  context: Context,
  caller: Caller,
  vaultId: string,
  type: AnyVaultType,
  keys: Readonly<Record<string, string>>,
): Promise<void> {
  requireWrappedKeys(Object.values(keys), 'keys');
  await context.storage.transaction(async (storage) => {
    const vault = await storage.vaults.find(vaultId);
    if (!vault) throw notFound();
    const everybody = { organisationId: caller.organisationId, clientSideEncryption: false };
    const administrators = (await typeAdministrators(storage, everybody, type)).map(({ id }) => id);
    if (type.code === 'privateShared') {
      const entries = await storage.access.ofVault(vaultId);
      const stays = entries.some(
        (entry) => entry.folderId === null && entry.level === 'admin' && entry.userId !== null,
      );
      if (!stays) throw new ApiError(409, 'lastAdministrator', 'A vault must keep an administrator.');
    }
    await storage.vaults.setType(vault, type.code, type.code === 'custom' ? type.id : null);
    const holders = await storage.vaultKeys.holders(vaultId);
    for (const userId of administrators) {
      const wrapped = keys[userId];
      const isWanted = caller.clientSideEncryption && wrapped !== undefined && !holders.has(userId);
      if (isWanted) await storage.vaultKeys.set(vaultId, userId, wrapped);
    }
    await settleKeys(storage, [vaultId], [...new Set([...holders, ...administrators])], {
      ...{ reason: 'type', requesterId: caller.userId, groupId: null, at: unixSeconds(context) },
      ...{ clientSideEncryption: caller.clientSideEncryption, renews: true },
    });
  });
}
