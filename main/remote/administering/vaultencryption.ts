/**
 * One vault on its way to the other mode of encryption (feature `encryptionChange`): its contents as
 * they stand, and their new form, which the server puts by until all vaults have theirs.
 */
import { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import type { RemoteClient } from '../client.ts';
import type { ExchangeRequest } from '../connection.ts';
import { serverId, shortText, wireValue } from '../shapes.ts';
import { refuseByMeaning, type Meanings } from './refusals.ts';

/** As many records are asked for at once; a server gives fewer where they are large. */
export const convertedPortion = 50;

/** Wire form of a 5 MiB file (2.84 times its size) with room to spare. */
const largestContents = 20 * 1024 * 1024;
const count = z.number().int().nonnegative();

const meanings: Meanings = {
  rekeyingUnderWay: 'rekeyingUnderWay',
  publicKeyChanged: 'recipientKeyChanged',
  notEntitled: 'notEntitled',
  memberMissing: 'membersChanged',
};

const pathOf = (vaultId: string, deed = ''): string => `/vaults/${serverId.parse(vaultId)}/encryption${deed}`;

async function ask<S extends z.ZodType>(
  client: RemoteClient,
  shape: S,
  request: ExchangeRequest,
): Promise<z.output<S>> {
  const answer = await client.send(request);
  refuseByMeaning(answer, meanings);
  return client.read(shape, answer);
}

/** A vault key that was made for a vault, as the server may know it. */
export interface VaultKeyAhead {
  /** Check value and salt. */
  readonly masterKeyHash: string;
  readonly salt: string;
  readonly keys: Readonly<
    Record<string, { readonly masterKeyEncrypted: string; readonly publicKeyFingerprint: string }>
  >;
  /** Those who may enter and are given no key for now. */
  readonly leftOut: readonly string[];
}

/**
 * Begins with a vault; `key` is null where encryption is being turned off. `takesOver` drops what
 * was put by for it before.
 * @throws StrongroomError `rekeyingUnderWay` if somebody has begun, `recipientKeyChanged`,
 * `notEntitled`, `membersChanged`, `notFound`, network codes
 */
export async function beginVaultEncryption(
  client: RemoteClient,
  vaultId: string,
  key: VaultKeyAhead | null,
  takesOver: boolean,
): Promise<void> {
  const body = { ...(key === null ? {} : { ...key, leftOut: [...key.leftOut] }), takesOver };
  await ask(client, z.unknown(), { method: 'POST', path: pathOf(vaultId), body });
}

const state = z.object({
  id: serverId,
  startedBy: serverId,
  doneCount: count,
  total: count,
  masterKeyHash: wireValue,
  salt: wireValue,
  masterKeyEncrypted: wireValue,
});
/** How far a vault has come; `id` is another one whenever it is begun anew. */
export type RemoteVaultEncryption = z.output<typeof state>;

/** Null where nobody has begun. @throws StrongroomError network codes */
export async function readVaultEncryption(
  client: RemoteClient,
  vaultId: string,
  signal?: AbortSignal,
): Promise<RemoteVaultEncryption | null> {
  try {
    return await client.call(state, { method: 'GET', path: pathOf(vaultId), signal });
  } catch (failure) {
    if (failure instanceof StrongroomError && failure.code === 'notFound') return null;
    throw failure;
  }
}

const kind = z.enum(['item', 'snapshot']);
const customField = z.looseObject({ name: z.string(), value: z.string(), type: z.string() });

const attachment = z.object({
  id: serverId,
  name: shortText,
  encryptedKey: z.string().max(16_384),
  stagedId: z.nullable(serverId),
});
/** A file of a record; `stagedId` is set where its new form has been put by. */
export type ConvertibleFile = z.output<typeof attachment>;

const object = z.object({
  ...{ kind, id: serverId, itemId: serverId, name: shortText },
  state: z.string().regex(/^[0-9a-f]{64}$/),
  ...{ keyEncrypted: wireValue, passwordEncrypted: wireValue },
  customs: z.array(customField).max(1000),
  attachments: z.array(attachment).max(1000),
});
/** A record or a former state of one, as it stands; `state` says which state of it this is. */
export type ConvertibleObject = z.output<typeof object>;

const portion = z.object({
  items: z.array(object).max(100),
  next: z.object({ kind, after: serverId.nullable() }).nullable(),
});
export type ConversionPlace = NonNullable<z.output<typeof portion>['next']>;

/** The next ones that have no new form in their present state; `next` is null at the end. */
export function readConvertible(
  client: RemoteClient,
  vaultId: string,
  { kind: of, after }: ConversionPlace,
  signal?: AbortSignal,
): Promise<z.output<typeof portion>> {
  const query = { kind: of, limit: convertedPortion, ...(after === null ? {} : { after }) };
  return client.call(portion, { method: 'GET', path: pathOf(vaultId, '/objects'), query, signal });
}

export interface ConvertedObject {
  readonly kind: ConvertibleObject['kind'];
  readonly id: string;
  readonly state: string;
  readonly keyEncrypted: string | null;
  readonly passwordEncrypted: string | null;
  readonly customs: readonly Readonly<ConvertibleObject['customs'][number]>[];
  readonly attachments: readonly { readonly id: string; readonly encryptedKey: string }[];
}

const done = z.object({ doneCount: count });

/**
 * Puts new forms by, under the beginning with this id; gives how many the vault has.
 * @throws StrongroomError `notFound` if it was given up or begun anew, network codes
 */
export async function putConverted(
  client: RemoteClient,
  { vaultId, id }: ConversionOf,
  objects: readonly ConvertedObject[],
  signal?: AbortSignal,
): Promise<number> {
  const request = {
    method: 'POST',
    path: pathOf(vaultId, '/objects'),
    body: { id, objects },
    signal,
  } as const;
  return (await ask(client, done, request)).doneCount;
}

/** A vault, and what it was begun under. */
export interface ConversionOf {
  readonly vaultId: string;
  readonly id: string;
}

const contents = z.object({
  encryptedData: z.string().min(1).max(largestContents),
  hash: z.string().max(256),
});

/** One file of the vault in its present wire form. */
export function readConvertibleFile(
  client: RemoteClient,
  vaultId: string,
  attachmentId: string,
  signal?: AbortSignal,
): Promise<z.output<typeof contents>> {
  const path = pathOf(vaultId, `/files/${serverId.parse(attachmentId)}`);
  return client.call(contents, { method: 'GET', path, signal });
}

/** One part of a file in its present form; `number` from 1, `largest` in bytes. */
export function readConvertiblePart(
  client: RemoteClient,
  { vaultId, attachmentId, number, largest }: PartPlace & { readonly largest: number },
  signal?: AbortSignal,
): Promise<Buffer> {
  const request = { method: 'GET', path: partPath({ vaultId, attachmentId, number }), signal } as const;
  return client.callBytes({ ...request, bytesUpTo: largest });
}

interface PartPlace {
  readonly vaultId: string;
  readonly attachmentId: string;
  readonly number: number;
}

const partPath = ({ vaultId, attachmentId, number }: PartPlace): string =>
  pathOf(vaultId, `/files/${serverId.parse(attachmentId)}/parts/${String(number)}`);

/** Puts one part by in its new form; the same may be sent again. `digest` is its hex SHA-256. */
export async function putConvertedPart(
  client: RemoteClient,
  place: PartPlace,
  { bytes, digest }: { readonly bytes: Buffer; readonly digest: string },
  signal?: AbortSignal,
): Promise<void> {
  const stated = Buffer.from(digest, 'hex').toString('base64');
  await client.call(z.unknown(), {
    method: 'PUT',
    path: partPath(place),
    body: bytes,
    // RFC 9530, section 2.
    headers: { 'content-type': 'application/octet-stream', 'content-digest': `sha-256=:${stated}:` },
    signal,
  });
}

/** A file in its new form; `digests` are those of its parts, where it has any. */
export interface ConvertedFile {
  readonly attachmentId: string;
  readonly encryptedData: string;
  readonly hash: string;
  readonly digests: readonly string[] | null;
}

/** Puts a file by, whose parts have been sent; the same attachment again takes its place. */
export async function putConvertedFile(
  client: RemoteClient,
  { vaultId, id }: ConversionOf,
  { attachmentId, encryptedData, hash, digests }: ConvertedFile,
  signal?: AbortSignal,
): Promise<void> {
  const parts = digests === null ? {} : { digests: [...digests] };
  const body = { id, attachmentId, encryptedData, hash, ...parts };
  await client.call(z.unknown(), { method: 'POST', path: pathOf(vaultId, '/files'), body, signal });
}
