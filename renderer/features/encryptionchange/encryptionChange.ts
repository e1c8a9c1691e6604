/**
 * Client-side encryption on its way on or off: what the last sync told, what the server says now, and
 * what runs on this device. The server's word alone never starts anything: each deed is a person's.
 */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type {
  ConversionView,
  EncryptionChangeOverview,
  EncryptionDirection,
} from '../../../contract/encryptionchange.ts';
import type { Failure, Result } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';

export type EncryptionChangeDialog = 'masterPassword' | 'encrypt' | 'handOver';

/** What a change that is under way asks of this person now; `nothing` is left to do. */
export type AskedOfPerson = 'masterPassword' | 'encrypt' | 'handOver' | 'nothing';

export const useEncryptionChange = defineStore('encryptionChange', () => {
  const announced = ref<EncryptionDirection | null>(null);
  const conversion = shallowRef<ConversionView | null>(null);
  /** Null until the server answered. */
  const overview = shallowRef<EncryptionChangeOverview | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const dialog = ref<EncryptionChangeDialog | null>(null);
  let number = 0;

  const direction = computed(() => overview.value?.underWay?.direction ?? announced.value);
  /** Vaults that this person has left to convert. */
  const unready = computed(() => (overview.value?.vaults ?? []).filter(({ isReady }) => !isReady));
  /** Null while the server has not said. */
  const asked = computed((): AskedOfPerson | null => {
    const told = overview.value;
    if (told === null || told.underWay === null) return null;
    if (told.ownKeys === 'missing') return 'masterPassword';
    if (unready.value.length === 0) return 'nothing';
    return told.underWay.direction === 'on' ? 'encrypt' : 'handOver';
  });

  /** Asks the server. Without contact what it said before stands, with the failure beside it. */
  async function read(): Promise<void> {
    const mine = ++number;
    const answer = await bridge().encryptionChange.read({});
    if (mine !== number) return;
    failure.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    overview.value = answer.value;
    conversion.value = answer.value.conversion;
    announced.value = answer.value.underWay?.direction ?? null;
  }

  /** At unlock and after a sync: asks the server only where a change was told of. */
  async function load(): Promise<void> {
    const mine = number;
    const answer = await bridge().encryptionChange.announced({});
    if (mine !== number || !answer.ok) return;
    announced.value = answer.value.direction;
    conversion.value = answer.value.conversion;
    const isKnown = overview.value !== null && overview.value.underWay !== null;
    if (answer.value.direction !== null || isKnown) await read();
  }

  /** Listens as long as the returned function is not called. */
  function follow(): () => void {
    return bridge().on('encryptionChangeTold', (told) => {
      const wasRunning = conversion.value?.state === 'running';
      conversion.value = told.conversion;
      // How far the vaults are is the server's to say.
      if (wasRunning && told.conversion?.state !== 'running') void read();
    });
  }

  /** Does something and asks the server how it stands now. Answers why it was not done. */
  async function deed(work: Promise<Result<unknown>>): Promise<Failure | null> {
    const answer = await work;
    await read();
    return answer.ok ? null : answer.error;
  }

  const begin = (wanted: EncryptionDirection, password: Uint8Array<ArrayBuffer>) =>
    deed(bridge().encryptionChange.begin({ direction: wanted, password }));
  const finish = (password: Uint8Array<ArrayBuffer>) => deed(bridge().encryptionChange.finish({ password }));
  const giveUp = () => deed(bridge().encryptionChange.giveUp({}));
  const pause = () => deed(bridge().encryptionChange.pause({}));

  function forget(): void {
    number += 1;
    announced.value = null;
    conversion.value = null;
    overview.value = null;
    failure.value = null;
    dialog.value = null;
  }

  return {
    ...{ announced, conversion, overview, failure, dialog, direction, unready, asked },
    ...{ read, load, follow, deed, begin, finish, giveUp, pause, forget },
  };
});
