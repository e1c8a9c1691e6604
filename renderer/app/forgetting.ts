/**
 * Forgetting as one at lock.
 *
 * A store that knows anything of the vaults has an action `forget()` that brings it back to
 * its first state and drops answers still on their way. This plugin gathers the stores as
 * they come to life, so that a new one cannot be left out by a list somebody forgot to keep.
 */
import type { PiniaPlugin } from 'pinia';

export interface Forgetting {
  readonly plugin: PiniaPlugin;
  /** Empties every store that has something to forget. */
  readonly forgetEverything: () => void;
}

export function createForgetting(): Forgetting {
  const forgetters = new Map<string, () => void>();
  return {
    plugin({ store }) {
      const forget: unknown = Reflect.get(store, 'forget');
      if (typeof forget === 'function')
        forgetters.set(store.$id, () => void Reflect.apply(forget, store, []));
    },
    forgetEverything() {
      for (const forget of forgetters.values()) forget();
    },
  };
}
