/**
 * A revealed secret: it lives in the component that shows it and nowhere else. It goes when
 * its time is up, when the window is hidden, when everything locks, and with the component;
 * an answer that comes after any of these is dropped unread.
 */
import { useIntervalFn } from '@vueuse/core';
import { computed, type ComputedRef, onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue';
import type { Failure, Result } from '../../../contract/index.ts';
import { useVisibility } from '../../app/visibility.ts';
import { useSession } from '../unlock/session.ts';

export interface Revealed {
  /** Null while hidden. */
  readonly value: Readonly<Ref<string | null>>;
  readonly secondsLeft: ComputedRef<number>;
  readonly failure: Readonly<Ref<Failure | null>>;
  readonly show: () => Promise<void>;
  readonly hide: () => void;
  /** The record was read anew: what is shown is asked for again, for the time that is left. */
  readonly refresh: () => Promise<void>;
  readonly toggle: () => Promise<void>;
}

type Reveal = () => Promise<Result<{ readonly value: string; readonly hidesAfterMs: number }>>;

export function useRevealed(reveal: Reveal): Revealed {
  const session = useSession();
  const visible = useVisibility();
  const value = shallowRef<string | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const hidesAt = ref(0);
  const now = ref(0);
  let number = 0;
  let expiry: ReturnType<typeof setTimeout> | undefined;
  const ticking = useIntervalFn(() => (now.value = Date.now()), 1000, { immediate: false });

  function hide(): void {
    number += 1;
    clearTimeout(expiry);
    ticking.pause();
    value.value = null;
  }

  async function show(): Promise<void> {
    hide();
    const asked = number;
    const answer = await reveal();
    if (asked !== number) return;
    failure.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    now.value = Date.now();
    hidesAt.value = now.value + answer.value.hidesAfterMs;
    value.value = answer.value.value;
    expiry = setTimeout(hide, answer.value.hidesAfterMs);
    ticking.resume();
  }

  async function refresh(): Promise<void> {
    if (value.value === null) return;
    const asked = number;
    const answer = await reveal();
    if (asked !== number) return;
    if (answer.ok) value.value = answer.value.value;
    else hide();
  }

  watch(
    [visible, () => session.unlocked],
    ([seen, unlocked]) => {
      if (!seen || !unlocked) hide();
    },
    { flush: 'sync' },
  );
  onScopeDispose(hide);

  return {
    value,
    secondsLeft: computed(() => Math.max(1, Math.ceil((hidesAt.value - now.value) / 1000))),
    failure,
    show,
    hide,
    refresh,
    toggle: async () => (value.value === null ? show() : hide()),
  };
}
