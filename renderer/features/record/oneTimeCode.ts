/**
 * The current one-time code of a field. Only its digits are ever here; while nobody can see
 * the window no timer runs and the last code is forgotten.
 */
import { useIntervalFn } from '@vueuse/core';
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { Failure, Output, Result } from '../../../contract/index.ts';
import { useVisibility } from '../../app/visibility.ts';

type Code = Output<'records', 'readCode'>;

export function useOneTimeCode(read: () => Promise<Result<Code>>) {
  const visible = useVisibility();
  const code = shallowRef<Code | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const now = ref(Date.now());
  let number = 0;

  async function load(): Promise<void> {
    const asked = ++number;
    const answer = await read();
    if (asked !== number) return;
    now.value = Date.now();
    code.value = answer.ok ? answer.value : null;
    failure.value = answer.ok ? null : answer.error;
  }

  const ticking = useIntervalFn(
    () => {
      now.value = Date.now();
      if (code.value && now.value >= code.value.validUntil) void load();
    },
    1000,
    { immediate: false },
  );

  function stop(): void {
    number += 1;
    ticking.pause();
    code.value = null;
  }

  watch(
    visible,
    (seen) => {
      if (!seen) return stop();
      void load();
      ticking.resume();
    },
    { immediate: true },
  );
  onScopeDispose(stop);

  const leftMs = computed(() => Math.max(0, (code.value?.validUntil ?? 0) - now.value));
  return {
    failure,
    /** The digits in two groups, or null while there are none. */
    digits: computed(() => (code.value ? grouped(code.value.code) : null)),
    /** The digits that come after these. */
    next: computed(() => (code.value ? grouped(code.value.next) : null)),
    seconds: computed(() => Math.ceil(leftMs.value / 1000)),
    share: computed(() => (code.value ? leftMs.value / code.value.periodMs : 0)),
  };
}

/** `481902` becomes `481 902`; codes of other lengths are split in the middle. */
export function grouped(code: string): string {
  const middle = Math.ceil(code.length / 2);
  return code.length < 6 ? code : `${code.slice(0, middle)} ${code.slice(middle)}`;
}
