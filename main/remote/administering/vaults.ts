/**
 * Making, describing, leaving and deleting vaults (API description, "Vaults"). Creating one is the
 * protocol's ("Endpoints"), the rest are additions of our server.
 */
import { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import type { RemoteClient } from '../client.ts';
import { flag, listOf, longText, optionalId, serverId, shortText, unixSeconds } from '../shapes.ts';
import { createdId } from '../writing.ts';
import { administer } from './refusals.ts';
import { shortUser } from '../users.ts';

const yesUnlessTold = z
  .boolean()
  .nullish()
  .catch(null)
  .transform((value) => value !== false);

const creatableType = z.object({
  id: serverId,
  code: shortText,
  name: shortText,
  /** A server that does not tell is asked by trying. */
  mayCreate: yesUnlessTold,
});
/** A vault type, and whether the caller may make vaults of it. */
export type RemoteCreatableType = z.output<typeof creatableType>;

const creatableTypes = listOf(creatableType, 1000);

const vaultFacts = z.object({
  id: serverId,
  name: shortText,
  description: longText,
  typeId: optionalId,
  isShared: flag,
  isVisible: yesUnlessTold,
  settings: z
    .object({ areLinksAllowed: yesUnlessTold, isSendingAllowed: yesUnlessTold })
    .nullish()
    .catch(null)
    .transform((settings) => settings ?? { areLinksAllowed: true, isSendingAllowed: true }),
});
/** What a vault is beside its contents. */
export type RemoteVaultFacts = z.output<typeof vaultFacts>;

const deletedVaults = listOf(
  z.object({
    id: serverId,
    name: shortText,
    deletedAt: unixSeconds,
    deletedBy: shortUser.nullish().catch(null),
  }),
  20_000,
);
/** A vault in the bin. Times in Unix milliseconds. */
export type RemoteDeletedVault = z.output<typeof deletedVaults>['items'][number];

/** The key of a new vault: its check value, and the key wrapped for everybody who must have it. */
export interface SentVaultKey {
  readonly masterKeyHash: string;
  readonly salt: string;
  readonly own: string;
  /** By user id: the administrators of the type. */
  readonly administrators: ReadonlyMap<string, string>;
}

export interface NewVault {
  readonly name: string;
  readonly description: string;
  readonly typeId: string;
  /** Null without client-side encryption. */
  readonly key: SentVaultKey | null;
}

const pathOf = (vaultId: string, deed = ''): string => `/vaults/${serverId.parse(vaultId)}${deed}`;

/** The vault types of the organisation. @throws StrongroomError network codes */
export async function listCreatableTypes(
  client: RemoteClient,
  signal?: AbortSignal,
): Promise<RemoteCreatableType[]> {
  return (await client.call(creatableTypes, { method: 'GET', path: '/vault-types/all', signal })).items;
}

/** Gives the new vault's id. @throws StrongroomError `forbidden`, `administratorsChanged`, network codes */
export async function createVault(
  client: RemoteClient,
  { name, description, typeId, key }: NewVault,
): Promise<string> {
  const wrapped = key && {
    masterKeyHash: key.masterKeyHash,
    salt: key.salt,
    masterKeyEncrypted: key.own,
    administratorsKeys: Object.fromEntries(key.administrators),
  };
  const body = { name, ...(description === '' ? {} : { description }), typeId, ...wrapped };
  return (await administer(client, createdId, { method: 'POST', path: '/vaults', body })).id;
}

/** @throws StrongroomError `notFound`, `badAnswer` if it is another vault, network codes */
export async function readVaultFacts(client: RemoteClient, vaultId: string): Promise<RemoteVaultFacts> {
  const facts = await client.call(vaultFacts, { method: 'GET', path: pathOf(vaultId) });
  if (facts.id !== vaultId) throw new StrongroomError('badAnswer', { reason: 'vault' });
  return facts;
}

/** Another name or description. @throws StrongroomError `forbidden`, network codes */
export function describeVault(
  client: RemoteClient,
  vaultId: string,
  change: { readonly name?: string | undefined; readonly description?: string | undefined },
): Promise<unknown> {
  const { name, description } = change;
  const body = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
  };
  return administer(client, z.unknown(), { method: 'POST', path: pathOf(vaultId), body });
}

/** What may be done with the vault's records. @throws StrongroomError as `describeVault` */
export function setVaultSettings(
  client: RemoteClient,
  vaultId: string,
  settings: RemoteVaultFacts['settings'],
): Promise<unknown> {
  const { areLinksAllowed, isSendingAllowed } = settings;
  const body = { areLinksAllowed, isSendingAllowed };
  return administer(client, z.unknown(), { method: 'POST', path: pathOf(vaultId, '/settings'), body });
}

/** Another type, with the vault key for its administrators. @throws StrongroomError `lastAdministrator` too */
export function setVaultType(
  client: RemoteClient,
  vaultId: string,
  typeId: string,
  keys: ReadonlyMap<string, string>,
): Promise<unknown> {
  const body = { typeId, keys: Object.fromEntries(keys) };
  return administer(client, z.unknown(), { method: 'POST', path: pathOf(vaultId, '/type'), body });
}

/** Puts a vault out of or into the caller's own sight. */
export function setVaultVisible(client: RemoteClient, vaultId: string, isVisible: boolean): Promise<unknown> {
  const body = { isVisible };
  return administer(client, z.unknown(), { method: 'POST', path: pathOf(vaultId, '/visibility'), body });
}

/** Gives up the own access. @throws StrongroomError `lastAdministrator`, `accessThroughOthers` */
export function leaveVault(client: RemoteClient, vaultId: string): Promise<unknown> {
  return administer(client, z.unknown(), { method: 'POST', path: pathOf(vaultId, '/leave'), body: {} });
}

/** To the bin, with everything in it. */
export function deleteVault(client: RemoteClient, vaultId: string): Promise<unknown> {
  return administer(client, z.unknown(), { method: 'DELETE', path: pathOf(vaultId) });
}

/** Vaults in the bin that the caller could bring back, the latest first. */
export async function listDeletedVaults(client: RemoteClient): Promise<RemoteDeletedVault[]> {
  return (await client.call(deletedVaults, { method: 'GET', path: '/bin/vaults' })).items;
}

export function restoreVault(client: RemoteClient, vaultId: string): Promise<unknown> {
  const path = `/bin${pathOf(vaultId, '/restore')}`;
  return administer(client, z.unknown(), { method: 'POST', path, body: {} });
}

/** For good, with everything in it. */
export function eraseDeletedVault(client: RemoteClient, vaultId: string): Promise<unknown> {
  return administer(client, z.unknown(), { method: 'DELETE', path: `/bin${pathOf(vaultId)}` });
}
