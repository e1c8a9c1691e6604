/**
 * Vaults in the bin (own addition). They have a list of their own: clients that know of records and
 * folders in the bin need not learn of a third kind there.
 */
import { z } from 'zod';
import type { VaultAccess } from '../../access/rights.ts';
import { rightsAt } from '../../access/levels.ts';
import type { Api, Context } from '../context.ts';
import { callerOf } from '../context.ts';
import { forbidden, notFound } from '../errors.ts';
import type { GuardedRequest } from '../guard.ts';
import { guardedByConstruction } from '../guard.ts';
import { createdId, doneAnswer, idParams, objectId, shortUser } from '../schemas.ts';
import { shortUserAnswer } from '../people/users.ts';

const deletedSchema = z.object({
  id: objectId,
  name: z.string(),
  deletedAt: z.number(),
  deletedBy: shortUser.nullable(),
});

const mayDelete = (access: VaultAccess) => rightsAt(access.levelAt(null)).has('vault:delete');

async function guardDeleted(context: Context, request: GuardedRequest, id: string): Promise<VaultAccess> {
  const vault = await context.storage.vaults.findDeleted(id);
  const [access] = vault ? await context.rights.toDeletedVaults(callerOf(request), [vault]) : [];
  if (!access) throw notFound();
  if (!mayDelete(access)) throw forbidden('vault:delete');
  guardedByConstruction(request);
  request.concernedVaultId = id;
  return access;
}

/** Registers the endpoints of this file. */
export function deletedVaultRoutes(app: Api, context: Context): void {
  app.get(
    '/bin/vaults',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'Vaults in the bin that the caller could bring back, the latest first (own addition)',
        response: { 200: z.object({ items: z.array(deletedSchema) }) },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const deleted = await context.storage.vaults.listDeleted(caller.organisationId);
      const accesses = await context.rights.toDeletedVaults(caller, deleted);
      const own = new Set(accesses.filter(mayDelete).map(({ vault }) => vault.id));
      const people = await context.storage.users.findMany(deleted.map(({ deleterId }) => deleterId));
      const items = deleted
        .filter(({ id }) => own.has(id))
        .map(({ id, name, deletedAt, deleterId }) => {
          const deleter = people.get(deleterId);
          return { id, name, deletedAt, deletedBy: deleter ? shortUserAnswer(deleter) : null };
        });
      return { items };
    },
  );

  app.post(
    '/bin/vaults/:id/restore',
    {
      config: { needs: 'vault:delete', logs: 'vault_restored_from_bin' },
      schema: {
        summary: 'Bring a vault back from the bin (own addition)',
        params: idParams,
        response: { 200: createdId },
      },
    },
    async (request) => {
      const { vault } = await guardDeleted(context, request, request.params.id);
      await context.storage.vaults.restore(vault.id);
      return { id: vault.id };
    },
  );

  app.delete(
    '/bin/vaults/:id',
    {
      config: { needs: 'vault:delete', logs: 'vault_deleted' },
      schema: {
        summary: 'Delete a vault in the bin with everything in it, for good (own addition)',
        params: idParams,
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { vault } = await guardDeleted(context, request, request.params.id);
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
