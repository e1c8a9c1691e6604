/**
 * The inbox: records sent to the caller, each with its record key wrapped for them. Reading one entry
 * is as on real servers, listing an own addition; sending is in `sending.ts`.
 */
import { z } from 'zod';
import type { Item } from '../../storage/items.ts';
import type { User } from '../../storage/people.ts';
import type { InboxEntry } from '../../storage/sharing.ts';
import { itemAnswer, itemSchema } from '../answers.ts';
import type { Api, Context } from '../context.ts';
import { callerOf } from '../context.ts';
import { notFound } from '../errors.ts';
import { idParams, objectId, pageOf, pageQuery, shortUser } from '../schemas.ts';
import { shortUserAnswer } from '../people/users.ts';

export const inboxSchema = z.object({
  ...itemSchema.omit({ vaultMasterKeyEncrypted: true }).shape,
  inbox: z.object({
    id: objectId,
    keyEncrypted: z.string().nullable(),
    access: z.enum(['read', 'write']),
    senderId: objectId,
    createdAt: z.number(),
    isViewed: z.boolean(),
    isUserNotified: z.boolean(),
    sender: shortUser.nullable(),
  }),
});

/** A received record with the fields of the item behind it. */
export function inboxAnswer(entry: InboxEntry, item: Item, sender: User | undefined, isFavorite: boolean) {
  const { id, keyEncrypted, access, senderId, createdAt, isViewed } = entry;
  const { vaultMasterKeyEncrypted: _none, ...fields } = itemAnswer(item, { wrappedKey: null, isFavorite });
  const sentBy = sender ? shortUserAnswer(sender) : null;
  return {
    ...fields,
    inbox: { id, keyEncrypted, access, senderId, createdAt, isViewed, isUserNotified: false, sender: sentBy },
  };
}

async function answers(context: Context, userId: string, entries: readonly InboxEntry[]) {
  const items = await context.storage.items.findMany(entries.map((entry) => entry.itemId));
  const senders = await context.storage.users.findMany(entries.map((entry) => entry.senderId));
  const favorites = await context.storage.items.favoritesOf(userId);
  return entries.flatMap((entry) => {
    const item = items.get(entry.itemId);
    return item ? [inboxAnswer(entry, item, senders.get(entry.senderId), favorites.has(item.id))] : [];
  });
}

/** Registers the endpoints of this file. */
export function inboxRoutes(app: Api, context: Context): void {
  app.get(
    '/inbox-items',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'What the caller has received (own addition)',
        querystring: pageQuery,
        response: { 200: z.object({ items: z.array(inboxSchema), total: z.number() }) },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const entries = await context.storage.inbox.receivedBy(userId);
      const received = await answers(context, userId, entries);
      return { items: pageOf(received, request.query), total: received.length };
    },
  );

  app.get(
    '/inbox-items/:id',
    {
      config: { needs: 'session' },
      schema: { summary: 'One received record', params: idParams, response: { 200: inboxSchema } },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const entry = await context.storage.inbox.find(request.params.id);
      if (entry?.receiverId !== userId) throw notFound();
      await context.storage.inbox.markViewed(entry.id);
      const [answer] = await answers(context, userId, [entry]);
      if (!answer) throw notFound();
      return answer;
    },
  );
}
