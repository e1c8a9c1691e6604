/** The person's own account as the server tells it, and what is open of its dialogs. */
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Failure } from '../../../contract/index.ts';
import type { OwnAccountOffer, OwnAccountOverview } from '../../../contract/ownaccount.ts';
import { bridge } from '../../app/bridge.ts';

export type OwnAccountDialog = 'masterPassword' | 'logIn' | 'setUp' | 'renew' | 'disable';

export const useOwnAccount = defineStore('ownAccount', () => {
  const overview = shallowRef<OwnAccountOverview | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const dialog = ref<OwnAccountDialog | null>(null);
  /** A master password was set just now: its owner is told what comes next. */
  const firstSteps = ref(false);
  let number = 0;

  /** Asks the server; without contact there is nothing that could be changed. */
  async function load(): Promise<void> {
    const asked = ++number;
    const answer = await bridge().ownAccount.overview({});
    if (asked !== number) return;
    failure.value = answer.ok ? null : answer.error;
    overview.value = answer.ok ? answer.value : null;
  }

  function offers(offer: OwnAccountOffer): boolean {
    return overview.value?.offers.includes(offer) ?? false;
  }

  function forget(): void {
    number += 1;
    overview.value = null;
    failure.value = null;
    dialog.value = null;
    firstSteps.value = false;
  }

  return { overview, failure, dialog, firstSteps, load, offers, forget };
});
