/** Folders. As on real servers a rename is a POST. */
import { z } from 'zod';
import { rightsAt } from '../access/levels.ts';
import { depthOf, heightOf, withDescendants } from '../access/foldertree.ts';
import { newId } from '../storage/ids.ts';
import { folderAnswer, folderSchema } from './answers.ts';
import type { Api, Context } from './context.ts';
import { callerOf, unixSeconds } from './context.ts';
import { ApiError, invalid, notFound } from './errors.ts';
import type { GuardedRequest } from './guard.ts';
import { guardFolder, guardPlace, guardVisibleVault } from './guard.ts';
import { binAnswer, createdId, idParams, objectId, shortText } from './schemas.ts';

const createBody = z.object({
  name: shortText.min(1),
  vaultId: objectId,
  parentFolderId: objectId.nullish(),
});

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

/** Refuses to put a folder, a new one or one with what is below it, where it would stand too deep. */
export async function refuseTooDeep(
  context: Context,
  vaultId: string,
  parentId: string | null,
  folderId?: string,
): Promise<void> {
  const tree = await context.storage.folders.places([vaultId]);
  const height = folderId === undefined ? 1 : heightOf(tree, folderId);
  if (depthOf(tree, parentId) + height > deepestFolder)
    throw invalid('tooDeep', 'parentFolderId', `Folders nest ${deepestFolder} deep at most.`);
}

const movedSchema = z.object({ id: objectId, vaultId: objectId, parentFolderId: objectId.nullable() });

/** Moves a folder with all that is in it; needs the right to move it, and to put something there. */
async function moveFolder(
  context: Context,
  request: GuardedRequest,
  folderId: string,
  parentFolderId: string | null,
): Promise<z.output<typeof movedSchema>> {
  const { folder } = await guardFolder(context, request, folderId);
  const { id, vaultId } = folder;
  await requireFolderOf(context, vaultId, parentFolderId, 'parentFolderId');
  await guardPlace(context.rights, request, vaultId, parentFolderId, 'object:createAndImport');
  const tree = await context.storage.folders.tree([vaultId]);
  if (parentFolderId !== null && withDescendants(tree, [id]).includes(parentFolderId)) {
    throw invalid('insideItself', 'parentFolderId', 'A folder cannot be moved into itself.');
  }
  await refuseTooDeep(context, vaultId, parentFolderId, id);
  if (folder.parentId !== parentFolderId) await context.storage.folders.move(folder, parentFolderId);
  return { id, vaultId, parentFolderId };
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
      config: { needs: 'object:createAndImport', logs: 'folder_created' },
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
      config: { needs: 'directory:edit', logs: 'folder_updated' },
      schema: {
        summary: 'Rename a folder',
        params: idParams,
        body: z.object({ name: shortText.min(1), expectedName: z.string().optional() }),
        response: { 200: createdId },
      },
    },
    async (request) =>
      context.storage.whole(async () => {
        const { folder } = await guardFolder(context, request, request.params.id);
        const { name, expectedName } = request.body;
        if (![undefined, folder.name].includes(expectedName) && folder.name !== name) {
          const message = 'The folder has another name by now.';
          throw new ApiError(409, 'revisionConflict', message, 'expectedName');
        }
        await context.storage.folders.rename(folder, name);
        return { id: folder.id };
      }),
  );

  app.post(
    '/folders/:id/move',
    {
      config: { needs: 'directory:move', logs: 'folder_moved' },
      schema: {
        summary: 'Move a folder within its vault (own addition)',
        params: idParams,
        body: z.object({ parentFolderId: objectId.nullable() }),
        response: { 200: movedSchema },
      },
    },
    async (request) =>
      context.storage.whole(() =>
        moveFolder(context, request, request.params.id, request.body.parentFolderId),
      ),
  );

  app.delete(
    '/folders/:id',
    {
      config: { needs: 'directory:delete', logs: 'folder_moved_to_bin' },
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
        ...{ id: binItemId, vaultId: folder.vaultId, objectId: folder.id, kind: 'folder' as const },
        ...{ deleterId: callerOf(request).userId, deletedAt: unixSeconds(context) },
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
