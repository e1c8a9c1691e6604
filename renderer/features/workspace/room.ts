/** Whether the bar is wide enough to hold the clipboard's countdown beside the search. */
import { useWindowSize } from '@vueuse/core';
import { computed, type ComputedRef } from 'vue';

export function useRoomInBar(): ComputedRef<boolean> {
  const { width } = useWindowSize();
  return computed(() => width.value >= 1100);
}
