/**
 * What the door needs of the process boundary, so that it can be built and attacked in plain
 * Node. The desktop implements it with Electron's IPC.
 */

/** Who is calling, as the browser process itself attests it (never as the page claims). */
export interface Caller {
  /** Id of the web contents. */
  readonly windowId: number;
  /** Serialised origin of the calling frame, e.g. `app://strongroom`. */
  readonly origin: string;
  /** The caller is the window's top frame. */
  readonly topFrame: boolean;
}

export interface Wire {
  /** Registers the only listener of a channel. */
  readonly handle: (channel: string, answer: (caller: Caller, input: unknown) => Promise<unknown>) => void;
  /** Sends to every open window of ours. */
  readonly broadcast: (channel: string, payload: unknown) => void;
}
