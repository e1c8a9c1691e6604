/** Former states of records. The list is an own addition; the rest is as on real servers. */
import { z } from 'zod';
import type { Snapshot } from '../storage/snapshots.ts';
import { snapshotAnswer, snapshotSchema } from './answers.ts';
import type { Api, Context } from './context.ts';
import { notFound } from './errors.ts';
import { guardItem } from './guard.ts';
import { attachmentAnswer, attachmentSchema } from './attachments.ts';
import { idParams, objectId } from './schemas.ts';
import { shortUserAnswer } from './people/users.ts';

async function answers(context: Context, snapshots: readonly Snapshot[]) {
  const creators = await context.storage.users.findMany(snapshots.map((snapshot) => snapshot.creatorId));
  return snapshots.map((snapshot) => {
    const creator = creators.get(snapshot.creatorId);
    return snapshotAnswer(snapshot, creator ? shortUserAnswer(creator) : null);
  });
}

/** Registers the endpoints of this file. */
export function snapshotRoutes(app: Api, context: Context): void {
  app.get(
    '/items/:id/snapshots',
    {
      config: { needs: 'item:snapshot:read' },
      schema: {
        summary: 'Former states of a record, newest first (own addition)',
        params: idParams,
        response: { 200: z.object({ items: z.array(snapshotSchema) }) },
      },
    },
    async (request) => {
      const { item } = await guardItem(context.rights, request, request.params.id);
      return { items: await answers(context, await context.storage.snapshots.list(item.id)) };
    },
  );

  app.get(
    '/items/:id/snapshot/:snapshotId',
    {
      config: { needs: 'item:snapshot:read' },
      schema: {
        summary: 'A former state of a record',
        params: z.object({ id: objectId, snapshotId: objectId }),
        response: { 200: snapshotSchema },
      },
    },
    async (request) => {
      const { item } = await guardItem(context.rights, request, request.params.id);
      const snapshot = await context.storage.snapshots.find(request.params.snapshotId);
      const [answer] = snapshot?.itemId === item.id ? await answers(context, [snapshot]) : [];
      if (!answer) throw notFound();
      return answer;
    },
  );

  app.get(
    '/snapshots/:snapshotId/attachment/:attachmentId',
    {
      config: { needs: 'item:snapshot:read' },
      schema: {
        summary: 'An attachment of a former state',
        params: z.object({ snapshotId: objectId, attachmentId: objectId }),
        response: { 200: attachmentSchema },
      },
    },
    async (request) => {
      const snapshot = await context.storage.snapshots.find(request.params.snapshotId);
      if (!snapshot) throw notFound();
      await guardItem(context.rights, request, snapshot.itemId);
      const entry = snapshot.attachments.find((each) => each.id === request.params.attachmentId);
      const answer = await attachmentAnswer(context, snapshot.itemId, entry);
      if (!answer) throw notFound();
      return answer;
    },
  );
}
