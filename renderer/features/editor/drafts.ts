/** Forms that were open when the vaults locked or the application ended, and the offer to go on. */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { DraftRow } from '../../../contract/drafts.ts';
import { bridge } from '../../app/bridge.ts';

export const useDrafts = defineStore('drafts', () => {
  const rows = shallowRef<readonly DraftRow[]>([]);
  /** The draft of the form that is open; it is not offered. */
  const openId = ref<string | null>(null);
  let number = 0;

  async function load(): Promise<void> {
    const asked = ++number;
    const answer = await bridge().drafts.list({});
    if (asked === number && answer.ok) rows.value = answer.value.drafts;
  }

  /** Saved, or given up. */
  async function drop(id: string): Promise<void> {
    number += 1;
    rows.value = rows.value.filter((row) => row.id !== id);
    if (openId.value === id) openId.value = null;
    // A draft that could not be erased is offered once more, which is the lesser evil.
    await bridge().drafts.drop({ id });
  }

  function forget(): void {
    number += 1;
    rows.value = [];
    openId.value = null;
  }

  return {
    openId,
    offered: computed(() => rows.value.filter(({ id }) => id !== openId.value)),
    load,
    drop,
    forget,
  };
});
