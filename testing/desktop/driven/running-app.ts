/** A running application as a test sees it, whichever way it was started. */
import type { Page } from 'playwright-core';
import type { DialogAnswer } from '../dialog.ts';
import type { Crossing } from '../traffic.ts';

/** Events of the machine that a test can let happen. */
export type PowerEvent =
  'suspend' | 'resume' | 'lock-screen' | 'unlock-screen' | 'on-ac' | 'on-battery' | 'shutdown';

/** A running application. Every wait is bounded. */
export interface RunningApp {
  readonly isStandIn: boolean;
  /** Of the main process. */
  readonly processId: number;
  /** The first window's page, once it shows the application. */
  page: () => Promise<Page>;
  windows: () => Promise<Page[]>;
  /** Quits in order and gives the exit code. */
  close: () => Promise<number | null>;
  /** Ends the process at once, as a crash or a power cut would. */
  kill: () => Promise<void>;
  /** Waits until the process has ended by itself; the exit code. */
  ended: () => Promise<number | null>;
  clipboardText: () => Promise<string>;
  setClipboardText: (text: string) => Promise<void>;
  power: (event: PowerEvent) => Promise<void>;
  /** What the machine says about how long nobody has touched it. */
  setIdleSeconds: (seconds: number) => Promise<void>;
  setSystemDark: (dark: boolean) => Promise<void>;
  hideWindow: () => Promise<void>;
  showWindow: () => Promise<void>;
  /** Drops files of the disk on the element, as a person would from a file manager. */
  dropFiles: (page: Page, selector: string, paths: readonly string[]) => Promise<void>;
  /** Queues the answer of the next dialog; without one it is cancelled. */
  answerDialog: (answer: DialogAnswer) => Promise<void>;
  /** Clicks an item of the application's or a tray's menu by its label or id. */
  clickMenu: (label: string) => Promise<boolean>;
  /** Paths of the files of every drag out of a window so far. */
  draggedOut: () => Promise<string[][]>;
  openedExternally: () => Promise<string[]>;
  /** Console lines and uncaught errors of every page so far. */
  consoleMessages: () => string[];
  /** What the process wrote to its output so far. */
  logs: () => string;
  /** Every value that crossed from the main process to a page. */
  bridgeTraffic: () => Promise<Crossing[]>;
}
