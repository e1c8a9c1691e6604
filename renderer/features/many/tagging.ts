/** Asking which tags go on and which come off: one question at a time, like the one for a place. */
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';

/** Tags without regard to case; neither list holds one of the other. */
export interface TagChange {
  readonly add: string[];
  readonly remove: string[];
}

export const useTagging = defineStore('tagging', () => {
  /** How many records are asked about; null while nothing is asked. */
  const count = shallowRef<number | null>(null);
  let answered: ((change: TagChange | null) => void) | null = null;

  function settle(change: TagChange | null): void {
    const tell = answered;
    answered = null;
    count.value = null;
    tell?.(change);
  }

  /** Null when the person left the tags as they are. */
  function ask(records: number): Promise<TagChange | null> {
    settle(null);
    count.value = records;
    return new Promise((resolve) => (answered = resolve));
  }

  return { count, ask, settle, forget: () => settle(null) };
});
