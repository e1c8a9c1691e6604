/** How the mirror stands towards its server, as the main process last said. */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Failure } from '../../../contract/index.ts';
import type { SyncStatus } from '../../../contract/sync.ts';
import { bridge } from '../../app/bridge.ts';

export const useSync = defineStore('sync', () => {
  const status = shallowRef<SyncStatus | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const panelOpen = ref(false);
  const exportOpen = ref(false);
  let generation = 0;

  /** Nothing has come to this computer yet, or it is coming for the first time. */
  const first = computed(() => status.value !== null && status.value.lastSyncedAt === null);
  /** How far the running stage is, from 0 to 1; null when that is not known. */
  const share = computed(() =>
    status.value?.phase === 'running' && status.value.total > 0
      ? Math.min(1, status.value.done / status.value.total)
      : null,
  );

  async function load(): Promise<void> {
    const asked = generation;
    const answer = await bridge().sync.status({});
    if (asked !== generation) return;
    if (answer.ok) status.value = answer.value;
    failure.value = answer.ok ? null : answer.error;
  }

  async function start(): Promise<void> {
    const answer = await bridge().sync.start({});
    failure.value = answer.ok ? null : answer.error;
  }

  async function dismiss(id: string): Promise<void> {
    const answer = await bridge().sync.dismissNotice({ id });
    failure.value = answer.ok ? null : answer.error;
    if (answer.ok && status.value) {
      status.value = { ...status.value, notices: status.value.notices.filter((notice) => notice.id !== id) };
    }
  }

  /** The panel gives way to the dialog that asks for the secret again. */
  function askExport(): void {
    panelOpen.value = false;
    exportOpen.value = true;
  }

  /** Only what concerns the account in the window is taken. */
  function follow(currentAccount: () => string | null): () => void {
    return bridge().on('syncChanged', (next) => {
      if (next.accountId === currentAccount()) status.value = next;
    });
  }

  function forget(): void {
    generation += 1;
    status.value = null;
    failure.value = null;
    panelOpen.value = false;
    exportOpen.value = false;
  }

  return {
    status,
    failure,
    panelOpen,
    exportOpen,
    askExport,
    first,
    share,
    load,
    start,
    dismiss,
    follow,
    forget,
  };
});
