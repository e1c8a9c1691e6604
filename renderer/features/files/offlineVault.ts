/** Keeping the files of a whole vault on this device, from the vault's menu. */
import { shallowRef } from 'vue';
import type { VaultNode } from '../../../contract/tree.ts';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import { i18n } from '../../app/i18n.ts';
import { useToasts } from '../../ui/toasts.ts';

export function useVaultFiles() {
  const { t } = i18n.global;
  const format = useFormat();
  const toasts = useToasts();
  const kept = shallowRef<ReadonlySet<string>>(new Set());

  /** Learns which vaults are kept; to be called when a menu opens. */
  async function load(): Promise<void> {
    const answer = await bridge().offlineFiles.status({});
    if (answer.ok) kept.value = new Set(answer.value.rules.vaultIds);
    else toasts.say('bad', format.failure(answer.error));
  }

  /** Keeps the files of a vault, or no longer; what was done is said. */
  async function toggle({ id: vaultId, name }: Pick<VaultNode, 'id' | 'name'>): Promise<void> {
    const keep = !kept.value.has(vaultId);
    const answer = await bridge().offlineFiles.keepVault({ vaultId, keep });
    if (!answer.ok) return toasts.say('bad', format.failure(answer.error));
    kept.value = new Set(answer.value.rules.vaultIds);
    toasts.say('info', t(keep ? 'offlineFiles.keptVault' : 'offlineFiles.leftVault', { name }));
  }

  return { isKept: (vaultId: string): boolean => kept.value.has(vaultId), load, toggle };
}
