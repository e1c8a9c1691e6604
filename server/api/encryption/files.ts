/**
 * Turning client-side encryption on or off (own addition): the files of a vault. One converted file
 * stands for an attachment in its record and in all former states; what differs there is its key.
 */
import { z } from 'zod';
import type { Rekeying } from '../../storage/rekeying.ts';
import { newId } from '../../storage/ids.ts';
import type { Upload } from '../../storage/uploads.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { ApiError, invalid, notFound } from '../errors.ts';
import { takeFileAhead } from '../filesahead.ts';
import {
  attachmentPart,
  digest,
  octets,
  partNumber,
  takeSentPart,
  takingOctets,
} from '../attachmentparts.ts';
import {
  cipherText,
  createdId,
  doneAnswer,
  idParams,
  looksLikeBase64,
  looksLikeEnvelope,
  objectId,
} from '../schemas.ts';
import { areWhole, bounds, partLimits } from '../uploading.ts';
import { guardConversion } from './administered.ts';

const fileParams = idParams.extend({ attachmentId: objectId });
const partParams = fileParams.extend({ number: partNumber });
const fileBody = z.object({
  /** The id under which the conversion was begun: nothing is put by for another one. */
  id: objectId.optional(),
  ...{ attachmentId: objectId, encryptedData: cipherText, hash: digest },
  /** Of a file in parts, those of its parts in order; the parts have been sent before. */
  digests: z.array(digest).min(1).max(100_000).optional(),
});

/** The record that an attachment of a vault belongs to. */
async function recordOf({ storage }: Context, vaultId: string, attachmentId: string): Promise<string> {
  const itemId = await storage.attachments.recordOf(attachmentId, vaultId);
  if (itemId === undefined) throw notFound();
  return itemId;
}

/** The hash that the record tells of a file, or else one of its former states does. */
async function hashOf({ storage }: Context, vaultId: string, itemId: string, attachmentId: string) {
  const record = (await storage.conversions.find(vaultId, 'item', [itemId])).get(itemId);
  const former = await storage.snapshots.list(itemId);
  const naming = [...(record ? [record.content] : []), ...former];
  const entries = naming.flatMap(({ attachments }) => attachments);
  const entry = entries.find(({ id }) => id === attachmentId);
  if (!entry) throw notFound();
  return entry.hash;
}

/** Under which key the parts of a converted file come, so that it needs no session of its own. */
const uploadKey = (rekeying: Rekeying, attachmentId: string) => `conversion ${rekeying.id} ${attachmentId}`;

async function openedUpload(
  context: Context,
  userId: string,
  rekeying: Rekeying,
  attachmentId: string,
  itemId: string,
): Promise<Upload> {
  const key = uploadKey(rekeying, attachmentId);
  return context.storage.transaction(async (storage) => {
    const known = await storage.uploads.find(userId, key);
    if (known) return known;
    const { parts: partCount, bytes: size } = bounds(partLimits(context));
    const upload = { userId, itemId, size, partCount };
    return storage.uploads.insert(upload, key, unixSeconds(context), rekeying.id);
  });
}

/** The session in which all parts of a list have arrived. */
async function wholeUpload(
  { storage }: Context,
  userId: string,
  key: string,
  digests: readonly string[],
): Promise<Upload> {
  const upload = await storage.uploads.find(userId, key);
  if (!upload || !areWhole(await storage.uploads.parts(upload.id), digests)) {
    throw new ApiError(409, 'partsMissing', 'Not all parts of the file are there.');
  }
  return upload;
}

type SentFile = z.output<typeof fileBody>;

/** Puts a written file by in the place of one that was put by before; answers its id. */
async function stage(
  context: Context,
  userId: string,
  rekeying: Rekeying,
  sent: SentFile,
  fileName: string,
): Promise<string> {
  const { storage } = context;
  const { attachmentId, hash, digests } = sent;
  const itemId = await recordOf(context, rekeying.vaultId, attachmentId);
  const key = uploadKey(rekeying, attachmentId);
  const upload = digests && (await wholeUpload(context, userId, key, digests));
  const replaced = await storage.stagedFiles.drop(rekeying.id, attachmentId);
  // What was put by before has the keys of the former file.
  await storage.conversions.forget(rekeying.id, itemId);
  const id = newId(context.clock());
  const now = unixSeconds(context);
  await storage.attachments.register(id, itemId, fileName, now);
  await storage.stagedFiles.insert(rekeying.id, attachmentId, { id, hash });
  if (upload) {
    await storage.uploads.finish(upload.id, { attachmentId: id, revision: 0, updatedAt: now }, now);
    await storage.uploads.remove(upload.id);
  }
  await storage.afterCommit(() => storage.attachments.discard(replaced));
  return id;
}

