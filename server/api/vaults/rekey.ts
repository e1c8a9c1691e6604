/**
 * Giving a vault another key (own addition), for when somebody has lost access who has had the key.
 *
 * The client makes the new key and wraps it for everybody who stays; then it opens every record key
 * with the old vault key and seals it with the new one, in portions, in its own time, and goes on
 * after a break where it stopped, on another device too. Nothing of that is seen by anybody until it
 * is finished: then all of it takes the place of the old in one transaction. A record that was
 * written meanwhile makes finishing wait for one more portion.
 */
import { z } from 'zod';
import type { Cause } from '../../access/entitlement.ts';
import { isEntitled } from '../../access/entitlement.ts';
import { putInForce, wholeOrNothing } from '../../access/rekeying.ts';
import type { Caller } from '../../access/rights.ts';
import { newId } from '../../storage/ids.ts';
import type { Rekeying, RewrappedVaultKey } from '../../storage/rekeying.ts';
import type { Vault } from '../../storage/vaults.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { ApiError, invalid, notFound } from '../errors.ts';
import { guardPlace } from '../guard.ts';
import { requireFingerprint } from '../publickeys.ts';
import { createdId, doneAnswer, idParams, objectId } from '../schemas.ts';
import { requireKeyCheck, requireWrappedKeys, vaultKeyBody } from './creation.ts';
import { notesOfRequests } from './access.ts';

/** A new vault key wrapped for people, by user id, each with the fingerprint of their public key. */
export const newVaultKeys = z.record(
  objectId,
  z.object({ masterKeyEncrypted: z.string().max(10_000), publicKeyFingerprint: z.string().max(64) }),
);
type SentKeys = z.output<typeof newVaultKeys>;

const startBody = z.object({
  ...vaultKeyBody,
  /** For those who stay. */
  keys: newVaultKeys,
  /** Those who have the old key and get no new one for now: they wait as access requests. */
  leftOut: z.array(objectId).max(100_000).default([]),
});
type StartBody = z.output<typeof startBody>;

const stateSchema = z.object({
  ...{ id: objectId, startedBy: objectId, startedAt: z.number(), doneCount: z.number() },
  ...{ masterKeyHash: z.string().nullable(), salt: z.string().nullable() },
  /** The new key wrapped for the caller, who can go on with it; null where they were left out. */
  masterKeyEncrypted: z.string().nullable(),
});

/** The rekeying of a vault that is under way. */
export async function underWay(context: Context, vaultId: string): Promise<Rekeying> {
  const rekeying = await context.storage.rekeyings.ofVault(vaultId);
  if (rekeying?.changeId !== null) throw notFound();
  return rekeying;
}

/** Everybody who has the old key and may stay must be named, one way or the other. */
export async function requireEverybody(
  context: Context,
  vault: Vault,
  body: Pick<StartBody, 'keys' | 'leftOut'>,
): Promise<void> {
  const named = new Set([...Object.keys(body.keys), ...body.leftOut]);
  for (const userId of await context.storage.vaultKeys.holders(vault.id)) {
    if (named.has(userId) || !(await isEntitled(context.storage, vault, userId))) continue;
    throw invalid('memberMissing', 'keys', 'Somebody who has the vault key is named nowhere.');
  }
}

/** New vault keys as they are sent, checked: for people who may enter, under the keys that they have. */
export async function checkedKeys(
  context: Context,
  caller: Caller,
  vault: Vault,
  sent: SentKeys,
): Promise<Map<string, RewrappedVaultKey>> {
  const keys = new Map<string, RewrappedVaultKey>(Object.entries(sent));
  requireWrappedKeys(
    [...keys.values()].map((key) => key.masterKeyEncrypted),
    'keys',
  );
  if (!keys.has(caller.userId)) throw invalid('keyRequired', 'keys', 'The caller needs the new key.');
  for (const [userId, key] of keys) {
    if (!(await isEntitled(context.storage, vault, userId))) {
      throw invalid('notEntitled', 'keys', 'Somebody may not enter the vault.');
    }
    await requireFingerprint(context.storage, userId, key.publicKeyFingerprint);
  }
  return keys;
}

