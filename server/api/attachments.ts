/** The files of records: reading one, adding one, taking one away. */
import { z } from 'zod';
import type { Api, Context } from './context.ts';
import { callerOf } from './context.ts';
import { notFound } from './errors.ts';
import { guardItem } from './guard.ts';
import { newAttachmentBody } from './itembody.ts';
import { attachFile, detachFile } from './itemwrites.ts';
import { idParams, objectId } from './schemas.ts';

const attachmentParams = z.object({ id: objectId, attachmentId: objectId });
export const attachmentSchema = z.object({
  id: objectId,
  name: z.string(),
  encryptedKey: z.string(),
  encryptedData: z.string(),
  hash: z.string(),
});

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
      const encryptedData = entry && (await context.storage.attachments.read(entry.id, item.id));
      if (!entry || encryptedData === undefined) throw notFound();
      return { ...entry, encryptedData };
    },
  );

  app.post(
    '/items/:id/attachments',
    {
      config: { needs: 'item:edit' },
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

  app.delete(
    '/items/:id/attachments/:attachmentId',
    {
      config: { needs: 'item:edit' },
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
