/**
 * Who has which access to a vault or folder (own additions: Passwork's endpoints for
 * this are not public). With client-side encryption whoever lets somebody in wraps the
 * vault key for them; the server only keeps what it is given.
 */
import { z } from 'zod';
import { accessLevels, compareLevels } from '../access/levels.ts';
import type { Caller, VaultAccess } from '../access/rights.ts';
import { levelOn } from '../access/rights.ts';
import { newId } from '../storage/ids.ts';
import type { Repositories } from '../storage/storage.ts';
import type { AccessEntry, Vault } from '../storage/vaults.ts';
import type { Api, Context } from './context.ts';
import { callerOf } from './context.ts';
import { forbidden, invalid } from './errors.ts';
import { groupOf } from './groups.ts';
import { guardFolder, guardPlace } from './guard.ts';
import { doneAnswer, idParams, looksLikeWrappedKey, objectId } from './schemas.ts';
import { colleague } from './users.ts';

const level = z.enum([...accessLevels, 'notSet']);

const changeBody = z
  .object({
    userId: objectId.optional(),
    groupId: objectId.optional(),
    access: level,
    /** The vault key wrapped for the person. */
    masterKeyEncrypted: z.string().max(10_000).optional(),
    /** The vault key wrapped for members of the group, by user id. */
    keys: z.record(objectId, z.string().max(10_000)).optional(),
  })
  .refine((body) => (body.userId === undefined) !== (body.groupId === undefined), {
    message: 'Needs either userId or groupId.',
  });
type Change = z.output<typeof changeBody>;

interface Target {
  vault: Vault;
  /** Whether the caller administers the vault itself, and not only the folder. */
  ownsVault: boolean;
  folderId: string | null;
  people: string[];
}

/** The people whom a change concerns, all of the caller's organisation. */
async function peopleOf(context: Context, caller: Caller, change: Change): Promise<string[]> {
  if (change.userId !== undefined) {
    return [(await colleague(context, caller.organisationId, change.userId)).id];
  }
  const group = await groupOf(context, caller.organisationId, change.groupId ?? '');
  return context.storage.groups.memberIds(group.id);
}

/** The wrapped keys that come with a change, by user id. */
function keysIn(change: Change, people: readonly string[]): Map<string, string> {
  const keys = new Map(Object.entries(change.keys ?? {}));
  if (change.userId !== undefined && change.masterKeyEncrypted !== undefined) {
    keys.set(change.userId, change.masterKeyEncrypted);
  }
  if (![...keys.values()].every(looksLikeWrappedKey)) {
    throw invalid('notEncrypted', 'masterKeyEncrypted', 'Must be a key encrypted with RSA, in base64.');
  }
  return new Map([...keys].filter(([userId]) => people.includes(userId)));
}

/** A user vault must keep somebody who administers it. */
async function refuseLosingLastAdministrator(storage: Repositories, target: Target, change: Change) {
  if (target.folderId !== null || target.vault.type === 'company' || change.access === 'admin') return;
  const entries = await storage.access.ofVault(target.vault.id);
  const remains = entries.some(
    (entry) =>
      entry.folderId === null &&
      entry.level === 'admin' &&
      entry.userId !== null &&
      entry.userId !== change.userId,
  );
  if (!remains) throw invalid('lastAdministrator', 'userId', 'A vault must keep an administrator.');
}

const grants = (entry: AccessEntry) => compareLevels(entry.level, 'read') >= 0;

/** Takes the wrapped key from everybody to whom no entry gives anything any more. */
async function dropIdleKeys(storage: Repositories, target: Target): Promise<void> {
  const vaultIds = [target.vault.id];
  for (const userId of target.people) {
    const user = await storage.users.find(userId);
    if (target.vault.type === 'company' && user?.role === 'administrator') continue;
    const entries = await storage.access.concerning(
      userId,
      await storage.groups.groupIdsOf(userId),
      vaultIds,
    );
    if (!entries.some(grants)) await storage.vaults.removeKey(target.vault.id, userId);
  }
}

