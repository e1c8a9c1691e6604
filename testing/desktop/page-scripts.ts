/**
 * Turns the in-page functions into the two scripts that every document gets, and runs the
 * preload bundle unchanged inside the second.
 */
import { readFileSync } from 'node:fs';
import { BridgeEnd } from './in-page/bridge-end.ts';
import { holdDroppedFiles } from './in-page/dropped-files.ts';
import { holdNavigation } from './in-page/held-navigation.ts';
import { noticeInput } from './in-page/input-notice.ts';
import { governVisibility, installPageWorld } from './in-page/page-world.ts';
import {
  installPreloadWorld,
  makeContextBridge,
  receiveLine,
  type PreloadWorldOptions,
} from './in-page/preload-world.ts';
import { makeRendererIpc } from './in-page/renderer-ipc.ts';
import { Wire } from './in-page/wire.ts';

/** The isolated world's name and its globals; the page's own world has none of them. */
export const worldName = 'strongroom-preload';
export const names: PreloadWorldOptions = {
  handOver: 'strongroom-hand-over',
  binding: 'toMainProcess',
  receiver: 'fromMainProcess',
  pendingFiles: 'filesWithoutPath',
  platform: process.platform,
  arch: process.arch,
};

const sources = (functions: readonly { toString: () => string }[]): string =>
  functions.map(String).join('\n');

/** The script for the page's own world. */
export function pageScript(): string {
  const call = `installPageWorld(${JSON.stringify(names.handOver)});`;
  return `(() => {\n${sources([BridgeEnd, governVisibility, installPageWorld])}\n${call}\n})();`;
}

/** The script for the isolated world: electron's renderer modules, then the bundle at `preload`. */
export function preloadScript(preload: string | undefined): string {
  const parts = [
    Wire,
    BridgeEnd,
    makeRendererIpc,
    holdDroppedFiles,
    noticeInput,
    holdNavigation,
    makeContextBridge,
    receiveLine,
    installPreloadWorld,
  ];
  const bundle = preload === undefined ? '' : readFileSync(preload, 'utf8');
  const body = `function (require, module, exports, process) {\n${bundle}\n}`;
  return `(() => {\n${sources(parts)}\ninstallPreloadWorld(${JSON.stringify(names)}, ${body});\n})();`;
}
