/**
 * The isolated world in which the built preload runs.
 *
 * As under Electron with `sandbox` and `contextIsolation`, the preload sees `require` of
 * electron's renderer modules only, and the page sees nothing but what the preload
 * exposes: the binding to the main process and everything here exist in this world alone.
 *
 * The function runs as source text; what it imports stands beside it in the script.
 */
import { BridgeEnd } from './bridge-end.ts';
import type { PageWindow } from './dom.ts';
import { holdDroppedFiles, type DroppedFiles } from './dropped-files.ts';
import { holdNavigation } from './held-navigation.ts';
import { noticeInput } from './input-notice.ts';
import { makeRendererIpc, type RendererIpcEnd } from './renderer-ipc.ts';
import { Wire } from './wire.ts';

/** Names that the main process and this world agree on, and facts of the machine. */
export interface PreloadWorldOptions {
  handOver: string;
  binding: string;
  receiver: string;
  pendingFiles: string;
  platform: string;
  arch: string;
}

/** A line from this world to the main process. */
export type ToMain =
  | { type: 'invoke'; id: number; channel: string; args: unknown[] }
  | { type: 'send'; channel: string; args: unknown[] }
  | { type: 'preload-error'; message: string }
  | { type: 'input' }
  | { type: 'navigate'; url: string }
  | { type: 'files'; count: number }
  | { type: 'key'; key: string; code: string; ctrl: boolean; shift: boolean; alt: boolean; meta: boolean };

/** A line from the main process to this world. */
export type ToPreload =
  | { type: 'reply'; id: number; ok: boolean; value: unknown }
  | { type: 'message'; channel: string; args: unknown[] }
  | { type: 'paths'; paths: string[] }
  | { type: 'state'; shown: boolean; focused: boolean };

type PreloadBody = (require: unknown, module: object, exports: object, process: object) => void;

/** `contextBridge` over the shared port: each name can be exposed once. */
export function makeContextBridge(port: EventTarget, end: BridgeEnd): object {
  const exposed = new Set<string>();
  return {
    exposeInMainWorld: (name: string, api: unknown): void => {
      if (exposed.has(name)) {
        throw new Error('Cannot bind an API on top of an existing property on the window object');
      }
      exposed.add(name);
      port.dispatchEvent(new CustomEvent('page:expose', { detail: { name, lent: end.lend(api) } }));
    },
  };
}

/** What becomes of each line that the main process sends to this world. */
export function receiveLine(
  line: ToPreload,
  port: EventTarget,
  ipc: RendererIpcEnd,
  files: DroppedFiles,
): void {
  switch (line.type) {
    case 'reply':
      ipc.settle(line.id, line.ok, line.value);
      break;
    case 'message':
      ipc.deliver(line.channel, line.args);
      break;
    case 'paths':
      files.release(line.paths);
      break;
    case 'state':
      port.dispatchEvent(new CustomEvent('page:state', { detail: line }));
      break;
  }
}

/** Builds electron's renderer modules, hands the bridge over, then runs the preload. */
export function installPreloadWorld(options: PreloadWorldOptions, preload: PreloadBody): void {
  const world = globalThis as unknown as PageWindow & Record<string, unknown>;
  if (world.top !== world) return;
  const wire = new Wire();
  const toMain = world[options.binding] as (text: string) => void;
  const post = (line: ToMain): void => {
    toMain(wire.encode(line));
  };
  const { port1: port } = new MessageChannel();
  world.dispatchEvent(new MessageEvent(options.handOver, { ports: [port] }));
  const ipc = makeRendererIpc(post);
  const files = holdDroppedFiles(world, (wanted) => {
    world[options.pendingFiles] = wanted;
    post({ type: 'files', count: wanted.length });
  });
  noticeInput(world, post);
  holdNavigation(world, post);
  world[options.receiver] = (text: string): void => {
    receiveLine(wire.decode(text) as ToPreload, port, ipc, files);
  };
  const electron = {
    contextBridge: makeContextBridge(port, new BridgeEnd(port, 'preload', 'page')),
    ipcRenderer: ipc.ipcRenderer,
    webUtils: { getPathForFile: files.pathOf },
  };
  const requireModule = (name: string): object => {
    if (name === 'electron' || name === 'electron/renderer') return electron;
    throw new Error(`module not found: ${name}`);
  };
  const { platform, arch } = options;
  const facts = { type: 'renderer', sandboxed: true, contextIsolated: true, env: {}, versions: {} };
  const module = { exports: {} };
  try {
    preload(requireModule, module, module.exports, { ...facts, platform, arch });
  } catch (reason) {
    post({ type: 'preload-error', message: reason instanceof Error ? reason.message : String(reason) });
  }
}
