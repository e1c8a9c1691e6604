/**
 * One end of the context bridge.
 *
 * Electron's contextBridge lets the page call functions of the preload's isolated world,
 * synchronously, with copied values. Two worlds of one document share DOM objects but no
 * JavaScript objects, so a private EventTarget (a MessagePort that neither world gives away)
 * carries the calls: Chromium copies an event's `detail` between worlds and runs listeners
 * before `dispatchEvent` returns. Functions and promises stay where they were made and are
 * lent by number.
 *
 * The class runs inside the page as source text and is self-contained; what it sends with
 * is taken of the language at once, before any script of the page can replace it.
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
interface Outcome {
  ok: boolean;
  value: Lent;
}

type Callee = (...args: unknown[]) => unknown;

/** Lends values to the other world and takes what the other world lends. */
export class BridgeEnd {
  private readonly port: EventTarget;
  private readonly here: string;
  private readonly there: string;
  private readonly apply = Reflect.apply;
  private readonly dispatch = EventTarget.prototype.dispatchEvent;
  private readonly Message = CustomEvent;
  private readonly functions = new Map<number, Callee>();
  private readonly numbers = new WeakMap<object, number>();
  private readonly waiting = new Map<number, (outcome: Outcome) => void>();
  private lastNumber = 0;
  private answer: Outcome | undefined;

  /** Joins `port` as the end `here`; the other world joins it with the names exchanged. */
  constructor(port: EventTarget, here: string, there: string) {
    this.port = port;
    this.here = here;
    this.there = there;
    this.listen<{ id: number; args: Lent[] }>('call', ({ id, args }) => {
      this.post('answer', this.run(id, args));
    });
    this.listen<Outcome>('answer', (outcome) => {
      this.answer = outcome;
    });
    this.listen<{ id: number; outcome: Outcome }>('settle', ({ id, outcome }) => {
      const settle = this.waiting.get(id);
      this.waiting.delete(id);
      settle?.(outcome);
    });
  }

  /**
   * Throws `An object could not be cloned.` for what Electron refuses. It copies by
   * structured clone, which takes no proxies (a reactive object of the page, say): walking
   * over one would hide a fault that shows in Electron.
   */
  lend(value: unknown): Lent {
    const lent = this.lendPart(value);
    if (this.staysBehind(lent)) return lent;
    try {
      structuredClone(value);
    } catch {
      throw new TypeError('An object could not be cloned.');
    }
    return lent;
  }

  /** Records are frozen, as Electron freezes them. */
  take(lent: Lent): unknown {
    switch (lent.kind) {
      case 'leaf':
        return lent.leaf;
      case 'list':
        return lent.items.map((item) => this.take(item));
      case 'record':
        return Object.freeze(Object.fromEntries(lent.entries.map(([key, held]) => [key, this.take(held)])));
      case 'function':
        return Object.freeze((...args: unknown[]) => this.call(lent.id, args));
      case 'promise':
        return this.takePromise(lent.id);
      case 'error':
        return new Error(lent.message);
    }
  }

  private lendPart(value: unknown): Lent {
    if (typeof value === 'function') return this.lendFunction(value as Callee);
    if (typeof value !== 'object' || value === null) return { kind: 'leaf', leaf: value };
    if (value instanceof Promise) return this.lendPromise(value);
    if (value instanceof Error) return { kind: 'error', message: value.message };
    if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => this.lendPart(item)) };
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return { kind: 'leaf', leaf: value };
    return {
      kind: 'record',
      entries: Object.entries(value).map(([key, held]) => [key, this.lendPart(held)]),
    };
  }

  private lendFunction(value: Callee): Lent {
    const id = this.numbers.get(value) ?? ++this.lastNumber;
    this.numbers.set(value, id);
    this.functions.set(id, value);
    return { kind: 'function', id };
  }

  private lendPromise(value: Promise<unknown>): Lent {
    const id = ++this.lastNumber;
    const settle = (ok: boolean, settled: unknown): void => {
      this.post('settle', { id, outcome: { ok, value: this.lend(settled) } });
    };
    value
      .then((result) => {
        settle(true, result);
      })
      .catch((reason: unknown) => {
        settle(false, new Error(this.messageOf(reason)));
      });
    return { kind: 'promise', id };
  }

  private takePromise(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.waiting.set(id, (outcome) => {
        (outcome.ok ? resolve : reject)(this.take(outcome.value));
      });
    });
  }

  /** Whether a part of it is lent and not copied. */
  private staysBehind(lent: Lent): boolean {
    if (lent.kind === 'list') return lent.items.some((item) => this.staysBehind(item));
    if (lent.kind === 'record') return lent.entries.some(([, held]) => this.staysBehind(held));
    return lent.kind === 'function' || lent.kind === 'promise';
  }

  private call(id: number, args: unknown[]): unknown {
    const lentArgs = args.map((one) => this.lend(one));
    this.answer = undefined;
    this.post('call', { id, args: lentArgs });
    return this.finish();
  }

  /** Calls nest, so the last answer heard when `post` returns is always this call's own. */
  private finish(): unknown {
    const outcome = this.answer;
    this.answer = undefined;
    if (outcome === undefined) throw new Error('The other side of the bridge is gone.');
    const value = this.take(outcome.value);
    if (outcome.ok) return value;
    throw value;
  }

  private run(id: number, args: Lent[]): Outcome {
    try {
      const callee = this.functions.get(id);
      if (callee === undefined) throw new Error('No such function on the bridge.');
      return { ok: true, value: this.lend(callee(...args.map((one) => this.take(one)))) };
    } catch (reason) {
      return { ok: false, value: { kind: 'error', message: this.messageOf(reason) } };
    }
  }

  private post(name: string, detail: unknown): void {
    this.apply(this.dispatch, this.port, [new this.Message(`${this.there}:${name}`, { detail })]);
  }

  private listen<T>(name: string, hear: (detail: T) => void): void {
    this.port.addEventListener(`${this.here}:${name}`, (event) => {
      hear((event as CustomEvent<T>).detail);
    });
  }

  private messageOf(reason: unknown): string {
    return reason instanceof Error ? reason.message : String(reason);
  }
}
