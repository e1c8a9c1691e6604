/** Which log is shown, narrowed how; and the log of one vault or record over the workspace. */
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { ActivityScope } from '../../../contract/activity.ts';

/** A log that is not the whole one, with the name of the vault or record. */
export interface PlaceLog {
  readonly scope: Exclude<ActivityScope, { kind: 'all' }>;
  readonly name: string;
}

export interface WantedActor {
  readonly id: string;
  readonly name: string;
}

export const useActivityLogs = defineStore('activityLogs', () => {
  const place = shallowRef<PlaceLog | null>(null);
  /** Whose activity the whole log begins with when it is opened next. */
  const actor = shallowRef<WantedActor | null>(null);

  function show(log: PlaceLog): void {
    place.value = log;
  }

  function close(): void {
    place.value = null;
  }

  function wantActor(wanted: WantedActor | null): void {
    actor.value = wanted;
  }

  function forget(): void {
    place.value = null;
    actor.value = null;
  }

  return { place, actor, show, close, wantActor, forget };
});
