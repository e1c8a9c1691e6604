/**
 * Opening an external link, without an account (own addition; the page that decrypts in the browser
 * asks here). Whoever opens shows by its hash that they have the code, so that neither a preview that
 * follows the address nor somebody who only saw it in a log uses up a single-use link. The data is
 * ciphertext under that code, which travels in the fragment and never comes here.
 *
 * A single-use link ends three minutes after it was opened first, as Passwork's do: time to fetch its
 * files, or to load the page once more.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { failureThrottle } from '../../identity/throttle.ts';
import type { AttemptLimit } from '../../identity/throttle.ts';
import type { Link } from '../../storage/links.ts';
import type { Repositories } from '../../storage/storage.ts';
import { logNow } from '../activitynotes.ts';
import type { Api, Context } from '../context.ts';
import { unixSeconds } from '../context.ts';
import { ApiError, notFound } from '../errors.ts';
import { attachmentPart, partNumber } from '../attachmentparts.ts';
import { objectId } from '../schemas.ts';

const secondsAfterOpening = 180;
/**
 * A large file takes longer than that. Its parts go on for an hour, to whoever has the code: without
 * the list of the parts, which is asked for in time, they are of no use to anybody.
 */
const secondsForParts = 3600;
const wrongGuesses: AttemptLimit = { attempts: 30, windowSeconds: 300 };

const tokenParams = z.object({ token: z.string().regex(/^[A-Za-z0-9]{25}$/) });
const openBody = z.object({ keyHash: z.string().max(200).nullish() });

const digest = (text: string) => createHash('sha256').update(text).digest();
const isSame = (one: string, other: string) => timingSafeEqual(digest(one), digest(other));

/** Whether a link can still be opened at a time, as far as it says itself. */
export function isAlive(link: Pick<Link, 'type' | 'expiresAt' | 'openedAt'>, now: number): boolean {
  if (link.expiresAt !== null && link.expiresAt <= now) return false;
  return link.type === 'reusable' || link.openedAt === null || link.openedAt + secondsAfterOpening > now;
}

/** Whether the parts of a link's files can be fetched at a time: it has been opened a while ago at most. */
function givesParts(link: Pick<Link, 'type' | 'expiresAt' | 'openedAt'>, now: number): boolean {
  return isAlive(link, now) || (link.openedAt !== null && link.openedAt + secondsForParts > now);
}

/** The organisation of a link that may be opened; null where anything around it has ended. */
async function organisationOf(storage: Repositories, link: Link): Promise<string | null> {
  const creator = await storage.users.find(link.creatorId);
  if (!creator || creator.isBlocked || creator.isDeleted) return null;
  const item = await storage.items.find(link.itemId);
  const vault = item && (await storage.vaults.find(item.vaultId));
  return vault?.settings.areLinksAllowed ? vault.organisationId : null;
}

/** Finds links by token, and bounds wrong guesses of tokens and codes by address. */
function linkFinder(context: Context) {
  const throttle = failureThrottle(context.clock, wrongGuesses);
  return async (address: string, token: string, keyHash?: string | null, isGiven = isAlive) => {
    if (throttle.secondsToWait(address) > 0) {
      throw new ApiError(429, 'tooManyAttempts', 'Too many attempts. Wait and try again.');
    }
    const link = await context.storage.links.findByToken(token);
    const organisationId = link && (await organisationOf(context.storage, link));
    const hasCode =
      keyHash === undefined || (link !== undefined && isSame(keyHash ?? '', link.keyHash ?? ''));
    if (!link || !organisationId || !hasCode || !isGiven(link, unixSeconds(context))) {
      throttle.attempt(address);
      throw notFound();
    }
    return { link, organisationId };
  };
}

