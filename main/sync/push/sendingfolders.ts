/** One operation on a folder as a request, and what its answer settles. */
import { StrongroomError } from '../../../contract/errors.ts';
import type { Mirror, OutboxOperation, StoredFolder } from '../../mirror/index.ts';
import {
  createFolder,
  deleteFolder,
  moveFolder,
  readFolder,
  renameFolder,
  restoreFromBin,
} from '../../remote/index.ts';
import type { RemoteFolder, Sending } from '../../remote/index.ts';
import { binItemKey } from '../outbox/binning.ts';
import { creationElsewhere } from '../outbox/relocation.ts';
import { localFolderId } from '../pull/landing.ts';
import { endIfSettled, folderHere, isLostPlace } from '../outbox/pending.ts';
import type { PullContext } from '../pullcontext.ts';
import { mustBeNew, mustBeTheSame, serverPlace } from './sending.ts';
import { settleFolder, settleRemoval, type Settlement } from './settling.ts';

/**
 * Whether everything that a folder's operation names has its server's id by now. A deletion waits
 * for the changes that were made before it to what lies in the folder, or lies there by the server's
 * word and was moved out or deleted here: with the folder it would be gone before they arrive.
 */
export function isFolderReady(mirror: Mirror, operation: OutboxOperation): boolean {
  const { change, objectId, seq } = creationElsewhere(mirror, operation);
  const folder = folderHere(mirror, objectId);
  if (folder === null) return true;
  switch (change.kind) {
    case 'createFolder':
      return serverPlace(mirror, { vaultId: change.vaultId, folderId: change.parentId }) !== null;
    case 'moveFolder':
      if (isLostPlace(mirror, change.parentId)) return true;
      return serverPlace(mirror, { vaultId: folder.vaultId, folderId: change.parentId }) !== null;
    case 'removeFolder': {
      const binned = mirror.bin.under(objectId).filter(({ kind }) => kind === 'folder');
      const below = [objectId, ...mirror.folders.subtreeIds(objectId), ...binned.map(({ id }) => id)];
      return !mirror.outbox.waitsIn(below, seq);
    }
    default:
      return true;
  }
}

/** @throws StrongroomError whatever the server refuses; the operation then stands as it was. */
export async function sendOfFolder(context: PullContext, operation: OutboxOperation): Promise<void> {
  const { client, mirror, signal } = context;
  const folder = folderHere(mirror, operation.objectId);
  if (folder === null) return mirror.outbox.remove(operation.id);
  // Moved to where it can never stand: it went to the bin with that place.
  const { change } = operation;
  if (change.kind === 'moveFolder' && isLostPlace(mirror, change.parentId)) {
    return mirror.transaction(() => {
      mirror.outbox.remove(operation.id);
      endIfSettled(mirror, 'folder', operation.objectId);
    });
  }
  const sending = { idempotencyKey: operation.id, signal };
  if (operation.change.kind === 'removeFolder') {
    return settleRemoval(context, operation, await deleteFolder(client, folder.serverId, sending));
  }
  settleFolder(context, operation, await carriedOut(context, operation, folder, sending));
}

async function carriedOut(
  context: PullContext,
  { change, objectId }: OutboxOperation,
  folder: { readonly vaultId: string; readonly serverId: string },
  sending: Sending,
): Promise<Settlement> {
  const { client, mirror, features } = context;
  switch (change.kind) {
    case 'createFolder': {
      const { vaultId, folderId } = placeOf(mirror, change.vaultId, change.parentId);
      const wish = { vaultId, parentFolderId: folderId, name: change.name };
      const serverId = await createFolder(client, wish, sending);
      mustBeNew(mirror.folders.byServerId(serverId) === null);
      return { serverId };
    }
    case 'renameFolder':
      await rename(context, objectId, folder.serverId, change.name, sending);
      return {};
    case 'moveFolder': {
      if (!features.has('folderMove')) throw new StrongroomError('notFound');
      const { folderId } = placeOf(mirror, folder.vaultId, change.parentId);
      await mustStandAsKnown(context, objectId, folder.serverId, (there, known) => {
        const before =
          known.parentId === null ? null : (folderHere(mirror, known.parentId)?.serverId ?? null);
        return [before, folderId].includes(there.parentFolderId);
      });
      await moveFolder(client, folder.serverId, folderId, sending);
      return {};
    }
    case 'restoreFolder': {
      const binItemId = mirror.syncState.get(binItemKey(objectId));
      if (!features.has('bin') || binItemId === null) throw new StrongroomError('notRestorable');
      const { id, folderId } = await restoreFromBin(client, binItemId, sending);
      mustBeTheSame(id, folder.serverId);
      return { folderId: folderId === null ? null : localFolderId(mirror, folderId) };
    }
    default:
      throw new StrongroomError('internal', {}, { cause: new Error(`a folder cannot ${change.kind}`) });
  }
}

/** A server that compares the name sees to it that nobody's is written over; any other is asked first. */
async function rename(
  context: PullContext,
  id: string,
  serverId: string,
  name: string,
  sending: Sending,
): Promise<void> {
  const { client, features, mirror } = context;
  const compares = features.has('folderNameCheck');
  if (!compares) {
    await mustStandAsKnown(context, id, serverId, (there, known) => [known.name, name].includes(there.name));
  }
  const expectedName = compares ? (mirror.bases.folder(id)?.name ?? null) : null;
  await renameFolder(client, serverId, { name, expectedName }, sending);
}

/**
 * Folders have no revisions that a server could compare, so it is asked first: what somebody else
 * has done to one meanwhile is not written over unseen.
 * @throws StrongroomError `changedMeanwhile`
 */
async function mustStandAsKnown(
  { client, mirror, signal }: PullContext,
  id: string,
  serverId: string,
  isKnown: (there: RemoteFolder, known: StoredFolder) => boolean,
): Promise<void> {
  const known = mirror.bases.folder(id);
  // Made here, and named by nobody else since.
  if (!known) return;
  if (!isKnown(await readFolder(client, serverId, signal), known)) {
    throw new StrongroomError('changedMeanwhile');
  }
}

function placeOf(mirror: Mirror, vaultId: string, folderId: string | null) {
  const place = serverPlace(mirror, { vaultId, folderId });
  if (place === null) throw new StrongroomError('notFound');
  return place;
}
