/**
 * Who has which access to a vault or folder (own additions: Passwork's endpoints for
 * this are not public). With client-side encryption whoever lets somebody in wraps the
 * vault key for them; the server only keeps what it is given.
 */
import { z } from 'zod';
import { settleKeys } from '../../access/entitlement.ts';
import type { RaisedRequest } from '../../access/entitlement.ts';
import { accessLevels } from '../../access/levels.ts';
import type { Caller, VaultAccess } from '../../access/rights.ts';
import { levelOn } from '../../access/rights.ts';
import { newId } from '../../storage/ids.ts';
import type { Repositories } from '../../storage/storage.ts';
import type { Vault } from '../../storage/vaults.ts';
import type { ActivityNote } from '../activitynotes.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { forbidden, invalid } from '../errors.ts';
import { groupOf } from '../people/groups.ts';
import { guardFolder, guardPlace } from '../guard.ts';
import { doneAnswer, idParams, looksLikeWrappedKey, objectId } from '../schemas.ts';
import { requireFingerprint } from '../publickeys.ts';
import { colleague } from '../people/users.ts';

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
    /** The fingerprint of the public key that the vault key was wrapped for. */
    publicKeyFingerprint: z.string().max(64).optional(),
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
  if (target.folderId !== null || target.vault.type !== 'privateShared' || change.access === 'admin') return;
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

/** What a change is in the words of the activity log. */
function noteOf({ vault, folderId }: Target, body: Change, isNew: boolean): ActivityNote {
  const whose = body.userId !== undefined ? 'user' : 'userGroup';
  const isRemoved = body.access === 'notSet';
  const subjectId = body.userId ?? body.groupId ?? null;
  const objectId = folderId ?? vault.id;
  const about = { objectId, subjectId, vaultId: vault.id, action: body.access };
  if (folderId !== null) {
    return { ...about, event: `folder_${whose}_access_${isRemoved ? 'revoked' : 'changed'}` };
  }
  if (isNew && !isRemoved) return { ...about, event: `${whose}_added_to_vault` };
  return isRemoved
    ? { ...about, event: `${whose}_removed_from_vault` }
    : { ...about, event: `vault_${whose}_access_changed` };
}

/** Notes of requests that a change has raised. */
export function notesOfRequests(raised: readonly RaisedRequest[]): ActivityNote[] {
  return raised.map(({ requestId, vaultId, userId }) => ({
    ...{ event: 'request_created', objectId: requestId, subjectId: userId, vaultId },
  }));
}

/** Refuses to let somebody in without a key: whoever does it knows the vault key. */
async function requireKey(
  storage: Repositories,
  caller: Caller,
  target: Target,
  body: Change,
  keys: ReadonlyMap<string, string>,
): Promise<void> {
  if (!caller.clientSideEncryption || body.userId === undefined) return;
  if (body.access === 'forbidden' || body.access === 'notSet') return;
  const holders = await storage.vaultKeys.holders(target.vault.id);
  if (keys.has(body.userId) || holders.has(body.userId)) return;
  throw invalid('keyRequired', 'masterKeyEncrypted', 'The person needs the vault key.');
}

/** Refuses keys that were wrapped for another public key than the person has now. */
async function requireCurrentKey(storage: Repositories, body: Change): Promise<void> {
  if (body.publicKeyFingerprint === undefined || body.userId === undefined) return;
  await requireFingerprint(storage, body.userId, body.publicKeyFingerprint);
}

async function change(
  context: Context,
  caller: Caller,
  { vault, levelAt }: VaultAccess,
  folderId: string | null,
  body: Change,
): Promise<ActivityNote[]> {
  const people = await peopleOf(context, caller, body);
  const keys = caller.clientSideEncryption ? keysIn(body, people) : new Map<string, string>();
  const target: Target = { vault, ownsVault: levelAt(null) === 'admin', folderId, people };
  const [userId, groupId] = [body.userId ?? null, body.groupId ?? null];
  const entry = { id: newId(context.clock()), vaultId: vault.id, folderId, userId, groupId };
  return context.storage.transaction(async (storage) => {
    await refuseLosingLastAdministrator(storage, target, body);
    await refuseOverrulingVault(storage, target);
    await requireKey(storage, caller, target, body, keys);
    await requireCurrentKey(storage, body);
    const holders = await storage.vaultKeys.holders(vault.id);
    const former = await storage.access.ofVault(vault.id);
    const isNew = !former.some(
      (each) => each.folderId === folderId && each.userId === userId && each.groupId === groupId,
    );
    await storage.access.set(entry, body.access === 'notSet' ? null : body.access);
    for (const [holderId, wrapped] of keys) {
      // The key is the whole vault's: a folder's administrator may bring one, but replace none.
      if (!target.ownsVault && holders.has(holderId)) continue;
      await storage.vaultKeys.set(vault.id, holderId, wrapped);
    }
    const raised = await settleKeys(storage, [vault.id], people, {
      ...{ reason: groupId === null ? 'person' : 'group', requesterId: caller.userId, groupId },
      ...{ at: unixSeconds(context), clientSideEncryption: caller.clientSideEncryption, renews: isNew },
    });
    return [noteOf(target, body, isNew), ...notesOfRequests(raised)];
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
      const holders = await context.storage.vaultKeys.holders(vault.id);
      const items = entries.map(({ folderId, userId, groupId, level: access }) => ({
        ...{ folderId, userId, groupId, access },
      }));
      return { items, keyHolders: [...holders] };
    },
  );

  app.post(
    '/vaults/:id/access',
    {
      config: { needs: 'directory:access:manage', logs: 'noted' },
      schema: {
        summary: 'Set the access of a person or group to a vault (own addition)',
        params: idParams,
        body: changeBody,
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const access = await guardPlace(context.rights, request, request.params.id);
      const notes = await change(context, callerOf(request), access, null, request.body);
      request.activityNotes.push(...notes);
      return { success: true as const };
    },
  );

  app.post(
    '/folders/:id/access',
    {
      config: { needs: 'directory:access:manage', logs: 'noted' },
      schema: {
        summary: 'Set the access of a person or group to a folder (own addition)',
        params: idParams,
        body: changeBody,
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { folder, access } = await guardFolder(context, request, request.params.id);
      const notes = await change(context, callerOf(request), access, folder.id, request.body);
      request.activityNotes.push(...notes);
      return { success: true as const };
    },
  );
}
