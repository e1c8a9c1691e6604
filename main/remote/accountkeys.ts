/** The own account's key derivation and key pair (Passwork 7 protocol, "Auth flow"). */
import { z } from 'zod';
import { StrongroomError } from '../../contract/index.ts';
import type { RemoteClient } from './client.ts';
import { serverId } from './shapes.ts';

const masterKeyOptions = z.object({
  masterKeyOptions: z.string().max(1024).nullish(),
});

const ownKeys = z.object({
  id: serverId,
  keys: z
    .object({ public: z.string().min(1).max(16_384), privateEncrypted: z.string().min(1).max(65_536) })
    .nullish(),
});

export interface OwnKeys {
  readonly userId: string;
  /** The public key as the server states it: a claim until compared with the private one. */
  readonly publicPem: string;
  /** The private key's PEM under the master key. */
  readonly privateEncrypted: string;
}

/** The text `pbkdf:<digest>:<iterations>:<bytes>:<salt>`, or null without client-side encryption. */
export async function readMasterKeyOptions(
  client: RemoteClient,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    const request = { method: 'GET', path: '/users/master-key/options', signal } as const;
    return (await client.call(masterKeyOptions, request)).masterKeyOptions || null;
  } catch (cause) {
    if (cause instanceof StrongroomError && cause.code === 'notFound') return null;
    throw cause;
  }
}

/**
 * The own pair; null when the account has none (yet). The hash of the master key goes along
 * only if the gate was opened before.
 * @throws StrongroomError `hashDemandedTooEarly` if the server hands nothing out without the hash.
 */
export async function readOwnKeys(client: RemoteClient, signal?: AbortSignal): Promise<OwnKeys | null> {
  const { id, keys } = await client.call(ownKeys, { method: 'GET', path: '/users/keys', signal });
  if (keys == null) return null;
  return { userId: id, publicPem: keys.public, privateEncrypted: keys.privateEncrypted };
}
