/**
 * A vault's tree as the server has it, taken under what was changed here.
 *
 * Folders have no revisions and carry no secret, so this is simple: a folder that only one side
 * changed is as that side has it. Where both renamed or moved it, theirs stands and mine is held,
 * to be tried again or given up; so is a move that would close a ring. A folder that is gone
 * there goes here, and what was made or moved into it here finds the nearest place above.
 */
import type { Mirror, OutboxChange, OutboxOperation, StoredFolder } from '../../mirror/index.ts';
import { raiseDoubt } from '../doubt.ts';
import { recordsInFolder } from '../outbox/binning.ts';
import { dropOperations, isMadeHere } from '../outbox/pending.ts';
import type { PullContext } from '../pullcontext.ts';
import { replaceFolder, replaceRecord, survivingAbove } from '../outbox/relocation.ts';
import { adoptInBin, isArrived } from './folderarrival.ts';
import { holdFolderChange, mergedFolder } from './foldermerge.ts';
import { localFolderId } from './landing.ts';
import { erasable } from './rollback.ts';
import { isSettledTree, outsideDeleted, removedHere } from './settledtree.ts';

/** Makes `delivered` (under the server's ids) the tree of a vault; false if it was so already. */
export function takeFolders(
  context: PullContext,
  vaultId: string,
  delivered: readonly StoredFolder[],
): boolean {
  const { mirror } = context;
  return mirror.transaction(() => {
    adoptInBin(mirror, vaultId, delivered);
    const standing = outsideDeleted(mirror, vaultId, delivered);
    // Should the deletion be taken back, nobody tells again what is left out now.
    if (standing.length < delivered.length) raiseDoubt(mirror);
    if (isSettledTree(mirror, vaultId, standing)) return false;
    releaseMoved(mirror, vaultId, standing);
    new TreeTaking(context, vaultId, delivered).run();
    return true;
  });
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
  /** The server's ids of what was put into those there, which is left out. */
  readonly #leftOut: ReadonlySet<string>;

  constructor(context: PullContext, vaultId: string, told: readonly StoredFolder[]) {
    const delivered = outsideDeleted(context.mirror, vaultId, told);
    this.#context = context;
    this.#mirror = context.mirror;
    this.#vaultId = vaultId;
    this.#leftOut = new Set(told.filter((each) => !delivered.includes(each)).map(({ id }) => id));
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
    this.#hangOutsideDeleted(next);
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
    const { bases, bin, outbox } = this.#mirror;
    const base = bases.folder(id);
    if (!base) return;
    if (base.name !== folder.name) {
      for (const operation of outbox.ofObject('folder', id)) {
        const { change } = operation;
        if (change.kind !== 'renameFolder' || change.name === folder.name) continue;
        outbox.remove(operation.id);
        this.#tell(change.name, null);
      }
      // Also where nothing was typed: beside the new base, the old name would pass for one that was.
      const entry = bin.get(id);
      if (entry?.folder)
        bin.put({ ...entry, name: folder.name, folder: { ...entry.folder, name: folder.name } });
    }
    bases.putFolder(id, { ...folder, id });
  }

  #idOf(folder: StoredFolder): string {
    const { mirror } = this.#context;
    const known =
      mirror.folders.byServerId(folder.serverId) ?? mirror.bin.byServerId('folder', folder.serverId);
    if (known !== null) return known.id;
    const made = this.#before.find((mine) => isMadeHere(mine) && isArrived(this.#mirror, mine, folder));
    if (made === undefined) return folder.serverId;
    mirror.folders.setServerId(made.id, folder.serverId);
    return made.id;
  }

  /** One folder of theirs with what waits here; writes base and operations. */
  #merged(theirs: StoredFolder): StoredFolder {
    const { bases, outbox, folders } = this.#mirror;
    const { id } = theirs;
    const mine = folders.get(id);
    const base = bases.folder(id);
    if (mine === null) this.#leaveBin(id, theirs);
    if (base === undefined || mine === null) return theirs;
    const row = mergedFolder(this.#mirror, { base: base ?? this.#asCreated(mine), mine, theirs });
    if (outbox.ofObject('folder', id).length > 0) bases.putFolder(id, theirs);
    else bases.remove('folder', id);
    return row;
  }

  /**
   * It stands there although it was deleted here. Where others renamed it meanwhile, a name that was
   * typed here is told of, and neither brought back nor sent: without a base nothing would hold it
   * against theirs.
   */
  #leaveBin(id: string, theirs: StoredFolder): void {
    const { bases, bin, outbox } = this.#mirror;
    const typed = bin.get(id)?.folder ?? null;
    const base = bases.folder(id);
    const isMine = ({ change }: OutboxOperation): boolean =>
      change.kind === 'renameFolder' && change.name !== theirs.name;
    const waiting = outbox.ofObject('folder', id).filter(isMine);
    const isRenamedThere = !!base && base.name !== theirs.name;
    const isToldOf = typed !== null && !!base && typed.name !== base.name && typed.name !== theirs.name;
    if (isToldOf && (isRenamedThere || waiting.length === 0)) this.#tell(typed.name, null);
    for (const { id: operationId, change } of isRenamedThere ? waiting : []) {
      outbox.remove(operationId);
      if (change.kind === 'renameFolder' && change.name !== typed?.name) this.#tell(change.name, null);
    }
    bases.remove('folder', id);
    bin.remove(id);
  }

  /**
   * Somebody moved it into a folder that was deleted here: until the server hears of the deletion it
   * is shown in the nearest place above, and what was told is kept beneath.
   */
  #hangOutsideDeleted(next: Map<string, StoredFolder>): void {
    const { bases, bin } = this.#mirror;
    for (const row of [...next.values()]) {
      let { parentId } = row;
      // Of a folder to which alone somebody has access the one above is not told, and stays unknown.
      if (parentId === null || !(this.#away.has(parentId) || this.#leftOut.has(parentId))) continue;
      while (parentId !== null && !next.has(parentId)) parentId = bin.get(parentId)?.folder?.parentId ?? null;
      if (bases.folder(row.id) === undefined) bases.putFolder(row.id, row);
      next.set(row.id, { ...row, parentId });
      if (isInRing(next, row.id)) next.set(row.id, { ...row, parentId: null });
    }
  }

  #asCreated(mine: StoredFolder): StoredFolder {
    const creation = this.#mirror.outbox.ofObject('folder', mine.id)[0]?.change;
    if (creation?.kind !== 'createFolder') return mine;
    return { ...mine, name: creation.name, parentId: creation.parentId };
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

  /**
   * Moves of both sides can close a ring that neither side has: mine is taken back and held. Taking
   * one back can close another, so it is looked until there is none; with none of mine left, the
   * tree is theirs.
   */
  #breakRings(next: Map<string, StoredFolder>, theirs: readonly StoredFolder[]): void {
    const inRing = theirs.find(
      ({ id, parentId }) => next.get(id)?.parentId !== parentId && isInRing(next, id),
    );
    const row = next.get(inRing?.id ?? '');
    if (inRing === undefined || row === undefined) return;
    next.set(inRing.id, { ...row, parentId: inRing.parentId });
    for (const operation of this.#mirror.outbox.ofObject('folder', inRing.id)) {
      if (operation.change.kind === 'moveFolder')
        holdFolderChange(this.#mirror, operation, 'folderIntoItself');
    }
    this.#breakRings(next, theirs);
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
