/**
 * The inbox: a record sent to one person, its record key wrapped with their public key.
 * Reading one entry is as on real servers; listing, sending and removing are own additions.
 */
import { z } from 'zod';
import type { Item } from '../storage/items.ts';
import { newId } from '../storage/ids.ts';
import type { User } from '../storage/people.ts';
import type { InboxEntry } from '../storage/sharing.ts';
import { itemAnswer, itemSchema } from './answers.ts';
import type { Api, Context } from './context.ts';
import { callerOf, unixSeconds } from './context.ts';
import { forbidden, invalid, notFound } from './errors.ts';
import { guardItem } from './guard.ts';
import { requireAllowed } from './sharing/allowed.ts';
import {
  createdId,
  doneAnswer,
  idParams,
  looksLikeWrappedKey,
  objectId,
  pageOf,
  pageQuery,
  shortUser,
} from './schemas.ts';
import { colleague, shortUserAnswer } from './people/users.ts';

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

const sendBody = z.object({
  itemId: objectId,
  userId: objectId,
  keyEncrypted: z.string().max(10_000).nullish(),
  access: z.enum(['read', 'write']).default('read'),
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

function receivingRoutes(app: Api, context: Context): void {
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

/** Registers the endpoints of this file. */
export function inboxRoutes(app: Api, context: Context): void {
  receivingRoutes(app, context);

  app.post(
    '/inbox-items',
    {
      config: { needs: 'inboxItem:createForReading', logs: 'noted' },
      schema: { summary: 'Send a record (own addition)', body: sendBody, response: { 200: createdId } },
    },
    async (request) => {
      const { itemId, userId, access } = request.body;
      const caller = callerOf(request);
      const { item, rights } = await guardItem(context.rights, request, itemId);
      const editing = 'inboxItem:createForEditing';
      if (access === 'write' && !rights.has(editing)) throw forbidden(editing);
      await requireAllowed(context, item.id, 'isSendingAllowed');
      const receiver = await colleague(context, caller.organisationId, userId);
      const keyEncrypted = request.body.keyEncrypted || null;
      if (caller.clientSideEncryption ? !keyEncrypted || !looksLikeWrappedKey(keyEncrypted) : keyEncrypted) {
        throw invalid('notEncrypted', 'keyEncrypted', 'Needs the record key encrypted for the receiver.');
      }
      const entry = {
        ...{ id: newId(context.clock()), itemId: item.id, receiverId: receiver.id, senderId: caller.userId },
        ...{ access, isViewed: false, createdAt: unixSeconds(context), keyEncrypted },
      };
      await context.storage.inbox.insert(entry);
      request.activityNotes.push({ event: 'inboxItem_sent', objectId: item.id, subjectId: receiver.id });
      return { id: entry.id };
    },
  );

  app.delete(
    '/inbox-items/:id',
    {
      config: { needs: 'session', logs: 'noted' },
      schema: {
        summary: 'Take a sent record back, or drop a received one (own addition)',
        params: idParams,
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const entry = await context.storage.inbox.find(request.params.id);
      if (!entry || (entry.receiverId !== userId && entry.senderId !== userId)) throw notFound();
      await context.storage.inbox.remove(entry.id);
      request.activityNotes.push({
        ...{ event: 'inboxItem_revoked', objectId: entry.itemId, subjectId: entry.receiverId },
      });
      return { success: true as const };
    },
  );
}
