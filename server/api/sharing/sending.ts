/**
 * Sending records to inboxes (own additions): to a person or to the members of a group, seeing to
 * whom, giving another access, taking back. With client-side encryption the sender wraps the record
 * key for every receiver; whoever joins a group later has not been sent anything.
 */
import { z } from 'zod';
import type { ItemAccess } from '../../access/rights.ts';
import type { Right } from '../../access/levels.ts';
import { newId } from '../../storage/ids.ts';
import type { InboxEntry } from '../../storage/sharing.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { forbidden, invalid, notFound } from '../errors.ts';
import type { GuardedRequest } from '../guard.ts';
import { guardItem } from '../guard.ts';
import { groupOf } from '../people/groups.ts';
import { colleague, shortUserAnswer } from '../people/users.ts';
import { requireFingerprint } from '../publickeys.ts';
import { createdId, doneAnswer, idParams, looksLikeWrappedKey, objectId, shortUser } from '../schemas.ts';
import { requireAllowed } from './allowed.ts';

const editing: Right = 'inboxItem:createForEditing';
const accessMember = z.enum(['read', 'write']);

const sentKey = z.object({
  keyEncrypted: z.string().max(10_000).nullish(),
  /** The fingerprint of the public key that it was wrapped for. */
  publicKeyFingerprint: z.string().max(64).optional(),
});
const sendBody = z.object({
  ...sentKey.shape,
  ...{ itemId: objectId, userId: objectId, access: accessMember.default('read') },
});
const groupBody = z.object({
  ...{ itemId: objectId, groupId: objectId, access: accessMember.default('read') },
  /** The record key wrapped for members, by user id; members without one are left out. */
  keys: z.record(objectId, sentKey).default({}),
});

const sentSchema = z.object({
  ...{ id: objectId, itemId: objectId, itemName: z.string(), access: accessMember },
  ...{ receiver: shortUser.nullable(), sender: shortUser.nullable(), groupId: objectId.nullable() },
  ...{ isViewed: z.boolean(), createdAt: z.number() },
});

async function answersOf(context: Context, entries: readonly InboxEntry[]) {
  const people = entries.flatMap(({ receiverId, senderId }) => [receiverId, senderId]);
  const users = await context.storage.users.findMany(people);
  const items = await context.storage.items.findMany(entries.map(({ itemId }) => itemId));
  const shown = (id: string) => {
    const user = users.get(id);
    return user ? shortUserAnswer(user) : null;
  };
  return entries.flatMap(({ id, itemId, access, groupId, isViewed, createdAt, receiverId, senderId }) => {
    const item = items.get(itemId);
    const sent = { id, itemId, access, groupId, isViewed, createdAt };
    const people = { receiver: shown(receiverId), sender: shown(senderId) };
    return item ? [{ ...sent, ...people, itemName: item.name }] : [];
  });
}

/** A record that the caller may send with an access. */
async function guardSending(
  context: Context,
  request: GuardedRequest,
  itemId: string,
  access: InboxEntry['access'],
): Promise<ItemAccess> {
  const guarded = await guardItem(context.rights, request, itemId);
  if (access === 'write' && !guarded.rights.has(editing)) throw forbidden(editing);
  await requireAllowed(context, itemId, 'isSendingAllowed');
  return guarded;
}

/** Stores one entry, after its key has been checked for form and for whom it was wrapped. */
async function deliver(
  context: Context,
  clientSideEncryption: boolean,
  entry: Pick<InboxEntry, 'itemId' | 'receiverId' | 'senderId' | 'groupId' | 'access'>,
  key: z.output<typeof sentKey>,
): Promise<string> {
  const keyEncrypted = key.keyEncrypted || null;
  if (clientSideEncryption ? !keyEncrypted || !looksLikeWrappedKey(keyEncrypted) : keyEncrypted) {
    throw invalid('notEncrypted', 'keyEncrypted', 'Needs the record key encrypted for the receiver.');
  }
  if (key.publicKeyFingerprint !== undefined) {
    await requireFingerprint(context.storage, entry.receiverId, key.publicKeyFingerprint);
  }
  const id = newId(context.clock());
  const createdAt = unixSeconds(context);
  await context.storage.inbox.insert({ ...entry, id, keyEncrypted, isViewed: false, createdAt });
  return id;
}

