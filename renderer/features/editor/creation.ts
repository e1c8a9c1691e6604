/** Beginning something new where the person stands: the place follows from the list that is shown. */
import { computed } from 'vue';
import type { Place } from '../../../contract/editing.ts';
import { i18n } from '../../app/i18n.ts';
import { useList } from '../list/list.ts';
import { useFolderActions } from '../tree/folderActions.ts';
import { useTree } from '../tree/tree.ts';
import { useEditor } from './editor.ts';

export function useCreation() {
  const { t } = i18n.global;
  const list = useList();
  const tree = useTree();
  const editor = useEditor();
  const folders = useFolderActions();

  /** The place of the list, if it is one. */
  const here = computed((): Place | null => {
    const { scope } = list;
    if (list.searching || list.binShown) return null;
    if (scope.kind === 'vault') return { vaultId: scope.vaultId, folderId: null };
    if (scope.kind !== 'folder') return null;
    const vaultId = tree.vaultOf(scope.folderId);
    return vaultId === null ? null : { vaultId, folderId: scope.folderId };
  });
  const vault = computed(() => tree.overview?.vaults.find(({ id }) => id === here.value?.vaultId));

  const recordPlace = computed(() => (vault.value?.can.addRecords ? here.value : null));

  return {
    /** Where a new record goes without being asked; null where the list is no such place. */
    recordPlace,
    /** Why no folder can be made here; null when it can. */
    folderBar: computed(() => {
      if (!vault.value) return t('folders.noPlace');
      return folders.barOf(vault.value);
    }),
    record: () => editor.open({ kind: 'create', place: recordPlace.value }),
    async folder(): Promise<void> {
      if (here.value && vault.value && folders.barOf(vault.value) === null) await folders.create(here.value);
    },
  };
}
