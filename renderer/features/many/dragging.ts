/**
 * Carrying records and folders to a place of the tree. What is carried stays in this store: the
 * drag itself holds nothing, so that dropping it on another program tells that program nothing.
 */
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { FolderNode, VaultNode } from '../../../contract/tree.ts';
import { useFolderActions } from '../tree/folderActions.ts';
import { useTree } from '../tree/tree.ts';
import { useManyActions } from './manyActions.ts';

export type Carried =
  | { readonly kind: 'records'; readonly ids: readonly string[] }
  | { readonly kind: 'folder'; readonly folder: FolderNode; readonly vaultId: string };

/** A line of the tree that something can be dropped on. */
export interface DropPlace {
  readonly vault: VaultNode;
  readonly folder: FolderNode | null;
}

/** Tells our own drags from files and from everybody else's. */
const ownType = 'application/x-strongroom';

/** Whether a drag carries what this store knows of. */
export function isOwnDrag({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes(ownType) ?? false;
}

export const useDragging = defineStore('dragging', () => {
  const tree = useTree();
  const carried = shallowRef<Carried | null>(null);

  function begin(event: DragEvent, what: Carried): void {
    if (!event.dataTransfer) return;
    carried.value = what;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData(ownType, '');
  }

  function end(): void {
    carried.value = null;
  }

  /** Whether what is carried may be put there, as far as this device knows. */
  function fits({ vault, folder }: DropPlace): boolean {
    const what = carried.value;
    if (what === null || vault.trust === 'keyChanged' || vault.trust === 'keyMissing') return false;
    if (what.kind === 'records') return vault.can.addRecords;
    const within = vault.id === what.vaultId && vault.can.editFolders;
    return (
      within && what.folder.parentId !== (folder?.id ?? null) && !isInside(folder?.id ?? null, what.folder.id)
    );
  }

  /** A folder lies in itself too. */
  function isInside(folderId: string | null, ancestor: string): boolean {
    for (let id = folderId; id !== null; id = tree.folder(id)?.parentId ?? null)
      if (id === ancestor) return true;
    return false;
  }

  async function drop(place: DropPlace): Promise<void> {
    const what = carried.value;
    const allowed = fits(place);
    end();
    if (what === null || !allowed) return;
    const to = { vaultId: place.vault.id, folderId: place.folder?.id ?? null };
    if (what.kind === 'records') await useManyActions().moveTo(what.ids, to);
    else await useFolderActions().moveTo(what.folder, to);
  }

  return { carried, begin, end, fits, drop, forget: end };
});
