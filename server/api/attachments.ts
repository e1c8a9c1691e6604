/** The files of records: reading one, adding one, taking one away. */
import { z } from 'zod';
import type { AttachmentEntry } from '../storage/items.ts';
import type { Api, Context } from './context.ts';
import { callerOf } from './context.ts';
import { notFound } from './errors.ts';
import { guardItem } from './guard.ts';
import { newAttachmentBody } from './itembody.ts';
import { attachFile, detachFile, renameFile } from './itemwrites.ts';
import { idParams, objectId, shortText } from './schemas.ts';

const attachmentParams = z.object({ id: objectId, attachmentId: objectId });
export const attachmentSchema = z.object({
  id: objectId,
  name: z.string(),
  encryptedKey: z.string(),
  encryptedData: z.string(),
  hash: z.string(),
  /** Of a file that came in parts (own addition): how many, and their bytes together. */
  parts: z.object({ count: z.number(), size: z.number() }).optional(),
});

/** An attachment with its data; undefined when the record has none of that id. */
export async function attachmentAnswer(
  { storage }: Pick<Context, 'storage'>,
  itemId: string,
  entry: AttachmentEntry | undefined,
): Promise<z.output<typeof attachmentSchema> | undefined> {
  const encryptedData = entry && (await storage.attachments.read(entry.id, itemId));
  if (!entry || encryptedData === undefined) return undefined;
  const parts = await storage.uploads.partsOfAttachment(entry.id);
  if (parts.length === 0) return { ...entry, encryptedData };
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  return { ...entry, encryptedData, parts: { count: parts.length, size } };
}

/** Registers the endpoints of this file. */
export function attachmentRoutes(app: Api, context: Context): void {
  app.get(
    '/items/:id/attachment/:attachmentId',
    {
      config: { needs: 'item:read' },
      schema: { summary: 'An attachment', params: attachmentParams, response: { 200: attachmentSchema } },
    },
    async (request) => {
      const { item } = await guardItem(context.rights, request, request.params.id);
      const entry = item.attachments.find((each) => each.id === request.params.attachmentId);
      const answer = await attachmentAnswer(context, item.id, entry);
      if (!answer) throw notFound();
      return answer;
    },
  );

  app.post(
    '/items/:id/attachments',
    {
      config: { needs: 'item:edit', logs: 'item_updated', carriesFiles: true },
      schema: {
        summary: 'Add one file to a record; its former state becomes a snapshot (own addition)',
        params: idParams,
        body: newAttachmentBody,
        response: { 200: z.object({ id: objectId, revision: z.number(), updatedAt: z.number() }) },
      },
    },
    async (request) => {
      const access = await guardItem(context.rights, request, request.params.id);
      return attachFile(context, callerOf(request), access, request.body);
    },
  );

  app.patch(
    '/items/:id/attachments/:attachmentId',
    {
      config: { needs: 'item:edit', logs: 'item_updated' },
      schema: {
        summary: 'Rename one file of a record; its former state becomes a snapshot (own addition)',
        params: attachmentParams,
        body: z.object({ name: shortText.min(1) }),
        response: { 200: z.object({ revision: z.number(), updatedAt: z.number() }) },
      },
    },
    async (request) => {
      const access = await guardItem(context.rights, request, request.params.id);
      const { attachmentId } = request.params;
      return renameFile(context, callerOf(request), access, attachmentId, request.body.name);
    },
  );

  app.delete(
    '/items/:id/attachments/:attachmentId',
    {
      config: { needs: 'item:edit', logs: 'item_updated' },
      schema: {
        summary: 'Take one file from a record; its former state becomes a snapshot (own addition)',
        params: attachmentParams,
        response: { 200: z.object({ revision: z.number(), updatedAt: z.number() }) },
      },
    },
    async (request) => {
      const access = await guardItem(context.rights, request, request.params.id);
      return detachFile(context, callerOf(request), access, request.params.attachmentId);
    },
  );
}
