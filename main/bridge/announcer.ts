/** Events from the main process to the page: checked like answers, so nothing extra slips out. */
import { eventName } from '../../contract/index.ts';
import { events } from '../../contract/events.ts';
import type { EventName, EventPayload } from '../../contract/events.ts';
import type { Wire } from './wire.ts';

export class Announcer {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** Sends an event to every window. Throws when the payload is not what the contract says. */
  announce<E extends EventName>(event: E, payload: EventPayload<E>): void {
    this.#wire.broadcast(eventName(event), events[event].parse(payload));
  }
}
