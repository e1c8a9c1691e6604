/** Files dropped on the list: onto the line under the pointer, or beside the lines onto the selected one. */
import type { RecordRow } from '../../../contract/records.ts';
import type { ListView } from '../list/view.ts';
import { useTree } from '../tree/tree.ts';
import { type FileDrop, useFileDrop } from './fileDrop.ts';
import type { FileTarget } from './queue.ts';

/** Lines carry the number of their row as `data-row`. */
export function useListDrop(view: () => ListView): FileDrop {
  const tree = useTree();

  /** As far as the page knows; the main process decides, record by record. */
  function takesFiles({ kind, vaultId }: RecordRow): boolean {
    const vault = tree.overview?.vaults.find(({ id }) => id === vaultId);
    return kind === 'record' && vault?.writable !== false;
  }

  function aim({ target }: DragEvent): FileTarget | null {
    const line = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
    const number = line?.dataset['row'];
    const row = number === undefined ? view().selectedRow : view().rows.rowAt(Number(number));
    return row && takesFiles(row) ? { id: row.id, name: row.name } : null;
  }

  return useFileDrop(aim);
}
