/** Former states of records (Passwork 7 protocol, "Snapshot"); the list is an addition of our server. */
import { z } from 'zod';
import type { RemoteClient } from './client.ts';
import { fullItem } from './items.ts';
import { listOf, serverId, shortText, unixSeconds } from './shapes.ts';

/** Announced by servers that list former states. */
export const snapshotFeature = 'snapshotList';

const creator = z
  .object({ login: shortText, fullName: shortText })
  .nullish()
  .catch(null)
  .transform((person) => person?.fullName || person?.login || '');

const snapshot = z.object({ ...fullItem.shape, createdAt: unixSeconds, creator });
/** A record as it was; `creator` is the name of whoever made this state, at `createdAt`. */
export type RemoteSnapshot = z.output<typeof snapshot>;

const snapshots = listOf(snapshot, 10_000);

/** Every former state of a record, newest first. @throws StrongroomError `forbidden`, `notFound`, network codes */
export async function listSnapshots(
  client: RemoteClient,
  itemId: string,
  signal?: AbortSignal,
): Promise<RemoteSnapshot[]> {
  const path = `/items/${serverId.parse(itemId)}/snapshots`;
  return (await client.call(snapshots, { method: 'GET', path, signal })).items;
}
