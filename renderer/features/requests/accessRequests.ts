/** Who waits for the key of a vault: how many, and the page of them that is shown. */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Failure } from '../../../contract/index.ts';
import { requestsPage } from '../../../contract/requests.ts';
import type { AccessRequestView } from '../../../contract/requests.ts';
import { bridge } from '../../app/bridge.ts';

export const useAccessRequests = defineStore('accessRequests', () => {
  const waiting = ref(0);
  const page = shallowRef<readonly AccessRequestView[] | null>(null);
  const total = ref(0);
  const offset = ref(0);
  const failure = shallowRef<Failure | null>(null);
  /** Why a confirmation was stopped, by request. */
  const stopped = shallowRef<ReadonlyMap<string, Failure>>(new Map());
  const busy = ref(false);
  let number = 0;

  const pages = computed(() => Math.ceil(total.value / requestsPage));

  /** Asks how many wait; without contact what was known before stands. */
  async function count(): Promise<void> {
    const answer = await bridge().requests.waiting({});
    if (answer.ok) waiting.value = answer.value.count;
  }

  async function load(from: number = offset.value): Promise<void> {
    const asked = ++number;
    const answer = await bridge().requests.list({ offset: from });
    if (asked !== number) return;
    failure.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    const isPast = from > 0 && answer.value.requests.length === 0;
    if (isPast) return load(Math.max(0, from - requestsPage));
    offset.value = from;
    page.value = answer.value.requests;
    total.value = answer.value.total;
    waiting.value = answer.value.total;
  }

  async function working(work: () => Promise<void>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    await work();
    await load();
    busy.value = false;
  }

  /** Confirms under the fingerprints that are shown. */
  function confirm(requests: readonly AccessRequestView[], allowWeak = false): Promise<void> {
    const wishes = requests.flatMap(({ id, vault, person, fingerprint }) =>
      fingerprint === null ? [] : [{ id, vaultId: vault.id, userId: person.id, fingerprint, allowWeak }],
    );
    return working(async () => {
      if (wishes.length === 0) return;
      const answer = await bridge().requests.confirm({ requests: wishes });
      const told = new Map(stopped.value);
      for (const { id } of wishes) told.delete(id);
      if (answer.ok) {
        for (const { id, failure: why } of answer.value.outcomes) if (why !== null) told.set(id, why);
      } else for (const { id } of wishes) told.set(id, answer.error);
      stopped.value = told;
    });
  }

  function decline({ id }: AccessRequestView): Promise<void> {
    return working(async () => note(id, await bridge().requests.decline({ id })));
  }

  /** The person knows the vault by what is in it. */
  function vouch({ id, vault }: AccessRequestView): Promise<void> {
    return working(async () => note(id, await bridge().requests.vouch({ vaultId: vault.id })));
  }

  function note(id: string, answer: { readonly ok: boolean; readonly error?: Failure }): void {
    const told = new Map(stopped.value);
    if (answer.error === undefined) told.delete(id);
    else told.set(id, answer.error);
    stopped.value = told;
  }

  function forget(): void {
    number += 1;
    waiting.value = 0;
    page.value = null;
    total.value = 0;
    offset.value = 0;
    failure.value = null;
    stopped.value = new Map();
    busy.value = false;
  }

  return {
    ...{ waiting, page, total, offset, pages, failure, stopped, busy },
    ...{ count, load, confirm, decline, vouch, forget },
  };
});
