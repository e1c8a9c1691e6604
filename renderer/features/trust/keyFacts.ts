/** One person's key as a card shows it: what is known, what is being done, what failed. */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { Failure, Result } from '../../../contract/index.ts';
import type { KeyFacts } from '../../../contract/keytrust.ts';
import { bridge } from '../../app/bridge.ts';

/**
 * `userId` may change; what an earlier one is answered is dropped then. `name` is what the person is
 * shown as the owner's: by that name the key is compared.
 */
export function useKeyFacts(userId: () => string, name: () => string) {
  const facts = shallowRef<KeyFacts | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const busy = ref(false);
  let number = 0;

  async function take(asking: Promise<Result<KeyFacts>>): Promise<boolean> {
    const asked = ++number;
    busy.value = true;
    const answer = await asking;
    if (asked !== number) return false;
    busy.value = false;
    failure.value = answer.ok ? null : answer.error;
    if (answer.ok) facts.value = answer.value;
    return answer.ok;
  }

  const look = (): Promise<boolean> => take(bridge().keyTrust.look({ userId: userId() }));

  /** The shown key: whatever is decided is decided about it, not about what comes next. */
  const shown = computed(() => facts.value?.key?.fingerprint ?? null);

  async function verify(): Promise<boolean> {
    if (shown.value === null) return false;
    const fingerprint = shown.value;
    return take(bridge().keyTrust.verify({ userId: userId(), fingerprint, name: name().slice(0, 1000) }));
  }

  const unverify = (): Promise<boolean> => take(bridge().keyTrust.unverify({ userId: userId() }));

  async function accept(askedInPerson: boolean): Promise<boolean> {
    if (shown.value === null) return false;
    const fingerprint = shown.value;
    return take(bridge().keyTrust.accept({ userId: userId(), fingerprint, askedInPerson }));
  }

  watch(
    userId,
    () => {
      facts.value = null;
      failure.value = null;
      void look();
    },
    { immediate: true },
  );
  onScopeDispose(() => (number += 1));

  return { facts, failure, busy, look, verify, unverify, accept };
}
