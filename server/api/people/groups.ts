/** User groups. As on real servers an update is a POST. */
import { z } from 'zod';
import type { Cause } from '../../access/entitlement.ts';
import { settleKeys } from '../../access/entitlement.ts';
import type { MembershipChange } from '../../access/membership.ts';
import { changeMembership, dropSent } from '../../access/membership.ts';
import type { Caller } from '../../access/rights.ts';
import { newId } from '../../storage/ids.ts';
import type { Group } from '../../storage/groups.ts';
import type { ActivityNote } from '../activitynotes.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { invalid, notFound } from '../errors.ts';
import { createdId, doneAnswer, idParams, objectId, pageOf, pageQuery, shortText } from '../schemas.ts';
import { notesOfRequests } from '../vaults/access.ts';

const nameBody = z.object({ name: shortText.min(1) });
const listedGroup = z.object({ id: objectId, name: z.string() });
const countedGroup = z.object({ ...listedGroup.shape, memberCount: z.number() });

/** A group of the caller's organisation. */
export async function groupOf(context: Context, organisationId: string, groupId: string): Promise<Group> {
  const groups = await context.storage.groups.list(organisationId);
  const group = groups.find((each) => each.id === groupId);
  if (!group) throw notFound();
  return group;
}

function readingRoutes(app: Api, context: Context): void {
  app.get(
    '/user-groups',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'Groups of the organisation',
        querystring: z.object({ ...pageQuery.shape, search: z.string().max(1_000).optional() }),
        response: { 200: z.object({ items: z.array(countedGroup), total: z.number() }) },
      },
    },
    async (request) => {
      const wanted = (request.query.search ?? '').toLocaleLowerCase();
      const groups = await context.storage.groups.list(callerOf(request).organisationId);
      const found = groups.filter((group) => group.name.toLocaleLowerCase().includes(wanted));
      const counts = await context.storage.groups.memberCounts(callerOf(request).organisationId);
      const items = pageOf(found, request.query).map(({ id, name }) => ({
        ...{ id, name, memberCount: counts.get(id) ?? 0 },
      }));
      return { items, total: found.length };
    },
  );

  app.get(
    '/user-groups/:id',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'A group and its members',
        params: idParams,
        response: { 200: z.object({ ...listedGroup.shape, userIds: z.array(objectId) }) },
      },
    },
    async (request) => {
      const { id, name } = await groupOf(context, callerOf(request).organisationId, request.params.id);
      return { id, name, userIds: await context.storage.groups.memberIds(id) };
    },
  );
}

function changingRoutes(app: Api, context: Context): void {
  app.post(
    '/user-groups',
    {
      config: { needs: 'groups:manage', logs: 'userGroup_created' },
      schema: { summary: 'Create a group', body: nameBody, response: { 200: createdId } },
    },
    async (request) => {
      const id = newId(context.clock());
      const { organisationId } = callerOf(request);
      await context.storage.groups.insert(
        { id, organisationId, name: request.body.name },
        unixSeconds(context),
      );
      return { id };
    },
  );

  app.post(
    '/user-groups/:id',
    {
      config: { needs: 'groups:manage', logs: 'userGroup_updated' },
      schema: { summary: 'Rename a group', params: idParams, body: nameBody, response: { 200: createdId } },
    },
    async (request) => {
      const { id } = await groupOf(context, callerOf(request).organisationId, request.params.id);
      await context.storage.groups.rename(id, request.body.name);
      return { id };
    },
  );

  app.delete(
    '/user-groups/:id',
    {
      config: { needs: 'groups:manage', logs: 'userGroup_deleted' },
      schema: { summary: 'Delete a group', params: idParams, response: { 200: doneAnswer } },
    },
    async (request) => {
      const { id } = await groupOf(context, callerOf(request).organisationId, request.params.id);
      await removeGroup(context, callerOf(request), id);
      return { success: true as const };
    },
  );
}

/** People of the caller's organisation; deleted ones may only be taken out. */
async function requirePeople(
  context: Context,
  caller: Caller,
  userIds: readonly string[],
  change: MembershipChange,
) {
  const people = await context.storage.users.findMany(userIds);
  const isKnown = (id: string) => {
    const user = people.get(id);
    if (user?.organisationId !== caller.organisationId) return false;
    return change === 'removeMembers' || !user.isDeleted;
  };
  if (!userIds.every(isKnown)) throw invalid('notFound', 'userIds', 'There is no such user.');
}

/** Changes who is in a group; requests for keys are raised, and keys nobody may keep are dropped. */
async function changeMembers(
  context: Context,
  caller: Caller,
  groupId: string,
  userIds: readonly string[],
  change: MembershipChange,
): Promise<ActivityNote[]> {
  await requirePeople(context, caller, userIds, change);
  return context.storage.transaction(async (storage) => {
    const cause = causeOf(context, caller, groupId);
    const { changed, raised } = await changeMembership(storage, groupId, userIds, change, cause);
    const event = change === 'addMembers' ? 'user_added_to_userGroup' : 'user_removed_from_userGroup';
    const notes = changed.map((subjectId): ActivityNote => ({ event, objectId: groupId, subjectId }));
    return [...notes, ...notesOfRequests(raised)];
  });
}

function causeOf(context: Context, caller: Caller, groupId: string): Cause {
  return {
    ...{ reason: 'group', requesterId: caller.userId, groupId, at: unixSeconds(context) },
    ...{ clientSideEncryption: caller.clientSideEncryption, renews: true },
  };
}

async function removeGroup(context: Context, caller: Caller, groupId: string): Promise<void> {
  await context.storage.transaction(async (storage) => {
    const [vaultIds, members] = await Promise.all([
      storage.access.vaultIdsOfGroup(groupId),
      storage.groups.memberIds(groupId),
    ]);
    await dropSent(storage, groupId, members);
    await storage.groups.remove(groupId);
    await settleKeys(storage, vaultIds, members, causeOf(context, caller, groupId));
  });
}

function membershipRoutes(app: Api, context: Context): void {
  const changes = [
    { url: '/user-groups/:id/add-users', summary: 'Add people to a group', change: 'addMembers' },
    { url: '/user-groups/:id/remove-users', summary: 'Take people out of a group', change: 'removeMembers' },
  ] as const;
  for (const { url, summary, change } of changes) {
    app.post(
      url,
      {
        config: { needs: 'groups:manage', logs: 'noted' },
        schema: {
          summary,
          params: idParams,
          body: z.object({ userIds: z.array(objectId).max(10_000) }),
          response: { 200: doneAnswer },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const { id } = await groupOf(context, caller.organisationId, request.params.id);
        const { userIds } = request.body;
        request.activityNotes.push(...(await changeMembers(context, caller, id, userIds, change)));
        return { success: true as const };
      },
    );
  }
}

/** Registers the endpoints of this file. */
export function groupRoutes(app: Api, context: Context): void {
  readingRoutes(app, context);
  changingRoutes(app, context);
  membershipRoutes(app, context);
}
