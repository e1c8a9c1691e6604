/** Records: listing, reading, creating, changing, deleting, favourites. */
import { z } from 'zod';
import { rightsAt } from '../access/levels.ts';
import {
  attachmentEntrySchema,
  itemAnswer,
  itemSchema,
  listedItemAnswer,
  listedItemSchema,
} from './answers.ts';
import type { Api, Context } from './context.ts';
import { callerOf } from './context.ts';
import { forbidden, invalid } from './errors.ts';
import { requireVaultKeyInForce, vaultKeyCheck } from './vaults/keycheck.ts';
import { requireFolderOf } from './folders.ts';
import { guardItem, guardPlace, guardVisibleVault } from './guard.ts';
import { changeItemBody, createItemBody } from './itembody.ts';
import { binItem, changeItem, createItem, draftItem } from './itemwrites.ts';
import { binAnswer, doneAnswer, idParams, objectId, pageQuery, queryNumber } from './schemas.ts';

/** The most records that one bulk creation takes. */
const bulkLimit = 500;

const writtenSchema = z.object({
  id: objectId,
  revision: z.number(),
  updatedAt: z.number(),
  attachments: z.array(attachmentEntrySchema),
});

const listQuery = z.object({ vaultId: objectId, folderId: objectId.optional(), ...pageQuery.shape });

function listingRoute(app: Api, context: Context): void {
  app.get(
    '/items',
    {
      config: { needs: 'item:read' },
      schema: {
        summary: 'Records of a vault, or those directly in a folder',
        querystring: listQuery,
        response: { 200: z.object({ items: z.array(listedItemSchema), total: z.number() }) },
      },
    },
    async (request) => {
      const { vaultId, folderId, limit, offset } = request.query;
      if (folderId !== undefined) {
        await guardPlace(context.rights, request, vaultId, folderId);
        await requireFolderOf(context, vaultId, folderId, 'folderId');
      }
      const access = await guardVisibleVault(context.rights, request, vaultId);
      const scope = { vaultIds: [vaultId], folderIds: folderId === undefined ? undefined : [folderId] };
      const places = access.wholeIsReadable ? undefined : access.readablePlaces();
      const items = await context.storage.items.list(scope, { limit, offset }, places);
      const paged = limit !== undefined || offset !== undefined;
      const total = paged ? await context.storage.items.count(scope, places) : items.length;
      const favorites = await context.storage.items.favoritesOf(callerOf(request).userId);
      return {
        items: items.map((item) =>
          listedItemAnswer(
            item,
            { wrappedKey: access.wrappedKey, isFavorite: favorites.has(item.id) },
            context.options.listing,
          ),
        ),
        total,
      };
    },
  );
}

function creationRoutes(app: Api, context: Context): void {
  app.post(
    '/items',
    {
      config: { needs: 'object:createAndImport', logs: 'item_created', carriesFiles: true },
      schema: {
        summary: 'Create a record',
        body: createItemBody.extend(vaultKeyCheck),
        response: { 200: writtenSchema },
      },
    },
    async (request) => {
      const { vaultMasterKeyHash, ...body } = request.body;
      const { vaultId, folderId } = body;
      await guardPlace(context.rights, request, vaultId, folderId ?? null);
      await requireFolderOf(context, vaultId, folderId ?? null, 'folderId');
      await requireVaultKeyInForce(context, vaultId, vaultMasterKeyHash);
      return createItem(context, callerOf(request), body);
    },
  );

  app.post(
    '/items/bulk',
    {
      config: { needs: 'object:createAndImport', logs: 'noted' },
      schema: {
        summary: 'Create many records of one vault at once, without attachments (own addition)',
        body: z.object({
          vaultId: objectId,
          ...vaultKeyCheck,
          items: z
            .array(createItemBody.omit({ vaultId: true }))
            .min(1)
            .max(bulkLimit),
        }),
        response: { 200: z.object({ ids: z.array(objectId) }) },
      },
    },
    async (request) => {
      const { vaultId, items } = request.body;
      if (items.some((item) => item.attachments && item.attachments.length > 0)) {
        throw invalid('attachmentsRefused', 'items', 'Records with attachments are created one by one.');
      }
      const access = await guardPlace(context.rights, request, vaultId);
      await requireVaultKeyInForce(context, vaultId, request.body.vaultMasterKeyHash);
      for (const folderId of new Set(items.map((item) => item.folderId ?? null))) {
        await requireFolderOf(context, vaultId, folderId, 'folderId');
        const right = 'object:createAndImport';
        if (!rightsAt(access.levelAt(folderId)).has(right)) throw forbidden(right);
      }
      const caller = callerOf(request);
      const drafts = items.map((item) => draftItem(context, caller, { ...item, vaultId }));
      await context.storage.transaction(async (storage) => {
        await storage.items.insert(drafts);
        for (const [index, item] of items.entries()) {
          const id = drafts[index]?.id;
          if (item.isFavorite && id) await storage.items.setFavorite(caller.userId, id, true);
        }
      });
      const notes = drafts.map(({ id }) => ({ event: 'item_created' as const, objectId: id, vaultId }));
      request.activityNotes.push(...notes);
      return { ids: drafts.map((item) => item.id) };
    },
  );
}

