/** The changes that the server does not have yet, oldest first, as far as they were read. */
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Failure, Result } from '../../../contract/index.ts';
import type { WaitingRow } from '../../../contract/sync.ts';
import { bridge } from '../../app/bridge.ts';

export const waitingPage = 20;

export const useWaiting = defineStore('waiting', () => {
  const rows = shallowRef<readonly WaitingRow[]>([]);
  const total = ref<number | null>(null);
  const failure = shallowRef<Failure | null>(null);
  let wanted = waitingPage;
  let number = 0;

  async function load(): Promise<void> {
    const asked = ++number;
    const read: WaitingRow[] = [];
    for (let offset = 0; offset < wanted;) {
      const limit = Math.min(200, wanted - offset);
      const answer = await bridge().sync.waiting({ offset, limit });
      if (asked !== number) return;
      failure.value = answer.ok ? null : answer.error;
      if (!answer.ok) return;
      read.push(...answer.value.rows);
      total.value = answer.value.total;
      if (answer.value.rows.length < limit) break;
      offset += limit;
    }
    rows.value = read;
  }

  async function more(): Promise<void> {
    wanted += waitingPage * 5;
    await load();
  }

  async function act(call: Promise<Result<unknown>>): Promise<void> {
    const answer = await call;
    const refused = answer.ok || answer.error.code === 'noSuchChange' ? null : answer.error;
    await load();
    failure.value ??= refused;
  }

  /** One held change, or all with null. */
  const retry = (id: string | null): Promise<void> => act(bridge().sync.retry({ id }));
  const discard = (id: string): Promise<void> => act(bridge().sync.discard({ id }));

  function forget(): void {
    number += 1;
    wanted = waitingPage;
    rows.value = [];
    total.value = null;
    failure.value = null;
  }

  return { rows, total, failure, load, more, retry, discard, forget };
});
