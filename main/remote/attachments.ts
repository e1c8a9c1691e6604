/** Contents of attached files (Passwork 7 protocol, "Items, custom fields, attachments"). */
import { z } from 'zod';
import type { RemoteClient } from './client.ts';
import { serverId, shortText, wireValue } from './shapes.ts';

/** Wire form of a 5 MiB file (2.84 times its size) with room to spare. */
const largestContents = 20 * 1024 * 1024;

const contents = z.object({
  name: shortText,
  encryptedKey: wireValue,
  encryptedData: z.string().min(1).max(largestContents),
  hash: z
    .string()
    .max(256)
    .nullish()
    .transform((hash) => hash ?? null),
  /** Of a file in parts (own addition): how many, and how many bytes they are together. */
  parts: z
    .object({ count: z.number().int().min(1), size: z.number().int().min(0) })
    .nullish()
    .transform((parts) => parts ?? null),
});
export type RemoteAttachment = z.output<typeof contents>;

/** One file of a record, still in its wire form. */
export function readAttachment(
  client: RemoteClient,
  itemId: string,
  attachmentId: string,
  signal?: AbortSignal,
): Promise<RemoteAttachment> {
  const path = `/items/${serverId.parse(itemId)}/attachment/${serverId.parse(attachmentId)}`;
  return client.call(contents, { method: 'GET', path, signal });
}