function singleRoutes(app: Api, context: Context): void {
  app.get(
    '/items/:id',
    {
      config: { needs: 'item:read', logs: 'item_viewed' },
      schema: { summary: 'One record', params: idParams, response: { 200: itemSchema } },
    },
    async (request) => {
      const { item, wrappedKey } = await guardItem(context.rights, request, request.params.id);
      const favorites = await context.storage.items.favoritesOf(callerOf(request).userId);
      return itemAnswer(item, { wrappedKey, isFavorite: favorites.has(item.id) });
    },
  );

  app.patch(
    '/items/:id',
    {
      config: { needs: 'item:edit', logs: 'item_updated', carriesFiles: true },
      schema: {
        summary: 'Change a record; its former state becomes a snapshot',
        params: idParams,
        body: changeItemBody.extend(vaultKeyCheck),
        response: { 200: writtenSchema },
      },
    },
    async (request) => {
      const { vaultMasterKeyHash, ...body } = request.body;
      const access = await guardItem(context.rights, request, request.params.id);
      const { item } = access;
      const vaultId = body.vaultId ?? item.vaultId;
      await requireVaultKeyInForce(context, vaultId, vaultMasterKeyHash);
      const stays =
        vaultId === item.vaultId && (body.folderId === undefined || body.folderId === item.folderId);
      if (!stays) {
        if (!access.rights.has('item:move')) throw forbidden('item:move');
        const folderId = body.folderId ?? null;
        await guardPlace(context.rights, request, vaultId, folderId, 'object:createAndImport');
        await requireFolderOf(context, vaultId, folderId, 'folderId');
      }
      return changeItem(context, callerOf(request), access, body);
    },
  );

  app.delete(
    '/items/:id',
    {
      config: { needs: 'item:delete', logs: 'item_moved_to_bin' },
      schema: {
        summary: 'Move a record to the bin',
        params: idParams,
        /** Another revision than the record's is answered with 409 (own addition). */
        querystring: z.object({ revision: queryNumber.min(1).optional() }),
        response: { 200: binAnswer },
      },
    },
    async (request) => {
      const access = await guardItem(context.rights, request, request.params.id);
      const { revision } = request.query;
      return { binItemId: await binItem(context, callerOf(request), access, revision) };
    },
  );

  app.post(
    '/items/:id/favorite',
    {
      config: { needs: 'item:read', logs: 'nothing' },
      schema: {
        summary: "Put a record among the caller's favourites, or take it out (own addition)",
        params: idParams,
        body: z.object({ isFavorite: z.boolean() }),
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { item } = await guardItem(context.rights, request, request.params.id);
      await context.storage.items.setFavorite(callerOf(request).userId, item.id, request.body.isFavorite);
      return { success: true as const };
    },
  );
}

/** Registers the endpoints of this file. */
export function itemRoutes(app: Api, context: Context): void {
  listingRoute(app, context);
  creationRoutes(app, context);
  singleRoutes(app, context);
}
