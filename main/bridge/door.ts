/**
 * The one door between the page and the main process.
 *
 * Every channel of the contract is registered here and nowhere else, and every call passes the
 * same checks in the same order: sender, lock state, size, schema, reveal budget, use case,
 * result schema. Anything unexpected closes the door (fails closed) and tells the page nothing
 * but a code.
 */
import { channelName, contract } from '../../contract/index.ts';
import type { Feature, Input, Output, Verb } from '../../contract/index.ts';
import type { Channel, Revealed } from '../../contract/channel.ts';
import type { Failure, Result } from '../../contract/errors.ts';
import { failureOf } from './failure.ts';
import { measureInput } from './measure.ts';
import type { RevealBudget } from './revealbudget.ts';
import type { Caller, Wire } from './wire.ts';

/** The use case behind every channel of the contract; the type demands all of them. */
export type Handlers = {
  readonly [F in Feature]: {
    readonly [V in Verb<F>]: (input: Input<F, V>) => Promise<Output<F, V>> | Output<F, V>;
  };
};

export interface DoorOptions {
  readonly wire: Wire;
  /** The only origin that is let in, e.g. `app://strongroom`. */
  readonly origin: string;
  /** Whether a window id belongs to a window that our own factory made. */
  readonly isOurWindow: (windowId: number) => boolean;
  readonly isUnlocked: () => boolean;
  readonly reveals: Readonly<Record<Revealed, RevealBudget>>;
  /** Told of every failure that no use case foresaw; gets names and codes, never values. */
  readonly onIncident: (incident: { channel: string; what: string; error?: unknown }) => void;
}

type AnyHandler = (input: unknown) => unknown;

const refused: Failure = { code: 'refused', params: {} };

/** Registers every channel of the contract on the wire. */
export function openDoor(handlers: Handlers, options: DoorOptions): void {
  for (const [feature, verbs] of Object.entries(contract)) {
    for (const [verb, channel] of Object.entries(verbs) as [string, Channel][]) {
      const handler = (handlers as unknown as Record<string, Record<string, AnyHandler>>)[feature]?.[verb];
      if (!handler) throw new Error(`no handler for ${channelName(feature, verb)}`);
      const name = channelName(feature, verb);
      options.wire.handle(name, (caller, input) => pass(name, channel, handler, caller, input, options));
    }
  }
}

async function pass(
  name: string,
  channel: Channel,
  handler: AnyHandler,
  caller: Caller,
  input: unknown,
  options: DoorOptions,
): Promise<Result<unknown>> {
  const close = (what: string): Result<never> => {
    options.onIncident({ channel: name, what });
    return { ok: false, error: refused };
  };
  if (!isOurs(caller, options)) return close('foreign sender');
  if (channel.needs === 'unlocked' && !options.isUnlocked()) {
    return { ok: false, error: { code: 'locked', params: {} } };
  }
  if (measureInput(input) > channel.maxSize) return close('oversize input');
  const checked = channel.input.safeParse(input);
  if (!checked.success) return close('malformed input');
  if (channel.reveals !== null && !options.reveals[channel.reveals].take()) {
    return { ok: false, error: { code: 'tooManyReveals', params: {} } };
  }
  try {
    const value = channel.output.safeParse(await handler(checked.data));
    if (value.success) return { ok: true, value: value.data };
    options.onIncident({ channel: name, what: 'malformed result' });
    return { ok: false, error: { code: 'internal', params: {} } };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === 'internal') options.onIncident({ channel: name, what: 'unforeseen error', error });
    return { ok: false, error: failure };
  }
}

function isOurs(caller: Caller, options: DoorOptions): boolean {
  return caller.topFrame && caller.origin === options.origin && options.isOurWindow(caller.windowId);
}
