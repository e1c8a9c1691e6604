/** Asking for a place: one question at a time, answered by a person in the dialog, or by nobody. */
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { Place } from '../../../contract/editing.ts';
import type { PlaceQuestion } from './placeRows.ts';

export interface PlaceRequest extends PlaceQuestion {
  readonly title: string;
  readonly confirm: string;
}

export const usePlaces = defineStore('places', () => {
  const current = shallowRef<PlaceRequest | null>(null);
  let answered: ((place: Place | null) => void) | null = null;

  function settle(place: Place | null): void {
    const tell = answered;
    answered = null;
    current.value = null;
    tell?.(place);
  }

  /** Null when the person left everything where it is. */
  function ask(request: PlaceRequest): Promise<Place | null> {
    settle(null);
    current.value = request;
    return new Promise((resolve) => (answered = resolve));
  }

  function forget(): void {
    settle(null);
  }

  return { current, ask, settle, forget };
});
