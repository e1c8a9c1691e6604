/**
 * A bridge for unit tests of the window: answers what a test tells it to, refuses everything
 * else as the real door would, remembers what was asked, and sends events on demand.
 */
import type { EventName, EventPayload } from '../../contract/events.ts';
import {
  contract,
  type Feature,
  type Input,
  type Output,
  type Result,
  type StrongroomApi,
  type Verb,
} from '../../contract/index.ts';

type Answer<T> = Result<T> | Promise<Result<T>>;

export type Answers = {
  readonly [F in Feature]?: {
    readonly [V in Verb<F>]?: (input: Input<F, V>) => Answer<Output<F, V>>;
  };
};

export interface FakeBridge {
  readonly api: StrongroomApi;
  /** Every call so far, as `feature.verb`, with its input. */
  readonly calls: { readonly name: string; readonly input: unknown }[];
  readonly emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void;
}

export function done<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** An answer that comes when the test says so. */
export function later<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, resolve };
}

export function fakeBridge(answers: Answers): FakeBridge {
  const calls: FakeBridge['calls'] = [];
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const api: Record<string, unknown> = {
    on(event: string, listener: (payload: unknown) => void) {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
      return () => listeners.get(event)?.delete(listener);
    },
  };
  for (const [feature, verbs] of Object.entries(contract)) {
    api[feature] = Object.fromEntries(
      Object.keys(verbs).map((verb) => {
        const told: unknown = Reflect.get(Reflect.get(answers, feature) ?? {}, verb);
        return [
          verb,
          async (input: unknown): Promise<Result<unknown>> => {
            calls.push({ name: `${feature}.${verb}`, input });
            if (typeof told !== 'function') return { ok: false, error: { code: 'refused', params: {} } };
            return (await Reflect.apply(told, undefined, [input])) as Result<unknown>;
          },
        ];
      }),
    );
  }
  return {
    api: api as unknown as StrongroomApi,
    calls,
    emit: (event, payload) => {
      for (const listener of listeners.get(event) ?? []) listener(payload);
    },
  };
}
