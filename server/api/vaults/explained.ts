/**
 * The effective access of anybody to a vault or folder, and where it comes from (own addition): for
 * everybody on one place, for one person, and of one person in every vault.
 */
import { z } from 'zod';
import type { ExplainedAccess, VaultStanding } from '../../access/explain.ts';
import { explainAccess, standingOf, standingsOf } from '../../access/explain.ts';
import { accessLevels, compareLevels, rightsAt } from '../../access/levels.ts';
import type { Caller } from '../../access/rights.ts';
import type { Group } from '../../storage/groups.ts';
import type { Vault } from '../../storage/vaults.ts';
import type { Api, Context } from '../context.ts';
import { callerOf } from '../context.ts';
import { forbidden } from '../errors.ts';
import { guardFolder, guardPlace } from '../guard.ts';
import { idParams, objectId, pageOf, pageQuery, shortUser } from '../schemas.ts';
import { groupOf } from '../people/groups.ts';
import { colleague, shortUserAnswer } from '../people/users.ts';

const namedGroup = z.object({ id: objectId, name: z.string() });

const accessSchema = z.object({
  access: z.enum(accessLevels),
  source: z.object({
    kind: z.enum(['person', 'group', 'type', 'none']),
    /** The folder of the entry that decides; null is the vault itself. */
    folderId: objectId.nullable(),
    groups: z.array(namedGroup),
  }),
  /** Whether the vault key is wrapped for the person; always true without client-side encryption. */
  hasKey: z.boolean(),
});
const personSchema = z.object({ user: shortUser, ...accessSchema.shape });

const listQuery = z.object({ ...pageQuery.shape, userId: objectId.optional() });

function answerOf(caller: Caller, explained: ExplainedAccess, groups: ReadonlyMap<string, Group>) {
  const { level, source, hasKey } = explained;
  const named = source.groupIds.flatMap((id) => {
    const group = groups.get(id);
    return group ? [{ id, name: group.name }] : [];
  });
  return {
    access: level,
    source: { kind: source.kind, folderId: source.folderId, groups: named },
    hasKey: hasKey || !caller.clientSideEncryption,
  };
}

/** The groups of every person of an organisation, by user id, of those groups that a vault names. */
async function membership(context: Context, standing: VaultStanding): Promise<Map<string, Set<string>>> {
  const groupIds = new Set(standing.entries.map((entry) => entry.groupId).filter((id) => id !== null));
  const byUser = new Map<string, Set<string>>();
  for (const groupId of groupIds) {
    for (const userId of await context.storage.groups.memberIds(groupId)) {
      byUser.set(userId, (byUser.get(userId) ?? new Set()).add(groupId));
    }
  }
  return byUser;
}

async function groupsById(context: Context, caller: Caller): Promise<Map<string, Group>> {
  const groups = await context.storage.groups.list(caller.organisationId);
  return new Map(groups.map((group) => [group.id, group]));
}

/** Everybody whom something lets onto a place, or the one person that is asked for. */
async function peopleOn(
  context: Context,
  caller: Caller,
  vault: Vault,
  folderId: string | null,
  query: z.output<typeof listQuery>,
) {
  const standing = await standingOf(context.storage, vault);
  const groupsOf = await membership(context, standing);
  const groups = await groupsById(context, caller);
  const named = standing.entries.map((entry) => entry.userId).filter((id) => id !== null);
  const concerned = query.userId
    ? [(await colleague(context, caller.organisationId, query.userId)).id]
    : [...new Set([...named, ...groupsOf.keys(), ...standing.typeAdministrators])];
  const users = await context.storage.users.findMany(concerned);
  const all = concerned.flatMap((userId) => {
    const user = users.get(userId);
    if (!user || user.isDeleted) return [];
    const explained = explainAccess(standing, userId, groupsOf.get(userId) ?? new Set(), folderId);
    if (explained.source.kind === 'none' && !query.userId) return [];
    return [{ user: shortUserAnswer(user), ...answerOf(caller, explained, groups) }];
  });
  const sorted = all.toSorted((one, other) => one.user.login.localeCompare(other.user.login));
  return { items: pageOf(sorted, query), total: sorted.length };
}

const reachSchema = z.object({
  items: z.array(z.object({ vault: z.object({ id: objectId, name: z.string() }), ...accessSchema.shape })),
  /** Vaults that the person reaches and the caller may not see the access of. */
  hiddenCount: z.number(),
});