async function start(context: Context, caller: Caller, vault: Vault, body: StartBody): Promise<string> {
  if (!caller.clientSideEncryption) {
    throw new ApiError(409, 'clientSideEncryptionOff', 'Without client-side encryption there is no key.');
  }
  if (await context.storage.encryptionChanges.underWay(caller.organisationId)) {
    const message = 'Client-side encryption is being turned on or off.';
    throw new ApiError(409, 'encryptionChangeUnderWay', message);
  }
  if (await context.storage.rekeyings.ofVault(vault.id)) {
    throw new ApiError(409, 'rekeyingUnderWay', 'The vault is on its way to another key already.');
  }
  requireKeyCheck(body);
  const keys = await checkedKeys(context, caller, vault, body.keys);
  await requireEverybody(context, vault, body);
  const { masterKeyHash, salt } = body;
  const id = newId(context.clock());
  const about = { id, vaultId: vault.id, changeId: null, starterId: caller.userId };
  const check = { masterKeyHash: masterKeyHash ?? '', salt: salt ?? '' };
  await context.storage.rekeyings.insert({ ...about, ...check, createdAt: unixSeconds(context) }, keys);
  return id;
}

function startingRoutes(app: Api, context: Context): void {
  app.post(
    '/vaults/:id/rekey',
    {
      config: { needs: 'directory:access:manage', logs: 'noted' },
      schema: {
        summary: 'Begin to give a vault another key (own addition)',
        ...{ params: idParams, body: startBody, response: { 200: createdId } },
      },
    },
    async (request) =>
      context.storage.whole(async () => {
        const { vault } = await guardPlace(context.rights, request, request.params.id);
        const id = await start(context, callerOf(request), vault, request.body);
        const action = 'another key begun';
        request.activityNotes.push({ event: 'vault_updated', objectId: vault.id, action });
        return { id };
      }),
  );

  app.get(
    '/vaults/:id/rekey',
    {
      config: { needs: 'directory:access:manage' },
      schema: {
        summary: "How far a vault is on its way to another key, and the caller's new key (own addition)",
        ...{ params: idParams, response: { 200: stateSchema } },
      },
    },
    async (request) => {
      const { vault } = await guardPlace(context.rights, request, request.params.id);
      const { id, starterId, createdAt, masterKeyHash, salt } = await underWay(context, vault.id);
      const keys = await context.storage.rekeyings.keys(id);
      const doneCount = await context.storage.rekeyings.countPutBy(id);
      const masterKeyEncrypted = keys.get(callerOf(request).userId)?.masterKeyEncrypted ?? null;
      return {
        ...{ id, startedBy: starterId, startedAt: createdAt, doneCount },
        ...{ masterKeyHash, salt, masterKeyEncrypted },
      };
    },
  );

  app.delete(
    '/vaults/:id/rekey',
    {
      config: { needs: 'directory:access:manage', logs: 'noted' },
      schema: {
        summary: 'Give up giving a vault another key (own addition)',
        ...{ params: idParams, response: { 200: doneAnswer } },
      },
    },
    async (request) => {
      const { vault } = await guardPlace(context.rights, request, request.params.id);
      await context.storage.rekeyings.remove((await underWay(context, vault.id)).id);
      const action = 'another key given up';
      request.activityNotes.push({ event: 'vault_updated', objectId: vault.id, action });
      return { success: true as const };
    },
  );
}

/** Registers the endpoints of this file. */
export function rekeyRoutes(app: Api, context: Context): void {
  startingRoutes(app, context);

  app.post(
    '/vaults/:id/rekey/finish',
    {
      config: { needs: 'directory:access:manage', logs: 'vault_rekeyed' },
      schema: {
        summary: 'Put the new key in force, all at once (own addition)',
        ...{ params: idParams, response: { 200: doneAnswer } },
      },
    },
    async (request) =>
      context.storage.whole(async () => {
        const { vault } = await guardPlace(context.rights, request, request.params.id);
        const caller = callerOf(request);
        const rekeying = await underWay(context, vault.id);
        const { storage } = context;
        const rewrapped = await wholeOrNothing(storage, rekeying);
        if (!rewrapped) {
          throw new ApiError(409, 'rekeyingIncomplete', 'Record keys are missing, or were changed since.');
        }
        const cause: Cause = {
          ...{ reason: 'rekey', requesterId: caller.userId, groupId: null, at: unixSeconds(context) },
          ...{ clientSideEncryption: true, renews: true },
        };
        const raised = await putInForce(storage, vault, rekeying, rewrapped, cause);
        request.activityNotes.push(...notesOfRequests(raised));
        return { success: true as const };
      }),
  );
}
