/**
 * One record fetched again, because it was changed there or is about to be changed from here. It
 * passes the same checks as a record of a pull.
 */
import { StrongroomError } from '../../../contract/index.ts';
import type { StoredRecord } from '../../mirror/model.ts';
import { batchItems, readItem } from '../../remote/index.ts';
import { removeIdleFiles } from './idlefiles.ts';
import { departRecords } from './departures.ts';
import { RecordIntake } from './intake.ts';
import { KnownRecords } from './known.ts';
import { recordHere } from '../outbox/pending.ts';
import { pullFiles } from './pullextras.ts';
import type { PullContext } from '../pullcontext.ts';
import { recordRow } from './rows.ts';

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
 * Takes a record in as the server has it now, beneath what waits for it. Shortcuts and inbox
 * entries are left to the next pull, which alone delivers them whole.
 * @throws StrongroomError `notFound`, `forbidden`, `badAnswer`, network codes
 */
export async function takeAgain(context: PullContext, recordId: string): Promise<void> {
  const { client, mirror, mode, signal } = context;
  const here = recordHere(mirror, recordId);
  if (here === null || here.kind !== 'record' || here.itemServerId === '') return;
  const item = await readItem(client, here.itemServerId, signal);
  if (item.id !== here.itemServerId) throw new StrongroomError('badAnswer', { reason: 'itemId' });
  if (item.isDeleted) {
    mirror.transaction(() => departRecords(context, [recordId]));
    return;
  }
  const base = mirror.bases.record(recordId) ?? here;
  const vault = item.vaultId === null ? base.vaultId : (mirror.vaults.byServerId(item.vaultId)?.id ?? null);
  if (vault === null) throw new StrongroomError('notFound');
  const listed = mirror.records.get(recordId);
  const intake = new RecordIntake(context, new KnownRecords(listed === null ? [] : [listed]));
  mirror.transaction(() => intake.takeAtOnce([recordRow(item, vault, mode)]));
  await removeIdleFiles(context.mirror, context.files, intake.takeOrphans());
}
