/** Giving a vault another key (API description, "Another vault key"; features `vaultRekey`, `vaultKeyCheck`). */
import { z } from 'zod';
import type { RemoteClient } from '../client.ts';
import { serverId, unixSeconds, wireValue } from '../shapes.ts';
import { administer } from './refusals.ts';

/** As many record keys as are asked for and sent at once. */
export const rekeyPortion = 500;
/** The same with all that the records seal. */
const rekeyWholePortion = 50;

const kinds = ['item', 'snapshot', 'shortcut'] as const;
const kind = z.enum(kinds);
const sealedValue = z.string().max(8_388_608);
const sealedField = z.looseObject({ name: sealedValue, value: sealedValue, type: sealedValue });
export type KeyedKind = (typeof kinds)[number];

const pathOf = (vaultId: string, deed = ''): string => `/vaults/${serverId.parse(vaultId)}/rekey${deed}`;

export interface RekeyStart {
  /** Check value and salt of the new key. */
  readonly masterKeyHash: string;
  readonly salt: string;
  /** The new key wrapped, by the ids of those who stay. */
  readonly keys: Readonly<
    Record<string, { readonly masterKeyEncrypted: string; readonly publicKeyFingerprint: string }>
  >;
  /** Those who have the old key and get no new one for now. */
  readonly leftOut: readonly string[];
}

/**
 * Begins. @throws StrongroomError `rekeyingUnderWay`, `membersChanged` if somebody is named nowhere,
 * `recipientKeyChanged`, `notEntitled`, network codes
 */
export async function beginRekeying(client: RemoteClient, vaultId: string, start: RekeyStart): Promise<void> {
  await administer(client, z.unknown(), { method: 'POST', path: pathOf(vaultId), body: { ...start } });
}

const state = z.object({
  startedBy: serverId,
  startedAt: unixSeconds,
  doneCount: z.number().int().nonnegative(),
  masterKeyEncrypted: wireValue,
});
export type RemoteRekeying = z.output<typeof state>;

/** How far it is. @throws StrongroomError `notFound` if none is under way, network codes */
export function readRekeying(
  client: RemoteClient,
  vaultId: string,
  signal?: AbortSignal,
): Promise<RemoteRekeying> {
  return client.call(state, { method: 'GET', path: pathOf(vaultId), signal });
}

/** @throws StrongroomError `notFound` if none is under way, network codes */
export async function giveUpRekeying(client: RemoteClient, vaultId: string): Promise<void> {
  await client.call(z.unknown(), { method: 'DELETE', path: pathOf(vaultId) });
}

/** What a record seals with its key; told of records where it was asked for. */
const contents = {
  /** By which the server tells whether it was changed since. */
  state: z.string().max(128).optional(),
  passwordEncrypted: sealedValue.nullish().transform((value) => value ?? null),
  customs: z.array(sealedField).max(1000).default([]),
  attachments: z
    .array(z.object({ id: serverId, encryptedKey: z.string().max(16_384) }))
    .max(1000)
    .default([]),
};
const keyed = z.object({ kind, id: serverId, keyEncrypted: z.string().max(16_384), ...contents });
export type KeyedRecord = z.output<typeof keyed>;

/** A record with what its key seals. */
export type KeyedContents = Pick<KeyedRecord, 'id' | 'passwordEncrypted' | 'customs' | 'attachments'>;

/** A record's secrets under a new record key. */
export interface RenewedContents {
  readonly passwordEncrypted: string | null;
  readonly customs: readonly Readonly<Record<string, unknown>>[];
  readonly attachments: readonly { readonly id: string; readonly encryptedKey: string }[];
}

const portion = z.object({
  items: z.array(keyed).max(rekeyPortion),
  next: z.object({ kind, after: serverId.nullable() }).nullable(),
});
export type RekeyPlace = NonNullable<z.output<typeof portion>['next']>;

export interface RecordKeysWish {
  readonly vaultId: string;
  readonly place: RekeyPlace;
  /** With what the records seal (feature `vaultRekeyRecords`). */
  readonly contents: boolean;
  readonly signal?: AbortSignal;
}

/** The next record keys that are not done; `next` is null at the end. */
export function readRecordKeys(
  client: RemoteClient,
  { vaultId, place: { kind: of, after }, contents: isWhole, signal }: RecordKeysWish,
): Promise<z.output<typeof portion>> {
  const whole = isWhole ? { contents: 'true', limit: rekeyWholePortion } : { limit: rekeyPortion };
  const query = { kind: of, ...whole, ...(after === null ? {} : { after }) };
  return client.call(portion, { method: 'GET', path: pathOf(vaultId, '/records'), query, signal });
}

export interface RewrappedKey {
  readonly kind: KeyedKind;
  readonly id: string;
  readonly keyEncrypted: string;
  readonly formerKeyEncrypted: string;
  /** Of a record that gets a key of its own, with the state that it was made from. */
  readonly content?: RenewedContents;
  readonly state?: string;
}

const done = z.object({ doneCount: z.number().int().nonnegative() });

/** Puts record keys by; gives how many are. @throws StrongroomError `notFound`, network codes */
export async function putRecordKeys(
  client: RemoteClient,
  vaultId: string,
  records: readonly RewrappedKey[],
  signal?: AbortSignal,
): Promise<number> {
  const body = { records: records.map((record) => ({ ...record })) };
  const request = { method: 'POST', path: pathOf(vaultId, '/records'), body, signal } as const;
  return (await client.call(done, request)).doneCount;
}

/** Puts the new key in force. @throws StrongroomError `rekeyingIncomplete`, `notFound`, network codes */
export async function finishRekeying(
  client: RemoteClient,
  vaultId: string,
  signal?: AbortSignal,
): Promise<void> {
  const request = { method: 'POST', path: pathOf(vaultId, '/finish'), body: {}, signal } as const;
  await administer(client, z.unknown(), request);
}

const holders = z.object({ keyHolders: z.array(serverId).max(200_000) });

/** Ids of everybody who has the key of a vault, as the server tells it. */
export async function readKeyHolders(client: RemoteClient, vaultId: string): Promise<string[]> {
  const path = `/vaults/${serverId.parse(vaultId)}/access`;
  return (await client.call(holders, { method: 'GET', path })).keyHolders;
}
