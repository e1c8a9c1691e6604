/** The name of the place that the list shows, from the tree. */
import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { useTree } from '../tree/tree.ts';
import { useList } from './list.ts';

export function usePlaceName(): ComputedRef<string> {
  const { t } = useI18n();
  const list = useList();
  const tree = useTree();

  return computed(() => {
    const { scope } = list;
    if (scope.kind === 'tag') return scope.tag;
    if (scope.kind === 'vault') {
      return tree.overview?.vaults.find((vault) => vault.id === scope.vaultId)?.name ?? '';
    }
    if (scope.kind !== 'folder') return t(`tree.${scope.kind}`);
    for (const known of tree.folders.values()) {
      const folder =
        known.status === 'here' ? known.folders.find(({ id }) => id === scope.folderId) : undefined;
      if (folder) return folder.name;
    }
    return '';
  });
}
