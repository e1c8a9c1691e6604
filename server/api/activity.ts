/**
 * The activity log as it is read (own additions: Passwork's endpoints are not public): the whole of
 * it, that of one vault and that of one record, narrowed, and as a file.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Activity, ActivityFilter } from '../storage/activity.ts';
import { activityEvents } from '../storage/events.ts';
import type { Api, Context } from './context.ts';
import { callerOf } from './context.ts';
import { guardItem, guardPlace } from './guard.ts';
import { idParams, objectId, pageQuery, queryList, queryNumber, shortUser } from './schemas.ts';
import { shortUserAnswer } from './people/users.ts';

/** Entries on a page when the caller names no number. */
const usualPage = 100;
/** Entries that one file holds at most; a narrower time reaches the others. */
const mostExported = 50_000;

const entrySchema = z.object({
  id: objectId,
  event: z.string(),
  actor: shortUser.nullable(),
  objectId: objectId,
  /** The person or group that it concerns. */
  subjectId: objectId.nullable(),
  vaultId: objectId.nullable(),
  /** When it was done, by the clock of the device. */
  at: z.number(),
  /** When the server heard of it. */
  arrivedAt: z.number(),
  isOffline: z.boolean(),
  action: z.string().nullable(),
  address: z.string().nullable(),
  client: z.string().nullable(),
});
type Entry = z.output<typeof entrySchema>;

const filterQuery = z.object({
  events: queryList(z.enum(activityEvents)).optional(),
  actorId: objectId.optional(),
  concernedId: objectId.optional(),
  from: queryNumber.optional(),
  to: queryNumber.optional(),
});
const listQuery = z.object({ ...pageQuery.shape, ...filterQuery.shape });
const listAnswer = z.object({ items: z.array(entrySchema), total: z.number() });

async function answersOf(context: Context, entries: readonly Activity[]): Promise<Entry[]> {
  const actors = await context.storage.users.findMany(entries.map(({ actorId }) => actorId));
  return entries.map((entry) => {
    const actor = actors.get(entry.actorId);
    const { id, event, subjectId, vaultId, actedAt, arrivedAt, isOffline, action } = entry;
    return {
      ...{ id, event, actor: actor ? shortUserAnswer(actor) : null, objectId: entry.objectId, subjectId },
      ...{ vaultId, at: actedAt, arrivedAt, isOffline, action },
      ...{ address: entry.address, client: entry.client },
    };
  });
}

async function page(
  context: Context,
  request: Pick<FastifyRequest, 'caller'>,
  query: z.output<typeof listQuery>,
  within: ActivityFilter,
): Promise<z.output<typeof listAnswer>> {
  const { organisationId } = callerOf(request);
  const { limit = usualPage, offset, ...filter } = query;
  const wanted = { ...filter, ...within };
  const { activity } = context.storage;
  const entries = await activity.list(organisationId, { limit, offset }, wanted);
  return {
    items: await answersOf(context, entries),
    total: await activity.count(organisationId, wanted),
  };
}

const columns = [
  ...(['arrivedAt', 'at', 'event', 'actor', 'objectId', 'subjectId', 'vaultId'] as const),
  ...(['isOffline', 'action', 'address', 'client'] as const),
];

/** A cell that no spreadsheet takes for a formula (OWASP, "CSV Injection"). */
function cell(value: unknown): string {
  const text = value === null ? '' : String(value);
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Entries as CSV (RFC 4180), one header line first. */
function asCsv(entries: readonly Entry[]): string {
  const lines = entries.map((entry) =>
    columns.map((name) => cell(name === 'actor' ? (entry.actor?.login ?? null) : entry[name])).join(','),
  );
  return [columns.join(','), ...lines, ''].join('\r\n');
}

function exportRoute(app: Api, context: Context): void {
  app.get(
    '/activity/export',
    {
      config: { needs: 'activityLog:read', neverWrapped: true },
      schema: {
        summary: 'The activity log as a file, CSV or JSON, never wrapped (own addition)',
        querystring: z.object({
          ...filterQuery.shape,
          vaultId: objectId.optional(),
          format: z.enum(['csv', 'json']).default('csv'),
        }),
      },
    },
    async (request, reply) => {
      const { format, vaultId, ...narrowing } = request.query;
      const filter = vaultId === undefined ? narrowing : { ...narrowing, vaultIds: [vaultId] };
      const { organisationId } = callerOf(request);
      const limit = { limit: mostExported };
      const found = await context.storage.activity.list(organisationId, limit, filter);
      const entries = await answersOf(context, found);
      reply.header('Content-Disposition', `attachment; filename="activity.${format}"`);
      if (format === 'json') {
        return reply.type('application/json; charset=utf-8').send(JSON.stringify(entries, null, 2));
      }
      return reply.type('text/csv; charset=utf-8').send(asCsv(entries));
    },
  );
}

/** Registers the endpoints of this file. */
export function activityRoutes(app: Api, context: Context): void {
  exportRoute(app, context);

  app.get(
    '/activity',
    {
      config: { needs: 'activityLog:read' },
      schema: {
        summary: 'What happened in the organisation, what arrived last first (own addition)',
        querystring: z.object({ ...listQuery.shape, vaultId: objectId.optional() }),
        response: { 200: listAnswer },
      },
    },
    async (request) => {
      const { vaultId, ...query } = request.query;
      return page(context, request, query, vaultId === undefined ? {} : { vaultIds: [vaultId] });
    },
  );

  app.get(
    '/vaults/:id/activity',
    {
      config: { needs: 'directory:activityLog:read' },
      schema: {
        summary: 'What happened in a vault (own addition)',
        ...{ params: idParams, querystring: listQuery, response: { 200: listAnswer } },
      },
    },
    async (request) => {
      const { vault } = await guardPlace(context.rights, request, request.params.id);
      return page(context, request, request.query, { vaultIds: [vault.id] });
    },
  );

  app.get(
    '/items/:id/activity',
    {
      config: { needs: 'item:activityLog:read' },
      schema: {
        summary: 'What happened to a record (own addition)',
        ...{ params: idParams, querystring: listQuery, response: { 200: listAnswer } },
      },
    },
    async (request) => {
      const { item } = await guardItem(context.rights, request, request.params.id);
      return page(context, request, request.query, { concernedId: item.id });
    },
  );
}
