/** Which of the vaults that are not ready are converted from here; all of them, unless unticked. */
import { computed, shallowRef } from 'vue';
import type { Ref } from 'vue';
import type { ConvertedVault } from '../../../contract/encryptionchange.ts';

/**
 * What somebody else has begun is left to them until it is ticked here: beginning anew throws away
 * what they have made ready.
 */
export function useVaultChoice(
  vaults: Readonly<Ref<readonly ConvertedVault[]>>,
  /** What oneself is called; null where going on with what another began throws nothing away. */
  ownNames: () => readonly string[] | null,
) {
  const turned = shallowRef<ReadonlySet<string>>(new Set());
  const open = computed(() => vaults.value.filter(({ isReady }) => !isReady));

  function isOthers({ startedBy }: ConvertedVault): boolean {
    const own = ownNames();
    return startedBy !== null && own !== null && !own.includes(startedBy);
  }

  function isChosen(vault: ConvertedVault): boolean {
    return isOthers(vault) === turned.value.has(vault.vaultId);
  }

  function choose(vault: ConvertedVault, is: boolean): void {
    if (isChosen(vault) === is) return;
    const next = new Set(turned.value);
    if (!next.delete(vault.vaultId)) next.add(vault.vaultId);
    turned.value = next;
  }

  return {
    ...{ open, isOthers, isChosen, choose },
    vaultIds: computed(() => open.value.filter(isChosen).map(({ vaultId }) => vaultId)),
  };
}
