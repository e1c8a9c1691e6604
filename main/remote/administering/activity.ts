/** The activity log of the server (API description, "Activity log"). Times go and come as Unix seconds. */
import { z } from 'zod';
import type { RemoteClient } from '../client.ts';
import type { Query } from '../connection.ts';
import { flag, serverId, shortText, unixSeconds } from '../shapes.ts';
import { shortUser } from '../users.ts';
import { administer } from './refusals.ts';

/** The longest page that is asked for. */
export const activityPage = 100;
const told = z.string().max(1024).nullish().catch(null);
const nothingOr = <S extends z.ZodType>(shape: S) =>
  shape
    .nullish()
    .catch(null)
    .transform((value) => value ?? null);

const entry = z.object({
  id: serverId,
  event: z.string().max(64),
  actor: nothingOr(shortUser),
  objectId: shortText,
  subjectId: nothingOr(serverId),
  vaultId: nothingOr(serverId),
  at: unixSeconds,
  arrivedAt: unixSeconds,
  isOffline: flag,
  action: told,
  address: told,
  client: told,
});
/** Times in Unix milliseconds. */
export type RemoteActivity = z.output<typeof entry>;
const entries = z.object({
  items: z.array(entry).max(activityPage),
  total: z.number().int().nonnegative(),
});

export type ActivityPlace =
  | { readonly kind: 'all' }
  | { readonly kind: 'vault'; readonly id: string }
  | { readonly kind: 'item'; readonly id: string };

export interface ActivityWish {
  readonly events: readonly string[];
  readonly actorId: string | null;
  /** By the server's id; only where the whole log is asked for. */
  readonly vaultId: string | null;
  /** Unix milliseconds, both inclusive. */
  readonly from: number | null;
  readonly to: number | null;
}

function queryOf({ events, actorId, vaultId, from, to }: ActivityWish): Query {
  return {
    ...(events.length === 0 ? {} : { events }),
    ...(actorId === null ? {} : { actorId }),
    ...(vaultId === null ? {} : { vaultId }),
    ...(from === null ? {} : { from: Math.floor(from / 1000) }),
    ...(to === null ? {} : { to: Math.floor(to / 1000) }),
  };
}

function pathOf(place: ActivityPlace): string {
  if (place.kind === 'all') return '/activity';
  return `/${place.kind}s/${serverId.parse(place.id)}/activity`;
}

/** A page of the log, what arrived last first. @throws StrongroomError `forbidden`, network codes */
export function listActivity(
  client: RemoteClient,
  place: ActivityPlace,
  wish: ActivityWish,
  page: { readonly offset: number; readonly limit: number },
): Promise<z.output<typeof entries>> {
  const query = { ...queryOf(wish), ...page };
  return administer(client, entries, { method: 'GET', path: pathOf(place), query });
}

/** 50,000 entries with long addresses and names of clients. */
const largestExport = 48 * 1024 * 1024;
const exportTypes = { csv: 'text/csv', json: 'application/json' } as const;

/** The log as a file, as the server wrote it. @throws StrongroomError `forbidden`, network codes */
export function exportActivity(
  client: RemoteClient,
  wish: ActivityWish,
  format: keyof typeof exportTypes,
): Promise<Buffer> {
  const query = { ...queryOf(wish), format };
  return client.callBytes({
    ...{ method: 'GET', path: '/activity/export', query },
    ...{ bytesUpTo: largestExport, bytesType: exportTypes[format] },
  });
}
