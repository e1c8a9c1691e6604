/** Vault types and vaults. */
import { z } from 'zod';
import type { Caller } from '../access/rights.ts';
import { vaultTypeWithId, vaultTypes } from '../access/vocabulary.ts';
import { newId } from '../storage/ids.ts';
import type { User } from '../storage/people.ts';
import { vaultAnswer, vaultSchema } from './answers.ts';
import type { Api, Context } from './context.ts';
import { callerOf, unixSeconds } from './context.ts';
import { invalid, notFound } from './errors.ts';
import { guardPlace, guardVisibleVault } from './guard.ts';
import { createdId, doneAnswer, idParams, looksLikeWrappedKey, objectId, shortText } from './schemas.ts';

const createBody = z.object({
  name: shortText.min(1),
  typeId: objectId.nullish(),
  masterKeyEncrypted: z.string().max(10_000).nullish(),
  masterKeyHash: z.string().max(200).nullish(),
  salt: z.string().max(200).nullish(),
  administratorsKeys: z.record(objectId, z.string().max(10_000)).nullish(),
});

/** Those who get into every vault of the type: they must have a key to be given one. */
async function administratorsOf(context: Context, caller: Caller, typeCode: string): Promise<User[]> {
  if (typeCode !== 'company') return [];
  const users = await context.storage.users.list(caller.organisationId);
  return users.filter(
    (user) => user.role === 'administrator' && (!caller.clientSideEncryption || user.keys !== null),
  );
}

/** The wrapped keys that a new vault starts with, by user id, checked for form and completeness. */
function startingKeys(
  caller: Caller,
  body: z.output<typeof createBody>,
  administrators: readonly User[],
): Map<string, string> {
  if (!caller.clientSideEncryption) return new Map();
  const keys = new Map(Object.entries(body.administratorsKeys ?? {}));
  if (body.masterKeyEncrypted) keys.set(caller.userId, body.masterKeyEncrypted);
  if (!keys.has(caller.userId)) {
    throw invalid('keyRequired', 'masterKeyEncrypted', 'Client-side encryption needs the vault key.');
  }
  if (![...keys.values()].every(looksLikeWrappedKey)) {
    throw invalid('notEncrypted', 'masterKeyEncrypted', 'Must be a key encrypted with RSA, in base64.');
  }
  if (!/^[0-9a-f]{64}$/.test(body.masterKeyHash ?? '') || !body.salt) {
    throw invalid('keyCheckRequired', 'masterKeyHash', 'Needs salt and masterKeyHash in hexadecimal.');
  }
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

async function createVault(context: Context, caller: Caller, body: z.output<typeof createBody>) {
  const type = body.typeId ? vaultTypeWithId(body.typeId) : vaultTypeWithId(vaultTypes[1].id);
  if (!type) throw invalid('notFound', 'typeId', 'There is no such vault type.');
  const keys = startingKeys(caller, body, await administratorsOf(context, caller, type.code));
  const id = newId(context.clock());
  const vault = {
    id,
    organisationId: caller.organisationId,
    type: type.code,
    name: body.name,
    masterKeyHash: body.masterKeyHash ?? null,
    salt: body.salt ?? null,
  };
  const creator = {
    id: newId(context.clock()),
    vaultId: id,
    folderId: null,
    userId: caller.userId,
    groupId: null,
  };
  await context.storage.transaction(async (storage) => {
    await storage.vaults.insert(vault, unixSeconds(context));
    await storage.access.set(creator, 'admin');
    for (const [userId, wrapped] of keys) await storage.vaults.setKey(id, userId, wrapped);
  });
  return id;
}

function typeRoutes(app: Api, context: Context): void {
  app.get(
    '/vault-types/all',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'Types that a vault can have',
        response: {
          200: z.object({ items: z.array(z.object({ id: objectId, code: z.string(), name: z.string() })) }),
        },
      },
    },
    async () => ({ items: vaultTypes.map((type) => ({ ...type })) }),
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
      const type = vaultTypeWithId(request.params.id);
      if (!type) throw notFound();
      const administrators = await administratorsOf(context, callerOf(request), type.code);
      return { items: administrators.map((user) => ({ id: user.id, publicKey: user.keys?.public ?? null })) };
    },
  );
}

/** Registers the endpoints of this file. */
export function vaultRoutes(app: Api, context: Context): void {
  typeRoutes(app, context);

  app.get(
    '/vaults',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'Vaults that the caller can read something in',
        response: { 200: z.object({ items: z.array(vaultSchema) }) },
      },
    },
    async (request) => ({ items: (await context.rights.toAllVaults(callerOf(request))).map(vaultAnswer) }),
  );

  app.post(
    '/vaults',
    {
      config: { needs: 'session' },
      schema: { summary: 'Create a vault', body: createBody, response: { 200: createdId } },
    },
    async (request) => ({ id: await createVault(context, callerOf(request), request.body) }),
  );

  app.get(
    '/vaults/:id',
    {
      config: { needs: 'directory:read' },
      schema: { summary: 'One vault', params: idParams, response: { 200: vaultSchema } },
    },
    async (request) => vaultAnswer(await guardVisibleVault(context.rights, request, request.params.id)),
  );

  app.post(
    '/vaults/:id',
    {
      config: { needs: 'directory:edit' },
      schema: {
        summary: 'Rename a vault (own addition)',
        params: idParams,
        body: z.object({ name: shortText.min(1) }),
        response: { 200: createdId },
      },
    },
    async (request) => {
      const { vault } = await guardPlace(context.rights, request, request.params.id);
      await context.storage.vaults.rename(vault, request.body.name);
      return { id: vault.id };
    },
  );

  app.delete(
    '/vaults/:id',
    {
      config: { needs: 'vault:delete' },
      schema: {
        summary: 'Delete a vault with everything in it, for good (own addition)',
        params: idParams,
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { vault } = await guardPlace(context.rights, request, request.params.id);
      const files = await context.storage.transaction(async (storage) => {
        const names = await storage.attachments.filesOfVault(vault.id);
        await storage.vaults.remove(vault.id);
        return names;
      });
      await context.storage.afterCommit(() => context.storage.attachments.discard(files));
      return { success: true as const };
    },
  );
}
