/**
 * The history of one record: its states, which two are compared, and what differs. Values of
 * secrets are never here; each lives in the component that shows it.
 */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { ComparedField, RestoredField, RevisionList, StateRef } from '../../../contract/history.ts';
import type { Failure } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';

export interface HistoryOf {
  readonly id: string;
  readonly name: string;
  readonly updatedAt: number | null;
  /** The record can be changed, and so put back. */
  readonly writable: boolean;
}

export const useHistory = defineStore('history', () => {
  const record = shallowRef<HistoryOf | null>(null);
  const list = shallowRef<RevisionList | null>(null);
  const failure = shallowRef<Failure | null>(null);
  /** Why the last wish to put something back was refused. */
  const refusal = shallowRef<Failure | null>(null);
  /** The state that is looked at, and the one beside it; null is the record as it is now. */
  const left = ref<StateRef>(null);
  const right = ref<StateRef>(null);
  const fields = shallowRef<readonly ComparedField[]>([]);
  const busy = ref(false);
  let number = 0;

  async function compare(): Promise<void> {
    const asked = ++number;
    if (record.value === null || list.value === null) return;
    const answer = await bridge().history.compare({
      recordId: record.value.id,
      left: left.value,
      right: right.value,
    });
    if (asked !== number) return;
    failure.value = answer.ok ? null : answer.error;
    fields.value = answer.ok ? answer.value.fields : [];
  }

  async function load(): Promise<void> {
    const asked = ++number;
    if (record.value === null) return;
    const answer = await bridge().history.list({ recordId: record.value.id });
    if (asked !== number) return;
    failure.value = answer.ok ? null : answer.error;
    list.value = answer.ok ? answer.value : null;
    const ids = answer.ok ? answer.value.rows.map(({ id }) => id) : [];
    if (left.value === null || !ids.includes(left.value)) left.value = ids[0] ?? null;
    if (right.value !== null && !ids.includes(right.value)) right.value = null;
    await compare();
  }

  function close(): void {
    number += 1;
    record.value = null;
    list.value = null;
    failure.value = null;
    refusal.value = null;
    left.value = null;
    right.value = null;
    fields.value = [];
  }

  async function open(of: HistoryOf): Promise<void> {
    close();
    record.value = of;
    await load();
  }

  async function choose(side: 'left' | 'right', state: StateRef): Promise<void> {
    refusal.value = null;
    if (side === 'left') left.value = state;
    else right.value = state;
    await compare();
  }

  /** The named fields of the state that is looked at, or all of them; true when it is done. */
  async function restore(what: readonly RestoredField[] | null): Promise<boolean> {
    const recordId = record.value?.id;
    if (recordId === undefined || left.value === null || busy.value) return false;
    busy.value = true;
    const asked = number;
    const answer = await bridge().history.restore({
      recordId,
      revisionId: left.value,
      fields: what === null ? null : [...what],
    });
    busy.value = false;
    if (asked === number) refusal.value = answer.ok ? null : answer.error;
    return answer.ok;
  }

  /** The record may have changed: what is compared with it is compared again. */
  async function mirrorChanged(): Promise<void> {
    if (record.value !== null && list.value !== null) await compare();
  }

  function forget(): void {
    busy.value = false;
    close();
  }

  return {
    record,
    list,
    failure,
    refusal,
    left,
    right,
    fields,
    busy,
    /** What differs between the two states. */
    differing: computed(() => fields.value.filter(({ differs }) => differs)),
    open,
    close,
    load,
    choose,
    restore,
    mirrorChanged,
    forget,
  };
});
