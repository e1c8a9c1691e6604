/**
 * One page of the change feed taken into the mirror: all of it and the cursor behind it, in
 * one transaction, or nothing.
 *
 * The feed is believed no more than listings are. Records pass the same intake (manifest,
 * revisions, modes), vault keys are judged against their pins, and objects that name places
 * or ids they were not announced under make the page a bad answer.
 */
import { StrongroomError } from '../../../contract/index.ts';
import type { StoredFolder, StoredRecord } from '../../mirror/model.ts';
import type { ChangePage, RemoteChange, RemoteVaultType } from '../../remote/index.ts';
import { departBinned, departRecords, type ToldBinned } from './departures.ts';
import { takeFolders } from './foldertake.ts';
import { raiseDoubtWhileReshaping } from '../doubt.ts';
import { RecordIntake } from './intake.ts';
import { KnownRecords, type RecordKind } from './known.ts';
import type { PullContext } from '../pullcontext.ts';
import { takeVault } from './pulltree.ts';
import { folderRow, inboxRow, recordRow, shortcutRow, vaultRow } from './rows.ts';
import { settledTree } from './settledtree.ts';
import { binFolderTold, binRecordTold } from './toldbin.ts';
import { eraseVault } from './vaultloss.ts';

/** Key of the sync state under which the cursor stands. */
export const cursorKey = 'changeCursor';

/** What a page came to, for everything that must wait until it is written. */
export interface PageOutcome {
  readonly recordIds: readonly string[];
  readonly treeChanged: boolean;
  /** Names of stored files that no record refers to any more. */
  readonly idleFiles: readonly string[];
}

type ChangeOf<Kind extends RemoteChange['kind']> = Extract<RemoteChange, { kind: Kind }>;
type Stretch = Pick<ChangeOf<'items'>, 'vaultId' | 'after' | 'through'>;

export class FeedPage {
  readonly #context: PullContext;
  readonly #types: readonly RemoteVaultType[];
  readonly #recordIds: string[] = [];
  readonly #idleFiles: string[] = [];
  #treeChanged = false;

  private constructor(context: PullContext, types: readonly RemoteVaultType[]) {
    // Whoever hears of changes reads the mirror: not before the page is written.
    this.#context = { ...context, changed: (ids) => this.#note(ids) };
    this.#types = types;
  }

  /** @throws StrongroomError `badAnswer`, `encryptionModeChanged`; the mirror is then unchanged. */
  static take(context: PullContext, page: ChangePage, types: readonly RemoteVaultType[]): PageOutcome {
    return context.mirror.transaction(() => {
      const taking = new FeedPage(context, types);
      // A deleted folder takes what lies in it along, before that is told to be gone piece by piece.
      for (const change of page.changes) if (change.kind === 'folder') taking.#binFolder(change);
      if (page.changes.some(speaksOfTree)) raiseDoubtWhileReshaping(context.mirror);
      for (const change of page.changes) taking.#take(change);
      context.mirror.syncState.set(cursorKey, page.cursor);
      return {
        recordIds: taking.#recordIds,
        treeChanged: taking.#treeChanged,
        idleFiles: taking.#idleFiles,
      };
    });
  }

