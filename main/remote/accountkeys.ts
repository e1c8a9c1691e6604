/**
 * The own account's key derivation and key pair (Passwork 7 protocol, "Auth flow"), and how they are
 * set and changed (API description, "Master password").
 */
import { z } from 'zod';
import { StrongroomError } from '../../contract/index.ts';
import type { RemoteClient } from './client.ts';
import { withSecretBody } from './secretbody.ts';
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

/** What a server is told of a key pair: nothing that opens it. */
export interface SealedOwnKeys {
  readonly masterKeyHash: string;
  /** `pbkdf:<digest>:<iterations>:<bytes>:<salt>` */
  readonly masterKeyOptions: string;
  readonly publicPem: string;
  /** The private key's PEM under the master key. */
  readonly privateEncrypted: string;
}

/**
 * Stores the pair of somebody who has none (`set`), or the same pair under another master password
 * (`change`). `password` is the log-in password (UTF-8), asked for once more; the caller wipes it.
 * To be called only once it is certain that the pair opens.
 * @throws StrongroomError `wrongCredentials`, `changedMeanwhile` if there is a pair already (or none
 * any more, or another one), and as `RemoteClient.call`.
 */
export async function sendOwnKeys(
  client: RemoteClient,
  deed: 'set' | 'change',
  keys: SealedOwnKeys,
  password: Uint8Array,
): Promise<void> {
  const { masterKeyHash, masterKeyOptions, publicPem, privateEncrypted } = keys;
  const members = { masterKeyHash, masterKeyOptions, keys: { public: publicPem, privateEncrypted } };
  await withSecretBody(members, { password }, async (body) => {
    const answer = await client.send({ method: 'POST', path: `/users/master-key/${deed}`, body });
    if (answer.errorCodes.includes('passwordInvalid')) throw new StrongroomError('wrongCredentials');
    if (answer.errorCodes.some((code) => standsOtherwise.has(code))) {
      throw new StrongroomError('changedMeanwhile');
    }
    client.read(z.unknown(), answer);
  });
}

const standsOtherwise = new Set(['masterPasswordSet', 'masterPasswordUnset', 'publicKeyChanged']);
