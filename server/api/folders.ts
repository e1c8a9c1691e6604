/** Folders. As on real servers a rename is a POST. */
import { z } from 'zod';
import { rightsAt } from '../access/levels.ts';
import { newId } from '../storage/ids.ts';
import type { FolderShape } from '../storage/vaults.ts';
import { folderAnswer, folderSchema } from './answers.ts';
import type { Api, Context } from './context.ts';
import { callerOf, unixSeconds } from './context.ts';
import { invalid, notFound } from './errors.ts';
import { guardFolder, guardPlace, guardVisibleVault } from './guard.ts';
import { binAnswer, createdId, idParams, objectId, shortText } from './schemas.ts';

const createBody = z.object({
  name: shortText.min(1),
  vaultId: objectId,
  parentFolderId: objectId.nullish(),
});

/** A folder and everything below it. */
export function withDescendants(tree: readonly FolderShape[], folderIds: readonly string[]): string[] {
  const children = Map.groupBy(tree, (folder) => folder.parentId);
  const found = new Set(folderIds);
  for (const id of found) for (const child of children.get(id) ?? []) found.add(child.id);
  return [...found];
}

/** Refuses a folder that is not of the vault. */
export async function requireFolderOf(
  context: Context,
  vaultId: string,
  folderId: string | null,
  field: string,
) {
  if (folderId === null) return;
  const folder = await context.storage.folders.find(folderId);
  if (folder?.vaultId !== vaultId) throw invalid('notFound', field, 'There is no such folder in the vault.');
}

/** Every folder is answered with its path, so a long chain would be paid for by everybody in the vault. */
const deepestFolder = 64;

async function refuseTooDeep(context: Context, vaultId: string, parentId: string | null): Promise<void> {
  const tree = await context.storage.folders.tree([vaultId]);
  const parents = new Map(tree.map((folder) => [folder.id, folder.parentId]));
  let above = 0;
  for (let next = parentId; next !== null; next = parents.get(next) ?? null) above += 1;
  if (above >= deepestFolder)
    throw invalid('tooDeep', 'parentFolderId', `Folders nest ${deepestFolder} deep at most.`);
}

function readingRoutes(app: Api, context: Context): void {
  app.get(
    '/folders',
    {
      config: { needs: 'directory:read' },
      schema: {
        summary: 'All folders of a vault, as a flat list',
        querystring: z.object({ vaultId: objectId }),
        response: { 200: z.object({ items: z.array(folderSchema) }) },
      },
    },
    async (request) => {
      const access = await guardVisibleVault(context.rights, request, request.query.vaultId);
      const folders = await context.storage.folders.list([access.vault.id]);
      const byId = new Map(folders.map((folder) => [folder.id, folder]));
      const readable = folders.filter((folder) => rightsAt(access.levelAt(folder.id)).has('directory:read'));
      return { items: readable.map((folder) => folderAnswer(folder, access, byId)) };
    },
  );

  app.get(
    '/folders/:id',
    {
      config: { needs: 'directory:read' },
      schema: { summary: 'One folder', params: idParams, response: { 200: folderSchema } },
    },
    async (request) => {
      const { folder, access } = await guardFolder(context, request, request.params.id);
      const folders = await context.storage.folders.list([access.vault.id]);
      return folderAnswer(folder, access, new Map(folders.map((each) => [each.id, each])));
    },
  );
}

/** Registers the endpoints of this file. */
export function folderRoutes(app: Api, context: Context): void {
  readingRoutes(app, context);

  app.post(
    '/folders',
    {
      config: { needs: 'object:createAndImport' },
      schema: { summary: 'Create a folder', body: createBody, response: { 200: createdId } },
    },
    async (request) => {
      const { name, vaultId } = request.body;
      const parentId = request.body.parentFolderId ?? null;
      await guardPlace(context.rights, request, vaultId, parentId);
      await requireFolderOf(context, vaultId, parentId, 'parentFolderId');
      await refuseTooDeep(context, vaultId, parentId);
      const id = newId(context.clock());
      await context.storage.folders.insert(
        { id, vaultId, parentId, name, color: null },
        unixSeconds(context),
      );
      return { id };
    },
  );

  app.post(
    '/folders/:id',
    {
      config: { needs: 'directory:edit' },
      schema: {
        summary: 'Rename a folder',
        params: idParams,
        body: z.object({ name: shortText.min(1) }),
        response: { 200: createdId },
      },
    },
    async (request) => {
      const { folder } = await guardFolder(context, request, request.params.id);
      await context.storage.folders.rename(folder, request.body.name);
      return { id: folder.id };
    },
  );

  app.delete(
    '/folders/:id',
    {
      config: { needs: 'directory:delete' },
      schema: {
        summary: 'Move a folder and everything in it to the bin',
        params: idParams,
        response: { 200: binAnswer },
      },
    },
    async (request) => {
      const { folder } = await guardFolder(context, request, request.params.id);
      const binItemId = newId(context.clock());
      const entry = {
        ...{ id: binItemId, vault_id: folder.vaultId, object_id: folder.id, kind: 'folder' as const },
        ...{ deleter_id: callerOf(request).userId, created_at: unixSeconds(context) },
      };
      await context.storage.transaction(async (storage) => {
        if (!(await storage.folders.find(folder.id))) throw notFound();
        const tree = await storage.folders.tree([folder.vaultId]);
        await storage.bin.insert(entry);
        await storage.folders.moveToBin(withDescendants(tree, [folder.id]), binItemId);
      });
      return { binItemId };
    },
  );
}
