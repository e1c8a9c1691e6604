/**
 * A vault's tree as the server has it, taken under what was changed here.
 *
 * Folders have no revisions and carry no secret, so this is simple: a folder that only one side
 * changed is as that side has it. Where both renamed or moved it, theirs stands and mine is held,
 * to be tried again or given up; so is a move that would close a ring. A folder that is gone
 * there goes here, and what was made or moved into it here finds the nearest place above.
 */
import type { Mirror, OutboxChange, OutboxOperation, StoredFolder } from '../../mirror/index.ts';
import { recordsInFolder } from '../outbox/binning.ts';
import { dropOperations, isMadeHere, isPutBackThere } from '../outbox/pending.ts';
import type { PullContext } from '../pullcontext.ts';
import { replaceFolder, replaceRecord, survivingAbove } from '../outbox/relocation.ts';
import { localFolderId } from './landing.ts';
import { erasable } from './rollback.ts';

/** Makes `delivered` (under the server's ids) the tree of a vault; false if it was so already. */
export function takeFolders(
  context: PullContext,
  vaultId: string,
  delivered: readonly StoredFolder[],
): boolean {
  const { mirror } = context;
  return mirror.transaction(() => {
    if (isSettledTree(mirror, vaultId, delivered)) return false;
    releaseMoved(mirror, vaultId, delivered);
    new TreeTaking(context, vaultId, delivered).run();
    return true;
  });
}

/** The folder as the server last told it; null if it has never had it. */
function settledState(mirror: Mirror, folder: StoredFolder): StoredFolder | null {
  const base = mirror.bases.folder(folder.id);
  if (base !== undefined) return base;
  // One that was never sent has lost its base in the bin.
  return isMadeHere(folder) ? null : folder;
}

/** A vault's tree as the server last told it, under the server's ids. */
export function settledTree(mirror: Mirror, vaultId: string): StoredFolder[] {
  const standing = mirror.folders.ofVault(vaultId).flatMap((folder) => settledState(mirror, folder) ?? []);
  const serverIdOf = (id: string): string =>
    mirror.folders.get(id)?.serverId ?? mirror.bin.get(id)?.folder?.serverId ?? id;
  return [...standing, ...removedHere(mirror, vaultId)].map((folder) => ({
    ...folder,
    id: folder.serverId,
    parentId: folder.parentId === null ? null : serverIdOf(folder.parentId),
  }));
}

function isSettledTree(mirror: Mirror, vaultId: string, delivered: readonly StoredFolder[]): boolean {
  const known = new Map(
    settledTree(mirror, vaultId).map(({ serverId, contentHash }) => [serverId, contentHash]),
  );
  return (
    known.size === delivered.length &&
    !isAskedBack(mirror, vaultId) &&
    delivered.every(({ serverId, contentHash }) => known.get(serverId) === contentHash)
  );
}

/** Whether a folder is to be put back, which somebody else may have done without changing it. */
function isAskedBack(mirror: Mirror, vaultId: string): boolean {
  return mirror.outbox
    .all()
    .some(
      ({ change, objectId }) =>
        change.kind === 'restoreFolder' && mirror.folders.get(objectId)?.vaultId === vaultId,
    );
}

/** Folders that were deleted here and whose deletion is not settled, with what lay in them. */
function removedHere(mirror: Mirror, vaultId: string): StoredFolder[] {
  if (mirror.bin.count() === 0) return [];
  const entries = mirror.bin.ofVault(vaultId).filter(({ kind }) => kind === 'folder');
  const isWaiting = (id: string): boolean =>
    mirror.outbox.ofObject('folder', id).some(({ change }) => change.kind === 'removeFolder');
  const roots = new Set(entries.filter(({ id }) => isWaiting(id)).map(({ id }) => id));
  return entries
    .filter(({ id, under }) => roots.has(id) || (under !== null && roots.has(under)))
    .flatMap(({ folder }) => folder ?? [])
    .flatMap((folder) => settledState(mirror, folder) ?? []);
}

/** A folder that came from another vault is taken out there first: its id can stand in one place only. */
function releaseMoved(mirror: Mirror, vaultId: string, delivered: readonly StoredFolder[]): void {
  const moved = delivered.flatMap(({ serverId }) => mirror.folders.byServerId(serverId) ?? []);
  const ids = moved.filter((folder) => folder.vaultId !== vaultId).map(({ id }) => id);
  if (ids.length > 0) mirror.folders.remove(ids);
}

class TreeTaking {
  readonly #context: PullContext;
  readonly #mirror: Mirror;
  readonly #vaultId: string;
  readonly #delivered: readonly StoredFolder[];
  readonly #before: readonly StoredFolder[];
  /** Ids here of what was deleted here and is not settled: it stays away. */
  readonly #away: ReadonlySet<string>;

