/**
 * One record fetched again, after this device has changed it on the server. It passes the same
 * checks as a record of a pull.
 */
import { StrongroomError } from '../../contract/index.ts';
import type { StoredRecord } from '../mirror/model.ts';
import { batchItems } from '../remote/index.ts';
import { RecordIntake } from './intake.ts';
import { KnownRecords } from './known.ts';
import { pullFiles } from './pullextras.ts';
import type { PullContext } from './pullcontext.ts';
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
