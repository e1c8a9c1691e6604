/** Electron's IPC as the wire of the bridge: what the browser process itself knows of a caller. */
import { ipcMain } from 'electron';
import type { IpcMainInvokeEvent } from 'electron';
import type { Caller, Wire } from '../bridge/wire.ts';

/** An opaque or missing origin, which matches nothing. */
const nowhere = 'null';

function callerOf(event: IpcMainInvokeEvent): Caller {
  const frame = event.senderFrame;
  return {
    windowId: event.sender.id,
    origin: frame?.origin ?? nowhere,
    topFrame: frame !== null && frame.parent === null,
  };
}

export function ipcWire(broadcast: Wire['broadcast']): Wire {
  return {
    handle: (channel, answer) => {
      ipcMain.handle(channel, (event, input: unknown) => answer(callerOf(event), input));
    },
    broadcast,
  };
}
