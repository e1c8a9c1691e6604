/**
 * The few DOM types the in-page scripts touch.
 *
 * The tools are compiled for Node, without the DOM library, so that product code of the
 * main process cannot use `window` by accident. These shapes are all the scripts need.
 */

/** A document whose visibility the stand-in governs. */
export interface PageDocument extends EventTarget {
  readonly title: string;
}

/** Files on their way into the page by drop or by a file input. */
export interface FileCarrier {
  readonly files: ArrayLike<File> | null;
  readonly items?: { add: (file: File) => void };
}

/** A drop, a key press or a change; each member is there only where the event has it. */
export interface PageEvent extends Event {
  readonly dataTransfer?: FileCarrier | null;
  readonly clientX?: number;
  readonly clientY?: number;
  readonly key?: string;
  readonly code?: string;
  readonly ctrlKey?: boolean;
  readonly shiftKey?: boolean;
  readonly altKey?: boolean;
  readonly metaKey?: boolean;
  readonly repeat?: boolean;
}

/** A navigation of the page as the Navigation API tells it beforehand. */
export interface NavigateEvent extends Event {
  readonly destination: { readonly url: string; readonly sameDocument: boolean };
}

/** The global object of either world. */
export interface PageWindow extends EventTarget {
  readonly top: unknown;
  readonly document: PageDocument;
  readonly navigation: EventTarget;
  readonly location: { readonly href: string };
  readonly DragEvent: new (type: string, init: object) => Event;
  readonly DataTransfer: new () => FileCarrier & { readonly items: { add: (file: File) => void } };
}
