/**
 * Who is at the window and whether the vaults are open. This store stays at lock: what it
 * holds (names of accounts and servers, the reason of the lock) is what the lock screen shows.
 */
import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import type { AccountView } from '../../../contract/accounts.ts';
import type { Failure } from '../../../contract/index.ts';
import type { SessionState } from '../../../contract/session.ts';
import { bridge } from '../../app/bridge.ts';

export const useSession = defineStore('session', () => {
  const state = ref<SessionState | null>(null);
  const accounts = ref<AccountView[] | null>(null);
  /** Accounts whose files on this computer cannot be read. */
  const damaged = ref<string[]>([]);
  const failure = ref<Failure | null>(null);

  const unlocked = computed(() => state.value?.unlocked ?? false);
  const current = computed(() => state.value?.current ?? null);
  /** The account that was shown last: whoever locks goes on with it, however it was locked. */
  const lastShownId = ref<string | null>(null);
  watch(
    () => current.value?.id,
    (id) => {
      if (id !== undefined) lastShownId.value = id;
    },
    { flush: 'sync' },
  );
  /** The screen that the state calls for; null while it is not known. */
  const screen = computed(() => {
    if (!state.value || !accounts.value) return null;
    if (state.value.unlocked) return 'workspace';
    return accounts.value.length > 0 ? 'unlock' : 'addAccount';
  });

  async function loadAccounts(): Promise<void> {
    const answer = await bridge().accounts.list({});
    if (!answer.ok) {
      failure.value = answer.error;
      return;
    }
    accounts.value = answer.value.accounts;
    damaged.value = answer.value.damaged;
  }

  async function load(): Promise<void> {
    failure.value = null;
    const answer = await bridge().session.state({});
    if (answer.ok) state.value = answer.value;
    else failure.value = answer.error;
    await loadAccounts();
  }

  /**
   * Locks at once in the page, with the state that the main process confirms by its event. It takes a
   * while over that, and nobody who has gone on from the lock screen may be led back to it.
   */
  async function lock(): Promise<void> {
    if (state.value?.unlocked) state.value = { unlocked: false, lockReason: 'hand', current: null };
    const answer = await bridge().session.lock({});
    if (!answer.ok) await load();
  }

  function follow(): () => void {
    return bridge().on('sessionChanged', (next) => {
      state.value = next;
      void loadAccounts();
    });
  }

  return {
    ...{ state, accounts, damaged, failure, unlocked, current, lastShownId, screen },
    ...{ load, loadAccounts, lock, follow },
  };
});
