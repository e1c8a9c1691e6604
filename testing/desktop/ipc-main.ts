/** `ipcMain`: handlers for `invoke`, listeners for `send`, with Electron's words for errors. */
import { EventEmitter } from 'node:events';
import { noteCrossing } from './traffic.ts';
import type { StandInFor } from './shape.ts';

/** Who spoke: the web contents, and the frame as it was when it spoke. */
export interface Speaker {
  sender: object;
  senderFrame: object | null;
  processId: number;
  frameId: number;
}

type Handler = (event: Electron.IpcMainInvokeEvent, ...args: unknown[]) => unknown;

/** What goes back to the preload for one `invoke`. */
export interface Reply {
  ok: boolean;
  value: unknown;
}

class StandInIpcMain
  extends EventEmitter
  implements StandInFor<Electron.IpcMain, 'handle' | 'handleOnce' | 'removeHandler'>
{
  private readonly handlers = new Map<string, Handler>();

  handle(channel: string, listener: Handler): void {
    if (this.handlers.has(channel)) {
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    }
    this.handlers.set(channel, listener);
  }

  handleOnce(channel: string, listener: Handler): void {
    this.handle(channel, (event, ...args) => {
      this.removeHandler(channel);
      return listener(event, ...args);
    });
  }

  removeHandler(channel: string): void {
    this.handlers.delete(channel);
  }

  /** The stand-in's own: runs the handler. Never rejects: an error is part of the reply. */
  async answer(speaker: Speaker, channel: string, args: unknown[]): Promise<Reply> {
    try {
      const handler = this.handlers.get(channel);
      if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
      const event = { ...speaker, type: 'frame' } as unknown as Electron.IpcMainInvokeEvent;
      // Copied here, so that what cannot be cloned fails as it does in Electron.
      const value = copyOf(await handler(event, ...args));
      noteCrossing({ kind: 'reply', channel, value });
      return { ok: true, value };
    } catch (reason) {
      const error = new Error(`Error invoking remote method '${channel}': ${String(reason)}`);
      noteCrossing({ kind: 'error', channel, value: error.message });
      return { ok: false, value: error };
    }
  }
}

function copyOf(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    // The engine's own message quotes the value; Electron's does not.
    throw new Error('An object could not be cloned.');
  }
}

export const ipcMain = new StandInIpcMain();
