/**
 * One end of the context bridge.
 *
 * Electron's contextBridge lets the page call functions of the preload's isolated world,
 * synchronously, with copied values. Two worlds of one document share DOM objects but no
 * JavaScript objects, so a private EventTarget (a MessagePort that never leaves these two
 * closures) carries the calls: Chromium copies an event's `detail` between worlds and
 * runs listeners before `dispatchEvent` returns. Functions and promises stay where they
 * were made and are lent by number.
 *
 * The function runs inside the page as source text and is self-contained; it takes what
 * it needs of the language at once, before any script of the page can replace it.
 */

/** A value on its way to the other world. Leaves are copied by the browser itself. */
export type Lent =
  | { kind: 'leaf'; leaf: unknown }
  | { kind: 'list'; items: Lent[] }
  | { kind: 'record'; entries: [string, Lent][] }
  | { kind: 'function'; id: number }
  | { kind: 'promise'; id: number }
  | { kind: 'error'; message: string };

/** What a call gave, or why it failed. */
export interface Outcome {
  ok: boolean;
  value: Lent;
}

/** Lends values to the other world and takes what the other world lends. */
export interface BridgeEnd {
  lend: (value: unknown) => Lent;
  /** Objects taken on the page's side are frozen, as Electron freezes them. */
  take: (lent: Lent) => unknown;
}

/** Joins `port` as the end `here`; the other world joins it with the names exchanged. */
export function makeBridgeEnd(port: EventTarget, here: string, there: string): BridgeEnd {
  const { apply } = Reflect;
  const { freeze } = Object;
  const send = port.dispatchEvent;
  const Message = CustomEvent;
  const functions = new Map<number, (...args: unknown[]) => unknown>();
  const numbers = new WeakMap<object, number>();
  const waiting = new Map<number, (outcome: Outcome) => void>();
  let lastNumber = 0;
  let answer: Outcome | undefined;

  const post = (name: string, detail: unknown): void => {
    apply(send, port, [new Message(`${there}:${name}`, { detail })]);
  };
  const listen = <T>(name: string, hear: (detail: T) => void): void => {
    port.addEventListener(`${here}:${name}`, (event) => {
      hear((event as CustomEvent<T>).detail);
    });
  };
  const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

  const lendFunction = (value: (...args: unknown[]) => unknown): Lent => {
    const id = numbers.get(value) ?? ++lastNumber;
    numbers.set(value, id);
    functions.set(id, value);
    return { kind: 'function', id };
  };
  const lendPromise = (value: Promise<unknown>): Lent => {
    const id = ++lastNumber;
    const settle = (ok: boolean, settled: unknown): void => {
      post('settle', { id, outcome: { ok, value: lend(settled) } });
    };
    const fail = (reason: unknown): void => {
      settle(false, new Error(messageOf(reason)));
    };
    value
      .then((result) => {
        settle(true, result);
      })
      .catch(fail);
    return { kind: 'promise', id };
  };
  // Electron copies by structured clone, which refuses proxies (a reactive object of the
  // page, say); walking over one would hide a fault that shows in Electron.
  const lend = (value: unknown): Lent => {
    const lent = lendPart(value);
    if (!staysBehind(lent)) {
      try {
        structuredClone(value);
      } catch {
        throw new TypeError('An object could not be cloned.');
      }
    }
    return lent;
  };
  const staysBehind = (lent: Lent): boolean => {
    if (lent.kind === 'list') return lent.items.some(staysBehind);
    if (lent.kind === 'record') return lent.entries.some(([, held]) => staysBehind(held));
    return lent.kind === 'function' || lent.kind === 'promise';
  };
  const lendPart = (value: unknown): Lent => {
    if (typeof value === 'function') return lendFunction(value as (...args: unknown[]) => unknown);
    if (typeof value === 'symbol') throw new TypeError('An object could not be cloned.');
    if (typeof value !== 'object' || value === null) return { kind: 'leaf', leaf: value };
    if (value instanceof Promise) return lendPromise(value);
    if (value instanceof Error) return { kind: 'error', message: value.message };
    if (Array.isArray(value)) return { kind: 'list', items: value.map(lendPart) };
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return { kind: 'leaf', leaf: value };
    return { kind: 'record', entries: Object.entries(value).map(([key, held]) => [key, lendPart(held)]) };
  };

  const call = (id: number, args: unknown[]): unknown => {
    const lentArgs = args.map(lend);
    answer = undefined;
    post('call', { id, args: lentArgs });
    const outcome: Outcome | undefined = answer;
    answer = undefined;
    return finish(outcome);
  };
  const finish = (outcome: Outcome | undefined): unknown => {
    if (outcome === undefined) throw new Error('The other side of the bridge is gone.');
    const value = take(outcome.value);
    if (outcome.ok) return value;
    throw value;
  };
  const takePromise = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(id, (outcome) => {
        (outcome.ok ? resolve : reject)(take(outcome.value));
      });
    });
  const take = (lent: Lent): unknown => {
    switch (lent.kind) {
      case 'leaf':
        return lent.leaf;
      case 'list':
        return lent.items.map(take);
      case 'record':
        return freeze(Object.fromEntries(lent.entries.map(([key, held]) => [key, take(held)])));
      case 'function':
        return freeze((...args: unknown[]) => call(lent.id, args));
      case 'promise':
        return takePromise(lent.id);
      case 'error':
        return new Error(lent.message);
    }
  };

  const run = (id: number, args: Lent[]): Outcome => {
    try {
      const callee = functions.get(id);
      if (callee === undefined) throw new Error('No such function on the bridge.');
      return { ok: true, value: lend(callee(...args.map(take))) };
    } catch (reason) {
      return { ok: false, value: { kind: 'error', message: messageOf(reason) } };
    }
  };
  listen<{ id: number; args: Lent[] }>('call', ({ id, args }) => {
    post('answer', run(id, args));
  });
  listen<Outcome>('answer', (outcome) => {
    answer = outcome;
  });
  listen<{ id: number; outcome: Outcome }>('settle', ({ id, outcome }) => {
    const settle = waiting.get(id);
    waiting.delete(id);
    settle?.(outcome);
  });
  return { lend, take };
}
