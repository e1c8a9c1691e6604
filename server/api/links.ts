/**
 * External links are created and kept; opening one is not part of this server yet. The
 * code that decrypts a link's data travels in the URL's fragment and never comes here.
 */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { newId } from '../storage/ids.ts';
import type { Api, Context } from './context.ts';
import { callerOf, unixSeconds } from './context.ts';
import { invalid, notFound } from './errors.ts';
import { guardItem, guardPlace } from './guard.ts';
import { requireAllowed } from './sharing/allowed.ts';
import { looksLikeEnvelope, looksLikeKeyEnvelope, objectId } from './schemas.ts';

const livesInSeconds = {
  '1 hour': 3600,
  '1 week': 7 * 86_400,
  '1 month': 30 * 86_400,
  unlimited: null,
} as const;
const tokenAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const tokenLength = 25;

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

function newToken(): string {
  let token = '';
  while (token.length < tokenLength) token += tokenAlphabet[randomInt(tokenAlphabet.length)];
  return token;
}

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

/** Registers the endpoint of this file. */
export function linkRoutes(app: Api, context: Context): void {
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
        ...{ itemData: body.itemData, token: newToken() },
      };
      await context.storage.links.insert(link, now);
      return { id: link.id, url: `${context.options.publicUrl ?? context.address()}/g/p/${link.token}` };
    },
  );
}
