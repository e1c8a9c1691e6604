/** Creating a vault, with the key wrapped for everybody who must have it from the first moment. */
import { z } from 'zod';
import type { Caller } from '../../access/rights.ts';
import { settleKeys } from '../../access/entitlement.ts';
import { mayCreate, typeAdministrators, vaultTypesOf } from '../../access/vaulttypes.ts';
import { vaultTypeId } from '../../access/vocabulary.ts';
import { newId } from '../../storage/ids.ts';
import type { User } from '../../storage/people.ts';
import { usualVaultSettings } from '../../storage/vaults.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { forbidden, invalid } from '../errors.ts';
import { createdId, longText, looksLikeWrappedKey, objectId, shortText } from '../schemas.ts';

/** The members of a body that bring a vault key: check value, salt, and the key wrapped for people. */
export const vaultKeyBody = {
  masterKeyHash: z.string().max(200).nullish(),
  salt: z.string().max(200).nullish(),
};

const createBody = z.object({
  name: shortText.min(1),
  description: longText.optional(),
  typeId: objectId.nullish(),
  masterKeyEncrypted: z.string().max(10_000).nullish(),
  ...vaultKeyBody,
  administratorsKeys: z.record(objectId, z.string().max(10_000)).nullish(),
});
type CreateBody = z.output<typeof createBody>;

/** Refuses what cannot be the check value of a vault key. */
export function requireKeyCheck(body: z.output<z.ZodObject<typeof vaultKeyBody>>): void {
  if (!/^[0-9a-f]{64}$/.test(body.masterKeyHash ?? '') || !body.salt) {
    throw invalid('keyCheckRequired', 'masterKeyHash', 'Needs salt and masterKeyHash in hexadecimal.');
  }
}

/** Refuses wrapped keys that cannot be any. */
export function requireWrappedKeys(keys: Iterable<string>, field = 'masterKeyEncrypted'): void {
  if (![...keys].every(looksLikeWrappedKey)) {
    throw invalid('notEncrypted', field, 'Must be a key encrypted with RSA, in base64.');
  }
}

/** The wrapped keys that a new vault starts with, by user id, checked for form and completeness. */
function startingKeys(
  caller: Caller,
  body: CreateBody,
  administrators: readonly User[],
): Map<string, string> {
  if (!caller.clientSideEncryption) return new Map();
  const keys = new Map(Object.entries(body.administratorsKeys ?? {}));
  if (body.masterKeyEncrypted) keys.set(caller.userId, body.masterKeyEncrypted);
  if (!keys.has(caller.userId)) {
    throw invalid('keyRequired', 'masterKeyEncrypted', 'Client-side encryption needs the vault key.');
  }
  requireWrappedKeys(keys.values());
  requireKeyCheck(body);
  const entitled = new Set([caller.userId, ...administrators.map((user) => user.id)]);
  if (![...entitled].every((id) => keys.has(id))) {
    throw invalid(
      'administratorKeyMissing',
      'administratorsKeys',
      'An administrator of the type lacks a key.',
    );
  }
  return new Map([...keys].filter(([id]) => entitled.has(id)));
}

async function createVault(context: Context, caller: Caller, body: CreateBody): Promise<string> {
  const types = await vaultTypesOf(context.storage, caller.organisationId);
  const type = types.find(({ id }) => id === (body.typeId ?? vaultTypeId('privateShared')));
  if (!type) throw invalid('notFound', 'typeId', 'There is no such vault type.');
  const administrators = await typeAdministrators(context.storage, caller, type);
  const administratorIds = administrators.map(({ id }) => id);
  if (!mayCreate(caller, type, administratorIds)) throw forbidden('vaultTypes:manage');
  const keys = startingKeys(caller, body, administrators);
  const id = newId(context.clock());
  const vault = {
    ...{ id, organisationId: caller.organisationId, type: type.code },
    ...{ customTypeId: type.code === 'custom' ? type.id : null, settings: usualVaultSettings },
    ...{ name: body.name, description: body.description ?? '' },
    ...{ masterKeyHash: body.masterKeyHash ?? null, salt: body.salt ?? null },
  };
  const entryId = newId(context.clock());
  const creator = { id: entryId, vaultId: id, folderId: null, userId: caller.userId, groupId: null };
  await context.storage.transaction(async (storage) => {
    await storage.vaults.insert(vault, unixSeconds(context));
    await storage.access.set(creator, type.rules.creatorAccess);
    for (const [userId, wrapped] of keys) await storage.vaultKeys.set(id, userId, wrapped);
    // Administrators without a key pair yet: their access waits for them as a request.
    await settleKeys(storage, [id], await administratorsWithoutKeys(storage, caller, type), {
      ...{ reason: 'type', requesterId: caller.userId, groupId: null, at: unixSeconds(context) },
      ...{ clientSideEncryption: caller.clientSideEncryption, renews: true },
    });
  });
  return id;
}

async function administratorsWithoutKeys(
  storage: Pick<Context['storage'], 'vaultTypes' | 'users'>,
  caller: Caller,
  type: Parameters<typeof typeAdministrators>[2],
): Promise<string[]> {
  const { organisationId } = caller;
  const all = await typeAdministrators(storage, { organisationId, clientSideEncryption: false }, type);
  return all.filter((user) => user.keys === null).map((user) => user.id);
}

/** Registers the endpoint of this file. */
export function vaultCreationRoutes(app: Api, context: Context): void {
  app.post(
    '/vaults',
    {
      config: { needs: 'session', logs: 'vault_created' },
      schema: { summary: 'Create a vault', body: createBody, response: { 200: createdId } },
    },
    async (request) => {
      const id = await createVault(context, callerOf(request), request.body);
      request.concernedVaultId = id;
      return { id };
    },
  );
}
