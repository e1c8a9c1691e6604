/** Vaults as their readers see them, and what may be changed of them (own additions, but for reading). */
import { z } from 'zod';
import type { Caller, VaultAccess } from '../../access/rights.ts';
import { settleKeys } from '../../access/entitlement.ts';
import { newId } from '../../storage/ids.ts';
import type { Repositories } from '../../storage/storage.ts';
import type { VaultView } from '../answers.ts';
import { vaultAnswer, vaultSchema } from '../answers.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { ApiError } from '../errors.ts';
import { guardPlace, guardVisibleVault } from '../guard.ts';
import { binAnswer, createdId, doneAnswer, idParams, longText, shortText } from '../schemas.ts';

const settingsBody = z.object({ areLinksAllowed: z.boolean(), isSendingAllowed: z.boolean() });

/** What vaults look like to one person beside their access. */
export async function vaultView(
  context: { storage: Pick<Repositories, 'hiddenVaults' | 'access'> },
  userId: string,
  vaultIds: readonly string[],
): Promise<VaultView> {
  const [hidden, shared] = await Promise.all([
    context.storage.hiddenVaults.of(userId),
    context.storage.access.sharedAmong(vaultIds),
  ]);
  return { hidden, shared };
}

function readingRoutes(app: Api, context: Context): void {
  app.get(
    '/vaults',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'Vaults that the caller can read something in',
        response: { 200: z.object({ items: z.array(vaultSchema) }) },
      },
    },
    async (request) => {
      const accesses = await context.rights.toAllVaults(callerOf(request));
      const ids = accesses.map(({ vault }) => vault.id);
      const view = await vaultView(context, callerOf(request).userId, ids);
      return { items: accesses.map((access) => vaultAnswer(access, view)) };
    },
  );

  app.get(
    '/vaults/:id',
    {
      config: { needs: 'directory:read' },
      schema: { summary: 'One vault', params: idParams, response: { 200: vaultSchema } },
    },
    async (request) => {
      const access = await guardVisibleVault(context.rights, request, request.params.id);
      return vaultAnswer(access, await vaultView(context, callerOf(request).userId, [request.params.id]));
    },
  );
}

function describingRoutes(app: Api, context: Context): void {
  app.post(
    '/vaults/:id',
    {
      config: { needs: 'directory:edit', logs: 'vault_updated' },
      schema: {
        summary: 'Rename or describe a vault (own addition)',
        params: idParams,
        body: z.object({ name: shortText.min(1).optional(), description: longText.optional() }),
        response: { 200: createdId },
      },
    },
    async (request) => {
      const { vault } = await guardPlace(context.rights, request, request.params.id);
      const { name = vault.name, description = vault.description } = request.body;
      await context.storage.vaults.update({ ...vault, name, description });
      return { id: vault.id };
    },
  );

  app.post(
    '/vaults/:id/settings',
    {
      config: { needs: 'directory:access:manage', logs: 'vaultSettings_changed' },
      schema: {
        summary: 'What may be done with the records of a vault (own addition)',
        params: idParams,
        body: settingsBody,
        response: { 200: settingsBody },
      },
    },
    async (request) => {
      const { vault } = await guardPlace(context.rights, request, request.params.id);
      const { areLinksAllowed, isSendingAllowed } = request.body;
      const settings = { areLinksAllowed, isSendingAllowed };
      await context.storage.vaults.update({ ...vault, settings });
      return settings;
    },
  );

  app.post(
    '/vaults/:id/visibility',
    {
      config: { needs: 'directory:read', logs: 'nothing' },
      schema: {
        summary: 'Put a vault out of or into the own sight (own addition)',
        params: idParams,
        body: z.object({ isVisible: z.boolean() }),
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { vault } = await guardVisibleVault(context.rights, request, request.params.id);
      await context.storage.hiddenVaults.set(callerOf(request).userId, vault.id, !request.body.isVisible);
      return { success: true as const };
    },
  );
}

/** Takes the caller's own entries; refused where those do not decide. */
async function leave(context: Context, caller: Caller, { vault }: VaultAccess): Promise<void> {
  const { userId, clientSideEncryption } = caller;
  await context.storage.transaction(async (storage) => {
    const entries = await storage.access.ofVault(vault.id);
    const own = entries.filter((entry) => entry.userId === userId);
    const administrators = entries.filter((entry) => entry.folderId === null && entry.level === 'admin');
    const isLast = administrators.every((entry) => entry.userId === userId);
    if (vault.type === 'privateShared' && isLast) {
      throw new ApiError(409, 'lastAdministrator', 'A vault must keep an administrator.');
    }
    for (const { folderId } of own) {
      const entry = { id: newId(context.clock()), vaultId: vault.id, folderId, userId, groupId: null };
      await storage.access.set(entry, null);
    }
    await settleKeys(storage, [vault.id], [userId], {
      ...{ reason: 'person', requesterId: userId, groupId: null, at: unixSeconds(context) },
      ...{ clientSideEncryption, renews: false },
    });
  });
  if ((await context.rights.toVault(caller, vault.id))?.readablePlaces().length !== 0) {
    throw new ApiError(409, 'accessThroughOthers', 'Access through a group or the type cannot be left.');
  }
}

/** Registers the endpoints of this file. */
export function vaultRoutes(app: Api, context: Context): void {
  readingRoutes(app, context);
  describingRoutes(app, context);

  app.post(
    '/vaults/:id/leave',
    {
      config: { needs: 'vault:leave', logs: 'vault_left' },
      schema: {
        summary: "Give up one's own access to a vault (own addition)",
        params: idParams,
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const access = await guardVisibleVault(context.rights, request, request.params.id);
      await leave(context, callerOf(request), access);
      return { success: true as const };
    },
  );

  app.delete(
    '/vaults/:id',
    {
      config: { needs: 'vault:delete', logs: 'vault_moved_to_bin' },
      schema: {
        summary: 'Move a vault with everything in it to the bin (own addition)',
        params: idParams,
        response: { 200: z.object({ ...doneAnswer.shape, ...binAnswer.shape }) },
      },
    },
    async (request) => {
      const { vault } = await guardPlace(context.rights, request, request.params.id);
      await context.storage.vaults.moveToBin(vault.id, callerOf(request).userId, unixSeconds(context));
      return { success: true as const, binItemId: vault.id };
    },
  );
}
