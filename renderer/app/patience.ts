/** True once something has been going on long enough that a person should be told of it. */
import { onScopeDispose, readonly, type Ref, ref, type WatchSource, watch } from 'vue';

/** Waits shorter than this are not worth a flicker. */
export const patienceMs = 300;

export function usePatience(waiting: WatchSource<boolean>): Readonly<Ref<boolean>> {
  const lasting = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(
    waiting,
    (now) => {
      clearTimeout(timer);
      lasting.value = false;
      if (now) timer = setTimeout(() => (lasting.value = true), patienceMs);
    },
    { immediate: true },
  );
  onScopeDispose(() => clearTimeout(timer));
  return readonly(lasting);
}
