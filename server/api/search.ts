/**
 * Search over records and shortcuts. The database holds nothing that could be searched,
 * so the readable records of the scope are opened in memory and compared.
 */
import { z } from 'zod';
import type { VaultAccess } from '../access/rights.ts';
import type { Item } from '../storage/items.ts';
import { itemAnswer, listedItemAnswer, listedItemSchema } from './answers.ts';
import type { Api, Context } from './context.ts';
import { callerOf } from './context.ts';
import { withDescendants } from '../access/foldertree.ts';
import { guardedByConstruction } from './guard.ts';
import { objectId, pageOf, pageQuery, queryList, queryNumber } from './schemas.ts';
import { shortcutMember, shortcutSchema } from './shortcuts.ts';

const searchQuery = z.object({
  query: z.string().max(1_000).optional(),
  url: z.string().max(1_000).optional(),
  tags: queryList(z.string().max(1_000)).optional(),
  colorCodes: queryList(queryNumber).optional(),
  vaultIds: queryList(objectId).optional(),
  folderIds: queryList(objectId).optional(),
  ...pageQuery.shape,
});
type SearchQuery = z.output<typeof searchQuery>;

const fold = (text: string) => text.toLocaleLowerCase();

/** A predicate for records: every word of the query, every tag, any of the colours. */
function matcher(query: SearchQuery): (item: Item) => boolean {
  const words = fold(query.query ?? '')
    .split(/\s+/)
    .filter(Boolean);
  const tags = (query.tags ?? []).map(fold);
  const colors = new Set(query.colorCodes ?? []);
  const address = fold(query.url ?? '');
  return (item) => {
    if (colors.size > 0 && !colors.has(item.color)) return false;
    const ownTags = item.tags.map(fold);
    if (!tags.every((tag) => ownTags.includes(tag))) return false;
    if (address !== '' && !item.urls.some((url) => fold(url).includes(address))) return false;
    if (words.length === 0) return true;
    const text = fold([item.name, item.login, ...item.urls, ...item.tags, item.description ?? ''].join('\n'));
    return words.every((word) => text.includes(word));
  };
}

interface Scope {
  accesses: ReadonlyMap<string, VaultAccess>;
  /** True for a place that the caller may read and that the query does not exclude. */
  includes(vaultId: string, folderId: string | null): boolean;
}

async function scopeOf(context: Context, all: readonly VaultAccess[], query: SearchQuery): Promise<Scope> {
  const chosen = all.filter((access) => !query.vaultIds || query.vaultIds.includes(access.vault.id));
  const accesses = new Map(chosen.map((access) => [access.vault.id, access]));
  const tree = query.folderIds ? await context.storage.folders.tree([...accesses.keys()]) : [];
  const folders = query.folderIds && new Set(withDescendants(tree, query.folderIds));
  return {
    accesses,
    includes(vaultId, folderId) {
      const access = accesses.get(vaultId);
      if (!access?.canRead(folderId)) return false;
      return !folders || (folderId !== null && folders.has(folderId));
    },
  };
}

/** Registers the endpoints of this file. */
export function searchRoutes(app: Api, context: Context): void {
  app.get(
    '/items/search',
    {
      config: { needs: 'item:read' },
      schema: {
        summary: 'Search the records that the caller may read',
        querystring: searchQuery,
        response: { 200: z.object({ items: z.array(listedItemSchema), total: z.number() }) },
      },
    },
    async (request) => {
      guardedByConstruction(request);
      const caller = callerOf(request);
      const scope = await scopeOf(context, await context.rights.toAllVaults(caller), request.query);
      const matches = matcher(request.query);
      const items = await context.storage.items.list({ vaultIds: [...scope.accesses.keys()] });
      const found = items.filter((item) => scope.includes(item.vaultId, item.folderId) && matches(item));
      const favorites = await context.storage.items.favoritesOf(caller.userId);
      const page = pageOf(found, request.query).map((item) => {
        const wrappedKey = scope.accesses.get(item.vaultId)?.wrappedKey ?? null;
        const viewer = { wrappedKey, isFavorite: favorites.has(item.id) };
        return listedItemAnswer(item, viewer, context.options.listing);
      });
      return { items: page, total: found.length };
    },
  );

  app.get(
    '/shortcuts/search',
    {
      config: { needs: 'item:read' },
      schema: {
        summary: 'Search the shortcuts that the caller may read',
        querystring: searchQuery,
        response: { 200: z.object({ items: z.array(shortcutSchema), total: z.number() }) },
      },
    },
    async (request) => {
      guardedByConstruction(request);
      const caller = callerOf(request);
      const scope = await scopeOf(context, await context.rights.toAllVaults(caller), request.query);
      const matches = matcher(request.query);
      const shortcuts = await context.storage.shortcuts.inVaults([...scope.accesses.keys()]);
      const items = await context.storage.items.findMany(shortcuts.map((shortcut) => shortcut.itemId));
      const favorites = await context.storage.items.favoritesOf(caller.userId);
      const users = await context.storage.users.findMany(shortcuts.map((shortcut) => shortcut.creatorId));
      const found = shortcuts.flatMap((shortcut) => {
        const item = items.get(shortcut.itemId);
        if (!item || !scope.includes(shortcut.vaultId, shortcut.folderId) || !matches(item)) return [];
        const viewer = { wrappedKey: null, isFavorite: favorites.has(item.id) };
        const { vaultMasterKeyEncrypted: _none, ...fields } = itemAnswer(item, viewer);
        return [{ ...fields, shortcut: shortcutMember(shortcut, users.get(shortcut.creatorId)) }];
      });
      return { items: pageOf(found, request.query), total: found.length };
    },
  );
}
