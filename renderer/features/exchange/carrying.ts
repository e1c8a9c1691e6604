/**
 * Import and export by command, from wherever the person stands: into the place of the list, out
 * of what is marked, or else of the place.
 */
import { useCreation } from '../editor/creation.ts';
import { useList } from '../list/list.ts';
import { useManyActions } from '../many/manyActions.ts';
import { useMarking } from '../many/marking.ts';
import { useTree } from '../tree/tree.ts';
import { type ExportRequest, useExporting } from './exporting.ts';
import { useImporting } from './importing.ts';

export function useCarrying() {
  const list = useList();
  const tree = useTree();
  const marking = useMarking();
  const many = useManyActions();
  const importing = useImporting();
  const exporting = useExporting();
  const creation = useCreation();

  /** The vault or folder of the list as something to be written out; null where it is neither. */
  function placeRequest(): ExportRequest | null {
    const { scope } = list;
    if (list.binShown || (scope.kind !== 'vault' && scope.kind !== 'folder')) return null;
    const vaultId = scope.kind === 'vault' ? scope.vaultId : tree.vaultOf(scope.folderId);
    if (!tree.overview?.vaults.some(({ id, can }) => id === vaultId && can.export)) return null;
    if (vaultId === null) return null;
    const folderId = scope.kind === 'folder' ? scope.folderId : null;
    return { scope, name: tree.namesOf({ vaultId, folderId }).at(-1) ?? '' };
  }

  return {
    /** The wizard asks for the place where the list is none that takes records. */
    bringIn: () => importing.begin(creation.recordPlace.value),
    canTakeOut: () => marking.count > 0 || placeRequest() !== null,
    /** False where there is nothing to write out. */
    takeOut(): boolean {
      if (marking.count > 0) return (many.exportThem(), true);
      const request = placeRequest();
      if (request) exporting.begin(request);
      return request !== null;
    },
  };
}
