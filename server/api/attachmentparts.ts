/**
 * Files that come and go in parts (own addition, `attachmentParts` in `app/features`).
 *
 * What becomes of an attachment is the protocol's: an entry with name, key, hash and encrypted data.
 * The data of such an entry is short, a list of the parts that only somebody with the key can read;
 * the parts are bytes to this server, taken and given as they are. So an attachment in parts goes
 * wherever others go (history, copies by id, the bin), and only its parts need these endpoints.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Upload } from '../storage/uploads.ts';
import type { Api, Context } from './context.ts';
import { callerOf } from './context.ts';
import { ApiError, invalid, notFound } from './errors.ts';
import { guardItem } from './guard.ts';
import { newAttachmentBody } from './itembody.ts';
import { doneAnswer, idParams, objectId } from './schemas.ts';
import { dropUpload, finishUpload, openUpload, partLimits, takePart } from './uploading.ts';

const uploadParams = z.object({ id: objectId, key: z.string().regex(/^[A-Za-z0-9_-]{8,64}$/) });
/** The number of a part in an address; from 1. */
export const partNumber = z.coerce.number().int().min(1).max(1_000_000);
/** SHA-256 in lower-case hexadecimal. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);

const writtenAnswer = z.object({ id: objectId, revision: z.number(), updatedAt: z.number() });
const uploadAnswer = z.object({
  parts: z.array(z.object({ number: z.number(), digest })),
  expiresAt: z.number(),
  /** What finishing was answered with, once it has been. */
  finished: writtenAnswer.nullable(),
});

/** The session that a request names: the caller's own, and of this record. */
async function uploadOf(context: Context, userId: string, itemId: string, key: string): Promise<Upload> {
  const upload = await context.storage.uploads.find(userId, key);
  if (upload?.itemId !== itemId) throw notFound();
  return upload;
}

async function stateOf(context: Context, upload: Upload): Promise<z.output<typeof uploadAnswer>> {
  const parts = await context.storage.uploads.parts(upload.id);
  const { finished, touchedAt } = upload;
  return {
    parts: parts.map((part) => ({ number: part.number, digest: part.digest })),
    expiresAt: touchedAt + partLimits(context).idleSeconds,
    finished: finished && {
      ...{ id: finished.attachmentId, revision: finished.revision, updatedAt: finished.updatedAt },
    },
  };
}

function sessionRoutes(app: Api, context: Context): void {
  const path = '/items/:id/uploads/:key';

  app.put(
    path,
    {
      config: { needs: 'item:edit', logs: 'nothing', keepsNoAnswer: true },
      schema: {
        summary: 'Begin to send a file in parts, or go on with it (own addition)',
        params: uploadParams,
        body: z.object({ size: z.number().int().min(1), partCount: z.number().int().min(1) }),
        response: { 200: uploadAnswer },
      },
    },
    async (request) => {
      const { item } = await guardItem(context.rights, request, request.params.id);
      const { userId } = callerOf(request);
      return stateOf(context, await openUpload(context, userId, item.id, request.params.key, request.body));
    },
  );

  app.get(
    path,
    {
      config: { needs: 'item:edit' },
      schema: {
        summary: 'Which parts of a file have arrived (own addition)',
        params: uploadParams,
        response: { 200: uploadAnswer },
      },
    },
    async (request) => {
      const { item } = await guardItem(context.rights, request, request.params.id);
      const { userId } = callerOf(request);
      return stateOf(context, await uploadOf(context, userId, item.id, request.params.key));
    },
  );

  app.delete(
    path,
    {
      config: { needs: 'item:edit', logs: 'nothing', keepsNoAnswer: true },
      schema: {
        summary: 'Give up sending a file in parts (own addition)',
        params: uploadParams,
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { item } = await guardItem(context.rights, request, request.params.id);
      const upload = await uploadOf(context, callerOf(request).userId, item.id, request.params.key);
      await dropUpload(context, upload);
      return { success: true as const };
    },
  );
}

/** `Content-Digest` with SHA-256 (RFC 9530, section 2), as lower-case hex. */
function announcedDigest(header: string | string[] | undefined): string {
  const found = typeof header === 'string' ? /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header) : null;
  if (!found) throw invalid('digestMissing', 'content-digest', 'A part needs the SHA-256 of its bytes.');
  return Buffer.from(found[1] ?? '', 'base64').toString('hex');
}

