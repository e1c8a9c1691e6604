/** Which dialog about vaults is open, what the server offers for them, and where a new vault is shown. */
import { defineStore } from 'pinia';
import { shallowRef, watch } from 'vue';
import type { AccessPlace } from '../../../contract/vaultadmin.ts';
import { useAdministration } from '../administration/administration.ts';
import { useList } from '../list/list.ts';
import { useTree } from '../tree/tree.ts';

export type VaultDialog =
  | { readonly kind: 'create' }
  | { readonly kind: 'properties'; readonly vaultId: string }
  | { readonly kind: 'access'; readonly place: AccessPlace; readonly name: string }
  | { readonly kind: 'shelf' };

export const useVaultAdmin = defineStore('vaultAdmin', () => {
  const dialog = shallowRef<VaultDialog | null>(null);
  const tree = useTree();
  const list = useList();
  const administration = useAdministration();
  /** A vault that was just made: the sync that brings it is still under way. */
  let expected: string | null = null;

  function show(wanted: VaultDialog): void {
    dialog.value = wanted;
  }

  function close(): void {
    dialog.value = null;
  }

  /** Goes to a vault as soon as it stands in the tree. */
  function goWhenThere(vaultId: string): void {
    expected = vaultId;
    goIfThere();
  }

  function goIfThere(): void {
    const vaultId = expected;
    if (vaultId === null || !tree.overview?.vaults.some(({ id }) => id === vaultId)) return;
    expected = null;
    tree.activeKey = vaultId;
    list.goTo({ kind: 'vault', vaultId });
  }

  /** A vault that is gone, or on its way to the bin, is not what is looked at any more. */
  function turnAwayFrom(vaultId: string): void {
    const { scope } = list;
    const below = scope.kind === 'folder' ? tree.vaultOf(scope.folderId) : null;
    const isShown = (scope.kind === 'vault' && scope.vaultId === vaultId) || below === vaultId;
    if (isShown) list.goTo({ kind: 'all' });
    tree.activeKey = 'all';
  }

  /** Seeing who may enter takes the reason of each access as well as the entries. */
  function offersAccess(): boolean {
    return administration.offers('vaultAccess') && administration.offers('accessExplained');
  }

  watch(() => tree.overview, goIfThere);

  function forget(): void {
    dialog.value = null;
    expected = null;
  }

  return { dialog, show, close, goWhenThere, turnAwayFrom, offersAccess, forget };
});
