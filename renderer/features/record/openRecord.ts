/**
 * The record in the pane. It lives with the pane and not in a store, since opening a record
 * decrypts the labels of its custom fields. A late answer for a record left behind is dropped.
 */
import { onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue';
import type { Failure } from '../../../contract/index.ts';
import type { RecordView } from '../../../contract/records.ts';
import { bridge } from '../../app/bridge.ts';

/** Records passed by faster than this (a held arrow key) are not read at all. */
const passingMs = 120;

export interface OpenRecord {
  readonly record: Readonly<Ref<RecordView | null>>;
  readonly failure: Readonly<Ref<Failure | null>>;
  readonly waiting: Readonly<Ref<boolean>>;
  readonly reload: () => Promise<void>;
}

export function useOpenRecord(recordId: () => string | null): OpenRecord {
  const record = shallowRef<RecordView | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const waiting = ref(false);
  let number = 0;
  let changedAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function reload(): Promise<void> {
    const id = recordId();
    const asked = ++number;
    if (id === null) return;
    waiting.value = record.value?.id !== id;
    const answer = await bridge().records.read({ recordId: id });
    if (asked !== number) return;
    waiting.value = false;
    failure.value = answer.ok ? null : answer.error;
    record.value = answer.ok ? answer.value : null;
  }

  function close(): void {
    number += 1;
    clearTimeout(timer);
    record.value = null;
    failure.value = null;
    waiting.value = false;
  }

  watch(
    recordId,
    (id) => {
      number += 1;
      clearTimeout(timer);
      if (id === null) return close();
      const now = performance.now();
      const passing = now - changedAt < passingMs;
      changedAt = now;
      if (passing) timer = setTimeout(() => void reload(), passingMs);
      else void reload();
    },
    { immediate: true },
  );
  const unsubscribe = bridge().on('mirrorChanged', ({ recordIds }) => {
    const id = recordId();
    if (id !== null && (recordIds === null || recordIds.includes(id))) void reload();
  });
  onScopeDispose(() => {
    unsubscribe();
    close();
  });

  return { record, failure, waiting, reload };
}
