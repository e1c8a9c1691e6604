/** Whether a record can be shared at all, and if not, why; where the server has no sharing, nothing speaks of it. */
import { type Ref, shallowRef, watch } from 'vue';
import type { SharingOffer } from '../../../contract/sharing.ts';
import { bridge } from '../../app/bridge.ts';

/** Null until it is known, and where it cannot be asked. */
export function useSharingOffered(recordId: () => string): Readonly<Ref<SharingOffer | null>> {
  const offer = shallowRef<SharingOffer | null>(null);
  let number = 0;
  watch(
    recordId,
    async (id) => {
      const asked = ++number;
      offer.value = null;
      const answer = await bridge().sharing.offered({ recordIds: [id] });
      if (asked === number) offer.value = answer.ok ? answer.value : null;
    },
    { immediate: true },
  );
  return offer;
}
