/**
 * Where a delivered record lands on this device: under the id it has here, in the folder as it is
 * called here, with the files that lie here, and with what waits for it taken into account.
 */
import { randomUUID } from 'node:crypto';
import type {
  BinEntry,
  Mirror,
  OutboxOperation,
  StoredAttachment,
  StoredRecord,
} from '../../mirror/index.ts';
import { sendUnsent, showAgain } from '../outbox/binning.ts';
import { endMadeAnew, wasMadeAnew } from '../outbox/anew.ts';
import { renewed, settlePutBack } from '../outbox/pending.ts';
import type { PullContext } from '../pullcontext.ts';
import { rebase } from '../merge/rebase.ts';
import { isAsSent } from './creations.ts';

/**
 * The delivered record as a row of this device. `known` are its former states here, the newest
 * first: what they know of ids and files is kept.
 */
export function localised(
  { mirror, mode }: PullContext,
  delivered: StoredRecord,
  id: string,
  known: readonly StoredRecord[],
): StoredRecord {
  const files = known.flatMap((each) => each.attachments);
  const attachments = delivered.attachments.map((file) => {
    // One whose sending was not answered has no server's id here yet, and is known by its key. Without
    // this the base would name it by another id than the row, and it would be taken off again.
    const isUnanswered = (each: StoredAttachment): boolean =>
      each.serverId === null &&
      each.encryptedKey === file.encryptedKey &&
      (mode === 'client' || each.name === file.name);
    const here = files.find(({ serverId }) => serverId === file.serverId) ?? files.find(isUnanswered);
    if (here === undefined) return file;
    const same = here.encryptedKey === file.encryptedKey;
    return same
      ? { ...file, id: here.id, size: here.size, localFile: here.localFile }
      : { ...file, id: here.id };
  });
  const folderId = delivered.folderId === null ? null : localFolderId(mirror, delivered.folderId);
  return { ...delivered, id, folderId, attachments, flagged: false };
}

/** The id that a folder of the server has on this device. */
export function localFolderId(mirror: Mirror, serverId: string): string {
  const here = mirror.folders.byServerId(serverId) ?? mirror.bin.byServerId('folder', serverId);
  return here?.id ?? serverId;
}

/**
 * The id under which something lands that was never here: the server's. Where a record that was made
 * anew still goes by that one, the two are different records from now on, and it gets one of its own.
 */
export function freshId({ records, bin }: Mirror, { id }: StoredRecord): string {
  return records.get(id) === null && bin.get(id) === null ? id : `again-${randomUUID()}`;
}

/** A record that was never here. */
export function landedNew(context: PullContext, delivered: StoredRecord): StoredRecord {
  const row = localised(context, delivered, freshId(context.mirror, delivered), []);
  bringBackFolder(context, row.folderId);
  return row;
}

/**
 * What lands: the row to be written, or nothing where this device goes on as it is. `unsettled` is
 * the common ancestor where nothing was ever settled.
 */
export function landed(
  context: PullContext,
  previous: StoredRecord,
  delivered: StoredRecord,
  unsettled: (previous: StoredRecord) => StoredRecord = (made) => withoutChanges(context.mirror, made),
): StoredRecord | null {
  const { mirror } = context;
  const base = mirror.bases.record(previous.id);
  const theirs = localised(context, delivered, previous.id, base ? [previous, base] : [previous]);
  bringBackFolder(context, theirs.folderId);
  if (base === undefined) return theirs;
  return rebase(context, { base: base ?? unsettled(previous), mine: previous, theirs });
}

/**
 * A delivered record that lies in the bin here. Deleted here and changed there it comes back, as
 * the server has it, and a person decides. One whose deletion was settled was put back by somebody.
 * Null where nothing lands: it is still to be deleted.
 */
export function outOfBin(
  context: PullContext,
  entry: BinEntry,
  delivered: StoredRecord,
): StoredRecord | null {
  const { mirror } = context;
  const { record: mine, id } = entry;
  if (mine === null) return null;
  const root = removedFolderOf(mirror, entry);
  const removal = mirror.outbox.ofObject('record', id).find(({ change }) => change.kind === 'remove');
  if (root !== null || removal !== undefined) {
    if (mine.contentHash === delivered.contentHash) {
      settlePutBack(mirror, id);
      return null;
    }
  }
  if (root !== null) {
    comeBack(context, root);
    return landed(context, mine, delivered);
  }
  mirror.bin.remove(id);
  if (removal === undefined) return landed(context, mine, delivered);
  return changedThere(context, mine, delivered, removal);
}