  constructor(context: PullContext, vaultId: string, delivered: readonly StoredFolder[]) {
    this.#context = context;
    this.#mirror = context.mirror;
    this.#vaultId = vaultId;
    this.#delivered = delivered;
    this.#before = this.#mirror.folders.ofVault(vaultId);
    const away = removedHere(this.#mirror, vaultId).map(({ serverId }) => serverId);
    this.#away = new Set(away.flatMap((id) => this.#mirror.bin.byServerId('folder', id)?.id ?? []));
  }

  run(): void {
    const { folders } = this.#mirror;
    const theirs = this.#localised();
    const next = new Map(theirs.map((folder) => [folder.id, this.#merged(folder)]));
    const gone = this.#gone(next);
    this.#emptyGone(gone, next);
    for (const folder of folders.ofVault(this.#vaultId)) {
      if (!gone.has(folder.id) && !next.has(folder.id)) next.set(folder.id, folder);
    }
    this.#breakRings(next, theirs);
    folders.replaceForVault(this.#vaultId, [...next.values()]);
  }

  /** Their folders under the ids of this device; those made here and told now for the first time get theirs. */
  #localised(): StoredFolder[] {
    const { folders } = this.#mirror;
    const ids = new Map(this.#delivered.map((folder) => [folder.serverId, this.#idOf(folder)]));
    const local = (serverId: string): string => ids.get(serverId) ?? localFolderId(this.#mirror, serverId);
    return this.#delivered.flatMap((folder) => {
      const id = local(folder.serverId);
      if (this.#away.has(id)) {
        this.#keepAwayBase(id, folder);
        return [];
      }
      const parentId = folder.parentId === null ? null : local(folder.parentId);
      const known = folders.get(id);
      return [{ ...folder, id, parentId, vaultId: known?.vaultId ?? this.#vaultId }];
    });
  }

  /**
   * Deleted here, and renamed on both sides before that: theirs is the name it goes with, and the
   * person is told of the one that was typed here.
   */
  #keepAwayBase(id: string, folder: StoredFolder): void {
    const { bases, outbox } = this.#mirror;
    const base = bases.folder(id);
    if (!base) return;
    for (const operation of base.name === folder.name ? [] : outbox.ofObject('folder', id)) {
      const { change } = operation;
      if (change.kind !== 'renameFolder' || change.name === folder.name) continue;
      outbox.remove(operation.id);
      this.#tell(change.name, null);
    }
    bases.putFolder(id, { ...folder, id });
  }

  #idOf(folder: StoredFolder): string {
    const { mirror } = this.#context;
    const known =
      mirror.folders.byServerId(folder.serverId) ?? mirror.bin.byServerId('folder', folder.serverId);
    if (known !== null) return known.id;
    const made = this.#before.find((mine) => isMadeHere(mine) && this.#isArrived(mine, folder));
    if (made === undefined) return folder.serverId;
    mirror.folders.setServerId(made.id, folder.serverId);
    return made.id;
  }

  /** Sent, not answered, and there is one of this name in this place: it is the one that was sent. */
  #isArrived(mine: StoredFolder, folder: StoredFolder): boolean {
    const operation = this.#mirror.outbox.ofObject('folder', mine.id)[0];
    if (operation?.change.kind !== 'createFolder' || operation.attempts === 0) return false;
    const { parentId, name } = operation.change;
    const parent = parentId === null ? null : (this.#mirror.folders.get(parentId)?.serverId ?? '');
    return name === folder.name && parent === folder.parentId;
  }

  /** One folder of theirs with what waits here; writes base and operations. */
  #merged(theirs: StoredFolder): StoredFolder {
    const { bases, outbox, folders, bin } = this.#mirror;
    const { id } = theirs;
    if (bin.get(id) !== null && folders.get(id) === null) bin.remove(id);
    const base = bases.folder(id);
    const mine = folders.get(id);
    if (base === undefined || mine === null) return theirs;
    let row = theirs;
    for (const operation of outbox.ofObject('folder', id)) {
      row = this.#under(operation, { base: base ?? this.#asCreated(mine, operation), mine, theirs }, row);
    }
    if (outbox.ofObject('folder', id).length > 0) bases.putFolder(id, theirs);
    else bases.remove('folder', id);
    return row;
  }

  #asCreated(mine: StoredFolder, { change }: OutboxOperation): StoredFolder {
    return change.kind === 'createFolder' ? { ...mine, name: change.name, parentId: change.parentId } : mine;
  }

  #under(
    operation: OutboxOperation,
    {
      base,
      mine,
      theirs,
    }: { readonly base: StoredFolder; readonly mine: StoredFolder; readonly theirs: StoredFolder },
    row: StoredFolder,
  ): StoredFolder {
    const { change } = operation;
    if (change.kind === 'createFolder' || isPutBackThere(this.#mirror, operation))
      this.#mirror.outbox.remove(operation.id);
    if (change.kind === 'renameFolder') {
      if (change.name === theirs.name) this.#mirror.outbox.remove(operation.id);
      else if (base.name !== theirs.name) this.#hold(operation, 'changedMeanwhile');
      else if (operation.state !== 'held') return { ...row, name: mine.name };
    }
    if (change.kind === 'moveFolder') {
      if (change.parentId === theirs.parentId) this.#mirror.outbox.remove(operation.id);
      else if (base.parentId !== theirs.parentId) this.#hold(operation, 'changedMeanwhile');
      else if (operation.state !== 'held') return { ...row, parentId: mine.parentId };
    }
    return row;
  }

  /** Refused by what happened there: it will not go out again by itself, and not as the same request. */
  #hold(operation: OutboxOperation, code: 'changedMeanwhile' | 'folderIntoItself'): void {
    const { outbox } = this.#mirror;
    const id = operation.attempts > 0 ? outbox.renewId(operation.id) : operation.id;
    outbox.setState(id, 'held', { code, params: {} });
  }

  /** Folders that the server had and has no more. */
  #gone(next: ReadonlyMap<string, StoredFolder>): ReadonlySet<string> {
    const { mirror } = this.#context;
    const missing = this.#before.filter((folder) => !isMadeHere(folder) && !next.has(folder.id));
    const isComingBack = ({ change }: OutboxOperation): boolean => change.kind === 'restoreFolder';
    const going = missing.filter(({ id }) => !mirror.outbox.ofObject('folder', id).some(isComingBack));
    const below = new Set(going.flatMap(({ id }) => mirror.folders.subtreeIds(id)));
    const underRestored = missing.filter(({ id }) => !going.some((folder) => folder.id === id));
    const staying = new Set(underRestored.flatMap(({ id }) => mirror.folders.subtreeIds(id)));
    const ids = going.map(({ id }) => id).filter((id) => below.has(id) && !staying.has(id));
    return new Set(erasable(mirror, ids));
  }

  /** What was made or moved into a gone folder here goes to the nearest place above that is left. */
  #emptyGone(gone: ReadonlySet<string>, next: Map<string, StoredFolder>): void {
    const { mirror, now } = this.#context;
    for (const id of gone) {
      const target = survivingAbove(mirror, id, gone);
      for (const record of recordsInFolder(mirror, id)) {
        if (record.folderId !== id || !this.#wasPutThere(record.id)) continue;
        replaceRecord(mirror, record.id, target, now());
        this.#tell(record.name, record.id);
      }
      for (const folder of mirror.folders.ofVault(this.#vaultId)) {
        if (folder.parentId !== id || gone.has(folder.id) || !this.#wasPutUnder(folder)) continue;
        replaceFolder(mirror, folder.id, target, now());
        const row = next.get(folder.id);
        if (row !== undefined) next.set(folder.id, { ...row, parentId: target });
        this.#tell(folder.name, null);
      }
    }
    for (const id of gone) this.#forget(id);
  }

  #wasPutThere(recordId: string): boolean {
    const isPlacing = ({ kind }: OutboxChange): boolean => kind === 'create' || kind === 'move';
    return this.#mirror.outbox.ofObject('record', recordId).some(({ change }) => isPlacing(change));
  }

  #wasPutUnder(folder: StoredFolder): boolean {
    const isMoving = ({ change }: OutboxOperation): boolean =>
      change.kind === 'moveFolder' && change.parentId === folder.parentId;
    return isMadeHere(folder) || this.#mirror.outbox.ofObject('folder', folder.id).some(isMoving);
  }

  #forget(folderId: string): void {
    const { mirror } = this.#context;
    const folder = mirror.folders.get(folderId);
    const waiting = mirror.outbox.ofObject('folder', folderId);
    if (folder !== null && waiting.length > 0) this.#tell(folder.name, null);
    // A name that was refused stands nowhere but in its operation.
    for (const { change } of waiting) {
      if (change.kind === 'renameFolder' && change.name !== folder?.name) this.#tell(change.name, null);
    }
    dropOperations(mirror, 'folder', folderId);
    mirror.bases.remove('folder', folderId);
  }

  #tell(subject: string, recordId: string | null): void {
    this.#mirror.notices.add({ at: this.#context.now(), kind: 'placeGone', subject, recordId });
  }

  /** Two moves can close a ring that neither side has: mine is taken back and held. */
  #breakRings(next: Map<string, StoredFolder>, theirs: readonly StoredFolder[]): void {
    const asTheirs = new Map(theirs.map((folder) => [folder.id, folder]));
    for (const { id } of theirs) {
      const row = next.get(id);
      const before = asTheirs.get(id);
      if (row === undefined || before === undefined || row.parentId === before.parentId) continue;
      if (!isInRing(next, id)) continue;
      next.set(id, { ...row, parentId: before.parentId });
      for (const operation of this.#mirror.outbox.ofObject('folder', id)) {
        if (operation.change.kind === 'moveFolder') this.#hold(operation, 'folderIntoItself');
      }
    }
  }
}

function isInRing(folders: ReadonlyMap<string, StoredFolder>, id: string): boolean {
  const seen = new Set<string>();
  for (let at = folders.get(id)?.parentId ?? null; at !== null && !seen.has(at);) {
    if (at === id) return true;
    seen.add(at);
    at = folders.get(at)?.parentId ?? null;
  }
  return false;
}
