/**
 * A folder that was made here and whose creation was not answered, known again when it is told.
 *
 * Folders carry nothing that is drawn at random, so it is known by its name in its place, and only
 * while a request for it has left.
 */
import type { Mirror, StoredFolder } from '../../mirror/index.ts';
import { folderHere, isMadeHere } from '../outbox/pending.ts';

/** Sent, not answered, and there is one of this name in this place: it is the one that was sent. */
export function isArrived(mirror: Mirror, mine: StoredFolder, told: StoredFolder): boolean {
  const operation = mirror.outbox.ofObject('folder', mine.id)[0];
  if (operation?.change.kind !== 'createFolder' || operation.attempts === 0) return false;
  const { parentId, name } = operation.change;
  const parent = parentId === null ? null : (folderHere(mirror, parentId)?.serverId ?? '');
  return name === told.name && parent === told.parentId;
}

/**
 * A folder that was made here, arrived without an answer, and was deleted here before that was known:
 * it is the one that lies in the bin, and not another one to be shown beside it.
 */
export function adoptInBin(mirror: Mirror, vaultId: string, delivered: readonly StoredFolder[]): void {
  if (mirror.bin.count() === 0) return;
  const made = mirror.bin.ofVault(vaultId).filter(({ folder }) => folder !== null && isMadeHere(folder));
  for (const { id, folder } of made) {
    if (folder === null) continue;
    const isNew = ({ serverId }: StoredFolder): boolean =>
      mirror.folders.byServerId(serverId) === null && mirror.bin.byServerId('folder', serverId) === null;
    const told = delivered.find((each) => isNew(each) && isArrived(mirror, folder, each));
    const entry = mirror.bin.get(id);
    if (told === undefined || entry === null) continue;
    const { serverId, contentHash } = told;
    mirror.bin.put({ ...entry, folder: { ...folder, serverId, contentHash } });
    mirror.bases.putFolder(id, { ...folder, serverId, contentHash, name: told.name });
    for (const { id: creation, change } of mirror.outbox.ofObject('folder', id)) {
      if (change.kind === 'createFolder') mirror.outbox.remove(creation);
    }
  }
}
