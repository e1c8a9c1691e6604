/** What a server says of itself: settings and features (Passwork 7 protocol, "Endpoints"). */
import { z } from 'zod';
import { encryptionDirection } from '../../contract/encryptionchange.ts';
import type { EncryptionDirection } from '../../contract/encryptionchange.ts';
import type { RemoteClient } from './client.ts';
import { offlinePolicy, type RemoteOfflinePolicy } from './offline.ts';
import { passwordPolicies, type StatedPasswordPolicies } from './passwordpolicies.ts';
import { offerName } from './partsoffer.ts';

const features = z.array(z.looseObject({ name: z.string().max(256) })).max(2000);

/** Undefined where nothing is told of it. */
export const statedDirection = encryptionDirection.nullish().catch(undefined);

/**
 * Whether the server says outright that client-side encryption is on is not public; servers
 * that say it are read, others are judged by their master key options.
 */
const settings = z.object({
  clientSideEncryption: z.boolean().nullish().catch(null),
  isClientSideEncryptionEnabled: z.boolean().nullish().catch(null),
  offline: offlinePolicy,
  passwordPolicies,
  encryptionChange: statedDirection,
});

/** Names of the features this server announces, with what `partsOffer` reads. */
export async function readFeatures(client: RemoteClient, signal?: AbortSignal): Promise<ReadonlySet<string>> {
  const list = await client.call(features, { method: 'GET', path: '/app/features', signal });
  return new Set(list.flatMap((feature) => [feature.name, offerName(feature) ?? []].flat()));
}

/** What the organisation's settings state; null where they do not. */
export interface StatedSettings {
  readonly clientSideEncryption: boolean | null;
  readonly offline: RemoteOfflinePolicy | null;
  readonly passwordPolicies: StatedPasswordPolicies | null;
  /** In which direction client-side encryption is being changed (own addition). */
  readonly encryptionChange: EncryptionDirection | null;
}

export async function readSettings(client: RemoteClient, signal?: AbortSignal): Promise<StatedSettings> {
  const read = await client.call(settings, { method: 'GET', path: '/app/settings', signal });
  const { isClientSideEncryptionEnabled, offline, passwordPolicies, encryptionChange } = read;
  const clientSideEncryption = read.clientSideEncryption ?? isClientSideEncryptionEnabled ?? null;
  return { clientSideEncryption, offline, passwordPolicies, encryptionChange: encryptionChange ?? null };
}