/** Registers the endpoints of this file. */
export function openLinkRoutes(app: Api, context: Context): void {
  const find = linkFinder(context);

  app.get(
    '/links/public/:token',
    {
      config: { needs: 'nothing' },
      schema: {
        summary: 'Whether a link can be opened; counts no view (own addition)',
        params: tokenParams,
        response: {
          200: z.object({
            ...{ type: z.enum(['single_use', 'reusable']), expiresAt: z.number().nullable() },
            /** Whether the data needs the code from the fragment. */
            isEncrypted: z.boolean(),
          }),
        },
      },
    },
    async (request) => {
      const { link } = await find(request.ip, request.params.token);
      return { type: link.type, expiresAt: link.expiresAt, isEncrypted: link.keyHash !== null };
    },
  );

  app.post(
    '/links/public/:token',
    {
      config: { needs: 'nothing', logs: 'itself' },
      schema: {
        summary: 'Open a link with the hash of its code; counts a view (own addition)',
        ...{ params: tokenParams, body: openBody },
        response: { 200: z.object({ itemData: z.unknown(), expiresAt: z.number().nullable() }) },
      },
    },
    async (request) =>
      context.storage.whole(async () => {
        const { token } = request.params;
        const { link, organisationId } = await find(request.ip, token, request.body.keyHash ?? null);
        await context.storage.links.countView(link, unixSeconds(context));
        const item = await context.storage.items.find(link.itemId);
        const about = { objectId: link.id, subjectId: link.itemId, vaultId: item?.vaultId ?? null };
        const by = { actorId: '', organisationId };
        await logNow(context, request, [{ event: 'link_viewed', ...about, by }]);
        return { itemData: link.itemData, expiresAt: link.expiresAt };
      }),
  );

  app.post(
    '/links/public/:token/attachments/:attachmentId',
    {
      config: { needs: 'nothing', logs: 'nothing' },
      schema: {
        summary: 'A file of a link that has been opened (own addition)',
        params: tokenParams.extend({ attachmentId: objectId }),
        body: openBody,
        response: { 200: z.object({ name: z.string(), encryptedData: z.string(), hash: z.string() }) },
      },
    },
    async (request) => {
      const { token, attachmentId } = request.params;
      const { link } = await find(request.ip, token, request.body.keyHash ?? null);
      const item = await context.storage.items.find(link.itemId);
      const entry = item?.attachments.find(({ id }) => id === attachmentId);
      // A single-use link is opened first, and only the files that it tells of go with it.
      if (!item || !entry || link.openedAt === null || !tells(link.itemData, attachmentId)) throw notFound();
      const encryptedData = await context.storage.attachments.read(attachmentId, item.id);
      if (encryptedData === undefined) throw notFound();
      return { name: entry.name, encryptedData, hash: entry.hash };
    },
  );

  app.post(
    '/links/public/:token/attachments/:attachmentId/parts/:number',
    {
      config: { needs: 'nothing', logs: 'nothing' },
      schema: {
        summary: 'One part of a large file of a link, as application/octet-stream (own addition)',
        params: tokenParams.extend({ attachmentId: objectId, number: partNumber }),
        body: openBody,
      },
    },
    async (request, reply) => {
      const { token, attachmentId, number } = request.params;
      const { link } = await find(request.ip, token, request.body.keyHash ?? null, givesParts);
      const item = await context.storage.items.find(link.itemId);
      const isOpened = link.openedAt !== null && tells(link.itemData, attachmentId);
      if (!isOpened || !item?.attachments.some(({ id }) => id === attachmentId)) throw notFound();
      const { fileName, size } = await attachmentPart(context, attachmentId, number);
      const bytes = context.storage.partFiles.read(fileName);
      return reply.type('application/octet-stream').header('Content-Length', size).send(bytes);
    },
  );
}

const linkedFiles = z.looseObject({ attachments: z.array(z.looseObject({ id: objectId })) });

/** Whether the data of a link names an attachment. */
function tells(itemData: unknown, attachmentId: string): boolean {
  const parsed = linkedFiles.safeParse(itemData);
  return parsed.success && parsed.data.attachments.some(({ id }) => id === attachmentId);
}
