/** Whom a vault key is to be wrapped for: everybody whose key can be used, less those left out by hand. */
import { computed, shallowRef } from 'vue';
import { rosterStops } from '../../../contract/keytrust.ts';
import type { KeyHolder } from '../../../contract/rekeying.ts';

/** States of a key that a vault key may be wrapped for, once a person has seen it. */
const usable: ReadonlySet<KeyHolder['trust']> = new Set(['own', 'seen', 'verified', 'unseen']);

export function useAdmitting() {
  /** Null until they are known. */
  const holders = shallowRef<readonly KeyHolder[] | null>(null);
  const leftOut = shallowRef<ReadonlySet<string>>(new Set());

  const canHave = ({ trust, isWeak, fingerprint, roster }: KeyHolder): boolean =>
    fingerprint !== null && !isWeak && usable.has(trust) && !rosterStops(roster);
  const admitted = computed(() =>
    (holders.value ?? []).filter((holder) => canHave(holder) && !leftOut.value.has(holder.userId)),
  );

  function admit(userId: string, isIn: boolean): void {
    const next = new Set(leftOut.value);
    if (isIn) next.delete(userId);
    else next.add(userId);
    leftOut.value = next;
  }

  return {
    ...{ holders, canHave, admitted, admit },
    outside: computed(() => (holders.value ?? []).filter((holder) => !admitted.value.includes(holder))),
    /** With the fingerprints that are shown: nothing is wrapped for another key. */
    wanted: computed(() =>
      admitted.value.flatMap(({ userId, fingerprint }) =>
        fingerprint === null ? [] : [{ userId, fingerprint }],
      ),
    ),
  };
}
