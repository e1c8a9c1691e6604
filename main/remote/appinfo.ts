/** What a server says of itself: settings and features (Passwork 7 protocol, "Endpoints"). */
import { z } from 'zod';
import type { RemoteClient } from './client.ts';

const features = z.array(z.object({ name: z.string().max(256) })).max(2000);

/**
 * Whether the server says outright that client-side encryption is on is not public; servers
 * that say it are read, others are judged by their master key options.
 */
const settings = z.object({
  clientSideEncryption: z.boolean().nullish().catch(null),
  isClientSideEncryptionEnabled: z.boolean().nullish().catch(null),
});

/** Names of the features this server announces. */
export async function readFeatures(client: RemoteClient, signal?: AbortSignal): Promise<ReadonlySet<string>> {
  const list = await client.call(features, { method: 'GET', path: '/app/features', signal });
  return new Set(list.map(({ name }) => name));
}

/** True or false where the server states its mode of encryption, null where it does not. */
export async function readStatedEncryption(
  client: RemoteClient,
  signal?: AbortSignal,
): Promise<boolean | null> {
  const read = await client.call(settings, { method: 'GET', path: '/app/settings', signal });
  return read.clientSideEncryption ?? read.isClientSideEncryptionEnabled ?? null;
}
