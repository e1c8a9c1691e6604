/** Whether the log of a vault or record can be asked for; where not, nothing speaks of it. */
import { type Ref, ref, watch } from 'vue';
import { bridge } from '../../app/bridge.ts';
import type { PlaceLog } from './activity.ts';

export function useActivityOffered(scope: () => PlaceLog['scope'] | null): Readonly<Ref<boolean>> {
  const offered = ref(false);
  let number = 0;
  watch(
    scope,
    async (wanted) => {
      const asked = ++number;
      offered.value = false;
      if (wanted === null) return;
      const answer = await bridge().activity.offered({ scope: wanted });
      if (asked === number) offered.value = answer.ok && answer.value.offered;
    },
    { immediate: true },
  );
  return offered;
}