/**
 * Whoever administers a folder only has no say over those who administer the vault: an entry on
 * the folder would take it away from them, and they could not take it back.
 */
async function refuseOverrulingVault(storage: Repositories, target: Target): Promise<void> {
  if (target.ownsVault) return;
  for (const userId of target.people) {
    const groupIds = await storage.groups.groupIdsOf(userId);
    const entries = await storage.access.concerning(userId, groupIds, [target.vault.id]);
    if (levelOn(entries.filter((entry) => entry.folderId === null)) === 'admin') {
      throw forbidden('directory:access:manage');
    }
  }
}

async function change(
  context: Context,
  caller: Caller,
  { vault, levelAt }: VaultAccess,
  folderId: string | null,
  body: Change,
) {
  const people = await peopleOf(context, caller, body);
  const keys = caller.clientSideEncryption ? keysIn(body, people) : new Map<string, string>();
  const target: Target = { vault, ownsVault: levelAt(null) === 'admin', folderId, people };
  const entry = {
    id: newId(context.clock()),
    vaultId: vault.id,
    folderId,
    userId: body.userId ?? null,
    groupId: body.groupId ?? null,
  };
  await context.storage.transaction(async (storage) => {
    await refuseLosingLastAdministrator(storage, target, body);
    await refuseOverrulingVault(storage, target);
    const holders = await storage.vaults.keyHolders(vault.id);
    if (
      caller.clientSideEncryption &&
      body.userId !== undefined &&
      !['forbidden', 'notSet'].includes(body.access)
    ) {
      if (!keys.has(body.userId) && !holders.has(body.userId)) {
        throw invalid('keyRequired', 'masterKeyEncrypted', 'The person needs the vault key.');
      }
    }
    await storage.access.set(entry, body.access === 'notSet' ? null : body.access);
    for (const [userId, wrapped] of keys) {
      // The key is the whole vault's: a folder's administrator may bring one, but replace none.
      if (!target.ownsVault && holders.has(userId)) continue;
      await storage.vaults.setKey(vault.id, userId, wrapped);
    }
    await dropIdleKeys(storage, target);
  });
}

/** Registers the endpoints of this file. */
export function vaultAccessRoutes(app: Api, context: Context): void {
  app.get(
    '/vaults/:id/access',
    {
      config: { needs: 'directory:access:read' },
      schema: {
        summary: 'Entries of access on a vault and its folders (own addition)',
        params: idParams,
        response: {
          200: z.object({
            items: z.array(
              z.object({
                folderId: objectId.nullable(),
                userId: objectId.nullable(),
                groupId: objectId.nullable(),
                access: z.string(),
              }),
            ),
            keyHolders: z.array(objectId),
          }),
        },
      },
    },
    async (request) => {
      const { vault } = await guardPlace(context.rights, request, request.params.id);
      const entries = await context.storage.access.ofVault(vault.id);
      const holders = await context.storage.vaults.keyHolders(vault.id);
      const items = entries.map(({ folderId, userId, groupId, level: access }) => ({
        ...{ folderId, userId, groupId, access },
      }));
      return { items, keyHolders: [...holders] };
    },
  );

  app.post(
    '/vaults/:id/access',
    {
      config: { needs: 'directory:access:manage' },
      schema: {
        summary: 'Set the access of a person or group to a vault (own addition)',
        params: idParams,
        body: changeBody,
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const access = await guardPlace(context.rights, request, request.params.id);
      await change(context, callerOf(request), access, null, request.body);
      return { success: true as const };
    },
  );

  app.post(
    '/folders/:id/access',
    {
      config: { needs: 'directory:access:manage' },
      schema: {
        summary: 'Set the access of a person or group to a folder (own addition)',
        params: idParams,
        body: changeBody,
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { folder, access } = await guardFolder(context, request, request.params.id);
      await change(context, callerOf(request), access, folder.id, request.body);
      return { success: true as const };
    },
  );
}