/** Every vault that a person reaches and why, as far as the caller may see it. */
async function reachOf(context: Context, caller: Caller, userId: string) {
  const person = await colleague(context, caller.organisationId, userId);
  const groupIds = await context.storage.groups.groupIdsOf(person.id);
  const membership = new Set(groupIds);
  const groups = await groupsById(context, caller);
  const own = await context.rights.toAllVaults(caller);
  const open = new Map(own.map((access) => [access.vault.id, rightsAt(access.levelAt(null))]));
  const items: z.output<typeof reachSchema>['items'] = [];
  let hiddenCount = 0;
  const vaults = await context.storage.vaults.list(caller.organisationId);
  for (const standing of await standingsOf(context.storage, person, groupIds, vaults)) {
    const { vault } = standing;
    const places = [null, ...standing.folders.map(({ id }) => id)];
    const explained = places.map((place) => explainAccess(standing, person.id, membership, place));
    const highest = explained.reduce((best, each) =>
      compareLevels(each.level, best.level) > 0 ? each : best,
    );
    if (highest.level === 'forbidden') continue;
    const isOwn = person.id === caller.userId && open.has(vault.id);
    if (isOwn || open.get(vault.id)?.has('directory:access:read')) {
      items.push({ vault: { id: vault.id, name: vault.name }, ...answerOf(caller, highest, groups) });
    } else hiddenCount += 1;
  }
  return { items, hiddenCount };
}

const groupReachSchema = z.object({
  items: z.array(
    z.object({
      vault: z.object({ id: objectId, name: z.string() }),
      folderId: objectId.nullable(),
      access: z.enum(accessLevels),
    }),
  ),
  hiddenCount: z.number(),
});

/** Where a group is named, as far as the caller may see the access of the vaults. */
async function groupReach(context: Context, caller: Caller, groupId: string) {
  const group = await groupOf(context, caller.organisationId, groupId);
  const seen = new Map(
    (await context.rights.toAllVaults(caller))
      .filter((access) => rightsAt(access.levelAt(null)).has('directory:access:read'))
      .map(({ vault }) => [vault.id, vault]),
  );
  const entries = await context.storage.access.ofGroup(group.id);
  const items = entries.flatMap(({ vaultId, folderId, level: access }) => {
    const vault = seen.get(vaultId);
    return vault ? [{ vault: { id: vault.id, name: vault.name }, folderId, access }] : [];
  });
  const hidden = entries.filter(({ vaultId }) => !seen.has(vaultId)).map(({ vaultId }) => vaultId);
  return { items, hiddenCount: new Set(hidden).size };
}

/** Registers the endpoints of this file. */
export function explainedAccessRoutes(app: Api, context: Context): void {
  const response = { 200: z.object({ items: z.array(personSchema), total: z.number() }) };

  app.get(
    '/vaults/:id/access/effective',
    {
      config: { needs: 'directory:access:read' },
      schema: {
        ...{ summary: 'Who has which access to a vault, and from where (own addition)' },
        ...{ params: idParams, querystring: listQuery, response },
      },
    },
    async (request) => {
      const { vault } = await guardPlace(context.rights, request, request.params.id);
      return peopleOn(context, callerOf(request), vault, null, request.query);
    },
  );

  app.get(
    '/folders/:id/access/effective',
    {
      config: { needs: 'directory:access:read' },
      schema: {
        ...{ summary: 'Who has which access to a folder, and from where (own addition)' },
        ...{ params: idParams, querystring: listQuery, response },
      },
    },
    async (request) => {
      const { folder, access } = await guardFolder(context, request, request.params.id);
      return peopleOn(context, callerOf(request), access.vault, folder.id, request.query);
    },
  );

  app.get(
    '/user-groups/:id/vaults',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'Where a group has access, in vaults whose access the caller may see (own addition)',
        params: idParams,
        response: { 200: groupReachSchema },
      },
    },
    async (request) => groupReach(context, callerOf(request), request.params.id),
  );

  app.get(
    '/users/:id/vaults',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'The vaults that a person reaches, and why; of others for administrators (own addition)',
        params: idParams,
        response: { 200: reachSchema },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { id } = request.params;
      if (id !== caller.userId && !caller.permissions.has('users:manage')) throw forbidden('users:manage');
      return reachOf(context, caller, id);
    },
  );
}
