/** What the caller's role allows in the organisation (an addition of our server, feature `userRoles`). */
import { z } from 'zod';
import type { RemoteClient } from '../client.ts';

const ownInfo = z.object({
  permissions: z
    .array(z.string().max(64))
    .max(200)
    .nullish()
    .catch(null)
    .transform((codes) => codes ?? []),
});

/** Codes like `users:manage`; none where the server tells none. Throws the network's codes. */
export async function readOwnPermissions(client: RemoteClient, signal?: AbortSignal): Promise<string[]> {
  return (await client.call(ownInfo, { method: 'GET', path: '/users/info', signal })).permissions;
}