function readingRoutes(app: Api, context: Context): void {
  app.get(
    '/vaults/:id/encryption/files/:attachmentId',
    {
      config: { needs: 'directory:access:manage' },
      schema: {
        summary: 'A file of a vault that is being converted, as it stands (own addition)',
        params: fileParams,
        response: { 200: z.object({ encryptedData: z.string(), hash: z.string() }) },
      },
    },
    async (request) => {
      const { id, attachmentId } = request.params;
      const { vault } = await guardConversion(context, request, id);
      const itemId = await recordOf(context, vault.id, attachmentId);
      const hash = await hashOf(context, vault.id, itemId, attachmentId);
      const encryptedData = await context.storage.attachments.read(attachmentId, itemId);
      if (encryptedData === undefined) throw notFound();
      return { encryptedData, hash };
    },
  );

  app.get(
    '/vaults/:id/encryption/files/:attachmentId/parts/:number',
    {
      config: { needs: 'directory:access:manage' },
      schema: {
        summary: 'One part of such a file, as application/octet-stream (own addition)',
        params: partParams,
      },
    },
    async (request, reply) => {
      const { id, attachmentId, number } = request.params;
      const { vault } = await guardConversion(context, request, id);
      await recordOf(context, vault.id, attachmentId);
      const { fileName, size } = await attachmentPart(context, attachmentId, number);
      return reply.type(octets).header('Content-Length', size).send(context.storage.partFiles.read(fileName));
    },
  );
}

function arrivingRoute(app: Api, context: Context): void {
  app.put(
    '/vaults/:id/encryption/files/:attachmentId/parts/:number',
    {
      config: { needs: 'directory:access:manage', logs: 'nothing', keepsNoAnswer: true },
      schema: {
        summary: 'One part of a converted file, put by; sent again it is replaced (own addition)',
        ...{ params: partParams, response: { 200: doneAnswer } },
      },
    },
    async (request) => {
      const { id, attachmentId, number } = request.params;
      const { vault, rekeying } = await guardConversion(context, request, id);
      const itemId = await recordOf(context, vault.id, attachmentId);
      const { userId } = callerOf(request);
      const upload = await openedUpload(context, userId, rekeying, attachmentId, itemId);
      await takeSentPart(context, upload, number, request);
      return { success: true as const };
    },
  );
}

/** Registers the endpoints of this file. */
export function convertedFileRoutes(app: Api, context: Context): void {
  readingRoutes(app, context);
  takingOctets(app, (scope) => arrivingRoute(scope, context));

  app.post(
    '/vaults/:id/encryption/files',
    {
      config: {
        ...{ needs: 'directory:access:manage', logs: 'nothing' },
        ...{ carriesFiles: true, keepsNoAnswer: true },
      },
      schema: {
        summary: 'A file in the form of the other mode, put by (own addition)',
        ...{ params: idParams, body: fileBody, response: { 200: createdId } },
      },
    },
    async (request) => {
      const sent = request.body;
      const { userId } = callerOf(request);
      const id = await context.storage.whole(async () => {
        const { rekeying, isOn } = await guardConversion(context, request, request.params.id, sent.id);
        if (!(isOn ? looksLikeEnvelope : looksLikeBase64)(sent.encryptedData)) {
          throw invalid(
            'notEncrypted',
            'encryptedData',
            'The file does not have the form of the mode to come.',
          );
        }
        const fileName = takeFileAhead(sent);
        if (fileName === undefined) throw new Error('An endpoint that takes files does not say so.');
        return stage(context, userId, rekeying, sent, fileName);
      });
      return { id };
    },
  );
}
