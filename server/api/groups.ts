/** User groups. As on real servers an update is a POST. */
import { z } from 'zod';
import { newId } from '../storage/ids.ts';
import type { Group } from '../storage/people.ts';
import type { Api, Context } from './context.ts';
import { callerOf, unixSeconds } from './context.ts';
import { invalid, notFound } from './errors.ts';
import { createdId, doneAnswer, idParams, objectId, pageOf, pageQuery, shortText } from './schemas.ts';

const nameBody = z.object({ name: shortText.min(1) });
const listedGroup = z.object({ id: objectId, name: z.string() });

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
        response: { 200: z.object({ items: z.array(listedGroup), total: z.number() }) },
      },
    },
    async (request) => {
      const wanted = (request.query.search ?? '').toLocaleLowerCase();
      const groups = await context.storage.groups.list(callerOf(request).organisationId);
      const found = groups.filter((group) => group.name.toLocaleLowerCase().includes(wanted));
      const items = pageOf(found, request.query).map(({ id, name }) => ({ id, name }));
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
      config: { needs: 'administrator' },
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
      config: { needs: 'administrator' },
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
      config: { needs: 'administrator' },
      schema: { summary: 'Delete a group', params: idParams, response: { 200: doneAnswer } },
    },
    async (request) => {
      const { id } = await groupOf(context, callerOf(request).organisationId, request.params.id);
      await context.storage.groups.remove(id);
      return { success: true as const };
    },
  );
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
        config: { needs: 'administrator' },
        schema: {
          summary,
          params: idParams,
          body: z.object({ userIds: z.array(objectId).max(10_000) }),
          response: { 200: doneAnswer },
        },
      },
      async (request) => {
        const { organisationId } = callerOf(request);
        const { id } = await groupOf(context, organisationId, request.params.id);
        const people = await context.storage.users.findMany(request.body.userIds);
        const known = request.body.userIds.every(
          (userId) => people.get(userId)?.organisationId === organisationId,
        );
        if (!known) throw invalid('notFound', 'userIds', 'There is no such user.');
        await context.storage.groups[change](id, request.body.userIds);
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