function sendingOnes(app: Api, context: Context): void {
  app.post(
    '/inbox-items',
    {
      config: { needs: 'inboxItem:createForReading', logs: 'noted' },
      schema: {
        summary: 'Send a record to a person (own addition)',
        ...{ body: sendBody, response: { 200: createdId } },
      },
    },
    async (request) => {
      const { itemId, userId, access, ...key } = request.body;
      const { organisationId, userId: senderId, clientSideEncryption } = callerOf(request);
      await guardSending(context, request, itemId, access);
      const receiver = await colleague(context, organisationId, userId);
      const entry = { itemId, receiverId: receiver.id, senderId, groupId: null, access };
      const id = await deliver(context, clientSideEncryption, entry, key);
      const about = { objectId: itemId, subjectId: receiver.id, action: access };
      request.activityNotes.push({ event: 'inboxItem_sent', ...about });
      return { id };
    },
  );

  app.post(
    '/inbox-items/group',
    {
      config: { needs: 'inboxItem:createForReading', logs: 'noted' },
      schema: {
        summary: 'Send a record to the members of a group (own addition)',
        body: groupBody,
        response: { 200: z.object({ ids: z.array(objectId), leftOut: z.array(objectId) }) },
      },
    },
    async (request) => {
      const { itemId, groupId, access, keys } = request.body;
      const { organisationId, userId: senderId, clientSideEncryption } = callerOf(request);
      await guardSending(context, request, itemId, access);
      const group = await groupOf(context, organisationId, groupId);
      const members = await context.storage.groups.memberIds(group.id);
      const receivers = members.filter((id) => id !== senderId);
      const reached = receivers.filter((id) => !clientSideEncryption || keys[id] !== undefined);
      const ids: string[] = [];
      await context.storage.whole(async () => {
        for (const receiverId of reached) {
          const entry = { itemId, receiverId, senderId, groupId: group.id, access };
          ids.push(await deliver(context, clientSideEncryption, entry, keys[receiverId] ?? {}));
        }
      });
      const about = { objectId: itemId, subjectId: group.id, action: access };
      request.activityNotes.push({ event: 'inboxItem_userGroup_sent', ...about });
      return { ids, leftOut: receivers.filter((id) => !reached.includes(id)) };
    },
  );
}

function seeingRoutes(app: Api, context: Context): void {
  const response = { 200: z.object({ items: z.array(sentSchema) }) };

  app.get(
    '/inbox-items/sent',
    {
      config: { needs: 'session' },
      schema: { summary: 'What the caller has sent (own addition)', response },
    },
    async (request) => {
      const entries = await context.storage.inbox.sentBy(callerOf(request).userId);
      return { items: await answersOf(context, entries) };
    },
  );

  app.get(
    '/items/:id/inbox-items',
    {
      config: { needs: 'item:additionalAccess:read' },
      schema: { summary: 'To whom a record was sent (own addition)', params: idParams, response },
    },
    async (request) => {
      const { item } = await guardItem(context.rights, request, request.params.id);
      return { items: await answersOf(context, await context.storage.inbox.ofItem(item.id)) };
    },
  );
}

/**
 * An entry that the caller may change: one they sent, or one of a record whose additional access
 * they manage; a receiver only where `mayReceiver` says so.
 */
async function ownEntry(context: Context, request: GuardedRequest, id: string, mayReceiver: boolean) {
  const caller = callerOf(request);
  const entry = await context.storage.inbox.find(id);
  const access = entry && (await context.rights.toItem(caller, entry.itemId));
  const isSender = entry?.senderId === caller.userId;
  const isReceiver = mayReceiver && entry?.receiverId === caller.userId;
  const manages = access?.rights.has('item:additionalAccess:manage') === true;
  if (!entry || !(isSender || isReceiver || manages)) throw notFound();
  request.concernedVaultId = access?.item.vaultId ?? null;
  return { entry, rights: access?.rights ?? new Set<Right>() };
}

const eventOf = ({ groupId }: InboxEntry, what: 'access_set' | 'revoked') =>
  groupId === null ? (`inboxItem_${what}` as const) : (`inboxItem_userGroup_${what}` as const);

/** Registers the endpoints of this file. */
export function sendingRoutes(app: Api, context: Context): void {
  sendingOnes(app, context);
  seeingRoutes(app, context);

  app.post(
    '/inbox-items/:id/access',
    {
      config: { needs: 'session', logs: 'noted' },
      schema: {
        summary: 'Give a receiver another access (own addition)',
        ...{ params: idParams, body: z.object({ access: accessMember }), response: { 200: doneAnswer } },
      },
    },
    async (request) => {
      const { access } = request.body;
      const { entry, rights } = await ownEntry(context, request, request.params.id, false);
      if (access === 'write' && !rights.has(editing)) throw forbidden(editing);
      await context.storage.inbox.setAccess(entry.id, access);
      const about = { objectId: entry.itemId, subjectId: entry.receiverId, action: access };
      request.activityNotes.push({ event: eventOf(entry, 'access_set'), ...about });
      return { success: true as const };
    },
  );

  app.delete(
    '/inbox-items/:id',
    {
      config: { needs: 'session', logs: 'noted' },
      schema: {
        summary: 'Take a sent record back, or drop a received one (own addition)',
        ...{ params: idParams, response: { 200: doneAnswer } },
      },
    },
    async (request) => {
      const { entry } = await ownEntry(context, request, request.params.id, true);
      await context.storage.inbox.remove(entry.id);
      const about = { objectId: entry.itemId, subjectId: entry.receiverId };
      request.activityNotes.push({ event: eventOf(entry, 'revoked'), ...about });
      return { success: true as const };
    },
  );
}