function changedThere(
  context: PullContext,
  mine: StoredRecord,
  delivered: StoredRecord,
  removal: OutboxOperation,
): StoredRecord | null {
  const { mirror, now } = context;
  const row = landed(context, mine, delivered) ?? mine;
  const { id: recordId, name } = row;
  const removing = mirror.outbox.ofObject('record', recordId).find(({ seq }) => seq === removal.seq);
  if (mirror.conflicts.ofRecord(recordId) !== null) {
    // Changed here as well, and not alike: that is decided first, and it may be deleted again then.
    if (removing !== undefined) mirror.outbox.remove(removing.id);
    return row;
  }
  if (removing !== undefined) mirror.outbox.setState(removing.id, 'undecided', null);
  const vaultName = (row.vaultId === null ? null : mirror.vaults.get(row.vaultId)?.name) ?? '';
  const about = { recordId, name, vaultName, at: now(), fields: [], sealed: null };
  mirror.conflicts.put({ id: randomUUID(), kind: 'changedThere', ...about });
  return row;
}

/** The deleted folder in which this entry lies, while the server has not been told of it. */
function removedFolderOf(mirror: Mirror, { under }: BinEntry): BinEntry | null {
  const root = under === null ? null : mirror.bin.get(under);
  if (root === null) return null;
  const waits = mirror.outbox
    .ofObject('folder', root.id)
    .some(({ change }) => change.kind === 'removeFolder');
  return waits ? root : null;
}

/** A deleted folder in which somebody works stands again, and its deletion is held. */
function comeBack({ mirror, now }: PullContext, root: BinEntry): void {
  const entries = [root, ...mirror.bin.under(root.id)];
  showAgain(mirror, root);
  sendUnsent(mirror, entries, now());
  for (const operation of mirror.outbox.ofObject('folder', root.id)) {
    if (operation.change.kind !== 'removeFolder') continue;
    const id = operation.attempts > 0 ? renewedId(mirror, operation) : operation.id;
    mirror.outbox.setState(id, 'held', { code: 'changedMeanwhile', params: {} });
  }
}

function renewedId(mirror: Mirror, operation: OutboxOperation): string {
  renewed(mirror, operation);
  const { object, objectId, seq } = operation;
  return mirror.outbox.ofObject(object, objectId).find((each) => each.seq === seq)?.id ?? operation.id;
}

function bringBackFolder(context: PullContext, folderId: string | null): void {
  const { mirror } = context;
  const entry = folderId === null ? null : mirror.bin.get(folderId);
  if (entry === null) return;
  const root = entry.under === null ? entry : mirror.bin.get(entry.under);
  if (root === null) return;
  const waits = mirror.outbox
    .ofObject('folder', root.id)
    .some(({ change }) => change.kind === 'removeFolder');
  if (waits) comeBack(context, root);
}

/** A record made here as it was when its creation was committed: what the server was sent. */
export function withoutChanges(mirror: Mirror, record: StoredRecord): StoredRecord {
  const creation = mirror.outbox.ofObject('record', record.id).find(({ change }) => change.kind === 'create');
  if (creation?.change.kind !== 'create') return record;
  const { fields, place, keyWrapped } = creation.change;
  return { ...record, ...fields, ...place, keyWrapped, attachments: [], favourite: false };
}

/**
 * The common ancestor of what was made anew here and the same record as it stands there by another
 * hand: what was typed is not known there, so nothing is common to both and whatever differs is a
 * person's to decide.
 */
export function withNothing(record: StoredRecord): StoredRecord {
  const nothing = { name: '', login: '', urls: [], description: '', tags: [], color: 0 };
  return { ...record, ...nothing, passwordEncrypted: null, customs: [], attachments: [], favourite: false };
}

/**
 * Whether the delivered record, of the same key, is not what this device sent. It was put back under
 * the id that it still has here, it stands there before its creation has ever gone out, or it was
 * made anew and so may have been by another device, which had its own values for it.
 */
function isByAnother(mirror: Mirror, mine: StoredRecord, delivered: StoredRecord): boolean {
  const creation = mirror.outbox.ofObject('record', mine.id).find(({ change }) => change.kind === 'create');
  if (mine.id === delivered.serverId || creation?.attempts === 0) return true;
  return creation !== undefined && wasMadeAnew(mirror, mine.id) && !isAsSent(creation, delivered);
}

/**
 * A record made here has arrived: it gets the server's id and base, and what was changed since
 * stays to be sent. Null where it was deleted here meanwhile; then only the bin learns of it.
 */
export function adopted(
  context: PullContext,
  mine: StoredRecord,
  delivered: StoredRecord,
): StoredRecord | null {
  const { mirror } = context;
  const row = landed(
    context,
    mine,
    delivered,
    isByAnother(mirror, mine, delivered) ? withNothing : undefined,
  );
  endMadeAnew(mirror, mine.id);
  const entry = mirror.bin.get(mine.id);
  if (entry === null || row === null) return row;
  mirror.bin.put({ ...entry, record: { ...row, folderId: mine.folderId } });
  if (mirror.bases.record(mine.id) === null) mirror.bases.putRecord(mine.id, row);
  return null;
}
