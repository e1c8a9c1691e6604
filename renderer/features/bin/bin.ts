/** The bin: its lines as far as they were read, newest first, putting back and erasing. */
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { BinRow } from '../../../contract/bin.ts';
import type { Failure } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';

export const binPage = 100;

export const useBin = defineStore('bin', () => {
  const rows = shallowRef<readonly BinRow[]>([]);
  /** Null until the first answer. */
  const total = ref<number | null>(null);
  const failure = shallowRef<Failure | null>(null);
  let wanted = binPage;
  let number = 0;

  /** Reads everything that was read before once more, so that no line is shown twice or missed. */
  async function load(): Promise<void> {
    const asked = ++number;
    const read: BinRow[] = [];
    for (let offset = 0; offset < wanted; offset += binPage) {
      const answer = await bridge().bin.page({ vaultId: null, offset, limit: binPage });
      if (asked !== number) return;
      failure.value = answer.ok ? null : answer.error;
      if (!answer.ok) return;
      read.push(...answer.value.rows);
      total.value = answer.value.total;
      if (answer.value.rows.length < binPage) break;
    }
    rows.value = read;
  }

  async function more(): Promise<void> {
    wanted += binPage;
    await load();
  }

  async function mirrorChanged(): Promise<void> {
    if (total.value !== null) await load();
  }

  /** Null when it lies where it was again. */
  async function restore(id: string): Promise<Failure | null> {
    const answer = await bridge().bin.restore({ ids: [id] });
    if (!answer.ok) return answer.error;
    await load();
    return null;
  }

  /** Null when it is gone for good. */
  async function erase(id: string): Promise<Failure | null> {
    const answer = await bridge().bin.erase({ id });
    if (!answer.ok) return answer.error;
    await load();
    return null;
  }

  function forget(): void {
    number += 1;
    wanted = binPage;
    rows.value = [];
    total.value = null;
    failure.value = null;
  }

  return { rows, total, failure, load, more, mirrorChanged, restore, erase, forget };
});
