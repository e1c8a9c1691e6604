/** Whether the history of a record can be asked for at all; where not, nothing speaks of it. */
import { type Ref, ref, watch } from 'vue';
import { bridge } from '../../app/bridge.ts';

export function useHistoryOffered(recordId: () => string): Readonly<Ref<boolean>> {
  const offered = ref(false);
  let number = 0;
  watch(
    recordId,
    async (id) => {
      const asked = ++number;
      offered.value = false;
      const answer = await bridge().history.offered({ recordId: id });
      if (asked === number) offered.value = answer.ok && answer.value.offered;
    },
    { immediate: true },
  );
  return offered;
}
