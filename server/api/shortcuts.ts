/**
 * Shortcuts: a record shown in a second place, with its record key wrapped under the
 * second vault's key. Deleting and listing are own additions.
 */
import { z } from 'zod';
import { newId } from '../storage/ids.ts';
import type { Item } from '../storage/items.ts';
import type { User } from '../storage/people.ts';
import type { Shortcut } from '../storage/sharing.ts';
import { itemAnswer, itemSchema, pathSchema, pathTo } from './answers.ts';
import type { Api, Context } from './context.ts';
import { callerOf, unixSeconds } from './context.ts';
import { invalid, notFound } from './errors.ts';
import { requireFolderOf } from './folders.ts';
import { requireVaultKeyInForce, vaultKeyCheck } from './vaults/keycheck.ts';
import { guardItem, guardPlace, guardVisibleVault } from './guard.ts';
import {
  createdId,
  doneAnswer,
  idParams,
  looksLikeKeyEnvelope,
  objectId,
  pageOf,
  pageQuery,
} from './schemas.ts';

export const shortcutSchema = z.object({
  ...itemSchema.omit({ vaultMasterKeyEncrypted: true }).shape,
  shortcut: z.object({
    id: objectId,
    keyEncrypted: z.string().nullable(),
    itemId: objectId,
    vaultId: objectId,
    folderId: objectId.nullable(),
    creator: z.string(),
  }),
});

const createBody = z.object({
  vaultId: objectId,
  folderId: objectId.nullish(),
  itemId: objectId,
  keyEncrypted: z.string().max(10_000).nullish(),
});

/** The `shortcut` member of an answer; `creator` is a login, as on real servers. */
export function shortcutMember(shortcut: Shortcut, creator: User | undefined) {
  const { id, keyEncrypted, itemId, vaultId, folderId } = shortcut;
  return { id, keyEncrypted, itemId, vaultId, folderId, creator: creator?.login ?? '' };
}

/** A shortcut with the fields of the record that it shows. */
export function shortcutAnswer(
  shortcut: Shortcut,
  item: Item,
  creator: User | undefined,
  isFavorite: boolean,
): z.output<typeof shortcutSchema> {
  const { vaultMasterKeyEncrypted: _none, ...fields } = itemAnswer(item, { wrappedKey: null, isFavorite });
  return { ...fields, shortcut: shortcutMember(shortcut, creator) };
}

/** A shortcut, with the record that it shows and the place it stands in. */
async function existing(context: Context, id: string) {
  const shortcut = await context.storage.shortcuts.find(id);
  const item = shortcut && (await context.storage.items.find(shortcut.itemId));
  if (!shortcut || !item) throw notFound();
  return { shortcut, item };
}

function readingRoutes(app: Api, context: Context): void {
  app.get(
    '/shortcuts',
    {
      config: { needs: 'item:read' },
      schema: {
        summary: 'Shortcuts of a vault (own addition)',
        querystring: z.object({ vaultId: objectId, ...pageQuery.shape }),
        response: { 200: z.object({ items: z.array(shortcutSchema), total: z.number() }) },
      },
    },
    async (request) => {
      const access = await guardVisibleVault(context.rights, request, request.query.vaultId);
      const inVault = await context.storage.shortcuts.inVaults([access.vault.id]);
      const readable = inVault.filter((each) => access.canRead(each.folderId));
      const items = await context.storage.items.findMany(readable.map((each) => each.itemId));
      const users = await context.storage.users.findMany(readable.map((each) => each.creatorId));
      const favorites = await context.storage.items.favoritesOf(callerOf(request).userId);
      const shown = readable.flatMap((shortcut) => {
        const item = items.get(shortcut.itemId);
        if (!item) return [];
        return [shortcutAnswer(shortcut, item, users.get(shortcut.creatorId), favorites.has(item.id))];
      });
      return { items: pageOf(shown, request.query), total: shown.length };
    },
  );

  app.get(
    '/shortcuts/:id',
    {
      config: { needs: 'item:read' },
      schema: {
        summary: 'A shortcut with the record it shows',
        params: idParams,
        response: { 200: shortcutSchema.extend({ path: pathSchema }) },
      },
    },
    async (request) => {
      const { shortcut, item } = await existing(context, request.params.id);
      const access = await guardPlace(context.rights, request, shortcut.vaultId, shortcut.folderId);
      const folders = await context.storage.folders.list([shortcut.vaultId]);
      const users = await context.storage.users.findMany([shortcut.creatorId]);
      const favorites = await context.storage.items.favoritesOf(callerOf(request).userId);
      return {
        ...shortcutAnswer(shortcut, item, users.get(shortcut.creatorId), favorites.has(item.id)),
        path: pathTo(access.vault, new Map(folders.map((each) => [each.id, each])), shortcut.folderId),
      };
    },
  );
}

/** Registers the endpoints of this file. */
export function shortcutRoutes(app: Api, context: Context): void {
  readingRoutes(app, context);

  app.post(
    '/shortcuts',
    {
      config: { needs: 'shortcut:create', logs: 'item_shortcut_created' },
      schema: {
        summary: 'Create a shortcut',
        body: createBody.extend(vaultKeyCheck),
        response: { 200: createdId },
      },
    },
    async (request) => {
      const { vaultId, itemId } = request.body;
      const folderId = request.body.folderId ?? null;
      const keyEncrypted = request.body.keyEncrypted || null;
      const { item } = await guardItem(context.rights, request, itemId);
      await guardPlace(context.rights, request, vaultId, folderId, 'object:createAndImport');
      await requireFolderOf(context, vaultId, folderId, 'folderId');
      await requireVaultKeyInForce(context, vaultId, request.body.vaultMasterKeyHash);
      const caller = callerOf(request);
      if (caller.clientSideEncryption ? !keyEncrypted && item.keyEncrypted : keyEncrypted) {
        throw invalid('keyRequired', 'keyEncrypted', 'A key is needed with client-side encryption only.');
      }
      if (keyEncrypted && !looksLikeKeyEnvelope(keyEncrypted)) {
        throw invalid('notEncrypted', 'keyEncrypted', 'Must be a client-side ciphertext.');
      }
      const id = newId(context.clock());
      const shortcut = { id, itemId, vaultId, folderId, creatorId: caller.userId, keyEncrypted };
      await context.storage.shortcuts.insert(shortcut, unixSeconds(context));
      return { id };
    },
  );

  app.delete(
    '/shortcuts/:id',
    {
      config: { needs: 'item:delete', logs: 'item_shortcut_deleted' },
      schema: {
        summary: 'Remove a shortcut; the record stays (own addition)',
        params: idParams,
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { shortcut } = await existing(context, request.params.id);
      await guardPlace(context.rights, request, shortcut.vaultId, shortcut.folderId);
      await context.storage.shortcuts.remove(shortcut.id);
      return { success: true as const };
    },
  );
}
