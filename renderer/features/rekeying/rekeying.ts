/** Vaults on their way to another key, and the dialogs about vault keys. */
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Failure, Result } from '../../../contract/index.ts';
import type { RekeyingView } from '../../../contract/rekeying.ts';
import { bridge } from '../../app/bridge.ts';

export type VaultKeyDialog = {
  readonly kind: 'rekey' | 'decide';
  readonly vaultId: string;
  readonly vaultName: string;
};

export const useRekeying = defineStore('rekeying', () => {
  const rekeyings = shallowRef<readonly RekeyingView[]>([]);
  const dialog = shallowRef<VaultKeyDialog | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const busy = ref(false);

  /** Asks what was begun on this device, at unlock. */
  async function load(): Promise<void> {
    const answer = await bridge().rekeying.status({});
    if (answer.ok) rekeyings.value = answer.value.rekeyings;
  }

  /** Listens as long as the returned function is not called. */
  function follow(): () => void {
    return bridge().on('rekeyingChanged', (told) => {
      rekeyings.value = told.rekeyings;
    });
  }

  async function take(work: Promise<Result<Record<string, never>>>): Promise<boolean> {
    busy.value = true;
    const answer = await work;
    busy.value = false;
    failure.value = answer.ok ? null : answer.error;
    return answer.ok;
  }

  const goOn = (vaultId: string): Promise<boolean> => take(bridge().rekeying.goOn({ vaultId }));
  const pause = (vaultId: string): Promise<boolean> => take(bridge().rekeying.pause({ vaultId }));
  const giveUp = (vaultId: string): Promise<boolean> => take(bridge().rekeying.giveUp({ vaultId }));

  function show(wanted: VaultKeyDialog): void {
    failure.value = null;
    dialog.value = wanted;
  }

  function close(): void {
    dialog.value = null;
  }

  function forget(): void {
    rekeyings.value = [];
    dialog.value = null;
    failure.value = null;
    busy.value = false;
  }

  return { rekeyings, dialog, failure, busy, load, follow, goOn, pause, giveUp, show, close, forget };
});
