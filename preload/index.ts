/**
 * Exposes the contract as `window.strongroom`, and nothing else.
 *
 * Every function stands for exactly one channel; there is no way to name a channel from the
 * page. Paths of dropped files are learnt here, since only here they can be, and go straight
 * to the main process without the page seeing them.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channelName, contract, eventName } from '../contract/index.ts';
import { events } from '../contract/events.ts';
import type { Channel } from '../contract/channel.ts';

type Call = (input: unknown) => Promise<unknown>;

function pathsOf(files: unknown): { paths: string[] } {
  const list = Array.isArray(files) ? files : [];
  const paths = list.filter((file) => file instanceof File).map((file) => webUtils.getPathForFile(file));
  // A picture out of a browser or the clipboard is a File that lies nowhere; the rest goes without it.
  return { paths: paths.filter((path) => path !== '') };
}

function callOf(feature: string, verb: string, channel: Channel): Call {
  const name = channelName(feature, verb);
  return channel.fromFiles
    ? (files) => ipcRenderer.invoke(name, pathsOf(files))
    : (input) => ipcRenderer.invoke(name, input);
}

function subscribe(event: unknown, listener: unknown): () => void {
  if (typeof event !== 'string' || !Object.hasOwn(events, event) || typeof listener !== 'function') {
    throw new TypeError('unknown event');
  }
  const forward = (_event: unknown, payload: unknown): void => {
    listener(payload);
  };
  ipcRenderer.on(eventName(event), forward);
  return () => {
    ipcRenderer.removeListener(eventName(event), forward);
  };
}

const api: Record<string, unknown> = { on: subscribe };
for (const [feature, verbs] of Object.entries(contract)) {
  api[feature] = Object.fromEntries(
    Object.entries(verbs).map(([verb, channel]) => [verb, callOf(feature, verb, channel as Channel)]),
  );
}
contextBridge.exposeInMainWorld('strongroom', api);
