/**
 * Sending and fetching files in parts (own addition, feature `attachmentParts`): sessions under a
 * key of our choice, which are gone on with under the same key, and parts as plain bytes.
 */
import { z } from 'zod';
import { StrongroomError } from '../../contract/index.ts';
import type { NewAttachment } from './attaching.ts';
import type { RemoteClient } from './client.ts';
import { serverId } from './shapes.ts';
import { createdId, keyHeader, written, type Sending, type Written } from './writing.ts';

/** A session of sending one file to one record. */
export interface UploadPlace {
  readonly itemId: string;
  /** 8 to 64 of `A-Za-z0-9_-`; the same for every attempt. */
  readonly key: string;
}

export type FinishedUpload = Written & { readonly id: string };

/** What the server has of a file by now. */
export interface UploadState {
  /** Hex SHA-256 of the parts that are there, by number from 1. */
  readonly parts: ReadonlyMap<number, string>;
  /** Set if the file has been attached already. */
  readonly finished: FinishedUpload | null;
}

const finished = createdId.and(written);
const state = z.object({
  parts: z
    .array(z.object({ number: z.number().int().min(1), digest: z.string().regex(/^[0-9a-f]{64}$/) }))
    .max(100_000),
  finished: finished.nullish().transform((value) => value ?? null),
});

function pathOf({ itemId, key }: UploadPlace): string {
  return `/items/${serverId.parse(itemId)}/uploads/${serverId.parse(key)}`;
}

/** Begins to send a file, or asks how far that has come. @throws StrongroomError `forbidden`, `notFound`, … */
export async function openUpload(
  client: RemoteClient,
  place: UploadPlace,
  { size, partCount }: { readonly size: number; readonly partCount: number },
  signal?: AbortSignal,
): Promise<UploadState> {
  const request = { method: 'PUT', path: pathOf(place), body: { size, partCount }, signal } as const;
  const read = await client.call(state, request);
  return {
    parts: new Map(read.parts.map(({ number, digest }) => [number, digest])),
    finished: read.finished,
  };
}

/** Sends one part; the same part may be sent again. `digest` is its hex SHA-256. */
export async function sendPart(
  client: RemoteClient,
  place: UploadPlace,
  part: { readonly number: number; readonly digest: string; readonly bytes: Buffer },
  signal?: AbortSignal,
): Promise<void> {
  const digest = Buffer.from(part.digest, 'hex').toString('base64');
  await client.call(z.unknown(), {
    method: 'PUT',
    path: `${pathOf(place)}/parts/${String(part.number)}`,
    body: part.bytes,
    // RFC 9530, section 2.
    headers: { 'content-type': 'application/octet-stream', 'content-digest': `sha-256=:${digest}:` },
    signal,
  });
}

/** Attaches a file whose parts are there, which are told by their digests in order. */
export function finishUpload(
  client: RemoteClient,
  place: UploadPlace,
  { name, encryptedKey, encryptedData, hash }: NewAttachment,
  digests: readonly string[],
  sending: Sending,
): Promise<FinishedUpload> {
  const body = { name, encryptedKey, encryptedData, hash, digests };
  const path = `${pathOf(place)}/finish`;
  const { signal } = sending;
  return client.call(finished, { method: 'POST', path, body, headers: keyHeader(sending), signal });
}

/** Gives up what has been sent; a session that is not there any more is given up already. */
export async function dropUpload(
  client: RemoteClient,
  place: UploadPlace,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await client.call(z.unknown(), { method: 'DELETE', path: pathOf(place), signal });
  } catch (error) {
    if (!(error instanceof StrongroomError && error.code === 'notFound')) throw error;
  }
}

/** One part of an attachment as it was sent; `number` from 1, `largest` in bytes. */
export function readPart(
  client: RemoteClient,
  place: { readonly itemId: string; readonly attachmentId: string },
  number: number,
  largest: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const path = `/items/${serverId.parse(place.itemId)}/attachment/${serverId.parse(place.attachmentId)}`;
  const request = { method: 'GET', path: `${path}/parts/${String(number)}`, signal } as const;
  return client.callBytes({ ...request, bytesUpTo: largest });
}
