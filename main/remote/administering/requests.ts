/** Access requests: who waits for the key of a vault (API description, "Keys follow people"). */
import { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import type { RemoteClient } from '../client.ts';
import { listOf, serverId, shortText, unixSeconds } from '../shapes.ts';
import { shortUser } from '../users.ts';
import { administer } from './refusals.ts';

/** The longest page that is asked for. */
const page = 500;

const nothingOr = <S extends z.ZodType>(shape: S) =>
  shape
    .nullish()
    .catch(null)
    .transform((value) => value ?? null);

const request = z.object({
  id: serverId,
  vault: z.object({ id: serverId, name: shortText }),
  user: shortUser,
  publicKeyFingerprint: nothingOr(z.string().regex(/^[0-9a-f]{64}$/)),
  group: nothingOr(z.object({ id: serverId, name: shortText })),
  requester: nothingOr(shortUser),
  reason: z.enum(['group', 'person', 'type', 'reset', 'rekey']),
  createdAt: unixSeconds,
});
/** A request as the server tells it: a claim. Time in Unix milliseconds. */
export type RemoteRequest = z.output<typeof request>;

const requests = listOf(request, page);

/** A page of those that wait. @throws StrongroomError `forbidden`, network codes */
export async function listRequests(
  client: RemoteClient,
  wish: { readonly offset: number; readonly limit: number },
): Promise<{ items: RemoteRequest[]; total: number }> {
  const { items, total } = await client.call(requests, {
    ...{ method: 'GET', path: '/access-requests', query: { ...wish } },
  });
  return { items, total: total ?? wish.offset + items.length };
}

const pathOf = (id: string, deed: string): string => `/access-requests/${serverId.parse(id)}/${deed}`;

/** Hands over the vault key, wrapped. @throws StrongroomError `recipientKeyChanged`, `notEntitled`, `requestGone` */
export async function confirmRequest(
  client: RemoteClient,
  id: string,
  key: { readonly wrapped: string; readonly fingerprint: string },
): Promise<void> {
  const body = { masterKeyEncrypted: key.wrapped, publicKeyFingerprint: key.fingerprint };
  await gone(administer(client, z.unknown(), { method: 'POST', path: pathOf(id, 'confirm'), body }));
}

/** @throws StrongroomError `requestGone`, network codes */
export async function declineRequest(client: RemoteClient, id: string): Promise<void> {
  await gone(administer(client, z.unknown(), { method: 'POST', path: pathOf(id, 'decline'), body: {} }));
}

async function gone<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (failure) {
    if (!(failure instanceof StrongroomError) || failure.code !== 'notFound') throw failure;
    throw new StrongroomError('requestGone', {}, { cause: failure });
  }
}