/** Takes the part that is the body of a request. */
export async function takeSentPart(
  context: Context,
  upload: Upload,
  number: number,
  { headers, body }: Pick<FastifyRequest, 'headers' | 'body'>,
): Promise<void> {
  if (headers['content-type'] !== octets) {
    throw new ApiError(415, 'unsupportedMediaType', 'A part is application/octet-stream.');
  }
  const expected = announcedDigest(headers['content-digest']);
  await takePart(context, upload, number, expected, body as AsyncIterable<Uint8Array>);
}

function arrivingRoute(app: Api, context: Context): void {
  app.put(
    '/items/:id/uploads/:key/parts/:number',
    {
      config: { needs: 'item:edit', logs: 'nothing', keepsNoAnswer: true },
      schema: {
        summary: 'One part of a file, as application/octet-stream (own addition)',
        params: uploadParams.extend({ number: partNumber }),
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { item } = await guardItem(context.rights, request, request.params.id);
      const { key, number } = request.params;
      const upload = await uploadOf(context, callerOf(request).userId, item.id, key);
      await takeSentPart(context, upload, number, request);
      return { success: true as const };
    },
  );
}

function finishingRoute(app: Api, context: Context): void {
  app.post(
    '/items/:id/uploads/:key/finish',
    {
      config: { needs: 'item:edit', logs: 'item_updated', carriesFiles: true },
      schema: {
        summary: 'Attach a file whose parts are all there; a repeat is answered the same (own addition)',
        params: uploadParams,
        body: newAttachmentBody.extend({ digests: z.array(digest).min(1).max(100_000) }),
        response: { 200: writtenAnswer },
      },
    },
    async (request) => {
      const access = await guardItem(context.rights, request, request.params.id);
      const caller = callerOf(request);
      const upload = await uploadOf(context, caller.userId, access.item.id, request.params.key);
      return finishUpload(context, caller, access, upload, request.body);
    },
  );
}

/** One part of an attachment; whether it may be given has been decided. */
export async function attachmentPart(
  { storage }: Pick<Context, 'storage'>,
  attachmentId: string,
  number: number,
) {
  const parts = await storage.uploads.partsOfAttachment(attachmentId);
  const found = parts.find((each) => each.number === number);
  if (!found) throw notFound();
  return found;
}

function leavingRoutes(app: Api, context: Context): void {
  app.get(
    '/items/:id/attachment/:attachmentId/parts/:number',
    {
      config: { needs: 'item:read' },
      schema: {
        summary: 'One part of an attachment, as application/octet-stream (own addition)',
        params: idParams.extend({ attachmentId: objectId, number: partNumber }),
      },
    },
    async (request, reply) => {
      const { id, attachmentId, number } = request.params;
      const { item } = await guardItem(context.rights, request, id);
      if (!item.attachments.some((each) => each.id === attachmentId)) throw notFound();
      const { fileName, size } = await attachmentPart(context, attachmentId, number);
      return reply.type(octets).header('Content-Length', size).send(context.storage.partFiles.read(fileName));
    },
  );

  app.get(
    '/snapshots/:id/attachment/:attachmentId/parts/:number',
    {
      config: { needs: 'item:snapshot:read' },
      schema: {
        summary: 'One part of an attachment of a former state (own addition)',
        params: idParams.extend({ attachmentId: objectId, number: partNumber }),
      },
    },
    async (request, reply) => {
      const { id, attachmentId, number } = request.params;
      const snapshot = await context.storage.snapshots.find(id);
      if (!snapshot) throw notFound();
      await guardItem(context.rights, request, snapshot.itemId);
      if (!snapshot.attachments.some((each) => each.id === attachmentId)) throw notFound();
      const { fileName, size } = await attachmentPart(context, attachmentId, number);
      return reply.type(octets).header('Content-Length', size).send(context.storage.partFiles.read(fileName));
    },
  );
}

/** The type of parts in requests and answers. */
export const octets = 'application/octet-stream';

/** Registers the endpoints of this file. */
export function attachmentPartRoutes(app: Api, context: Context): void {
  sessionRoutes(app, context);
  finishingRoute(app, context);
  leavingRoutes(app, context);
  takingOctets(app, (scope) => arrivingRoute(scope, context));
}

/**
 * Registers endpoints whose bodies are bytes. Only there is a body anything but JSON; it is handed on
 * as it arrives, and bounded while it is read.
 */
export function takingOctets(app: Api, register: (scope: Api) => void): void {
  app.register(async (scope: Api) => {
    scope.addContentTypeParser(octets, (_request, payload, done) => {
      done(null, payload);
    });
    register(scope);
  });
}
