/** Electron's event objects: what listeners get first, and may prevent. */

/** An event whose default a listener may prevent. */
export interface PreventableEvent {
  readonly defaultPrevented: boolean;
  preventDefault: () => void;
}

/** A new event that carries `details`. */
export function preventable<Details extends object>(details: Details): Details & PreventableEvent {
  let prevented = false;
  const event = {
    get defaultPrevented(): boolean {
      return prevented;
    },
    preventDefault: (): void => {
      prevented = true;
    },
  };
  Object.defineProperties(event, Object.getOwnPropertyDescriptors(details));
  return event as Details & PreventableEvent;
}
