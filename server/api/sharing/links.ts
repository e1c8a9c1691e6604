/**
 * External links as their makers see them. The code that decrypts a link's data travels in the
 * address's fragment and never comes here; opening one is in `openlinks.ts`.
 */
import { z } from 'zod';
import { newCode } from '../../identity/codes.ts';
import { newId } from '../../storage/ids.ts';
import type { Link } from '../../storage/links.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { forbidden, invalid, notFound } from '../errors.ts';
import { guardItem, guardPlace } from '../guard.ts';
import { requireAllowed } from './allowed.ts';
import { shortUserAnswer } from '../people/users.ts';
import {
  doneAnswer,
  idParams,
  looksLikeEnvelope,
  looksLikeKeyEnvelope,
  objectId,
  shortUser,
} from '../schemas.ts';
import { isAlive } from './openlinks.ts';

const livesInSeconds = {
  '1 hour': 3600,
  '1 week': 7 * 86_400,
  '1 month': 30 * 86_400,
  unlimited: null,
} as const;
const createBody = z.object({
  itemId: objectId,
  shortcutId: objectId.nullish(),
  itemData: z.looseObject({
    passwordEncrypted: z.string().nullish(),
    customs: z.array(z.looseObject({ name: z.string(), value: z.string(), type: z.string() })).nullish(),
    attachments: z.array(z.looseObject({ encryptedKey: z.string().nullish() })).nullish(),
  }),
  keyHash: z.string().max(200).nullish(),
  keyEncrypted: z.string().max(10_000).nullish(),
  type: z.enum(['single_use', 'reusable']),
  expirationTime: z.enum(['1 hour', '1 week', '1 month', 'unlimited']),
});
type CreateBody = z.output<typeof createBody>;

function checkForm(clientSideEncryption: boolean, body: CreateBody): void {
  if (!clientSideEncryption) return;
  const { keyHash, keyEncrypted, itemData } = body;
  if (!keyEncrypted || !looksLikeKeyEnvelope(keyEncrypted) || !/^[0-9a-f]{64}$/.test(keyHash ?? '')) {
    throw invalid('keyRequired', 'keyEncrypted', 'Needs the link code encrypted, and its hash.');
  }
  const { passwordEncrypted, customs, attachments } = itemData;
  const values = [
    passwordEncrypted,
    ...(customs ?? []).flatMap(({ name, value, type }) => [name, value, type]),
  ];
  const isEncrypted =
    values.every((value) => !value || looksLikeEnvelope(value)) &&
    (attachments ?? []).every((file) => !file.encryptedKey || looksLikeKeyEnvelope(file.encryptedKey));
  if (!isEncrypted) {
    throw invalid('notEncrypted', 'itemData', 'The data must be encrypted with the link code.');
  }
}

const linkSchema = z.object({
  ...{ id: objectId, itemId: objectId, itemName: z.string(), url: z.string() },
  ...{ type: z.enum(['single_use', 'reusable']), views: z.number(), createdAt: z.number() },
  ...{ expiresAt: z.number().nullable(), openedAt: z.number().nullable(), isAlive: z.boolean() },
  creator: shortUser.nullable(),
  /** The code under the record key, for whoever reads the record. */
  keyEncrypted: z.string().nullable(),
  /** The hash of the code: by it a client knows that it opened the code, and nothing else of the record. */
  keyHash: z.string().nullable(),
});

const addressOf = (context: Context, { token }: Pick<Link, 'token'>) =>
  `${context.options.publicUrl ?? context.address()}/g/p/${token}`;

async function answersOf(context: Context, links: readonly Link[]) {
  const items = await context.storage.items.findMany(links.map(({ itemId }) => itemId));
  const people = await context.storage.users.findMany(links.map(({ creatorId }) => creatorId));
  const now = unixSeconds(context);
  return links.flatMap((link) => {
    const item = items.get(link.itemId);
    const creator = people.get(link.creatorId);
    if (!item) return [];
    const { id, itemId, type, views, createdAt, expiresAt, openedAt, keyEncrypted, keyHash } = link;
    return [
      {
        ...{ id, itemId, itemName: item.name, url: addressOf(context, link), type, views, createdAt },
        ...{ expiresAt, openedAt, isAlive: isAlive(link, now), keyEncrypted, keyHash },
        creator: creator ? shortUserAnswer(creator) : null,
      },
    ];
  });
}

function managingRoutes(app: Api, context: Context): void {
  const response = { 200: z.object({ items: z.array(linkSchema) }) };

  app.get(
    '/links',
    {
      config: { needs: 'session' },
      schema: { summary: 'The links that the caller has made (own addition)', response },
    },
    async (request) => {
      const links = await context.storage.links.createdBy(callerOf(request).userId);
      return { items: await answersOf(context, links) };
    },
  );

  app.get(
    '/items/:id/links',
    {
      config: { needs: 'item:additionalAccess:read' },
      schema: { summary: 'The links to a record (own addition)', params: idParams, response },
    },
    async (request) => {
      const { item } = await guardItem(context.rights, request, request.params.id);
      return { items: await answersOf(context, await context.storage.links.ofItem(item.id)) };
    },
  );

  app.delete(
    '/links/:id',
    {
      config: { needs: 'session', logs: 'link_deleted' },
      schema: {
        summary: "End a link: one's own, or one to a record whose access one manages (own addition)",
        ...{ params: idParams, response: { 200: doneAnswer } },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const link = await context.storage.links.find(request.params.id);
      const access = link && (await context.rights.toItem(caller, link.itemId));
      const isOwn = link?.creatorId === caller.userId;
      if (!link || (!access && !isOwn)) throw notFound();
      if (!isOwn && !access?.rights.has('item:additionalAccess:manage')) {
        throw forbidden('item:additionalAccess:manage');
      }
      request.concernedVaultId = access?.item.vaultId ?? null;
      await context.storage.links.remove(link.id);
      return { success: true as const };
    },
  );
}

/** Registers the endpoints of this file. */
export function linkRoutes(app: Api, context: Context): void {
  managingRoutes(app, context);

  app.post(
    '/links',
    {
      config: { needs: 'link:create', logs: 'link_created' },
      schema: {
        summary: 'Create an external link',
        body: createBody,
        response: { 200: z.object({ id: objectId, url: z.string() }) },
      },
    },
    async (request) => {
      const { body } = request;
      if (body.shortcutId) {
        const shortcut = await context.storage.shortcuts.find(body.shortcutId);
        if (shortcut?.itemId !== body.itemId) throw notFound();
        await guardPlace(context.rights, request, shortcut.vaultId, shortcut.folderId);
      } else {
        await guardItem(context.rights, request, body.itemId);
      }
      await requireAllowed(context, body.itemId, 'areLinksAllowed');
      const caller = callerOf(request);
      checkForm(caller.clientSideEncryption, body);
      const life = livesInSeconds[body.expirationTime];
      const now = unixSeconds(context);
      const link = {
        ...{ id: newId(context.clock()), itemId: body.itemId, shortcutId: body.shortcutId ?? null },
        ...{ creatorId: caller.userId, type: body.type, expiresAt: life === null ? null : now + life },
        ...{ keyHash: body.keyHash ?? null, keyEncrypted: body.keyEncrypted ?? null },
        ...{ itemData: body.itemData, token: newCode(), createdAt: now, views: 0, openedAt: null },
      };
      await context.storage.links.insert(link);
      return { id: link.id, url: addressOf(context, link) };
    },
  );
}
