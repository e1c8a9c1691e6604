/** Erasing records with everything that hangs on them; shared by the vaults and the records. */
import type { Engine, SqlValue } from './engine.ts';

/**
 * Erases the records whose rows `selection` gives. Foreign keys carry off the details,
 * attachments and search texts; the index, the manifest, the revisions and the recents have none.
 */
export function eraseRecords(engine: Engine, selection: string, values: readonly SqlValue[]): void {
  engine.query(`DELETE FROM search_index WHERE rowid IN (${selection})`).run(...values);
  const ids = `SELECT id FROM records WHERE row IN (${selection})`;
  engine.query(`DELETE FROM manifest WHERE record_id IN (${ids})`).run(...values);
  engine.query(`DELETE FROM revisions WHERE record_id IN (${ids})`).run(...values);
  engine.query(`DELETE FROM revision_reads WHERE record_id IN (${ids})`).run(...values);
  engine.query(`DELETE FROM recents WHERE record_id IN (${ids})`).run(...values);
  engine.query(`DELETE FROM records WHERE row IN (${selection})`).run(...values);
  engine.noteChange();
}
