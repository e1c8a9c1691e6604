/**
 * One record fetched again, because it was changed there or is about to be changed from here. It
 * passes the same checks as a record of a pull.
 */
import { StrongroomError } from '../../../contract/index.ts';
import type { StoredRecord } from '../../mirror/model.ts';
import { batchItems, readInboxItem, readItem } from '../../remote/index.ts';
import { removeIdleFiles } from './idlefiles.ts';
import { departRecords } from './departures.ts';
import { RecordIntake } from './intake.ts';
import { KnownRecords } from './known.ts';
import { recordHere } from '../outbox/pending.ts';
import { pullFiles } from './pullextras.ts';
import type { PullContext } from '../pullcontext.ts';
import { inboxRow, recordRow } from './rows.ts';

/** Throws `notFound` when the record is gone, `badAnswer`, network codes. */
export async function refreshRecord(context: PullContext, record: StoredRecord): Promise<void> {
  const { client, mirror, mode, signal } = context;
  const [item] = await batchItems(client, [record.itemServerId], signal);
  if (!item || record.vaultId === null) throw new StrongroomError('notFound');
  const known = new KnownRecords([mirror.records.get(record.id) ?? record]);
  const { vaultId } = record;
  await new RecordIntake(context, known).take([item], (delivered) => recordRow(delivered, vaultId, mode));
  await pullFiles(context);
}

/**
 * Takes a record in as the server has it now, beneath what waits for it. Shortcuts are left to the
 * next pull, which alone delivers them whole.
 * @throws StrongroomError `notFound`, `forbidden`, `badAnswer`, network codes
 */
export async function takeAgain(context: PullContext, recordId: string): Promise<void> {
  const { mirror } = context;
  const here = recordHere(mirror, recordId);
  if (here === null || here.kind === 'shortcut' || here.itemServerId === '') return;
  const delivered = here.kind === 'inbox' ? await received(context, here) : await ofVault(context, here);
  if (delivered === null) {
    mirror.transaction(() => departRecords(context, [recordId]));
    return;
  }
  const listed = mirror.records.get(recordId);
  const intake = new RecordIntake(context, new KnownRecords(listed === null ? [] : [listed]));
  mirror.transaction(() => intake.takeAtOnce([delivered]));
  await removeIdleFiles(context.mirror, context.files, intake.takeOrphans());
}

/** Null if it lies in the bin. */
async function ofVault(
  { client, mirror, mode, signal }: PullContext,
  here: StoredRecord,
): Promise<StoredRecord | null> {
  const item = await readItem(client, here.itemServerId, signal);
  if (item.id !== here.itemServerId) throw new StrongroomError('badAnswer', { reason: 'itemId' });
  if (item.isDeleted) return null;
  const base = mirror.bases.record(here.id) ?? here;
  const vault = item.vaultId === null ? base.vaultId : (mirror.vaults.byServerId(item.vaultId)?.id ?? null);
  if (vault === null) throw new StrongroomError('notFound');
  return recordRow(item, vault, mode);
}

/** A record that was sent to this user: its key comes with the entry alone. */
async function received(
  { client, mode, signal }: PullContext,
  here: StoredRecord,
): Promise<StoredRecord | null> {
  const item = await readInboxItem(client, here.serverId, signal);
  if (item.id !== here.itemServerId || item.inbox.id !== here.serverId) {
    throw new StrongroomError('badAnswer', { reason: 'itemId' });
  }
  return item.isDeleted ? null : inboxRow(item, mode);
}
