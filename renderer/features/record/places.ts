/** Where a record lies, as a place that something can be put in. */
import type { Place } from '../../../contract/editing.ts';
import type { RecordView } from '../../../contract/records.ts';

/** Null for what lies in no vault, like an inbox entry. */
export function placeOfRecord(record: Pick<RecordView, 'vaultId' | 'path'>): Place | null {
  if (record.vaultId === null) return null;
  return { vaultId: record.vaultId, folderId: record.path.at(-1)?.id ?? null };
}
