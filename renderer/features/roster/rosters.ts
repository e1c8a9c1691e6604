/** The signed lists that were found in the vaults, as long as something shows them. */
import { useThrottleFn } from '@vueuse/core';
import { onMounted, onScopeDispose, ref, shallowRef } from 'vue';
import type { Failure, Result } from '../../../contract/index.ts';
import type { FoundRosterView } from '../../../contract/roster.ts';
import { bridge } from '../../app/bridge.ts';

export function useRosters() {
  const rosters = shallowRef<readonly FoundRosterView[] | null>(null);
  const canSign = ref(false);
  const failure = shallowRef<Failure | null>(null);
  const busy = ref(false);
  let number = 0;

  async function load(): Promise<void> {
    const asked = ++number;
    const answer = await bridge().roster.list({});
    if (asked !== number) return;
    failure.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    rosters.value = answer.value.rosters;
    canSign.value = answer.value.canSign;
  }

  /** Null when it was done. */
  async function decide(deciding: Promise<Result<unknown>>): Promise<Failure | null> {
    busy.value = true;
    const answer = await deciding;
    busy.value = false;
    await load();
    return answer.ok ? null : answer.error;
  }

  const accept = (recordId: string, keyFingerprint: string): Promise<Failure | null> =>
    decide(bridge().roster.accept({ recordId, keyFingerprint }));

  const withdraw = (keyFingerprint: string): Promise<Failure | null> =>
    decide(bridge().roster.withdraw({ keyFingerprint }));

  onMounted(() => void load());
  onScopeDispose(
    bridge().on(
      'mirrorChanged',
      useThrottleFn(() => void load(), 1000, true),
    ),
  );
  onScopeDispose(() => (number += 1));

  return { rosters, canSign, failure, busy, load, accept, withdraw };
}

export type Rosters = ReturnType<typeof useRosters>;
