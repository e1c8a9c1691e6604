/**
 * `ipcRenderer` of the preload's world, over one binding to the main process.
 *
 * The function runs inside the page as source text and is self-contained.
 */
import type { ToMain } from './preload-world.ts';

type Listener = (event: object, ...args: unknown[]) => void;

/** Electron's `ipcRenderer`, as far as a preload uses it. */
export interface RendererIpc {
  invoke: (channel: string, ...args: unknown[]) => Promise<unknown>;
  send: (channel: string, ...args: unknown[]) => void;
  on: (channel: string, listener: Listener) => RendererIpc;
  once: (channel: string, listener: Listener) => RendererIpc;
  off: (channel: string, listener: Listener) => RendererIpc;
  removeListener: (channel: string, listener: Listener) => RendererIpc;
  removeAllListeners: (channel: string) => RendererIpc;
}

/** The module and the two entries by which the main process answers and speaks. */
export interface RendererIpcEnd {
  ipcRenderer: RendererIpc;
  settle: (id: number, ok: boolean, value: unknown) => void;
  deliver: (channel: string, args: unknown[]) => void;
}

/** Builds the module; `post` carries one line to the main process. */
export function makeRendererIpc(post: (line: ToMain) => void): RendererIpcEnd {
  const waiting = new Map<number, (ok: boolean, value: unknown) => void>();
  const listeners = new Map<string, { listener: Listener; once: boolean }[]>();
  let lastNumber = 0;

  const add = (channel: string, listener: Listener, once: boolean): RendererIpc => {
    listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, once }]);
    return ipcRenderer;
  };
  const remove = (channel: string, listener: Listener): RendererIpc => {
    const left = (listeners.get(channel) ?? []).filter((one) => one.listener !== listener);
    listeners.set(channel, left);
    return ipcRenderer;
  };
  const ipcRenderer: RendererIpc = {
    invoke: (channel, ...args) =>
      new Promise((resolve, reject) => {
        const id = ++lastNumber;
        post({ type: 'invoke', id, channel, args });
        waiting.set(id, (ok, value) => {
          (ok ? resolve : reject)(value);
        });
      }),
    send: (channel, ...args) => {
      post({ type: 'send', channel, args });
    },
    on: (channel, listener) => add(channel, listener, false),
    once: (channel, listener) => add(channel, listener, true),
    off: remove,
    removeListener: remove,
    removeAllListeners: (channel) => {
      listeners.delete(channel);
      return ipcRenderer;
    },
  };
  return {
    ipcRenderer,
    settle: (id, ok, value) => {
      waiting.get(id)?.(ok, value);
      waiting.delete(id);
    },
    deliver: (channel, args) => {
      for (const { listener, once } of listeners.get(channel) ?? []) {
        if (once) remove(channel, listener);
        listener({ sender: ipcRenderer, ports: [] }, ...args);
      }
    },
  };
}
