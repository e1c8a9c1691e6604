/** Turning client-side encryption on or off (own addition): beginning with one vault, and how far it is. */
import { z } from 'zod';
import { newId } from '../../storage/ids.ts';
import type { EncryptionChange } from '../../storage/encryptionchanges.ts';
import type { Vault } from '../../storage/vaults.ts';
import type { Caller } from '../../access/rights.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { ApiError, invalid } from '../errors.ts';
import { guardedByConstruction } from '../guard.ts';
import { createdId, idParams, objectId } from '../schemas.ts';
import { requireKeyCheck, vaultKeyBody } from '../vaults/creation.ts';
import { checkedKeys, newVaultKeys, requireEverybody } from '../vaults/rekey.ts';
import {
  administers,
  changeUnderWay,
  guardAdministered,
  guardConversion,
  namedPerson,
  personAnswer,
} from './administered.ts';

const beginBody = z.object({
  ...vaultKeyBody,
  keys: newVaultKeys.default({}),
  /** Those who get no key for now: they wait as access requests, as everybody does who is not named. */
  leftOut: z.array(objectId).max(100_000).default([]),
  /** Drops what was put by for this vault and begins anew. */
  takesOver: z.boolean().default(false),
});
type BeginBody = z.output<typeof beginBody>;

const listedSchema = z.object({
  ...{ id: objectId, name: z.string(), isInBin: z.boolean(), startedBy: namedPerson.nullable() },
  ...{ doneCount: z.number(), total: z.number(), isReady: z.boolean() },
});

const stateSchema = z.object({
  ...{ id: objectId, startedBy: objectId, startedAt: z.number() },
  ...{ doneCount: z.number(), total: z.number() },
  ...{ masterKeyHash: z.string().nullable(), salt: z.string().nullable() },
  /** The key wrapped for the caller; null without one, and for those who were left out. */
  masterKeyEncrypted: z.string().nullable(),
});

/** The new key for those who get it: everything that turning on needs, and nothing for turning off. */
async function startingKeys(
  context: Context,
  caller: Caller,
  change: EncryptionChange,
  vault: Vault,
  body: BeginBody,
) {
  if (change.direction === 'on') {
    requireKeyCheck(body);
    const keys = await checkedKeys(context, caller, vault, body.keys);
    await requireEverybody(context, vault, body);
    return keys;
  }
  if (body.masterKeyHash || body.salt || Object.keys(body.keys).length > 0) {
    throw invalid('keyUnexpected', 'keys', 'Without client-side encryption a vault has no key.');
  }
  return new Map();
}

async function dropFormer(context: Context, vault: Vault, takesOver: boolean): Promise<void> {
  const { storage } = context;
  const former = await storage.rekeyings.ofVault(vault.id);
  if (!former) return;
  if (former.changeId === null || !takesOver) {
    throw new ApiError(409, 'rekeyingUnderWay', 'Somebody has begun with the vault already.');
  }
  const files = await storage.stagedFiles.dropAll(former.id);
  await storage.rekeyings.remove(former.id);
  await storage.afterCommit(() => storage.attachments.discard(files));
}

function beginningRoute(app: Api, context: Context): void {
  app.post(
    '/vaults/:id/encryption',
    {
      config: { needs: 'directory:access:manage', logs: 'noted' },
      schema: {
        summary: 'Begin to convert a vault, or begin anew (own addition)',
        ...{ params: idParams, body: beginBody, response: { 200: createdId } },
      },
    },
    async (request) => {
      const vault = await guardAdministered(context, request, request.params.id);
      const caller = callerOf(request);
      const change = await changeUnderWay(context, request);
      const keys = await startingKeys(context, caller, change, vault, request.body);
      await dropFormer(context, vault, request.body.takesOver);
      const id = newId(context.clock());
      const { masterKeyHash = null, salt = null } = request.body;
      const about = { id, vaultId: vault.id, changeId: change.id, starterId: caller.userId };
      const begun = { ...about, createdAt: unixSeconds(context), masterKeyHash, salt };
      await context.storage.rekeyings.insert(begun, keys);
      const action = 'conversion begun';
      request.activityNotes.push({ event: 'vault_updated', objectId: vault.id, action });
      return { id };
    },
  );
}

function readingRoute(app: Api, context: Context): void {
  app.get(
    '/vaults/:id/encryption',
    {
      config: { needs: 'directory:access:manage' },
      schema: {
        summary: 'How far the conversion of a vault is (own addition)',
        ...{ params: idParams, response: { 200: stateSchema } },
      },
    },
    async (request) => {
      const { vault, rekeying } = await guardConversion(context, request, request.params.id);
      const { storage } = context;
      const { id, starterId, createdAt, masterKeyHash, salt } = rekeying;
      const keys = await storage.rekeyings.keys(id);
      const progress = (await storage.conversions.progress([vault.id])).get(vault.id);
      return {
        ...{ id, startedBy: starterId, startedAt: createdAt, masterKeyHash, salt },
        ...{ doneCount: progress?.done ?? 0, total: progress?.total ?? 0 },
        masterKeyEncrypted: keys.get(callerOf(request).userId)?.masterKeyEncrypted ?? null,
      };
    },
  );
}

/** The vaults that the caller administers, the living ones first. */
async function administeredVaults(context: Context, caller: Caller) {
  const living = await context.rights.toAllVaults(caller);
  const deleted = await context.storage.vaults.listDeleted(caller.organisationId);
  const binned = await context.rights.toDeletedVaults(caller, deleted);
  return [
    ...living.filter(administers).map(({ vault }) => ({ vault, isInBin: false })),
    ...binned.filter(administers).map(({ vault }) => ({ vault, isInBin: true })),
  ];
}

/** Registers the endpoints of this file. */
export function vaultConversionRoutes(app: Api, context: Context): void {
  beginningRoute(app, context);
  readingRoute(app, context);

  app.get(
    '/encryption-change/vaults',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'The vaults that the caller has to convert, and how far each is (own addition)',
        response: { 200: z.object({ vaults: z.array(listedSchema) }) },
      },
    },
    async (request) => {
      const { storage } = context;
      const change = await changeUnderWay(context, request);
      const begun = new Map(
        (await storage.rekeyings.ofChange(change.id)).map((each) => [each.vaultId, each]),
      );
      const own = await administeredVaults(context, callerOf(request));
      const progress = await storage.conversions.progress(own.map(({ vault }) => vault.id));
      const starters = await storage.users.findMany([...begun.values()].map(({ starterId }) => starterId));
      guardedByConstruction(request);
      const vaults = own.map(({ vault: { id, name }, isInBin }) => {
        const { total, done } = progress.get(id) ?? { total: 0, done: 0 };
        const starterId = begun.get(id)?.starterId;
        const startedBy = starterId === undefined ? null : personAnswer(starterId, starters.get(starterId));
        const isReady = startedBy !== null && done >= total;
        return { id, name, isInBin, startedBy, doneCount: startedBy ? done : 0, total, isReady };
      });
      return { vaults };
    },
  );
}