  #note(ids: readonly string[] | null): void {
    if (ids === null) this.#treeChanged = true;
    else this.#recordIds.push(...ids);
  }

  #take(change: RemoteChange): void {
    switch (change.kind) {
      case 'vault':
        return this.#vault(change);
      case 'folder':
        return this.#folder(change);
      case 'item':
      case 'shortcut':
      case 'inbox':
        return this.#record(change);
      case 'folders':
        return this.#folders(change);
      case 'items':
        return this.#stretch(
          'record',
          change,
          change.items.map((item) => this.#recordRow(item)),
        );
      case 'shortcuts':
        return this.#stretch(
          'shortcut',
          change,
          change.items.map((item) => this.#shortcutRow(item)),
        );
    }
  }

  #vault({ id, vault }: ChangeOf<'vault'>): void {
    if (vault === null) {
      const stored = this.#context.mirror.vaults.get(id);
      if (stored === null) return;
      this.#idleFiles.push(...eraseVault(this.#context, stored));
      this.#treeChanged = true;
      return;
    }
    expectSame(id, vault.id, 'vaultId');
    if (takeVault(this.#context, vaultRow(vault, this.#types)).isNews) this.#treeChanged = true;
  }

  #folder({ id, folder }: ChangeOf<'folder'>): void {
    const { mirror } = this.#context;
    const vaultId =
      folder?.vaultId ??
      mirror.folders.byServerId(id)?.vaultId ??
      mirror.bin.byServerId('folder', id)?.vaultId;
    if (vaultId === undefined) return;
    const others = settledTree(mirror, vaultId).filter((each) => each.serverId !== id);
    if (folder === null) return this.#tree(vaultId, others);
    expectSame(id, folder.id, 'folderId');
    this.#tree(this.#knownVault(folder.vaultId), [...others, folderRow(folder)]);
  }

  #binFolder({ id, bin }: ChangeOf<'folder'>): void {
    if (bin !== null && binFolderTold(this.#context, id, bin)) this.#treeChanged = true;
  }

  #folders({ vaultId, items }: ChangeOf<'folders'>): void {
    for (const folder of items) expectSame(vaultId, folder.vaultId, 'folderVault');
    if (new Set(items.map(({ id }) => id)).size !== items.length) throw badAnswer('folderRepeated');
    this.#tree(this.#knownVault(vaultId), items.map(folderRow));
  }

  #tree(vaultId: string, folders: readonly StoredFolder[]): void {
    if (takeFolders(this.#context, vaultId, folders)) this.#treeChanged = true;
  }

  #record(change: ChangeOf<'item' | 'shortcut' | 'inbox'>): void {
    const row = this.#rowOf(change);
    if (row === null) return this.#depart(change);
    expectSame(change.id, row.serverId, 'changeId');
    this.#takeRows([row]);
  }

  /** Told to be gone; of a record that lies in the server's bin it is told as well. */
  #depart(change: ChangeOf<'item' | 'shortcut' | 'inbox'>): void {
    const { mirror } = this.#context;
    const kind = change.kind === 'item' ? 'record' : change.kind;
    const item = change.kind === 'item' ? change.item : null;
    const binned = item?.binItemId ? { binItemId: item.binItemId, deletedAt: item.deletedAt } : null;
    const held = mirror.records.byServerId(kind, change.id);
    if (held !== null)
      return this.#departIds([held.id], binned === null ? undefined : new Map([[held.id, binned]]));
    if (kind !== 'record') return;
    const entry = mirror.bin.byServerId('record', change.id);
    if (entry !== null) {
      this.#idleFiles.push(...departBinned(mirror, entry.id, binned));
    } else if (item !== null && binned !== null) {
      this.#idleFiles.push(...binRecordTold(this.#context, this.#recordRow(item), binned));
    }
  }

  /** Null for what is gone: told so, or in the bin. */
  #rowOf(change: ChangeOf<'item' | 'shortcut' | 'inbox'>): StoredRecord | null {
    switch (change.kind) {
      case 'item':
        return change.item === null || change.item.isDeleted ? null : this.#recordRow(change.item);
      case 'shortcut':
        return change.shortcut === null || change.shortcut.isDeleted
          ? null
          : this.#shortcutRow(change.shortcut);
      case 'inbox':
        return change.inbox === null || change.inbox.isDeleted
          ? null
          : inboxRow(change.inbox, this.#context.mode);
    }
  }

  #recordRow(item: NonNullable<ChangeOf<'item'>['item']>): StoredRecord {
    return recordRow(item, this.#knownVault(item.vaultId), this.#context.mode);
  }

  #shortcutRow(item: NonNullable<ChangeOf<'shortcut'>['shortcut']>): StoredRecord {
    return shortcutRow(item, this.#knownVault(item.shortcut.vaultId), this.#context.mode);
  }

  /** A stretch is complete: what is held here between its ends and not in it is gone. */
  #stretch(kind: RecordKind, stretch: Stretch, rows: readonly StoredRecord[]): void {
    const { vaultId, after, through } = stretch;
    const within = (id: string): boolean =>
      (after === null || id > after) && (through === null || id <= through);
    for (const { vaultId: placed, serverId } of rows) {
      if (placed !== vaultId || !within(serverId)) throw badAnswer('stretch');
    }
    const listed = new Set(rows.map(({ serverId }) => serverId));
    const { records } = this.#context.mirror;
    const gone = records
      .serverIdsBetween(this.#knownVault(vaultId), kind, after, through)
      .filter(({ serverId }) => !listed.has(serverId))
      .map(({ id }) => id);
    this.#takeRows(rows);
    this.#departIds(gone);
  }

  #takeRows(rows: readonly StoredRecord[]): void {
    const { records } = this.#context.mirror;
    const known = new KnownRecords();
    for (const { kind, id, serverId } of rows) {
      for (const held of [records.get(id), records.byServerId(kind, serverId)])
        if (held !== null) known.note(held);
    }
    const intake = new RecordIntake(this.#context, known);
    intake.takeAtOnce(rows);
    this.#idleFiles.push(...intake.takeOrphans());
  }

  #departIds(ids: readonly string[], told?: ReadonlyMap<string, ToldBinned>): void {
    if (ids.length === 0) return;
    this.#idleFiles.push(...departRecords(this.#context, ids, told));
    this.#treeChanged = true;
  }

  /** A place in the mirror can only be in a vault that was delivered before. */
  #knownVault(vaultId: string | null): string {
    if (vaultId === null || this.#context.mirror.vaults.get(vaultId) === null)
      throw badAnswer('unknownVault');
    return vaultId;
  }
}

function expectSame(announced: string, delivered: string, reason: string): void {
  if (announced !== delivered) throw badAnswer(reason);
}

function badAnswer(reason: string): StrongroomError {
  return new StrongroomError('badAnswer', { reason });
}

/** Whether a change tells of a folder, or of something that is gone. */
function speaksOfTree(change: RemoteChange): boolean {
  if (change.kind === 'item') return change.item === null || change.item.isDeleted;
  return change.kind === 'folder' || change.kind === 'folders' || change.kind === 'items';
}
